// The old password of a form that changes it. A wrong one counts towards the waiting times of the login.
import type { Context } from 'koa';
import { type VerifyPasswordDeps, verifyPassword } from '../src/actions/verify-password.ts';
import type { Account } from '../src/domain/account.ts';
import type { Form } from '../src/http/form-body.ts';
import type { FormErrors } from '../src/http/render.ts';
import { showFailure } from './failure.ts';

/** What is wrong with it, and the status that goes with that. Empty when it is right. */
export async function checkCurrentPassword(
  deps: VerifyPasswordDeps,
  ctx: Context,
  account: Account,
  form: Form,
): Promise<FormErrors> {
  const verified = await verifyPassword(deps, {
    identifier: account.identifier,
    plainPassword: form.get('currentPassword'),
    address: ctx.state.address,
    clientId: undefined,
    now: new Date(),
  });
  if (verified.ok) return {};
  const field = verified.code === 'login.incorrect' ? 'currentPassword' : 'form';
  return { [field]: showFailure(ctx, verified) };
}
