// A limit for what costs the server more than the asker, without a login: pictures and proofs of work. Per address, so
// that one cannot take all; and altogether, so that many cannot either. Each process counts for itself.
import type { Context } from 'koa';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { TooManyRequests } from './too-many-requests.ts';

const perAddress = { points: 120, duration: 60 };
const altogether = { points: 40, duration: 1 };

/** Returns a check that throws `TooManyRequests`. */
export function drawLimit(): (ctx: Context) => Promise<void> {
  const limiters = [new RateLimiterMemory(perAddress), new RateLimiterMemory(altogether)];
  return async (ctx) => {
    try {
      await limiters[0]!.consume(String(ctx.state.address));
      await limiters[1]!.consume('all');
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes)
        throw new TooManyRequests(Math.ceil(refusal.msBeforeNext / 1000));
      throw refusal;
    }
  };
}
