// The table of what may happen once: one statement decides, on whichever process. Used by actions/take-once.ts.
import type { Queryable } from './database.ts';

/** False when it was there. */
export async function insertTaken(on: Queryable, mark: Buffer, expiresAt: Date): Promise<boolean> {
  return (await on.query('taken-once/insert', [mark, expiresAt])).length === 1;
}

/** Deletes at most 1,000 whose time is over; returns how many. */
export async function purgeTaken(on: Queryable): Promise<number> {
  return (await on.query('taken-once/purge')).length;
}
