// Argon2id behind a bounded queue: as many hashes at once as cores and threads of Node.js allow, the others wait a little or are told to come back.
// A flood of logins thus costs its own people time, never the token endpoint's.
import { availableParallelism } from 'node:os';
import argon2 from 'argon2';
import { toComparablePassword } from '../domain/password-policy.ts';

/** m = 19,456 KiB, t = 2, p = 1 (OWASP Password Storage Cheat Sheet). */
const RECOMMENDED = { memoryCost: 19_456, timeCost: 2 };

/** KiB and rounds of argon2. Less than recommended is for tests that sign in thousands of times. */
export type HashingCost = { memoryCost: number; timeCost: number };

export type PasswordHasher = {
  /** Throws `HasherBusy`. */
  hash(plainPassword: string): Promise<string>;
  /** The same work whether there is a hash to compare with or not. Throws `HasherBusy`. */
  verify(passwordHash: string | undefined, plainPassword: string): Promise<boolean>;
  needsRehash(passwordHash: string): boolean;
  /** How many wait or are at work. */
  readonly load: number;
};

/** The waiting room is full. Answered 503 with Retry-After. */
export class HasherBusy extends Error {
  readonly status = 503;
  readonly statusCode = 503;
  readonly expose = false;

  constructor() {
    super('too many passwords are being hashed');
    this.name = 'HasherBusy';
  }
}

const LONGEST_WAIT_MS = 2_000;

/** One of libuv's threads stays free: tokens are signed there. */
const THREADS = Number(process.env.UV_THREADPOOL_SIZE ?? 4);

export async function createPasswordHasher(
  atOnce = Math.max(1, Math.min(availableParallelism(), THREADS - 1)),
  cost: HashingCost = RECOMMENDED,
): Promise<PasswordHasher> {
  const settings = { ...cost, type: argon2.argon2id, parallelism: 1 } as const;
  const dummyHash = await argon2.hash('no account has this password', settings);
  const waiting: (() => void)[] = [];
  let running = 0;

  async function enqueue<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnce) await waitForTurn();
    else running++;
    try {
      return await work();
    } finally {
      // The place is handed over, not given back, or a newcomer would slip in between.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  }

  function waitForTurn(): Promise<void> {
    return new Promise((done, fail) => {
      const enter = () => {
        clearTimeout(timer);
        done();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(enter), 1);
        fail(new HasherBusy());
      }, LONGEST_WAIT_MS);
      waiting.push(enter);
    });
  }

  return {
    hash: (plainPassword) => enqueue(() => argon2.hash(toComparablePassword(plainPassword), settings)),
    verify: (passwordHash, plainPassword) =>
      enqueue(async () => {
        const matches = await argon2.verify(passwordHash ?? dummyHash, toComparablePassword(plainPassword));
        return matches && passwordHash !== undefined;
      }),
    needsRehash: (passwordHash) => argon2.needsRehash(passwordHash, settings),
    get load() {
      return running + waiting.length;
    },
  };
}
