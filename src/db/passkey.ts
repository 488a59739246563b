// The table of passkeys (WebAuthn credentials).
import type { Queryable } from './database.ts';

export type Passkey = {
  id: string;
  credentialId: Buffer;
  name: string;
  /** May leave the device it was made in. */
  isSynced: boolean;
  createdAt: Date;
  lastUsedAt: Date | undefined;
};

export type StoredPasskey = {
  id: string;
  accountId: string;
  /** COSE. */
  publicKey: Buffer;
  isSynced: boolean;
};

export async function listPasskeys(on: Queryable, accountId: string): Promise<Passkey[]> {
  const rows = await on.query<{
    id: string;
    credential_id: Buffer;
    name: string;
    is_synced: boolean;
    created_at: Date;
    last_used_at: Date | null;
  }>('passkey/list', [accountId]);
  return rows.map((row) => ({
    id: row.id,
    credentialId: row.credential_id,
    name: row.name,
    isSynced: row.is_synced,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
  }));
}

export async function findPasskey(on: Queryable, credentialId: Buffer): Promise<StoredPasskey | undefined> {
  const [row] = await on.query<{ id: string; account_id: string; public_key: Buffer; is_synced: boolean }>(
    'passkey/find',
    [credentialId],
  );
  return row && { id: row.id, accountId: row.account_id, publicKey: row.public_key, isSynced: row.is_synced };
}

/** False when the account has `most` of them, or the credential is somebody's. In a transaction that holds the account. */
export async function insertPasskey(
  transaction: Queryable,
  {
    id,
    accountId,
    credentialId,
    publicKey,
    counter,
    isSynced,
    name,
  }: StoredPasskey & Pick<Passkey, 'credentialId' | 'name'> & { counter: number },
  most: number,
): Promise<boolean> {
  const values = [id, accountId, credentialId, publicKey, counter, isSynced, most, name];
  return (await transaction.query('passkey/insert', values)).length === 1;
}

/** False when its count of signatures has not grown: there is a copy of it. */
export async function usePasskey(on: Queryable, id: string, counter: number): Promise<boolean> {
  return (await on.query('passkey/use', [id, counter])).length === 1;
}

/** False where the account has none of this id. */
export async function deletePasskey(on: Queryable, accountId: string, id: string): Promise<boolean> {
  return (await on.query('passkey/delete', [accountId, id])).length === 1;
}

/** Returns how many there were. */
export async function deletePasskeysOf(on: Queryable, accountId: string): Promise<number> {
  return (await on.query('passkey/delete-for-account', [accountId])).length;
}

/** Those of so many days. Returns how many there were. */
export async function deleteRecentPasskeys(on: Queryable, accountId: string, days: number): Promise<number> {
  return (await on.query('passkey/delete-recent', [accountId, days])).length;
}
