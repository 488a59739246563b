// « Faire confiance à ce navigateur »: for some days its owner is not asked there for the code that only the account demands. A service
// that demands strong authentication itself still gets it.
import { holdAccount } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database, Queryable } from '../db/database.ts';
import { holdSignedIn } from '../db/session.ts';
import {
  deleteTrustedBrowser,
  deleteTrustedBrowserByToken,
  deleteTrustedBrowsersOf,
  insertTrustedBrowser,
  useTrustedBrowser,
} from '../db/trusted-browser.ts';
import type { Owner } from '../domain/account.ts';
import type { BrowserName } from '../domain/browser-name.ts';
import { hashLinkToken, makeLinkToken } from '../domain/link-token.ts';

export { listTrustedBrowsers, type TrustedBrowser } from '../db/trusted-browser.ts';

export type NewTrustedBrowser = {
  accountId: string;
  /** Milliseconds since 1970: the password that was proved is the one set then. */
  passwordSetAt: number;
  browser: BrowserName;
  days: number;
  address: string;
  /** What the browser has from before: in vain by now. */
  former: string | undefined;
};

/** Returns what the browser keeps; undefined where the account was locked, or its password changed, meanwhile. */
export async function trustBrowser(
  database: Database,
  { accountId, passwordSetAt, browser, days, address, former }: NewTrustedBrowser,
): Promise<string | undefined> {
  const token = makeLinkToken();
  return database.transaction(async (transaction) => {
    const account = await holdAccount(transaction, accountId);
    if (!account || account.lockedAt !== undefined) return undefined;
    if (account.passwordChangedAt.getTime() !== passwordSetAt) return undefined;
    const formerHash = former === undefined ? undefined : hashLinkToken(former);
    if (formerHash) await deleteTrustedBrowserByToken(transaction, accountId, formerHash);
    await insertTrustedBrowser(transaction, { accountId, tokenHash: hashLinkToken(token)!, browser, days });
    await recordAudit(transaction, { event: 'browser.trusted', accountId, address });
    return token;
  });
}

export async function isTrusted(on: Queryable, accountId: string, token: string): Promise<boolean> {
  const tokenHash = hashLinkToken(token);
  return tokenHash !== undefined && useTrustedBrowser(on, accountId, tokenHash);
}

/** One of the account's own. */
export async function distrustBrowser(
  database: Database,
  { accountId, sessionUid, id, address }: Owner & { id: string; address: string },
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    if (!(await holdSignedIn(transaction, { accountId, sessionUid }))) return false;
    if (!(await deleteTrustedBrowser(transaction, accountId, id))) return false;
    await recordAudit(transaction, { event: 'browser.distrusted', accountId, address });
    return true;
  });
}

/** With a new password, a lock, an alarm, and whatever takes second factors away. */
export async function distrustAll(transaction: Queryable, accountId: string): Promise<void> {
  await deleteTrustedBrowsersOf(transaction, accountId);
}
