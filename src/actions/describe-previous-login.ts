// When the person signed in before, and how often somebody tried in vain since: for the menu under their name (S8).
import { countFailedLogins } from '../db/audit.ts';
import type { Queryable } from '../db/database.ts';
import type { Account } from '../domain/account.ts';

export type PreviousLogin = { at: Date; failures: number };

/** Undefined at the first login. */
export async function describePreviousLogin(
  database: Queryable,
  { id, previousLoginAt }: Account,
): Promise<PreviousLogin | undefined> {
  if (previousLoginAt === undefined) return undefined;
  return { at: previousLoginAt, failures: await countFailedLogins(database, id, previousLoginAt) };
}
