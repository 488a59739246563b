// /interaction/:uid/otp — the one-time code, the second half of « Authentification forte ».
import type { Context } from 'koa';
import type Router from 'koa-router';
import { trustBrowser } from '../../src/actions/trust-browser.ts';
import { verifyCode } from '../../src/actions/verify-code.ts';
import type { Account } from '../../src/domain/account.ts';
import { PASSWORD_ACR } from '../../src/domain/acr.ts';
import { toBrowserName } from '../../src/domain/browser-name.ts';
import { readForm } from '../../src/http/form-body.ts';
import type { FormErrors } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { showFailure } from '../failure.ts';
import { markDone } from '../second-clicks.ts';
import { proceed } from './dispatch.ts';
import { beginStep, figureOf, type LoginDeps, type LoginStepContext } from './login-step.ts';
import { passkeyLocals } from './passkey-challenge.ts';
import {
  answerFailure,
  type CodeRequest,
  findCodeRequest,
  findSecondFactor,
  leadFurther,
  leaveLate,
  type SecondFactor,
  strongProgress,
} from './second-factor.ts';

export function otp(router: Router, deps: LoginDeps): void {
  if (!deps.methods.includes('strong')) return;

  router.get('/interaction/:uid/otp', async (ctx) => {
    const step = await beginStep(deps, ctx);
    const request = await findCodeRequest(deps, ctx, step);
    if (!request) return seeOther(ctx, step.url());
    show(ctx, step, request);
  });

  router.post('/interaction/:uid/otp', async (ctx) => {
    const step = await beginStep(deps, ctx);
    if (leadFurther(ctx, step)) return;
    const factor = await findSecondFactor(deps, ctx, step);
    if (!factor) return leaveLate(ctx, step);
    const form = await readForm(ctx);
    const outcome = await verifyCode(deps, {
      ...factor,
      typedCode: form.get('code'),
      address: ctx.state.address,
      login: step.interaction.uid,
      clientId: step.interaction.client.clientId,
    });
    deps.countLogin('strong', figureOf(outcome));
    if (outcome.ok) {
      const { account } = outcome;
      if (deps.trust && form.has('trustBrowser') && mayTrust(step, factor)) await trust(ctx, account, factor);
      markDone(ctx);
      return proceed(deps, ctx, step, { account, progress: strongProgress(factor, account) });
    }
    if (await answerFailure(deps, ctx, step, outcome)) return;
    show(ctx, step, factor, { form: showFailure(ctx, outcome) });
  });

  async function trust(
    ctx: Context,
    { id: accountId }: Account,
    { passwordSetAt }: SecondFactor,
  ): Promise<void> {
    const token = await trustBrowser(deps.database, {
      accountId,
      passwordSetAt,
      browser: toBrowserName(ctx.get('User-Agent')),
      days: deps.trustDays,
      address: ctx.state.address,
      former: deps.trust?.read(ctx),
    });
    if (token !== undefined) deps.trust?.write(ctx, token);
  }

  function show(ctx: Context, step: LoginStepContext, request: CodeRequest, errors: FormErrors = {}): void {
    const { locals, url } = step;
    const { isDemanded } = request;
    deps.render(ctx, 'login/otp', {
      ...locals,
      isDemanded,
      passkey: passkeyLocals(deps, step),
      trustDays: deps.trust && mayTrust(step, request) ? deps.trustDays : undefined,
      recoveryUrl: url('recovery'),
      // Where one typed the password, right or wrong.
      againUrl: isDemanded ? undefined : url('strong'),
      newcomerUrl: isDemanded ? undefined : url('password'),
      errors,
    });
  }
}

/** In a browser of one's own, where the account asks for the code (the tab « forte » always does), and a password alone opens anything. */
function mayTrust({ interaction }: LoginStepContext, { sharedComputer, isOfAccount }: CodeRequest): boolean {
  return isOfAccount && !sharedComputer && interaction.request.reachable.includes(PASSWORD_ACR);
}
