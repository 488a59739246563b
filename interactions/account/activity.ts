// /account/activity — « Activité », a section of « Mon compte »: what happened lately, and « Ce n'était pas moi ».
import type { Context } from 'koa';
import type Router from 'koa-router';
import { type SecureAccountDeps, secureAccount } from '../../src/actions/secure-account.ts';
import { readForm } from '../../src/http/form-body.ts';
import type { Render } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { requireSignedIn, type SignedInDeps } from './signed-in.ts';

export type ActivityDeps = SignedInDeps &
  SecureAccountDeps & {
    render: Render /** Removes the session's cookie. */;
    forgetSession(ctx: Context): void;
  };

const SECURED = '/account/activity/secured';

export function activity(router: Router, deps: ActivityDeps): void {
  router.get('/account/activity', (ctx) => seeOther(ctx, '/account#activity'));

  router.post('/account/activity', async (ctx) => {
    await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    await secureAccount(deps, signedIn.account, ctx.state.address);
    deps.forgetSession(ctx);
    seeOther(ctx, SECURED);
  });

  router.get(SECURED, (ctx) => deps.render(ctx, 'account/secured', { forgotUrl: '/account/forgot' }));
}
