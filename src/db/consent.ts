// The table of what people agreed to give to third-party applications.
import type { Queryable } from './database.ts';

/** The scopes agreed to so far. */
export async function findConsent(
  on: Queryable,
  accountId: string,
  clientId: string,
): Promise<string[] | undefined> {
  const [row] = await on.query<{ scopes: string[] }>('consent/find', [accountId, clientId]);
  return row?.scopes;
}

/** Adds to what was agreed to before. */
export async function recordConsent(
  on: Queryable,
  accountId: string,
  clientId: string,
  scopes: string[],
): Promise<void> {
  await on.query('consent/upsert', [accountId, clientId, scopes]);
}
