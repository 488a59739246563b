// The table of links to a new password. Only digests of tokens come here. Used by actions/request-password-reset.ts,
// actions/reset-password.ts, and by whatever makes a waiting link void.
import type { Account } from '../domain/account.ts';
import { type AccountRow, toAccount } from './account.ts';
import type { Queryable } from './database.ts';

export type NewPasswordReset = {
  tokenHash: Buffer;
  /** Undefined: nobody to mail it to. */
  accountId: string | undefined;
  network: string;
};

export type ResetLimits = {
  ttlSeconds: number;
  perHour: number;
  perDay: number;
  perNetworkAndHour: number;
};

/**
 * First in the transaction that asks for a link or uses one: others for the same account wait for its end.
 * @param network whose requests are counted; others from there wait too
 * @param identifier normalised; others for it wait too, where nobody has it
 * @returns the account as it is then, and stays; undefined when it is gone
 */
export async function lockPasswordResets(
  transaction: Queryable,
  accountId: string | undefined,
  network?: string,
  identifier?: string,
): Promise<Account | undefined> {
  const [row] = await transaction.query<{ account: AccountRow | null }>('password-reset/lock', [
    accountId ?? null,
    network ?? null,
    identifier ?? null,
  ]);
  return row?.account ? toAccount(row.account) : undefined;
}

/** Returns the end of the new link; undefined where none is due. Older links of the account are dead then. */
export async function insertPasswordReset(
  transaction: Queryable,
  { tokenHash, accountId, network }: NewPasswordReset,
  { ttlSeconds, perHour, perDay, perNetworkAndHour }: ResetLimits,
): Promise<Date | undefined> {
  const [row] = await transaction.query<{ expires_at: Date }>('password-reset/insert', [
    tokenHash,
    accountId ?? null,
    network,
    ttlSeconds,
    perHour,
    perDay,
    perNetworkAndHour,
  ]);
  return row?.expires_at;
}

/** Whose link this is, while it is good. */
export async function findPasswordReset(on: Queryable, tokenHash: Buffer): Promise<string | undefined> {
  const [row] = await on.query<{ account_id: string }>('password-reset/find', [tokenHash]);
  return row?.account_id;
}

/** False when somebody was faster, or the link is not good any more. */
export async function consumePasswordReset(
  transaction: Queryable,
  tokenHash: Buffer,
  accountId: string,
): Promise<boolean> {
  return (await transaction.query('password-reset/consume', [tokenHash, accountId])).length === 1;
}

export async function endPasswordResets(transaction: Queryable, accountId: string): Promise<void> {
  await transaction.query('password-reset/end-for-account', [accountId]);
}

/** Deletes at most 1,000 links that were made over a day ago; returns how many. */
export async function purgePasswordResets(on: Queryable): Promise<number> {
  return (await on.query('password-reset/purge')).length;
}
