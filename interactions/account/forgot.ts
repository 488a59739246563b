// /account/forgot — S3, the request for a link to a new password, and /account/forgot/sent — S7, the same for everybody.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { issueCaptcha } from '../../src/actions/issue-captcha.ts';
import {
  type RequestPasswordResetDeps,
  requestPasswordReset,
} from '../../src/actions/request-password-reset.ts';
import { type VerifyCaptchaDeps, verifyCaptcha } from '../../src/actions/verify-captcha.ts';
import { LONGEST_TYPED_IDENTIFIER } from '../../src/domain/identifier.ts';
import { readForm } from '../../src/http/form-body.ts';
import type { FormErrors, Render } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { type Translate, translator } from '../../src/http/translate.ts';
import { readCaptchaAnswer } from '../captcha-answer.ts';
import { markDone } from '../second-clicks.ts';
import type { SentRequest, SentRequests } from './sent-request.ts';
import type { WaitingLogins } from './waiting-login.ts';

export type ForgotDeps = RequestPasswordResetDeps &
  VerifyCaptchaDeps & {
    render: Render;
    browser: { read(ctx: Context): string | undefined; ensure(ctx: Context): string };
    limitDraws(ctx: Context): Promise<void>;
    waiting: WaitingLogins;
    sent: SentRequests;
    /** False: S7 speaks of « l'adresse associée à votre compte ». */
    showsAddress: boolean;
  };

const CAPTCHA_FORM = 'forgot';
const PAGE = '/account/forgot';
const SENT = `${PAGE}/sent`;
const AGAIN = `${PAGE}/again`;

export function forgot(router: Router, deps: ForgotDeps): void {
  const { sent } = deps;

  router.get(PAGE, (ctx) => show(ctx, ''));

  router.post(PAGE, async (ctx) => {
    const form = await readForm(ctx);
    const identifier = form.get('identifier').slice(0, LONGEST_TYPED_IDENTIFIER);
    if (form.has('captchaRenew')) return show(ctx, identifier);

    const captcha = await verifyCaptcha(deps, readCaptchaAnswer(ctx, deps.browser, form, CAPTCHA_FORM));
    if (identifier !== '' && captcha.ok) return request(ctx, identifier, false);
    ctx.status = 422;
    await show(ctx, identifier, (t) => ({
      ...(identifier === '' && { identifier: t('password.identifier.required') }),
      ...(!captcha.ok && { captcha: t(captcha.code) }),
    }));
  });

  router.get(SENT, async (ctx) => {
    const made = sent.read(ctx);
    if (!made) return seeOther(ctx, PAGE);
    await showSent(ctx, made);
  });

  router.get(AGAIN, (ctx) => seeOther(ctx, SENT));

  router.post(AGAIN, async (ctx) => {
    await readForm(ctx);
    const made = sent.read(ctx);
    if (!made) return seeOther(ctx, PAGE);
    const waitSeconds = sent.waitOf(made);
    if (waitSeconds > 0) {
      ctx.status = 429;
      ctx.set('Retry-After', String(waitSeconds));
      return showSent(ctx, made, waitSeconds);
    }
    if (!(await sent.takeSecond(made))) return seeOther(ctx, SENT);
    await request(ctx, made.identifier, true);
  });

  async function request(ctx: Context, identifier: string, isSecond: boolean): Promise<void> {
    const shownAddress = await requestPasswordReset(deps, { identifier, address: ctx.state.address });
    sent.write(ctx, { identifier, shownAddress: deps.showsAddress ? shownAddress : '', isSecond });
    markDone(ctx);
    seeOther(ctx, SENT);
  }

  async function show(
    ctx: Context,
    identifier: string,
    errors: (t: Translate) => FormErrors = () => ({}),
  ): Promise<void> {
    await deps.limitDraws(ctx);
    const waiting = await deps.waiting.find(ctx);
    const captcha = await issueCaptcha(deps, { form: CAPTCHA_FORM, binding: deps.browser.ensure(ctx) });
    deps.render(ctx, 'account/forgot', {
      ...waiting,
      captcha,
      values: { identifier },
      errors: errors(translator(ctx.state.locale)),
    });
  }

  async function showSent(
    ctx: Context,
    { shownAddress, isSecond }: SentRequest,
    waitSeconds = 0,
  ): Promise<void> {
    const waiting = await deps.waiting.find(ctx);
    deps.render(ctx, 'account/forgot-sent', {
      ...waiting,
      shownAddress,
      againUrl: isSecond ? undefined : AGAIN,
      isSecond,
      waitSeconds,
    });
  }
}
