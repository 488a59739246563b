// Redirects of our own pages.
import type { Context } from 'koa';

/** After a POST, and towards the application: always 303 (RFC 9700 §4.12). */
export function seeOther(ctx: Context, location: string): void {
  ctx.status = 303;
  ctx.redirect(location);
  ctx.status = 303;
}
