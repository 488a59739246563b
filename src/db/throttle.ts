// The table of failed tries. Each function is one statement, exact under any number of parallel tries and processes.
// Used by actions/throttled.ts.
import type { Queryable } from './database.ts';

export type ThrottleLimits = {
  /** The failure from which on one has to wait. */
  waitFrom: number;
  firstWaitSeconds: number;
  longestWaitSeconds: number;
  failuresPerDay: number;
};

/** One counter, with what applies to it. */
export type Counter = { key: string; limits: ThrottleLimits };

export type Admission = { key: string; admitted: boolean; waitSeconds: number };

/** Counts a try on each counter that has room for it; tells of each. */
export async function admit(on: Queryable, counters: Counter[]): Promise<Admission[]> {
  const rows = await on.query<{ key: string; admitted: boolean; wait_seconds: number }>('throttle/admit', [
    counters.map(({ key }) => key),
    counters.map(({ limits }) => limits.waitFrom),
    counters.map(({ limits }) => limits.failuresPerDay),
  ]);
  return rows.map(({ key, admitted, wait_seconds }) => ({ key, admitted, waitSeconds: wait_seconds }));
}

/** Seconds until the next try may go ahead; 0: now. */
export async function findWait(on: Queryable, key: string): Promise<number> {
  const [row] = await on.query<{ wait_seconds: number }>('throttle/find-wait', [key]);
  return row?.wait_seconds ?? 0;
}

/** Returns how many failures each key has by now. */
export async function recordFailure(on: Queryable, counters: Counter[]): Promise<Map<string, number>> {
  const rows = await on.query<{ key: string; failures: number }>('throttle/fail', [
    counters.map(({ key }) => key),
    counters.map(({ limits }) => limits.waitFrom),
    counters.map(({ limits }) => limits.firstWaitSeconds),
    counters.map(({ limits }) => limits.longestWaitSeconds),
  ]);
  return new Map(rows.map(({ key, failures }) => [key, failures]));
}

/** Counts a try whose end is not known yet. Returns the seconds to wait instead; 0: counted. */
export async function tally(on: Queryable, { key, limits }: Counter): Promise<number> {
  const { waitFrom, firstWaitSeconds, longestWaitSeconds } = limits;
  const values = [key, waitFrom, firstWaitSeconds, longestWaitSeconds];
  const [row] = await on.query<{ wait_seconds: number }>('throttle/tally', values);
  return row!.wait_seconds;
}

/** @param successes how many earlier failures each makes good */
export async function recordSuccess(
  on: Queryable,
  successes: { key: string; forgives: number }[],
): Promise<void> {
  await on.query('throttle/succeed', [
    successes.map(({ key }) => key),
    successes.map(({ forgives }) => forgives),
  ]);
}

export async function releaseTries(on: Queryable, keys: string[]): Promise<void> {
  await on.query('throttle/release', [keys]);
}

export async function clearThrottle(on: Queryable, key: string): Promise<void> {
  await on.query('throttle/clear', [key]);
}

/** Deletes at most 1,000 rows that a quiet day has made void; returns how many. */
export async function purgeThrottle(on: Queryable): Promise<number> {
  return (await on.query('throttle/purge')).length;
}
