// /account/password — S9, « CHANGER MON MOT DE PASSE » at the bottom of « Mon compte », then S6. This session goes on, all
// others end.
import type { Context } from 'koa';
import type Router from 'koa-router';
import {
  type ChangePasswordDeps,
  changePassword,
  findFaults,
  isBlockedPassword,
} from '../../src/actions/change-password.ts';
import type { VerifyPasswordDeps } from '../../src/actions/verify-password.ts';
import type { Account } from '../../src/domain/account.ts';
import { type Form, readForm } from '../../src/http/form-body.ts';
import type { FormErrors } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { shortCookie } from '../../src/http/short-cookie.ts';
import { translator } from '../../src/http/translate.ts';
import { checkCurrentPassword } from '../current-password.ts';
import { findFieldErrors, toFaultSentences } from '../password-fields.ts';
import { markDone } from '../second-clicks.ts';
import { type ShowHomeDeps, showHome } from './show-home.ts';
import { requireSignedIn, viewerOf } from './signed-in.ts';

export type PasswordDeps = ShowHomeDeps & ChangePasswordDeps & VerifyPasswordDeps & { secure: boolean };

const DONE = '/account/password/done';
const CHANGED = 'done';
/** For a reload, and no longer: the page tells of a change that was made. */
const LIFE_MS = 5 * 60 * 1000;

export function password(router: Router, deps: PasswordDeps): void {
  const done = shortCookie({ name: 'idp_password', path: DONE, secure: deps.secure, maxAgeMs: LIFE_MS });

  router.get('/account/password', (ctx) => seeOther(ctx, '/account'));

  router.post('/account/password', async (ctx) => {
    const form = await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    const { account, session, isRecent } = signedIn;
    // Too long ago: the page offers the login that is missing.
    if (!isRecent) {
      deps.notices.write(ctx, 'change-waits');
      return seeOther(ctx, '/account');
    }

    const errors = await check(ctx, account, form);
    if (Object.keys(errors).length > 0) {
      if (ctx.status !== 429) ctx.status = 422;
      return showHome(deps, ctx, signedIn, errors);
    }
    const changed = await changePassword(deps, {
      account,
      currentPassword: form.get('currentPassword'),
      newPassword: form.get('newPassword'),
      address: ctx.state.address,
      kept: { sessionUid: session.uid },
      reason: 'own-choice',
    });
    if (!changed.ok) {
      // Perhaps because this session was closed.
      const now = await requireSignedIn(deps, ctx);
      if (!now) return;
      ctx.status = 409;
      const sentence = translator(ctx.state.locale)('password.changedMeanwhile');
      return showHome(deps, ctx, now, { form: sentence });
    }
    markDone(ctx);
    done.write(ctx, CHANGED);
    seeOther(ctx, DONE);
  });

  router.get(DONE, async (ctx) => {
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    if (done.read(ctx) !== CHANGED) return seeOther(ctx, '/account');
    deps.render(ctx, 'login/confirmation', {
      viewer: await viewerOf(deps, signedIn.account),
      continueUrl: '/account',
      serviceName: translator(ctx.state.locale)('account.home.title'),
    });
  });

  /** Everything that is wrong, at once. */
  async function check(ctx: Context, account: Account, form: Form): Promise<FormErrors> {
    const t = translator(ctx.state.locale);
    const errors = findFieldErrors(form, ['currentPassword', 'newPassword', 'newPasswordConfirmation'], t);
    const [currentPassword, newPassword] = [form.get('currentPassword'), form.get('newPassword')];
    if (newPassword !== '') {
      const faults = findFaults(deps, account, currentPassword, newPassword);
      if (faults.length > 0) errors.newPassword = toFaultSentences(faults, deps.policy, t);
    }
    if (currentPassword !== '') Object.assign(errors, await checkCurrentPassword(deps, ctx, account, form));
    if (Object.keys(errors).length === 0 && (await isBlockedPassword(deps, account, newPassword)))
      errors.newPassword = toFaultSentences(['same'], deps.policy, t);
    return errors;
  }
}
