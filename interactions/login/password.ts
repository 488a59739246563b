// /interaction/:uid/password — S1, « Identifiant / Mot de passe ».
import type { Context } from 'koa';
import type Router from 'koa-router';
import { verifyPassword } from '../../src/actions/verify-password.ts';
import { PASSWORD_ACR } from '../../src/domain/acr.ts';
import type { LoginProgress } from '../../src/domain/login-flow.ts';
import { offeredMethods } from '../../src/domain/login-methods.ts';
import { readForm } from '../../src/http/form-body.ts';
import { forgotUrl } from '../account/waiting-login.ts';
import { showFailure } from '../failure.ts';
import { proceed } from './dispatch.ts';
import {
  beginStep,
  figureOf,
  knownIdentifier,
  type LoginDeps,
  type LoginStepContext,
  methodTabs,
  typedCredentials,
} from './login-step.ts';

export function password(router: Router, deps: LoginDeps): void {
  // Without the method of its own it is the way of a newcomer to « Authentification forte ».
  if (!deps.methods.includes('password') && !deps.methods.includes('strong')) return;

  router.get('/interaction/:uid/password', async (ctx) => {
    const step = await beginStep(deps, ctx);
    show(ctx, step, { identifier: await knownIdentifier(deps, step) });
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
    deps.countLogin('password', figureOf(outcome));
    if (!outcome.ok) {
      show(ctx, step, typedCredentials(form), { form: showFailure(ctx, outcome) });
      return;
    }
    const { account } = outcome;
    const progress: LoginProgress = {
      accountId: account.id,
      method: 'password',
      acr: PASSWORD_ACR,
      amr: ['pwd'],
      provedAt: Math.floor(Date.now() / 1000),
      passwordSetAt: account.passwordChangedAt.getTime(),
      sharedComputer: form.has('sharedComputer'),
    };
    // It is about this password now, not about one typed at « Authentification forte » before.
    if (deps.claims.read(ctx, step)) deps.claims.clear(ctx, step);
    await proceed(deps, ctx, step, { progress, account });
  });

  function show(ctx: Context, step: LoginStepContext, values: Record<string, unknown>, errors = {}): void {
    deps.render(ctx, 'login/password', {
      ...step.locals,
      methods: methodTabs(deps, step, 'password'),
      // The service asks for more: nobody comes here but to have their first application.
      strongUrl: offeredMethods(deps.methods, step.interaction.request.acr).includes('password')
        ? undefined
        : step.url('strong'),
      forgotUrl: forgotUrl(step.interaction.uid),
      values,
      errors,
    });
  }
}
