// What the pages of « Mon compte » have in common: whose they are, and the menu under the name. Nobody has a session here
// but the provider's own.
import { hash } from 'node:crypto';
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { Session } from 'oidc-provider';
import { describePreviousLogin } from '../../src/actions/describe-previous-login.ts';
import { type Account, hasProvisionalPassword, type Owner } from '../../src/domain/account.ts';
import { type Form, readForm } from '../../src/http/form-body.ts';
import { toParisTime } from '../../src/http/paris-time.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { accountLoginPath } from '../../src/oidc/account-client.ts';
import { findSession } from '../../src/oidc/session.ts';
import { writeUndone } from './undone.ts';

/** Seconds: a change that matters wants a login not older than this. */
export const RECENT_LOGIN = 5 * 60;

export type SignedInDeps = {
  provider: Provider;
  database: Parameters<typeof describePreviousLogin>[0];
  issuer: string;
  findAccount: (id: string) => Promise<Account | undefined>;
  /** This visit counts as one. */
  prolongSession(ctx: Context, session: Session): Promise<void>;
};

export type SignedIn = { session: Session; account: Account; isRecent: boolean };

/** Undefined after sending the browser to the login, which comes back to « Mon compte ». */
export async function requireSignedIn(
  { provider, issuer, findAccount, prolongSession }: SignedInDeps,
  ctx: Context,
): Promise<SignedIn | undefined> {
  const session = await findSession(provider, ctx);
  const account = session && (await findAccount(session.accountId));
  if (!session || !account || account.lockedAt !== undefined || hasProvisionalPassword(account)) {
    if (ctx.method === 'POST') writeUndone(ctx);
    seeOther(ctx, accountLoginPath(issuer));
    return undefined;
  }
  if (ctx.method === 'POST' && isOfAnother(await readForm(ctx), account)) {
    writeUndone(ctx);
    seeOther(ctx, '/account');
    return undefined;
  }
  await prolongSession(ctx, session);
  return { session, account, isRecent: !session.past(RECENT_LOGIN) };
}

/** Names an account in a form, and tells nothing of it. */
const markOf = ({ id }: Pick<Account, 'id'>) => hash('sha256', `owner ${id}`, 'base64url').slice(0, 16);

/** The page was shown to somebody else, who was signed in at this browser before. */
function isOfAnother(form: Form, account: Account): boolean {
  return form.has('owner') && form.get('owner') !== markOf(account);
}

/** For what must not be done once the session is closed. */
export function ownerOf({ account, session }: SignedIn): Owner {
  return { accountId: account.id, sessionUid: session.uid };
}

/** The locals of the menu (S8). */
export async function viewerOf({ database }: Pick<SignedInDeps, 'database'>, account: Account) {
  const previous = await describePreviousLogin(database, account);
  return {
    mark: markOf(account),
    name: `${account.givenName} ${account.familyName}`,
    previousLogin: previous && toParisTime(previous.at),
    failures: previous?.failures ?? 0,
    accountUrl: '/account',
    logoutUrl: '/account/logout',
  };
}
