// What a change of one's second factors wants beside a recent login: the password, and a code where there is one to give, both at once.
import type { Context } from 'koa';
import { describeStrong, type SecondFactors } from '../../src/actions/second-factors.ts';
import { type VerifyCodeDeps, verifyCode, verifyRecoveryCode } from '../../src/actions/verify-code.ts';
import { comparePassword, type VerifyPasswordDeps } from '../../src/actions/verify-password.ts';
import type { Enrolment } from '../../src/domain/enrolment.ts';
import { type Form, readForm } from '../../src/http/form-body.ts';
import type { FormErrors } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { translator } from '../../src/http/translate.ts';
import { checkCurrentPassword } from '../current-password.ts';
import { showFailure } from '../failure.ts';
import type { Notices } from './notice.ts';
import { requireSignedIn, type SignedIn, type SignedInDeps } from './signed-in.ts';

export type ProveAgainDeps = SignedInDeps & VerifyCodeDeps & VerifyPasswordDeps & { notices: Notices };

export type Proved = { signedIn: SignedIn; form: Form; proof: Enrolment['proof'] };

/**
 * Undefined after an answer that says what is missing.
 * @param page where the form stands
 * @param show that page, with what is wrong
 */
export async function proveAgain(
  deps: ProveAgainDeps,
  ctx: Context,
  page: string,
  show: (ctx: Context, signedIn: SignedIn, errors: FormErrors) => Promise<void>,
): Promise<Proved | undefined> {
  const form = await readForm(ctx);
  const signedIn = await requireSignedIn(deps, ctx);
  if (!signedIn) return undefined;
  if (!signedIn.isRecent) {
    deps.notices.write(ctx, 'change-waits');
    seeOther(ctx, page);
    return undefined;
  }
  const factors = await describeStrong(deps.database, signedIn.account.id);
  const isStrong = factors.authenticators.length + factors.passkeys.length > 0;
  const errors = wantsCode(signedIn, factors)
    ? await checkBoth(deps, ctx, signedIn, form)
    : await checkPassword(deps, ctx, signedIn, form);
  if (Object.keys(errors).length === 0)
    return { signedIn, form, proof: isStrong ? 'second-factor' : 'password' };
  if (ctx.status !== 429) ctx.status = 422;
  await show(ctx, signedIn, errors);
  return undefined;
}

/** Not from somebody who signed in by a passkey a moment ago: that is the second factor, and may be the only one. */
export function wantsCode({ session }: SignedIn, { authenticators, passkeys }: SecondFactors): boolean {
  const isByPasskey = session.amr?.includes('user') === true && passkeys.length > 0;
  return authenticators.length + passkeys.length > 0 && !isByPasskey;
}

async function checkPassword(
  deps: ProveAgainDeps,
  ctx: Context,
  { account }: SignedIn,
  form: Form,
): Promise<FormErrors> {
  if (form.get('currentPassword') === '')
    return { currentPassword: translator(ctx.state.locale)('login.password.required') };
  return checkCurrentPassword(deps, ctx, account, form);
}

/** Nobody learns which of the two was wrong. */
async function checkBoth(
  deps: ProveAgainDeps,
  ctx: Context,
  { account }: SignedIn,
  form: Form,
): Promise<FormErrors> {
  const t = translator(ctx.state.locale);
  const [plainPassword, typedCode] = [form.get('currentPassword'), form.get('code')];
  const missing: FormErrors = {};
  if (plainPassword === '') missing.currentPassword = t('login.password.required');
  if (typedCode.trim() === '') missing.code = t('strong.code.required');
  if (Object.keys(missing).length > 0) return missing;
  const { matches } = await comparePassword(deps, account.identifier, plainPassword);
  const verify = /[a-z]/i.test(typedCode) ? verifyRecoveryCode : verifyCode;
  const outcome = await verify(deps, {
    identifier: account.identifier,
    account,
    isPasswordRight: matches,
    typedCode,
    address: ctx.state.address,
    login: undefined,
    clientId: undefined,
  });
  if (outcome.ok) return {};
  return {
    form: outcome.code === 'login.incorrect' ? t('strong.proofIncorrect') : showFailure(ctx, outcome),
  };
}
