// Which grant an application has within a session. Names of grants and logout ids are derived from the session, so that
// requests which arrive together (a portal opening five tabs) agree on them without asking each other.
import { createHmac, createSecretKey } from 'node:crypto';
import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import type { Clients } from '../db/client.ts';
import { findConsent } from '../db/consent.ts';
import type { Database } from '../db/database.ts';

export type SessionGrantsDeps = { database: Database; clients: Clients; key: Buffer };

/** The library's `loadExistingGrant`: undefined leads to the consent page. */
export function loadExistingGrant({ database, clients, key }: SessionGrantsDeps) {
  const secret = createSecretKey(key);
  const derive = (kind: string, uid: string, clientId: string) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([kind, uid, clientId]))
      .digest('base64url');

  return async ({ oidc }: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { provider } = oidc;
    const client = oidc.client!;
    const session = oidc.session!;
    const accountId = oidc.account!.accountId;
    if (session.sidFor(client.clientId) === undefined) {
      session.sidFor(client.clientId, derive('sid', session.uid, client.clientId));
    }

    const knownId =
      (oidc.result?.consent?.grantId as string | undefined) ?? session.grantIdFor(client.clientId);
    const known = knownId ? await provider.Grant.find(knownId) : undefined;
    const existing = known?.accountId === accountId ? known : undefined;
    const scopes = [...oidc.requestParamOIDCScopes];
    const claims = [...oidc.requestParamClaims];
    if (existing && covers(existing, scopes, claims)) return existing;

    const mayGrant =
      (await clients.find(client.clientId))?.firstParty === true ||
      (await hasConsented(database, accountId, client.clientId, scopes, claims));
    if (!mayGrant) return existing;

    const grant = existing ?? new provider.Grant({ accountId, clientId: client.clientId });
    // A grant that was revoked keeps its name for itself: nothing that was issued under it may come back to life.
    if (!existing && !knownId) grant.jti = derive('grant', session.uid, client.clientId);
    if (scopes.length > 0) grant.addOIDCScope(scopes.join(' '));
    if (claims.length > 0) grant.addOIDCClaims(claims);
    await grant.save();
    return grant;
  };
}

function covers(grant: Grant, scopes: string[], claims: string[]): boolean {
  const grantedScopes = new Set(grant.getOIDCScopeEncountered().split(' '));
  const grantedClaims = new Set(grant.getOIDCClaimsEncountered());
  return (
    scopes.every((scope) => grantedScopes.has(scope)) && claims.every((claim) => grantedClaims.has(claim))
  );
}

/** Claims asked for one by one are on no list that the person agreed to, so they are asked again. */
async function hasConsented(
  database: Database,
  accountId: string,
  clientId: string,
  scopes: string[],
  claims: string[],
): Promise<boolean> {
  if (claims.some((claim) => !PROTOCOL_CLAIMS.has(claim))) return false;
  const consented = await findConsent(database, accountId, clientId);
  return (
    consented !== undefined &&
    scopes.every((scope) => scope !== 'offline_access' && consented.includes(scope))
  );
}

/** What the login is about, not the person. */
const PROTOCOL_CLAIMS = new Set(['sub', 'acr', 'amr', 'auth_time', 'sid', 'iss']);
