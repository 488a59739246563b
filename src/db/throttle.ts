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

export type Admission = { admitted: boolean; waitSeconds: number };

export async function admit(on: Queryable, key: string, limits: ThrottleLimits): Promise<Admission> {
  const [row] = await on.query<{ admitted: boolean; wait_seconds: number }>('throttle/admit', [
    key,
    limits.waitFrom,
    limits.failuresPerDay,
  ]);
  return { admitted: row!.admitted, waitSeconds: row!.wait_seconds };
}

/** Seconds until the next try may go ahead; 0: now. */
export async function findWait(on: Queryable, key: string): Promise<number> {
  const [row] = await on.query<{ wait_seconds: number }>('throttle/find-wait', [key]);
  return row?.wait_seconds ?? 0;
}

export async function recordFailure(on: Queryable, key: string, limits: ThrottleLimits): Promise<void> {
  await on.query('throttle/fail', [key, limits.waitFrom, limits.firstWaitSeconds, limits.longestWaitSeconds]);
}

export async function recordSuccess(on: Queryable, key: string, forgives: number): Promise<void> {
  await on.query('throttle/succeed', [key, forgives]);
}

export async function releaseTry(on: Queryable, key: string): Promise<void> {
  await on.query('throttle/release', [key]);
}

export async function clearThrottle(on: Queryable, key: string): Promise<void> {
  await on.query('throttle/clear', [key]);
}

/** Deletes at most 1,000 rows that a quiet day has made void; returns how many. */
export async function purgeThrottle(on: Queryable): Promise<number> {
  return (await on.query('throttle/purge')).length;
}
