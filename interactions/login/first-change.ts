// /interaction/:uid/first-change — S2, the provisional password must be replaced, then S6. Nothing but this form makes
// the dispatcher go on.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { changePassword, findFaults, isBlockedPassword } from '../../src/actions/change-password.ts';
import { issueCaptcha } from '../../src/actions/issue-captcha.ts';
import { verifyCaptcha } from '../../src/actions/verify-captcha.ts';
import { type Account, hasProvisionalPassword } from '../../src/domain/account.ts';
import { isSameIdentifier, LONGEST_TYPED_IDENTIFIER } from '../../src/domain/identifier.ts';
import { nextLoginStep } from '../../src/domain/login-flow.ts';
import { type Form, readForm } from '../../src/http/form-body.ts';
import type { FormErrors } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { translator } from '../../src/http/translate.ts';
import { saveProgress } from '../../src/oidc/interaction.ts';
import { readCaptchaAnswer } from '../captcha-answer.ts';
import { checkCurrentPassword } from '../current-password.ts';
import { findFieldErrors, toFaultSentences } from '../password-fields.ts';
import { markDone } from '../second-clicks.ts';
import { beginStep, type LoginDeps, type LoginStepContext } from './login-step.ts';

const CAPTCHA_FORM = 'first-change';
const FIELDS = ['identifier', 'currentPassword', 'newPassword', 'newPasswordConfirmation'] as const;

export function firstChange(router: Router, deps: LoginDeps): void {
  router.get('/interaction/:uid/first-change', async (ctx) => {
    const step = await beginStep(deps, ctx);
    const account = await provenAccount(step);
    if (account && !hasProvisionalPassword(account) && step.interaction.progress!.changed) {
      return deps.render(ctx, 'login/confirmation', { ...step.locals, continueUrl: step.url() });
    }
    if (!account || !hasProvisionalPassword(account)) return seeOther(ctx, step.url());
    await show(ctx, step, { identifier: account.identifier });
  });

  router.post('/interaction/:uid/first-change', async (ctx) => {
    const step = await beginStep(deps, ctx);
    const account = await provenAccount(step);
    if (!account || !hasProvisionalPassword(account)) return seeOther(ctx, step.url());
    const form = await readForm(ctx);
    const values = { identifier: form.get('identifier').slice(0, LONGEST_TYPED_IDENTIFIER) };
    if (form.has('captchaRenew')) return show(ctx, step, values);

    const errors = await check(ctx, account, form);
    if (Object.keys(errors).length > 0) {
      if (ctx.status !== 429) ctx.status = 422;
      return show(ctx, step, values, errors);
    }
    const changed = await changePassword(deps, {
      account,
      currentPassword: form.get('currentPassword'),
      newPassword: form.get('newPassword'),
      address: ctx.state.address,
      kept: { interactionUid: step.interaction.uid },
      reason: 'first-login',
    });
    // Somebody else was faster: the dispatcher knows what that means.
    if (!changed.ok) return seeOther(ctx, step.url());
    await saveProgress(step.interaction, {
      ...step.interaction.progress!,
      provedAt: Math.floor(Date.now() / 1000),
      passwordSetAt: changed.account.passwordChangedAt.getTime(),
      changed: true,
    });
    markDone(ctx);
    seeOther(ctx, step.url('first-change'));
  });

  /** Whose login this is, while what was proved still holds. */
  async function provenAccount({
    interaction: { progress, request },
  }: LoginStepContext): Promise<Account | undefined> {
    const account = progress && (await deps.findAccount(progress.accountId));
    const { step } = nextLoginStep(request, progress, account, new Date());
    // The confirmation (S6) comes before whatever else the service demands.
    return ['first-change', 'strengthen', 'finish'].includes(step) ? account : undefined;
  }

  /** Everything that is wrong, at once; but nobody learns anything of the old password who has not solved the captcha. */
  async function check(ctx: Context, account: Account, form: Form): Promise<FormErrors> {
    const t = translator(ctx.state.locale);
    const newPassword = form.get('newPassword');
    const errors = findFieldErrors(form, [...FIELDS], t);
    if (newPassword !== '') {
      const faults = findFaults(deps, account, form.get('currentPassword'), newPassword);
      if (faults.length > 0) errors.newPassword = toFaultSentences(faults, deps.policy, t);
    }
    const identifier = form.get('identifier');
    if (identifier !== '' && !isSameIdentifier(identifier, account.identifier)) {
      errors.identifier = t('login.incorrect');
    }
    const captcha = await verifyCaptcha(deps, readCaptchaAnswer(ctx, deps.browser, form, CAPTCHA_FORM));
    if (!captcha.ok) errors.captcha = t(captcha.code);
    else if (errors.currentPassword === undefined)
      Object.assign(errors, await checkCurrentPassword(deps, ctx, account, form));
    if (Object.keys(errors).length === 0 && (await isBlockedPassword(deps, account, newPassword)))
      errors.newPassword = toFaultSentences(['same'], deps.policy, t);
    return errors;
  }

  async function show(
    ctx: Context,
    { locals }: LoginStepContext,
    values: Record<string, unknown>,
    errors: FormErrors = {},
  ) {
    const captcha = await issueCaptcha(deps, { form: CAPTCHA_FORM, binding: deps.browser.ensure(ctx) });
    deps.render(ctx, 'login/first-change', { ...locals, policy: deps.policy, captcha, values, errors });
  }
}
