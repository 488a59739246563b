// The provider's session outside of the protocol: who is signed in, and its end. Used by « Mon compte » and by a login that
// replaces somebody else's.
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC, Session } from 'oidc-provider';
import { holdAccount } from '../db/account.ts';
import type { Database, Queryable } from '../db/database.ts';
import { endSessionOf, findNamedSession, prolongSession } from '../db/session.ts';
import { sessionCookieNames, sessionCookieOptions } from '../http/session-cookies.ts';

/** Seconds. */
const WORTH_IT = 60;

export type NamedSession = { accountId: string; uid: string };
/** Somebody's. */
type OwnedSession = Session & { accountId: string };

/** The session of this browser; undefined where nobody is signed in. */
export async function findSession(provider: Provider, ctx: Context): Promise<OwnedSession | undefined> {
  const session = await provider.Session.get(ctx as unknown as KoaContextWithOIDC);
  return session.accountId === undefined ? undefined : (session as OwnedSession);
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
    // Nothing to gain yet; and beside a login that is just being finished this cookie would be the old one.
    const left = (session.exp ?? 0) - Math.floor(Date.now() / 1000);
    if (Math.abs(ttl - left) < WORTH_IT) return;
    if (!(await prolongSession(database, session.jti, ttl))) return;
    ctx.cookies.set(sessionCookieNames(secure).session, session.jti, {
      ...sessionCookieOptions(secure),
      ...(!session.transient && { expires: new Date(Date.now() + 1000 * ttl) }),
    });
  };
}

/** Of this browser, were it just given another id by another of its requests: whoever signs out means that one too. */
export async function sessionOfCookie(
  database: Queryable,
  ctx: Context,
  secure: boolean,
): Promise<NamedSession | undefined> {
  const id = ctx.cookies.get(sessionCookieNames(secure).session, { signed: true });
  return id ? findNamedSession(database, id) : undefined;
}

/** With everything that was issued under it, but what an application may use while the person is away; applications are told. */
export async function endSession(database: Database, { accountId, uid }: NamedSession): Promise<void> {
  await database.transaction(async (transaction) => {
    await holdAccount(transaction, accountId);
    await endSessionOf(transaction, accountId, uid);
  });
}

/** Whether it was opened by a second factor (RFC 8176). */
export function isStrongSession({ amr }: Pick<Session, 'amr'>): boolean {
  return amr?.includes('mfa') === true;
}
