// /interaction/:uid/password — S1, « Identifiant / Mot de passe ».
import type { Context } from 'koa';
import type Router from 'koa-router';
import { verifyPassword } from '../../src/actions/verify-password.ts';
import type { LoginProgress } from '../../src/domain/login-flow.ts';
import { type Form, readForm } from '../../src/http/form-body.ts';
import { forgotUrl } from '../account/waiting-login.ts';
import { showFailure } from '../failure.ts';
import { proceed } from './dispatch.ts';
import { beginStep, type LoginDeps, type LoginStepContext } from './login-step.ts';

const LONGEST_HINT = 200;
/** What the operator's figures call a failure. */
const FIGURES: Record<string, string> = { throttled: 'throttled', 'login.provisionalExpired': 'expired' };

export function password(router: Router, deps: LoginDeps): void {
  if (!deps.methods.includes('password')) return;

  router.get('/interaction/:uid/password', async (ctx) => {
    const step = await beginStep(deps, ctx);
    const hint = step.interaction.params.login_hint;
    show(ctx, step, { identifier: typeof hint === 'string' ? hint.slice(0, LONGEST_HINT) : '' });
  });

  router.post('/interaction/:uid/password', async (ctx) => {
    const step = await beginStep(deps, ctx);
    const form = await readForm(ctx);
    const outcome = await verifyPassword(deps, {
      identifier: form.get('identifier'),
      plainPassword: form.get('password'),
      address: ctx.state.address,
      clientId: step.interaction.client.clientId,
      now: new Date(),
    });
    deps.countLogin('password', outcome.ok ? 'proved' : (FIGURES[outcome.code] ?? 'refused'));
    if (!outcome.ok) {
      show(ctx, step, typed(form), { form: showFailure(ctx, outcome) });
      return;
    }
    const { account } = outcome;
    const progress: LoginProgress = {
      accountId: account.id,
      method: 'password',
      acr: 'eidas1',
      amr: ['pwd'],
      provedAt: Math.floor(Date.now() / 1000),
      passwordSetAt: account.passwordChangedAt.getTime(),
      sharedComputer: form.has('sharedComputer'),
    };
    await proceed(deps, ctx, step, { progress, account });
  });

  function show(
    ctx: Context,
    { interaction, url, locals }: LoginStepContext,
    values: Record<string, unknown>,
    errors = {},
  ): void {
    deps.render(ctx, 'login/password', {
      ...locals,
      methods: deps.methods.map((name) => ({ name, href: url(name), current: name === 'password' })),
      forgotUrl: forgotUrl(interaction.uid),
      values,
      errors,
    });
  }
}

/** Everything but the secret. */
function typed(form: Form): Record<string, unknown> {
  return {
    identifier: form.get('identifier').slice(0, LONGEST_HINT),
    sharedComputer: form.has('sharedComputer'),
  };
}
