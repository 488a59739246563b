// How far this machine's clock is from the database server's.
import type { Queryable } from './database.ts';

/** Milliseconds that the database server is ahead, give or take half of the time that asking takes. */
export async function askDatabaseClock(on: Queryable): Promise<number> {
  const sent = Date.now();
  const [row] = await on.query<{ now: number }>('database/clock');
  return row!.now - (sent + Date.now()) / 2;
}
