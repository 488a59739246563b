// The site map: every address that a person can open, and the file behind it. (The provider's own addresses stand in
// /.well-known/openid-configuration.)
import Router from 'koa-router';
import { type CaptchaRoutesDeps, captchaRoutes } from './captcha.ts';
import { information } from './information.ts';
import { abort } from './login/abort.ts';
import { consent } from './login/consent.ts';
import { dispatch } from './login/dispatch.ts';
import { firstChange } from './login/first-change.ts';
import type { LoginDeps } from './login/login-step.ts';
import { password } from './login/password.ts';

export type InteractionDeps = LoginDeps & CaptchaRoutesDeps & { portalUrl: string };

export function interactions(deps: InteractionDeps): Router {
  const router = new Router();
  dispatch(router, deps); //     /interaction/:uid
  password(router, deps); //     /interaction/:uid/password
  firstChange(router, deps); //  /interaction/:uid/first-change
  consent(router, deps); //      /interaction/:uid/consent
  abort(router, deps); //        /interaction/:uid/abort
  router.use(captchaRoutes(deps).routes()); // /captcha/altcha, /captcha/choice
  information(router, deps); //  /, /accessibility, /privacy
  return router;
}
