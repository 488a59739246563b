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

/** What an application was given: by agreement, and in sessions that are remembered. */
export type GivenAccess = {
  clientId: string;
  name: string;
  /** Of the organisation itself, which asks for no agreement. */
  isFirstParty: boolean;
  scopes: string[];
  /** Claims that were asked for one by one. */
  claims: string[];
  since: Date;
};

type GivenRow = {
  client_id: string;
  name: string;
  first_party: boolean;
  scopes: string[];
  claims: string[];
  since: Date;
};

/** Third parties first; applications that still exist. */
export async function listGivenAccess(on: Queryable, accountId: string): Promise<GivenAccess[]> {
  const rows = await on.query<GivenRow>('consent/list-for-account', [accountId]);
  return rows.map(({ client_id: clientId, first_party: isFirstParty, ...row }) => ({
    ...row,
    clientId,
    isFirstParty,
  }));
}

/** False when there was none. */
export async function deleteConsent(on: Queryable, accountId: string, clientId: string): Promise<boolean> {
  return (await on.query('consent/delete', [accountId, clientId])).length === 1;
}
