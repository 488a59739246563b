// The table of browsers in which their owners are not asked for the code that only their account demands.
import type { BrowserName } from '../domain/browser-name.ts';
import type { Queryable } from './database.ts';

export type TrustedBrowser = {
  id: string;
  browser: BrowserName;
  createdAt: Date;
  lastUsedAt: Date | undefined;
  expiresAt: Date;
};

type Row = {
  id: string;
  browser: BrowserName;
  created_at: Date;
  last_used_at: Date | null;
  expires_at: Date;
};

export async function insertTrustedBrowser(
  on: Queryable,
  {
    accountId,
    tokenHash,
    browser,
    days,
  }: { accountId: string; tokenHash: Buffer; browser: BrowserName; days: number },
): Promise<void> {
  await on.query('trusted-browser/insert', [accountId, tokenHash, browser, days]);
}

/** False when the account does not trust it, or not any more. */
export async function useTrustedBrowser(
  on: Queryable,
  accountId: string,
  tokenHash: Buffer,
): Promise<boolean> {
  return (await on.query('trusted-browser/use', [accountId, tokenHash])).length === 1;
}

/** The newest first. */
export async function listTrustedBrowsers(on: Queryable, accountId: string): Promise<TrustedBrowser[]> {
  const rows = await on.query<Row>('trusted-browser/list', [accountId]);
  return rows.map((row) => ({
    id: row.id,
    browser: row.browser,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
    expiresAt: row.expires_at,
  }));
}

/** False where the account has none of this id. */
export async function deleteTrustedBrowser(on: Queryable, accountId: string, id: string): Promise<boolean> {
  return (await on.query('trusted-browser/delete', [accountId, id])).length === 1;
}

export async function deleteTrustedBrowserByToken(
  transaction: Queryable,
  accountId: string,
  tokenHash: Buffer,
): Promise<void> {
  await transaction.query('trusted-browser/delete-by-token', [accountId, tokenHash]);
}

export async function deleteTrustedBrowsersOf(on: Queryable, accountId: string): Promise<void> {
  await on.query('trusted-browser/delete-for-account', [accountId]);
}

/** Deletes at most 1,000 whose time is over; returns how many. */
export async function purgeTrustedBrowsers(on: Queryable): Promise<number> {
  return (await on.query('trusted-browser/purge')).length;
}
