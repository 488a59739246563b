// The table of links that confirm a new mail address, and of the addresses before. Only digests of tokens come here. Used by the
// actions that change an address, by « Ce n'était pas moi », and by whatever makes a waiting link void.
import type { Queryable } from './database.ts';

export type NewEmailChange = { tokenHash: Buffer; accountId: string; email: string };

export type EmailChangeLimits = { ttlSeconds: number; perHour: number; perDay: number };

/**
 * In a transaction that holds the account. Returns the end of the new link; undefined where none is due. Older links of the
 * account are dead then.
 */
export async function insertEmailChange(
  transaction: Queryable,
  { tokenHash, accountId, email }: NewEmailChange,
  { ttlSeconds, perHour, perDay }: EmailChangeLimits,
): Promise<Date | undefined> {
  const values = [tokenHash, accountId, email, ttlSeconds, perHour, perDay];
  const [row] = await transaction.query<{ expires_at: Date }>('email-change/insert', values);
  return row?.expires_at;
}

/** Whose link this is, and the new address, while it is good. */
export async function findEmailChange(
  on: Queryable,
  tokenHash: Buffer,
): Promise<{ accountId: string; email: string } | undefined> {
  const [row] = await on.query<{ account_id: string; email: string }>('email-change/find', [tokenHash]);
  return row && { accountId: row.account_id, email: row.email };
}

/** The address that an account waits for. */
export async function findAwaitedEmail(on: Queryable, accountId: string): Promise<string | undefined> {
  const [row] = await on.query<{ email: string }>('email-change/find-for-account', [accountId]);
  return row?.email;
}

/**
 * The new address; undefined when somebody was faster, or the link is not good any more, or for another account. Keeps the
 * address of before.
 */
export async function consumeEmailChange(
  transaction: Queryable,
  tokenHash: Buffer,
  { id, email }: { id: string; email: string },
): Promise<string | undefined> {
  const [row] = await transaction.query<{ email: string }>('email-change/consume', [tokenHash, id, email]);
  return row?.email;
}

/** Whether it was used a moment ago. */
export async function isEmailChangeUsed(
  on: Queryable,
  tokenHash: Buffer,
  accountId: string,
): Promise<boolean> {
  return (await on.query('email-change/find-used', [tokenHash, accountId])).length === 1;
}

/** The address before whatever changes there were in thirty days; undefined when there were none. */
export async function findFormerEmail(on: Queryable, accountId: string): Promise<string | undefined> {
  const [row] = await on.query<{ former_email: string }>('email-change/find-former', [accountId]);
  return row?.former_email;
}

export async function forgetFormerEmails(transaction: Queryable, accountId: string): Promise<void> {
  await transaction.query('email-change/forget-former', [accountId]);
}

/** Whoever goes back to an address has undone what came in between. */
export async function undoEmailChanges(
  transaction: Queryable,
  accountId: string,
  email: string,
): Promise<void> {
  await transaction.query('email-change/undo', [accountId, email]);
}

/** False where none waited. */
export async function endEmailChanges(transaction: Queryable, accountId: string): Promise<boolean> {
  return (await transaction.query('email-change/end-for-account', [accountId])).length > 0;
}

/** Deletes at most 1,000 links that were made over a month ago; returns how many. */
export async function purgeEmailChanges(on: Queryable): Promise<number> {
  return (await on.query('email-change/purge')).length;
}
