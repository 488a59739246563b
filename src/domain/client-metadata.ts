// What an application may say of itself, before the provider library looks at it: members that are known, names that read
// as what they are, addresses that are safe.
import { findFetchedUriFault, findRedirectUriFault } from './redirect-uri.ts';
import { toSingleLine } from './single-line.ts';

const MOST_ADDRESSES = 50;

/** Of RFC 7591, OpenID Connect Registration, RP-Initiated and Back-Channel Logout, what the provider acts on or keeps for people. */
const KNOWN_MEMBERS = new Set([
  'application_type',
  'backchannel_logout_session_required',
  'backchannel_logout_uri',
  'client_id',
  'client_id_issued_at',
  'client_name',
  'client_secret',
  'client_secret_expires_at',
  'client_uri',
  'contacts',
  'default_acr_values',
  'default_max_age',
  'grant_types',
  'id_token_signed_response_alg',
  'initiate_login_uri',
  'jwks',
  'jwks_uri',
  'logo_uri',
  'policy_uri',
  'post_logout_redirect_uris',
  'redirect_uris',
  'require_auth_time',
  'response_modes',
  'response_types',
  'scope',
  'sector_identifier_uri',
  'subject_type',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'tos_uri',
]);

/** Everything that is wrong, in words for the one who registers. */
export function findClientMetadataFaults(
  metadata: Record<string, unknown>,
  issuerIsLoopback: boolean,
): string[] {
  return [...findMemberFaults(metadata, issuerIsLoopback), ...findAddressFaults(metadata, issuerIsLoopback)];
}

/** A member that nothing reads is a mistake nobody would notice: `redirect_uri` for `redirect_uris`. */
function findMemberFaults(metadata: Record<string, unknown>, issuerIsLoopback: boolean): string[] {
  const faults = Object.keys(metadata)
    .filter((member) => !KNOWN_MEMBERS.has(member))
    .map((member) => `${member} is not known here`);
  const { client_name: name } = metadata;
  if (typeof name === 'string' && toSingleLine(name) !== name.trim())
    faults.push('client_name has control or direction characters');
  if (Array.isArray(metadata.response_types) && metadata.response_types.some((type) => type !== 'code'))
    faults.push('response_types: code is the only one');
  for (const member of ['backchannel_logout_uri', 'jwks_uri', 'sector_identifier_uri'] as const) {
    const uri: unknown = metadata[member];
    const fault = typeof uri === 'string' ? findFetchedUriFault(uri, issuerIsLoopback) : undefined;
    if (fault !== undefined) faults.push(`${member}: ${uri} ${fault}`);
  }
  return faults;
}

function findAddressFaults(metadata: Record<string, unknown>, issuerIsLoopback: boolean): string[] {
  const rules = { isNative: metadata.application_type === 'native', issuerIsLoopback };
  return (['redirect_uris', 'post_logout_redirect_uris'] as const).flatMap((member) => {
    const uris: unknown = metadata[member] ?? [];
    if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === 'string'))
      return [`${member} is not a list of addresses`];
    if (uris.length > MOST_ADDRESSES) return [`${member} has more than ${MOST_ADDRESSES} addresses`];
    return uris.flatMap((uri: string) => {
      const fault = findRedirectUriFault(uri, rules);
      return fault === undefined ? [] : [`${member}: ${uri} ${fault}`];
    });
  });
}
