// /account/strong — « Authentification forte » in « Mon compte »: the second factors, one less, and new recovery codes. Each change wants
// a login not older than five minutes, the password, and a code where there is one to give. (One more: authenticator.ts, passkey.ts.)
import type { Context } from 'koa';
import type Router from 'koa-router';
import { removeFactor, renewRecoveryCodes, type SecondFactorDeps } from '../../src/actions/second-factors.ts';
import type { FormErrors } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { markDone } from '../second-clicks.ts';
import { type ProveAgainDeps, proveAgain } from './prove-again.ts';
import { type ShowStrongDeps, STRONG_PAGE, showRecoveryCodes, showStrong } from './show-strong.ts';
import { ownerOf, requireSignedIn, type SignedIn } from './signed-in.ts';

export type StrongDeps = ProveAgainDeps & SecondFactorDeps & ShowStrongDeps;

const REMOVE = `${STRONG_PAGE}/remove`;
const CODES = `${STRONG_PAGE}/codes`;

export function strong(router: Router, deps: StrongDeps): void {
  const show = (ctx: Context, signedIn: SignedIn, errors?: FormErrors) =>
    showStrong(deps, ctx, signedIn, errors);

  router.get(STRONG_PAGE, async (ctx) => {
    const signedIn = await requireSignedIn(deps, ctx);
    if (signedIn) await show(ctx, signedIn);
  });

  for (const path of [REMOVE, CODES]) router.get(path, (ctx) => seeOther(ctx, STRONG_PAGE));

  router.post(REMOVE, async (ctx) => {
    const proved = await proveAgain(deps, ctx, STRONG_PAGE, show);
    if (!proved) return;
    const id = proved.form.get('factor');
    await removeFactor(deps, { ...ownerOf(proved.signedIn), id, address: ctx.state.address });
    markDone(ctx);
    deps.notices.write(ctx, 'factor-removed');
    seeOther(ctx, STRONG_PAGE);
  });

  router.post(CODES, async (ctx) => {
    const proved = await proveAgain(deps, ctx, STRONG_PAGE, show);
    if (!proved) return;
    const { signedIn } = proved;
    const codes = await renewRecoveryCodes(deps, { ...ownerOf(signedIn), address: ctx.state.address });
    if (codes === undefined) return seeOther(ctx, STRONG_PAGE);
    markDone(ctx);
    await showRecoveryCodes(deps, ctx, signedIn, codes);
  });
}
