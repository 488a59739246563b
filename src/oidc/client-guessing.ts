// Slows down who guesses at an application's secret: after some failures of one application from one address, both wait
// together. Never an application alone, or anyone could shut it out. The adapter asks before the library compares a
// secret; oidc/events.ts tells of every failure.
import { createHmac } from 'node:crypto';
import Provider, { errors } from 'oidc-provider';
import type { Database } from '../db/database.ts';
import { admit, findWait, recordFailure, type ThrottleLimits } from '../db/throttle.ts';

export type ClientGuessing = {
  /** Throws a 429 of the protocol while the current request's address has to wait with this application. */
  refuseGuess(clientId: string): Promise<void>;
  recordGuess(clientId: string, address: string): Promise<void>;
};

const LIMITS: ThrottleLimits = {
  waitFrom: 10,
  firstWaitSeconds: 20,
  longestWaitSeconds: 3_600,
  failuresPerDay: 1_000_000,
};
const AUTHENTICATED = new Set(['token', 'introspection', 'revocation']);
const REMEMBERED_MS = 24 * 3_600_000;
const MOST_REMEMBERED = 10_000;

class TooManyGuesses extends errors.OIDCProviderError {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super(429, 'temporarily_unavailable');
    this.error_description = `too many failed attempts; try again in ${retryAfterSeconds} seconds`;
    this.expose = true;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export function createClientGuessing(database: Database, key: Buffer): ClientGuessing {
  // Those that this process saw fail: the others, nearly all, cost no question to the database.
  const suspects = new Map<string, number>();
  const keyOf = (clientId: string, address: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify(['client', clientId, address]))
      .digest('base64url');

  return {
    async refuseGuess(clientId) {
      const ctx = Provider.ctx;
      if (suspects.size === 0 || !ctx || !AUTHENTICATED.has(ctx.oidc.route)) return;
      const suspect = keyOf(clientId, ctx.state.address);
      const until = suspects.get(suspect);
      if (until === undefined) return;
      if (until < Date.now()) suspects.delete(suspect);
      const waitSeconds = await findWait(database, suspect);
      if (waitSeconds === 0) return;
      ctx.set('Retry-After', String(waitSeconds));
      throw new TooManyGuesses(waitSeconds);
    },
    async recordGuess(clientId, address) {
      const suspect = keyOf(clientId, address);
      if (suspects.size >= MOST_REMEMBERED) suspects.clear();
      suspects.set(suspect, Date.now() + REMEMBERED_MS);
      const counters = [{ key: suspect, limits: LIMITS }];
      await admit(database, counters);
      await recordFailure(database, counters);
    },
  };
}
