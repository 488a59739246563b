// Guards a try at a secret: per identifier and per address, counted before the secret is looked at and settled after.
// While one has to wait even the right secret waits. Called by every action that verifies a password.
import { createHmac, createSecretKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Queryable } from '../db/database.ts';
import {
  admit,
  type Counter,
  clearThrottle,
  recordFailure,
  recordSuccess,
  releaseTries,
  type ThrottleLimits,
  tally,
} from '../db/throttle.ts';
import { normaliseIdentifier } from '../domain/identifier.ts';
import { networkOf } from '../domain/network.ts';
import type { Outcome } from '../domain/outcome.ts';

export type ThrottleSubject = {
  identifier: string;
  /** Codes have a count of their own: a right password must not make up for wrong codes. */
  secret?: GuessedSecret;
  address: string | undefined;
  login?: string | undefined;
};

export type GuessedSecret = 'password' | 'code';

export type Throttle = {
  /**
   * Runs `attempt` when the identifier and the address may try; `{ ok: false }` from it counts as a failure. Without an
   * address only the identifier counts: a success that costs the asker nothing must not make up for failures elsewhere.
   * With the `login` that a code is typed in, the fifth failure there ends it: `login.ended`.
   */
  guard<T>(subject: ThrottleSubject, attempt: () => Promise<Outcome<T>>): Promise<Outcome<T>>;
  /**
   * Counts the check of a password of which nothing is told before the code comes. A right code makes good for two. Returns
   * the seconds to wait instead; 0: go on.
   */
  tally(address: string): Promise<number>;
  /** Forgets the failures of an identifier: its password, or its strong authentication, was reset. */
  clear(on: Queryable, identifier: string, secret?: GuessedSecret): Promise<void>;
};

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 320;
const PATIENCE_MS = 5_000;
const ALL = 1_000_000;
const DAY = 24 * 60 * 60;
const MOST_IN_A_LOGIN = 5;
const LOGIN_LIMITS: ThrottleLimits = {
  waitFrom: MOST_IN_A_LOGIN,
  firstWaitSeconds: DAY,
  longestWaitSeconds: DAY,
  failuresPerDay: MOST_IN_A_LOGIN,
};
/** Many people of a hospital are between password and code at the same time. */
const TALLIES_PER_FAILURE = 4;

export function createThrottle(
  database: Database,
  key: Buffer,
  limits: { identifier: ThrottleLimits; address: ThrottleLimits },
): Throttle {
  // Made once: from bytes it would be made anew for every digest, at seven times the cost.
  const digestKey = createSecretKey(key);
  // Digests under a key of ours: the table tells nobody who tried, nor what was typed into the wrong field.
  const digest = (kind: string, value: string) =>
    createHmac('sha256', digestKey).update(`${kind}:${value}`).digest('base64url');
  const identifierKey = (identifier: string, secret: GuessedSecret = 'password') =>
    digest(secret === 'password' ? 'identifier' : 'code', normaliseIdentifier(identifier));
  const tallyKey = (address: string) => digest('tally', networkOf(address));
  const tallyLimits = { ...limits.address, waitFrom: limits.address.waitFrom * TALLIES_PER_FAILURE };

  return {
    async guard({ identifier, secret, address, login }, attempt) {
      const loginKey = login === undefined ? undefined : digest('login', login);
      const counters = [
        // A success proves that the person is the person; an address is shared, so it is only one point for it.
        { key: identifierKey(identifier, secret), limits: limits.identifier, forgives: ALL },
        ...(address === undefined
          ? []
          : [{ key: digest('address', networkOf(address)), limits: limits.address, forgives: 1 }]),
        ...(loginKey === undefined ? [] : [{ key: loginKey, limits: LOGIN_LIMITS, forgives: 0 }]),
      ];
      const { waitSeconds, heldBy } = await admitOrWait(database, counters);
      if (loginKey !== undefined && heldBy.includes(loginKey)) return { ok: false, code: 'login.ended' };
      if (waitSeconds > 0) return { ok: false, code: 'throttled', waitSeconds };
      let settled = false;
      try {
        const outcome = await attempt();
        settled = true;
        if (outcome.ok) {
          const tallied =
            loginKey === undefined || address === undefined ? [] : [{ key: tallyKey(address), forgives: 2 }];
          await recordSuccess(database, [...counters, ...tallied]);
          return outcome;
        }
        const failures = await recordFailure(database, counters);
        const isOver = loginKey !== undefined && (failures.get(loginKey) ?? 0) >= MOST_IN_A_LOGIN;
        return isOver ? { ok: false, code: 'login.ended' } : outcome;
      } finally {
        if (!settled)
          await releaseTries(
            database,
            counters.map(({ key }) => key),
          );
      }
    },
    tally: (address) => tally(database, { key: tallyKey(address), limits: tallyLimits }),
    clear: (on, identifier, secret) => clearThrottle(on, identifierKey(identifier, secret)),
  };
}

/** 0 seconds once admitted, else the seconds to wait and the keys that ask for it. Tries under way are waited for: one may prove right. */
async function admitOrWait(
  database: Database,
  counters: Counter[],
): Promise<{ waitSeconds: number; heldBy: string[] }> {
  const end = performance.now() + PATIENCE_MS;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const admissions = await admit(database, counters);
    const refused = admissions.filter(({ admitted }) => !admitted);
    if (refused.length === 0) return { waitSeconds: 0, heldBy: [] };
    const admitted = admissions.filter((admission) => admission.admitted).map(({ key }) => key);
    // Rare: a key that nobody knew a moment ago was taken up by others in between.
    if (admitted.length > 0) await releaseTries(database, admitted);
    const waitSeconds = Math.max(...refused.map((admission) => admission.waitSeconds));
    const heldBy = refused.filter((admission) => admission.waitSeconds > 0).map(({ key }) => key);
    if (waitSeconds > 0) return { waitSeconds, heldBy };
    if (performance.now() > end) return { waitSeconds: counters[0]!.limits.firstWaitSeconds, heldBy: [] };
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    await sleep(pause * (0.5 + Math.random()));
  }
}
