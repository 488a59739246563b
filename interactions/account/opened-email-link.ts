// The token of a link to a new mail address that was opened in this browser: from the link to the form, over the login that may come
// in between.
import type { Context } from 'koa';
import { shortCookie } from '../../src/http/short-cookie.ts';

export type OpenedEmailLink = {
  read(ctx: Context): string | undefined;
  write(ctx: Context, token: string): void;
  clear(ctx: Context): void;
  /** A login comes first. */
  awaitLogin(ctx: Context, token: string): void;
  /** The token, once after that: its page comes next. */
  takeAwaited(ctx: Context): string | undefined;
};

/** In front of a token: it waits for a login. No token has a dot. */
const AWAITED = 'login.';

/** @param ttlSeconds how long a link is good */
export function openedEmailLink(secure: boolean, ttlSeconds: number): OpenedEmailLink {
  const cookie = shortCookie({
    name: 'idp_email_link',
    path: '/account',
    secure,
    maxAgeMs: 1000 * ttlSeconds,
  });
  const read = (ctx: Context) => cookie.read(ctx)?.replace(AWAITED, '');
  return {
    read,
    write: cookie.write,
    clear: cookie.clear,
    awaitLogin: (ctx, token) => cookie.write(ctx, AWAITED + token),
    takeAwaited(ctx) {
      const token = read(ctx);
      if (token === undefined || token === cookie.read(ctx)) return undefined;
      cookie.write(ctx, token);
      return token;
    },
  };
}
