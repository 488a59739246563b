// The site map: every address that a person can open, and the file behind it. (The provider's own addresses stand in
// /.well-known/openid-configuration.)
import Router from 'koa-router';
import { type ActivityDeps, activity } from './account/activity.ts';
import { type ApplicationsDeps, applications } from './account/applications.ts';
import { authenticator } from './account/authenticator.ts';
import { type EmailDeps, email } from './account/email.ts';
import { type ForgotDeps, forgot } from './account/forgot.ts';
import { type HomeDeps, home } from './account/home.ts';
import { language } from './account/language.ts';
import { createNotices } from './account/notice.ts';
import { openedEmailLink } from './account/opened-email-link.ts';
import { passkey as accountPasskey } from './account/passkey.ts';
import { password as accountPassword, type PasswordDeps } from './account/password.ts';
import { openedResetLink, type ResetDeps, reset } from './account/reset.ts';
import { type SentRequestDeps, sentRequests } from './account/sent-request.ts';
import { type SessionsDeps, sessions } from './account/sessions.ts';
import { strong as accountStrong, type StrongDeps } from './account/strong.ts';
import { type StrongLinkDeps, strongLink } from './account/strong-link.ts';
import { waitingLogins } from './account/waiting-login.ts';
import { type CaptchaRoutesDeps, captchaRoutes } from './captcha.ts';
import { information } from './information.ts';
import { abort } from './login/abort.ts';
import { consent } from './login/consent.ts';
import { dispatch } from './login/dispatch.ts';
import { enrol } from './login/enrol.ts';
import { firstChange } from './login/first-change.ts';
import type { LoginDeps } from './login/login-step.ts';
import { otp } from './login/otp.ts';
import { passkey } from './login/passkey.ts';
import { password } from './login/password.ts';
import { recovery } from './login/recovery.ts';
import { strong } from './login/strong.ts';
import { secondClicks } from './second-clicks.ts';

export type InteractionDeps = LoginDeps &
  CaptchaRoutesDeps &
  SentRequestDeps &
  Omit<ForgotDeps, 'waiting' | 'sent'> &
  Omit<ResetDeps, 'waiting' | 'sent'> &
  Omit<
    HomeDeps &
      StrongDeps &
      StrongLinkDeps &
      SessionsDeps &
      ApplicationsDeps &
      ActivityDeps &
      EmailDeps &
      PasswordDeps,
    'openedLink' | 'openedReset' | 'notices'
  > & { portalUrl: string };

export function interactions(deps: InteractionDeps): Router {
  const router = new Router();
  const repair = { ...deps, waiting: waitingLogins(deps.provider, deps.secure), sent: sentRequests(deps) };
  const account = {
    ...deps,
    openedLink: openedEmailLink(deps.secure, deps.linkTtlSeconds),
    openedReset: openedResetLink(deps),
    notices: createNotices(deps.secure),
  };
  router.use(secondClicks(deps));
  dispatch(router, deps); //     /interaction/:uid
  password(router, deps); //     /interaction/:uid/password
  strong(router, deps); //       /interaction/:uid/strong
  otp(router, deps); //          /interaction/:uid/otp
  passkey(router, deps); //      /interaction/:uid/passkey
  recovery(router, deps); //     /interaction/:uid/recovery
  enrol(router, deps); //        /interaction/:uid/enrol
  firstChange(router, deps); //  /interaction/:uid/first-change
  consent(router, deps); //      /interaction/:uid/consent
  abort(router, deps); //        /interaction/:uid/abort
  home(router, account); //      /account, /account/confirm, /account/logout
  if (deps.hasStrong) {
    authenticator(router, account); // /account/strong/new
    accountStrong(router, account); // /account/strong, /account/strong/remove, /account/strong/codes
    accountPasskey(router, account); // /account/strong/passkey, /account/strong/passkey/new
    strongLink(router, account); //    /account/strong/link, /account/strong/link/new
  }
  sessions(router, account); //      /account/sessions
  applications(router, account); //  /account/applications
  activity(router, account); //      /account/activity, /account/activity/secured
  language(router, account); //      /account/language
  email(router, account); // /account/email, /account/email/confirm, /account/email/cancel
  accountPassword(router, account); // /account/password, /account/password/done
  forgot(router, repair); // /account/forgot, /account/forgot/sent, /account/forgot/again
  reset(router, repair); //  /account/reset, /account/reset/done
  router.use(captchaRoutes(deps).routes()); // /captcha/altcha, /captcha/choice
  information(router, deps); //  /, /accessibility, /privacy
  return router;
}
