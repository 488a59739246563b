// The table of links to a first second factor. Only digests of tokens come here.
import type { Queryable } from './database.ts';

/** Returns the end of the new link; the one of before is dead then. */
export async function replaceEnrolmentLink(
  on: Queryable,
  accountId: string,
  tokenHash: Buffer,
  ttlSeconds: number,
): Promise<Date> {
  const values = [accountId, tokenHash, ttlSeconds];
  const [row] = await on.query<{ expires_at: Date }>('enrolment-link/replace', values);
  return row!.expires_at;
}

/** Whose link this is, while it is good. */
export async function findEnrolmentLink(on: Queryable, tokenHash: Buffer): Promise<string | undefined> {
  const [row] = await on.query<{ account_id: string }>('enrolment-link/find', [tokenHash]);
  return row?.account_id;
}

/** False when it was used, replaced, or is good no more. */
export async function consumeEnrolmentLink(
  transaction: Queryable,
  accountId: string,
  tokenHash: Buffer,
): Promise<boolean> {
  return (await transaction.query('enrolment-link/consume', [accountId, tokenHash])).length === 1;
}

export async function deleteEnrolmentLinkOf(on: Queryable, accountId: string): Promise<void> {
  await on.query('enrolment-link/delete-for-account', [accountId]);
}

/** Deletes at most 1,000 whose time is over; returns how many. */
export async function purgeEnrolmentLinks(on: Queryable): Promise<number> {
  return (await on.query('enrolment-link/purge')).length;
}
