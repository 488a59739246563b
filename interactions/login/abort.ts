// /interaction/:uid/abort — « Revenir au service », « Refuser »: back to the application, which learns that the person
// did not want to.
import type Router from 'koa-router';
import { seeOther } from '../../src/http/see-other.ts';
import { refuseInteraction } from '../../src/oidc/interaction.ts';
import { beginStep, type LoginDeps } from './login-step.ts';

export function abort(router: Router, deps: LoginDeps): void {
  router.post('/interaction/:uid/abort', async (ctx) => {
    const { interaction } = await beginStep(deps, ctx);
    const returnTo = await refuseInteraction(interaction, 'access_denied', 'the person chose not to go on');
    seeOther(ctx, returnTo);
  });
}
