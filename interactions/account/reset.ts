// /account/reset — S5, the new password after the mail's link, then S6. The link's token goes into a cookie at once, so
// that the address bar, the history and the next page know nothing of it. Only the form uses the link up: mail scanners
// open links, and people open them in several tabs.
import type { Context } from 'koa';
import type Router from 'koa-router';
import {
  checkPasswordReset,
  findResettable,
  type PasswordResetTry,
  type ResetPasswordDeps,
  resetPassword,
} from '../../src/actions/reset-password.ts';
import { LONGEST_TYPED_IDENTIFIER } from '../../src/domain/identifier.ts';
import { nameOfLink } from '../../src/domain/link-token.ts';
import { type Form, readForm } from '../../src/http/form-body.ts';
import type { FormErrors, Render } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { type ShortCookie, shortCookie } from '../../src/http/short-cookie.ts';
import { translator } from '../../src/http/translate.ts';
import { showFailure } from '../failure.ts';
import { findFieldErrors, toFaultSentences } from '../password-fields.ts';
import { isFormId, markDone } from '../second-clicks.ts';
import { showDeadLink } from './link-dead.ts';
import type { SentRequests } from './sent-request.ts';
import type { WaitingLogins } from './waiting-login.ts';

export type ResetDeps = ResetPasswordDeps & {
  render: Render;
  waiting: WaitingLogins;
  sent: SentRequests;
  secure: boolean;
  /** How long a link is good. */
  linkTtlSeconds: number;
};

const PAGE = '/account/reset';
const DONE = `${PAGE}/done`;
/** In place of the token, once it is used, with the name of its link and the form that used it: another tab's has done nothing. */
const USED = 'done.';
const usedBy = (form: Form) =>
  `${USED}${form.get('link')}.${isFormId(form.get('formId')) ? form.get('formId') : ''}`;

/** The link that is open in this browser. */
export function openedResetLink({
  secure,
  linkTtlSeconds,
}: Pick<ResetDeps, 'secure' | 'linkTtlSeconds'>): ShortCookie {
  return shortCookie({ name: 'idp_reset', path: PAGE, secure, maxAgeMs: 1000 * linkTtlSeconds });
}

export function reset(router: Router, deps: ResetDeps): void {
  const cookie = openedResetLink(deps);

  router.get(PAGE, async (ctx) => {
    const { token } = ctx.query;
    if (token !== undefined) {
      // Another link may be open in another tab: its cookie stays.
      if (typeof token !== 'string' || !(await findResettable(deps, token)))
        return showDeadLink(deps.render, ctx, 'reset');
      cookie.write(ctx, token);
      return seeOther(ctx, PAGE);
    }
    const opened = cookie.read(ctx);
    if (opened === undefined || !(await findResettable(deps, opened)))
      return showDeadLink(deps.render, ctx, 'reset');
    show(ctx, opened, '');
  });

  router.post(PAGE, async (ctx) => {
    const form = await readForm(ctx);
    const token = cookie.read(ctx);
    // Sent once more, after it was done.
    if (form.has('link') && token === usedBy(form)) return seeOther(ctx, DONE);
    const account = await findResettable(deps, token);
    // A form of an older tab was for another link, of somebody else perhaps.
    const isOfAnother = form.has('link') && token !== undefined && form.get('link') !== nameOfLink(token);
    if (token === undefined || !account) return showDeadLink(deps.render, ctx, 'reset');
    if (isOfAnother) return showDeadLink(deps.render, ctx, 'resetOther');

    const attempt = {
      token,
      account,
      identifier: form.get('identifier').slice(0, LONGEST_TYPED_IDENTIFIER),
      newPassword: form.get('newPassword'),
      isConfirmed: form.get('newPasswordConfirmation') === form.get('newPassword'),
      address: ctx.state.address,
    };
    const errors = await check(ctx, attempt, form);
    if (Object.keys(errors).length > 0) {
      if (ctx.status !== 429) ctx.status = 422;
      return show(ctx, token, attempt.identifier, errors);
    }
    if (!(await resetPassword(deps, attempt)).ok) return showDeadLink(deps.render, ctx, 'reset');
    markDone(ctx);
    cookie.write(ctx, usedBy(form));
    deps.sent.forget(ctx);
    seeOther(ctx, DONE);
  });

  router.get(DONE, async (ctx) => {
    if (!cookie.read(ctx)?.startsWith(USED)) return seeOther(ctx, PAGE);
    const waiting = await deps.waiting.find(ctx);
    deps.render(ctx, 'login/confirmation', { ...waiting });
  });

  /** Everything that is wrong, at once. */
  async function check(ctx: Context, attempt: PasswordResetTry, form: Form): Promise<FormErrors> {
    const t = translator(ctx.state.locale);
    const errors = findFieldErrors(form, ['identifier', 'newPassword', 'newPasswordConfirmation'], t);
    const { named, faults } = await checkPasswordReset(deps, attempt);
    if (attempt.newPassword !== '' && faults.length > 0)
      errors.newPassword = toFaultSentences(faults, deps.policy, t);
    if (attempt.identifier !== '' && !named.ok) {
      const field = named.code === 'login.incorrect' ? 'identifier' : 'form';
      errors[field] = showFailure(ctx, named);
    }
    return errors;
  }

  function show(ctx: Context, token: string, identifier: string, errors: FormErrors = {}): void {
    deps.render(ctx, 'account/reset', {
      policy: deps.policy,
      link: nameOfLink(token),
      values: { identifier },
      errors,
    });
  }
}
