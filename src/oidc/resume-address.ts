// The address that takes up a login, `/auth/:uid`: what was asked stands in the login, and nothing that is added counts. The library
// reads it all the same where there is no such login, and fails (oidc-provider 9.13, `authorization_error_handler`).
import type { Middleware } from 'koa';

/** Koa middleware in front of the provider. */
export const resumeAddress: Middleware = (ctx, next) => {
  // As the router reads addresses: in any case, and with a final slash.
  if (/^\/auth\/./i.test(ctx.path)) ctx.querystring = '';
  return next();
};
