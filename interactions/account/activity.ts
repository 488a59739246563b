// /account/activity — « Activité », a section of « Mon compte »: what happened lately, and « Ce n'était pas moi ».
import type { Context } from 'koa';
import type Router from 'koa-router';
import { type SecureAccountDeps, secureAccount } from '../../src/actions/secure-account.ts';
import { readForm } from '../../src/http/form-body.ts';
import type { Render } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { shortCookie } from '../../src/http/short-cookie.ts';
import { requireSignedIn, type SignedInDeps } from './signed-in.ts';

export type ActivityDeps = SignedInDeps &
  SecureAccountDeps & {
    render: Render;
    /** Removes the session's cookie. */
    forgetSession(ctx: Context): void;
    secure: boolean;
  };

const SECURED = '/account/activity/secured';
/** For a reload, and no longer: the page tells of what was done. */
const LIFE_MS = 5 * 60 * 1000;

export function activity(router: Router, deps: ActivityDeps): void {
  const done = shortCookie({ name: 'idp_secured', path: SECURED, secure: deps.secure, maxAgeMs: LIFE_MS });

  router.get('/account/activity', (ctx) => seeOther(ctx, '/account#activity'));

  router.post('/account/activity', async (ctx) => {
    await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    const { isAddressRestored } = await secureAccount(deps, signedIn.account, ctx.state.address);
    deps.forgetSession(ctx);
    done.write(ctx, isAddressRestored ? 'address-restored' : 'secured');
    seeOther(ctx, SECURED);
  });

  router.get(SECURED, (ctx) => {
    const what = done.read(ctx);
    if (what === undefined) return seeOther(ctx, '/account');
    deps.render(ctx, 'account/secured', {
      forgotUrl: '/account/forgot',
      isAddressRestored: what === 'address-restored',
    });
  });
}
