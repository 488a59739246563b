// /captcha/altcha and /captcha/choice: what captcha.js asks for, as JSON. The first is the proof-of-work challenge for
// people who cannot use the pictures, the second a fresh row of pictures without reloading a half-filled form.
import type { Context } from 'koa';
import Router from 'koa-router';
import { type IssueCaptchaDeps, issueCaptcha } from '../src/actions/issue-captcha.ts';
import { issueProofOfWork, type ProofOfWorkDeps } from '../src/actions/issue-proof-of-work.ts';

export type CaptchaRoutesDeps = IssueCaptchaDeps &
  ProofOfWorkDeps & {
    /** The cookie value that captchas are bound to; sets the cookie when the browser has none. */
    bindingOf(ctx: Context): string;
    /** Throws when this address, or everybody together, asks too often. */
    limitDraws(ctx: Context): Promise<void>;
  };

const FORM = /^[a-z][a-z-]{0,31}$/;

export function captchaRoutes(deps: CaptchaRoutesDeps): Router {
  const router = new Router();

  router.get('/captcha/altcha', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    await deps.limitDraws(ctx);
    ctx.body = await issueProofOfWork(deps, { binding: deps.bindingOf(ctx) });
  });

  router.get('/captcha/choice', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const { form } = ctx.query;
    if (typeof form !== 'string' || !FORM.test(form)) {
      ctx.status = 400;
      ctx.body = { error: 'form' };
      return;
    }
    await deps.limitDraws(ctx);
    ctx.body = await issueCaptcha(deps, { form, binding: deps.bindingOf(ctx) });
  });

  return router;
}
