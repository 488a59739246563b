// The table of applications that show one-time codes. Used by the actions that enrol, verify and remove them.
import type { Queryable } from './database.ts';

export type Authenticator = {
  id: string;
  name: string;
  secretEncrypted: Buffer;
  /** Of the newest code that was accepted. */
  lastStep: number;
  createdAt: Date;
  lastUsedAt: Date | undefined;
};

type Row = {
  id: string;
  name: string;
  secret_encrypted: Buffer;
  last_step: number;
  created_at: Date;
  last_used_at: Date | null;
};

export async function listAuthenticators(on: Queryable, accountId: string): Promise<Authenticator[]> {
  const rows = await on.query<Row>('authenticator/list', [accountId]);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    secretEncrypted: row.secret_encrypted,
    lastStep: row.last_step,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
  }));
}

/** Those of every account, in parts: at most `most` of them, after this id. */
export async function listAllAuthenticators(
  on: Queryable,
  afterId: string,
  most: number,
): Promise<{ id: string; accountId: string; secretEncrypted: Buffer }[]> {
  const rows = await on.query<{ id: string; account_id: string; secret_encrypted: Buffer }>(
    'authenticator/list-all',
    [afterId, most],
  );
  return rows.map((row) => ({
    id: row.id,
    accountId: row.account_id,
    secretEncrypted: row.secret_encrypted,
  }));
}

/** False when the account has `most` of them. In a transaction that holds the account. */
export async function insertAuthenticator(
  transaction: Queryable,
  {
    id,
    accountId,
    name,
    secretEncrypted,
    lastStep,
  }: Pick<Authenticator, 'id' | 'name' | 'secretEncrypted' | 'lastStep'> & { accountId: string },
  most: number,
): Promise<boolean> {
  const values = [id, accountId, name, secretEncrypted, lastStep, most];
  return (await transaction.query('authenticator/insert', values)).length === 1;
}

/** False when this code, or a newer one, was used before. `secretEncrypted`: to be stored in place of the former. */
export async function consumeStep(
  on: Queryable,
  { id, step, secretEncrypted }: { id: string; step: number; secretEncrypted: Buffer | undefined },
): Promise<boolean> {
  return (await on.query('authenticator/use', [id, step, secretEncrypted ?? null])).length === 1;
}

/** False where the account has none of this id. */
export async function deleteAuthenticator(on: Queryable, accountId: string, id: string): Promise<boolean> {
  return (await on.query('authenticator/delete', [accountId, id])).length === 1;
}

/** Those of so many days. Returns how many there were. */
export async function deleteRecentAuthenticators(
  on: Queryable,
  accountId: string,
  days: number,
): Promise<number> {
  return (await on.query('authenticator/delete-recent', [accountId, days])).length;
}

/** Returns how many there were. */
export async function deleteAuthenticatorsOf(on: Queryable, accountId: string): Promise<number> {
  return (await on.query('authenticator/delete-for-account', [accountId])).length;
}
