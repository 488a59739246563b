// Turns the failure of a try at a password into its sentence and status.
import type { Context } from 'koa';
import type { Failure } from '../src/domain/outcome.ts';
import { translator } from '../src/http/translate.ts';

/** Sets the status, and Retry-After when the person has to wait. Returns the sentence, in their language. */
export function showFailure(ctx: Context, failure: Failure): string {
  const t = translator(ctx.state.locale);
  if (failure.code !== 'throttled') {
    ctx.status = 422;
    return t(failure.code);
  }
  const seconds = Number(failure.waitSeconds);
  ctx.status = 429;
  ctx.set('Retry-After', String(seconds));
  return t('throttled', { n: Math.ceil(seconds / 60) });
}
