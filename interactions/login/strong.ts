// /interaction/:uid/strong — S1, « Authentification forte »: identifier and password. The code page follows whatever was typed; what
// was right is told after the code, all at once.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { comparePassword } from '../../src/actions/verify-password.ts';
import { readForm } from '../../src/http/form-body.ts';
import type { FormErrors } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { translator } from '../../src/http/translate.ts';
import { forgotUrl } from '../account/waiting-login.ts';
import { showFailure } from '../failure.ts';
import {
  beginStep,
  knownIdentifier,
  type LoginDeps,
  type LoginStepContext,
  methodTabs,
  typedCredentials,
} from './login-step.ts';
import { passkeyLocals } from './passkey-challenge.ts';
import { LATE } from './second-factor.ts';

export function strong(router: Router, deps: LoginDeps): void {
  if (!deps.methods.includes('strong')) return;

  router.get('/interaction/:uid/strong', async (ctx) => {
    const step = await beginStep(deps, ctx);
    const isLate = ctx.query[LATE] !== undefined;
    const errors = isLate ? { form: translator(ctx.state.locale)('login.strong.late') } : {};
    showStrongLogin(deps, ctx, step, { identifier: await knownIdentifier(deps, step) }, errors);
  });

  router.post('/interaction/:uid/strong', async (ctx) => {
    const step = await beginStep(deps, ctx);
    const form = await readForm(ctx);
    const waitSeconds = await deps.throttle.tally(ctx.state.address);
    const typed = typedCredentials(form);
    if (waitSeconds > 0) {
      const failure = showFailure(ctx, { ok: false, code: 'throttled', waitSeconds });
      return showStrongLogin(deps, ctx, step, typed, { form: failure });
    }
    const { account, matches } = await comparePassword(deps, typed.identifier, form.get('password'));
    deps.claims.write(ctx, step, { ...typed, account, isPasswordRight: matches });
    seeOther(ctx, step.url('otp'));
  });
}

export function showStrongLogin(
  deps: LoginDeps,
  ctx: Context,
  step: LoginStepContext,
  values: Record<string, unknown>,
  errors: FormErrors = {},
): void {
  const methods = methodTabs(deps, step, 'strong');
  deps.render(ctx, 'login/strong', {
    ...step.locals,
    methods,
    passkey: passkeyLocals(deps, step),
    isDemanded: deps.methods.includes('password') && !methods.some(({ name }) => name === 'password'),
    // Where the service demands strong authentication there is no tab that leads to the first application.
    newcomerUrl:
      methods.some(({ name }) => name === 'password') || !deps.enrolsItself
        ? undefined
        : step.url('password'),
    enrolsItself: deps.enrolsItself,
    forgotUrl: forgotUrl(step.interaction.uid),
    values,
    errors,
  });
}
