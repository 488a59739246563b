// /interaction/:uid/passkey — « Clé d'accès »: signs in without typing an identifier, from the tab « Authentification forte » or in place
// of the code.
import type Router from 'koa-router';
import { verifyPasskey } from '../../src/actions/verify-passkey.ts';
import { STRONG_ACR } from '../../src/domain/acr.ts';
import { nextLoginStep } from '../../src/domain/login-flow.ts';
import { toAmr } from '../../src/domain/passkey.ts';
import { readForm } from '../../src/http/form-body.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { showFailure } from '../failure.ts';
import { markDone } from '../second-clicks.ts';
import { proceed } from './dispatch.ts';
import { beginStep, figureOf, type LoginDeps, type LoginStepContext } from './login-step.ts';
import { challengeOf } from './passkey-challenge.ts';
import { answerFailure } from './second-factor.ts';
import { showStrongLogin } from './strong.ts';

export function passkey(router: Router, deps: LoginDeps): void {
  if (!deps.methods.includes('strong')) return;

  router.get('/interaction/:uid/passkey', async (ctx) => {
    const step = await beginStep(deps, ctx);
    seeOther(ctx, step.url('strong'));
  });

  router.post('/interaction/:uid/passkey', async (ctx) => {
    const step = await beginStep(deps, ctx);
    const form = await readForm(ctx);
    const { interaction } = step;
    const outcome = await verifyPasskey(deps, {
      assertion: form.get('assertion'),
      challenge: challengeOf(deps, step),
      // Whose password was proved; one that was only typed says nothing of who has the key.
      accountId: await findOwner(step),
      address: ctx.state.address,
      login: interaction.uid,
      clientId: interaction.client.clientId,
    });
    deps.countLogin('passkey', figureOf(outcome));
    if (!outcome.ok) {
      if (await answerFailure(deps, ctx, step, outcome)) return;
      return showStrongLogin(deps, ctx, step, {}, { form: showFailure(ctx, outcome) });
    }
    const { account, passkey: used } = outcome;
    const claim = deps.claims.read(ctx, step);
    if (claim) deps.claims.clear(ctx, step);
    const before = claim ?? interaction.progress;
    markDone(ctx);
    await proceed(deps, ctx, step, {
      account,
      progress: {
        accountId: account.id,
        method: 'strong',
        acr: STRONG_ACR,
        amr: toAmr(used),
        provedAt: Math.floor(Date.now() / 1000),
        passwordSetAt: account.passwordChangedAt.getTime(),
        sharedComputer: form.has('sharedComputer') || before?.sharedComputer === true,
      },
    });
  });

  /** Of the account whose password is proved, for as long as that holds; undefined: anybody may sign in. */
  async function findOwner({
    interaction: { progress, request },
  }: LoginStepContext): Promise<string | undefined> {
    const account = progress && (await deps.findAccount(progress.accountId));
    const { step } = nextLoginStep(request, progress, account, new Date());
    return step === 'strengthen' ? account!.id : undefined;
  }
}
