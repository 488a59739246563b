// A random name for a browser, so that what was shown to one cannot be answered by another (captchas).
import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';

const VALUE = /^[\w-]{22}$/;

/** Reads the cookie; sets one when the browser has none. `secure`: the issuer is https. */
export function browserCookie(secure: boolean): {
  read(ctx: Context): string | undefined;
  ensure(ctx: Context): string;
} {
  const name = secure ? '__Host-idp_browser' : 'idp_browser';
  const read = (ctx: Context) => {
    const value = ctx.cookies.get(name, { signed: false });
    return value && VALUE.test(value) ? value : undefined;
  };

  return {
    read,
    ensure(ctx) {
      ctx.state.browser ??= read(ctx);
      if (ctx.state.browser === undefined) {
        ctx.state.browser = randomBytes(16).toString('base64url');
        ctx.cookies.set(name, ctx.state.browser, {
          path: '/',
          httpOnly: true,
          sameSite: 'lax',
          secure,
          signed: false,
        });
      }
      return ctx.state.browser;
    },
  };
}
