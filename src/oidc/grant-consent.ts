// Gives an application what it asked for, and remembers it: a person agreed, or the application is one of ours.
import type Provider from 'oidc-provider';
import { recordAudit } from '../db/audit.ts';
import { recordConsent } from '../db/consent.ts';
import type { Database } from '../db/database.ts';
import { CLAIMS_BY_SCOPE, SCOPES } from './claims.ts';
import type { LoginInteraction } from './interaction.ts';

export type GrantConsentDeps = { database: Database; provider: Provider };

/** Returns the id of the grant. */
export async function grantConsent(
  { database, provider }: GrantConsentDeps,
  { raw, client }: LoginInteraction,
  address: string,
): Promise<string> {
  const accountId = raw.session!.accountId!;
  const known = raw.grantId ? await provider.Grant.find(raw.grantId) : undefined;
  const grant = known ?? new provider.Grant({ accountId, clientId: client.clientId });
  const scopes = askedScopes(raw.params);
  grant.addOIDCScope(scopes.join(' '));
  const claims = missingClaims({ raw });
  if (claims.length > 0) grant.addOIDCClaims(claims);
  const grantId = await grant.save();

  await database.transaction(async (transaction) => {
    await recordConsent(transaction, accountId, client.clientId, scopes);
    await recordAudit(transaction, {
      event: 'consent.granted',
      accountId,
      clientId: client.clientId,
      address,
      detail: { scopes: scopes.join(' ') },
    });
  });
  return grantId;
}

/** The scopes of an authorization request, which the provider has reduced to those that exist. */
export function askedScopes(params: Record<string, unknown>): string[] {
  return String(params.scope ?? 'openid')
    .split(' ')
    .filter(Boolean);
}

/** Claims that an application asked for one by one (`claims` parameter) and has not been given. */
export function missingClaims({ raw }: Pick<LoginInteraction, 'raw'>): string[] {
  const { missingOIDCClaims } = raw.prompt.details as { missingOIDCClaims?: string[] };
  return missingOIDCClaims ?? [];
}

/** The scopes whose sentences tell all that is given: these, and those of single claims; in one order on every page. */
export function describedScopes(scopes: string[], claims: string[]): string[] {
  const ofClaims = Object.entries(CLAIMS_BY_SCOPE).flatMap(([scope, names]) =>
    names.some((name) => claims.includes(name)) ? [scope] : [],
  );
  const described = new Set([...scopes, ...ofClaims]);
  return [
    ...SCOPES.filter((scope) => described.has(scope)),
    ...[...described].filter((scope) => !SCOPES.includes(scope)),
  ];
}
