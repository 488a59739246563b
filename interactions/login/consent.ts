// /interaction/:uid/consent — what a third-party application would receive, and the choice.
import type Router from 'koa-router';
import { seeOther } from '../../src/http/see-other.ts';
import { askedScopes, describedScopes, grantConsent, missingClaims } from '../../src/oidc/grant-consent.ts';
import { finishConsent } from '../../src/oidc/interaction.ts';
import { beginStep, type LoginDeps } from './login-step.ts';

export function consent(router: Router, deps: LoginDeps): void {
  router.get('/interaction/:uid/consent', async (ctx) => {
    const { interaction, locals, url } = await beginStep(deps, ctx);
    if (interaction.request.prompt !== 'consent') return seeOther(ctx, url());
    const { client, params, raw } = interaction;
    const account = raw.session?.accountId ? await deps.findAccount(raw.session.accountId) : undefined;
    deps.render(ctx, 'login/consent', {
      ...locals,
      client: { name: locals.serviceName, policyUri: client.policyUri, tosUri: client.tosUri },
      scopes: describedScopes(askedScopes(params), missingClaims(interaction)),
      accountName: account && `${account.givenName} ${account.familyName}`,
    });
  });

  router.post('/interaction/:uid/consent', async (ctx) => {
    const { interaction, url } = await beginStep(deps, ctx);
    if (interaction.request.prompt !== 'consent') return seeOther(ctx, url());
    const grantId = await grantConsent(deps, interaction, ctx.state.address);
    seeOther(ctx, await finishConsent(interaction, grantId));
  });
}
