// What somebody asked for whose session had run out was not done: said at the login that follows, and in « Mon compte » after it. Else
// whoever raised the alarm would walk away.
import type { Context } from 'koa';

const NAME = 'idp_undone';
/** Milliseconds, for the login in between. */
const LIFE = 10 * 60 * 1000;

const options = (ctx: Context) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: ctx.secure, signed: false }) as const;

export function writeUndone(ctx: Context): void {
  ctx.cookies.set(NAME, 'yes', { ...options(ctx), maxAge: LIFE });
}

export function isUndone(ctx: Context): boolean {
  return ctx.cookies.get(NAME, { signed: false }) !== undefined;
}

export function clearUndone(ctx: Context): void {
  ctx.cookies.set(NAME, null, options(ctx));
}
