// The one place where an exception becomes an answer: a page for people, JSON for programs, and one line in the log
// with the reference that the page shows.
import { randomInt } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import type { Logger } from 'pino';
import type { Render } from './render.ts';
import { RequestRefused } from './request-refused.ts';
import { withdrawAnswer } from './session-cookies.ts';
import { TooManyRequests } from './too-many-requests.ts';

/** Without look-alikes: people read it out on the telephone. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const RETRY_AFTER_SECONDS = 5;

/** The reference of this request's failure, made when first asked for: `K7QM-2XRT`. */
export function referenceOf(ctx: Context): string {
  ctx.state.reference ??= Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)])
    .join('')
    .replace(/^.{4}/, '$&-');
  return ctx.state.reference;
}

export function errorPages(render: Render, logger: Logger): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body == null) throw new RequestRefused('not-found', 'no such address');
    } catch (error) {
      answer(ctx, error, render, logger);
    }
    if (ctx.status === 503 && !ctx.response.get('Retry-After'))
      ctx.set('Retry-After', String(RETRY_AFTER_SECONDS));
  };
}

function answer(ctx: Context, error: unknown, render: Render, logger: Logger): void {
  const { status, code } = classify(error);
  const reference = referenceOf(ctx);
  const line = {
    reference,
    status,
    method: ctx.method,
    // Not `ctx.path`, which throws where the target is no path.
    path: ctx.req.url?.split('?')[0]?.slice(0, 200),
    address: ctx.state.address,
    err: error,
  };
  if (status >= 500) logger.error(line, 'a request failed');
  else
    logger.info({ ...line, err: undefined, refusal: code, detail: detailOf(error) }, 'a request was refused');

  if (ctx.headerSent) return;
  if (error instanceof TooManyRequests) ctx.set('Retry-After', String(error.retryAfterSeconds));
  withdrawAnswer(ctx, status === 503 || code === 'session-expired');
  ctx.status = status;
  if (ctx.accepts('html', 'json') === 'json') {
    ctx.body = {
      error: status >= 500 ? 'server_error' : 'invalid_request',
      error_description: `reference ${reference}`,
    };
    ctx.set('Cache-Control', 'no-store');
    return;
  }
  render(ctx, 'error', { code, reference });
}

/** What the operator needs to know; the provider's errors keep it apart from what applications are told. */
function detailOf(error: unknown): string {
  const {
    error_detail: detail,
    error_description: description,
    message,
  } = error as Error & Record<string, string>;
  return detail ?? description ?? message;
}

/** Which page, by what the exception says of itself. */
function classify(error: unknown): { status: number; code: string } {
  if (error instanceof RequestRefused) {
    return {
      status: error.status,
      code: error.code === 'method-not-allowed' ? 'invalid-request' : error.code,
    };
  }
  const { status, name, expose } = (error ?? {}) as { status?: number; name?: string; expose?: boolean };
  if (name === 'SessionNotFound') return { status: 400, code: 'session-expired' };
  if (status === 429) return { status, code: 'throttled' };
  if (status === 503) return { status, code: 'busy' };
  if (expose && status && status >= 400 && status < 500) return { status, code: 'invalid-request' };
  return { status: 500, code: 'server-error' };
}
