// The table of recovery codes. Only digests come here.
import type { Queryable } from './database.ts';

/** Those of before are void. */
export async function replaceRecoveryCodes(
  transaction: Queryable,
  accountId: string,
  hashes: Buffer[],
): Promise<void> {
  await transaction.query('recovery-code/replace', [accountId, hashes]);
}

/** False when it was used, or never was one of this account. */
export async function consumeRecoveryCode(on: Queryable, accountId: string, hash: Buffer): Promise<boolean> {
  return (await on.query('recovery-code/consume', [accountId, hash])).length === 1;
}

export async function countRecoveryCodes(on: Queryable, accountId: string): Promise<number> {
  const [row] = await on.query<{ unused: number }>('recovery-code/count', [accountId]);
  return row!.unused;
}

export async function deleteRecoveryCodesOf(on: Queryable, accountId: string): Promise<void> {
  await on.query('recovery-code/delete-for-account', [accountId]);
}

export async function holdsRecoveryCodes(
  on: Queryable,
  accountId: string,
  hashes: Buffer[],
): Promise<boolean> {
  const [row] = await on.query<{ held: boolean }>('recovery-code/holds', [accountId, hashes]);
  return row!.held;
}

/** Those of so many days. */
export async function deleteRecentRecoveryCodes(
  on: Queryable,
  accountId: string,
  days: number,
): Promise<void> {
  await on.query('recovery-code/delete-recent', [accountId, days]);
}
