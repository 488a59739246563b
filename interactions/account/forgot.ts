// /account/forgot — S3, the request for a link to a new password, and /account/forgot/sent — S7, the same for everybody.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { issueCaptcha } from '../../src/actions/issue-captcha.ts';
import {
  type RequestPasswordResetDeps,
  requestPasswordReset,
} from '../../src/actions/request-password-reset.ts';
import { type VerifyCaptchaDeps, verifyCaptcha } from '../../src/actions/verify-captcha.ts';
import { readForm } from '../../src/http/form-body.ts';
import type { FormErrors, Render } from '../../src/http/render.ts';
import { translator } from '../../src/http/translate.ts';
import { seeOther } from '../login/login-step.ts';
import { type SentRequest, type SentRequestDeps, sentRequests } from './sent-request.ts';
import type { WaitingLogins } from './waiting-login.ts';

export type ForgotDeps = RequestPasswordResetDeps &
  VerifyCaptchaDeps &
  SentRequestDeps & {
    render: Render;
    browser: { read(ctx: Context): string | undefined; ensure(ctx: Context): string };
    limitDraws(ctx: Context): Promise<void>;
    waiting: WaitingLogins;
    /** False: S7 speaks of « l'adresse associée à votre compte ». */
    showsAddress: boolean;
  };

const CAPTCHA_FORM = 'forgot';
const LONGEST_IDENTIFIER = 200;
const SENT = '/account/forgot/sent';

export function forgot(router: Router, deps: ForgotDeps): void {
  const sent = sentRequests(deps);

  router.get('/account/forgot', async (ctx) => {
    deps.waiting.remember(ctx);
    await show(ctx, '');
  });

  router.post('/account/forgot', async (ctx) => {
    const form = await readForm(ctx);
    const identifier = form.get('identifier').slice(0, LONGEST_IDENTIFIER);
    if (form.has('captchaRenew')) return show(ctx, identifier);

    const t = translator(ctx.state.locale);
    const errors: FormErrors = {};
    if (identifier === '') errors.identifier = t('password.identifier.required');
    const captcha = await verifyCaptcha(deps, {
      form: CAPTCHA_FORM,
      binding: deps.browser.read(ctx),
      captchaId: form.get('captchaId'),
      captchaChoice: form.get('captchaChoice'),
      altcha: form.get('altcha'),
    });
    if (!captcha.ok) errors.captcha = t(captcha.code);
    if (Object.keys(errors).length > 0) {
      ctx.status = 422;
      return show(ctx, identifier, errors);
    }
    await request(ctx, identifier, false);
  });

  router.get(SENT, async (ctx) => {
    const made = sent.read(ctx);
    if (!made) return seeOther(ctx, '/account/forgot');
    await showSent(ctx, made);
  });

  router.post('/account/forgot/again', async (ctx) => {
    await readForm(ctx);
    const made = sent.read(ctx);
    if (!made) return seeOther(ctx, '/account/forgot');
    const waitSeconds = sent.waitOf(made);
    if (waitSeconds > 0) {
      ctx.status = 429;
      ctx.set('Retry-After', String(waitSeconds));
      return showSent(ctx, made, waitSeconds);
    }
    if (!(await sent.takeSecond(ctx, made))) return seeOther(ctx, SENT);
    await request(ctx, made.identifier, true);
  });

  async function request(ctx: Context, identifier: string, isSecond: boolean): Promise<void> {
    const shownAddress = await requestPasswordReset(deps, { identifier, address: ctx.state.address });
    sent.write(ctx, { identifier, shownAddress, isSecond });
    seeOther(ctx, SENT);
  }

  async function show(ctx: Context, identifier: string, errors: FormErrors = {}): Promise<void> {
    await deps.limitDraws(ctx);
    const captcha = await issueCaptcha(deps, { form: CAPTCHA_FORM, binding: deps.browser.ensure(ctx) });
    deps.render(ctx, 'account/forgot', {
      ...(await deps.waiting.find(ctx)),
      formAction: '/account/forgot',
      captcha,
      values: { identifier },
      errors,
    });
  }

  async function showSent(
    ctx: Context,
    { shownAddress, isSecond }: SentRequest,
    waitSeconds = 0,
  ): Promise<void> {
    deps.render(ctx, 'account/forgot-sent', {
      ...(await deps.waiting.find(ctx)),
      shownAddress: deps.showsAddress ? shownAddress : undefined,
      againUrl: isSecond ? undefined : '/account/forgot/again',
      isSecond,
      waitSeconds,
      languageUrl: `${SENT}?lang=${ctx.state.locale === 'fr' ? 'en' : 'fr'}`,
    });
  }
}
