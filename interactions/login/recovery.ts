// /interaction/:uid/recovery — a recovery code in place of the device; then the invitation to add a new application.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { describeStrong } from '../../src/actions/second-factors.ts';
import { verifyRecoveryCode } from '../../src/actions/verify-code.ts';
import { nextLoginStep } from '../../src/domain/login-flow.ts';
import { readForm } from '../../src/http/form-body.ts';
import type { FormErrors } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { saveProgress } from '../../src/oidc/interaction.ts';
import { showFailure } from '../failure.ts';
import { markDone } from '../second-clicks.ts';
import { beginStep, figureOf, type LoginDeps, type LoginStepContext } from './login-step.ts';
import {
  answerFailure,
  findCodeRequest,
  findSecondFactor,
  leaveLate,
  strongProgress,
} from './second-factor.ts';

export function recovery(router: Router, deps: LoginDeps): void {
  if (!deps.methods.includes('strong')) return;

  router.get('/interaction/:uid/recovery', async (ctx) => {
    const step = await beginStep(deps, ctx);
    if (await hasRecovered(step)) return showDone(ctx, step);
    if (!(await findCodeRequest(deps, ctx, step))) return seeOther(ctx, step.url());
    show(ctx, step);
  });

  router.post('/interaction/:uid/recovery', async (ctx) => {
    const step = await beginStep(deps, ctx);
    // The second of two clicks.
    if (await hasRecovered(step)) return seeOther(ctx, step.url('recovery'));
    const factor = await findSecondFactor(deps, ctx, step);
    if (!factor) return leaveLate(ctx, step);
    const form = await readForm(ctx);
    const outcome = await verifyRecoveryCode(deps, {
      ...factor,
      typedCode: form.get('recoveryCode'),
      address: ctx.state.address,
      login: step.interaction.uid,
      clientId: step.interaction.client.clientId,
    });
    deps.countLogin('recovery', figureOf(outcome));
    if (!outcome.ok) {
      if (await answerFailure(deps, ctx, step, outcome)) return;
      return show(ctx, step, { form: showFailure(ctx, outcome) });
    }
    deps.claims.clear(ctx, step);
    await saveProgress(step.interaction, { ...strongProgress(factor, outcome.account), recovered: true });
    markDone(ctx);
    seeOther(ctx, step.url('recovery'));
  });

  async function hasRecovered({ interaction: { progress, request } }: LoginStepContext): Promise<boolean> {
    if (!progress?.recovered) return false;
    const account = await deps.findAccount(progress.accountId);
    return nextLoginStep(request, progress, account, new Date()).step === 'finish';
  }

  async function showDone(ctx: Context, { locals, url, interaction }: LoginStepContext): Promise<void> {
    const { unusedRecoveryCodes } = await describeStrong(deps.database, interaction.progress!.accountId);
    deps.render(ctx, 'login/recovered', {
      ...locals,
      unusedRecoveryCodes,
      enrolUrl: url('enrol'),
      continueUrl: url(),
    });
  }

  function show(ctx: Context, { locals, url }: LoginStepContext, errors: FormErrors = {}): void {
    deps.render(ctx, 'login/recovery', { ...locals, otpUrl: url('otp'), errors });
  }
}
