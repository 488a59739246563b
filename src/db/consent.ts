// The table of what people agreed to give to third-party applications.
import type { Queryable } from './database.ts';

export type Consent = { clientId: string; name: string; scopes: string[]; grantedAt: Date };

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

/** Newest first; applications that still exist. */
export async function listConsents(on: Queryable, accountId: string): Promise<Consent[]> {
  const rows = await on.query<{ client_id: string; name: string; scopes: string[]; granted_at: Date }>(
    'consent/list-for-account',
    [accountId],
  );
  return rows.map((row) => ({
    clientId: row.client_id,
    name: row.name,
    scopes: row.scopes,
    grantedAt: row.granted_at,
  }));
}

/** False when there was none. */
export async function deleteConsent(on: Queryable, accountId: string, clientId: string): Promise<boolean> {
  return (await on.query('consent/delete', [accountId, clientId])).length === 1;
}
