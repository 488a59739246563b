// The provider's session outside of the protocol: who is signed in, and its end. Used by « Mon compte » and by a login that
// replaces somebody else's.
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC, Session } from 'oidc-provider';
import type { Queryable } from '../db/database.ts';
import { prolongSession } from '../db/session.ts';
import { sessionCookieNames, sessionCookieOptions } from '../http/session-cookies.ts';

/** What the library's type leaves out. */
type Listener = {
  backchannelLogoutUri?: string;
  backchannelLogout(accountId: string, sid: string | undefined): Promise<void>;
};

/** The session of this browser; undefined where nobody is signed in. */
export async function findSession(
  provider: Provider,
  ctx: Context,
): Promise<(Session & { accountId: string }) | undefined> {
  const session = await provider.Session.get(ctx as unknown as KoaContextWithOIDC);
  return session.accountId === undefined ? undefined : (session as Session & { accountId: string });
}

/**
 * A visit to « Mon compte » is one like any other: the idle time begins anew. The library does that for the pages of the protocol.
 * @param lifetime of a session, in seconds (oidc/lifetimes.ts)
 */
export function sessionProlonger(
  database: Queryable,
  lifetime: (ctx: unknown, session: Session) => number,
  secure: boolean,
): (ctx: Context, session: Session) => Promise<void> {
  return async (ctx, session) => {
    const ttl = lifetime(ctx, session);
    await prolongSession(database, session.jti, ttl);
    ctx.cookies.set(sessionCookieNames(secure).session, session.jti, {
      ...sessionCookieOptions(secure),
      ...(!session.transient && { expires: new Date(Date.now() + 1000 * ttl) }),
    });
  };
}

/**
 * With everything that was issued under it, but what an application may use while the person is away. Applications that
 * want to know are told (oidc/backchannel-logout.ts).
 */
export async function endSession(provider: Provider, session: Session): Promise<void> {
  for (const [clientId, { grantId, sid }] of Object.entries(session.authorizations ?? {})) {
    const client = (await provider.Client.find(clientId)) as Listener | undefined;
    if (client?.backchannelLogoutUri !== undefined && session.accountId !== undefined)
      await client.backchannelLogout(session.accountId, sid);
    // Whatever was issued under it: the adapter makes no difference between the models.
    if (grantId && !session.authorizationFor(clientId)?.persistsLogout)
      await provider.AccessToken.revokeByGrantId(grantId);
  }
  await session.destroy();
}
