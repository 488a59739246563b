// Lets go of a request once it is answered. The library defines a getter on each context; V8 keeps the getter of an object
// in its old generation, where it stays until the next full collection, and with it all that its closure can reach:
// request, answer, session, tokens. Without this, every request would grow old, and answers would wait for the collector.
import type { Context, Next } from 'koa';

/** Koa middleware, the outermost. */
export async function releaseContext(ctx: Context, next: Next): Promise<void> {
  try {
    await next();
  } finally {
    // Closed already when the other side went away: Koa still looks at the context then.
    if (!ctx.res.closed) ctx.res.once('close', () => release(ctx));
  }
}

function release(ctx: Context): void {
  if (Object.hasOwn(ctx, 'oidc')) empty(ctx.oidc);
  empty(ctx);
}

function empty(holder: Record<PropertyKey, unknown>): void {
  for (const key of Reflect.ownKeys(holder)) if (key !== 'oidc') holder[key] = undefined;
}
