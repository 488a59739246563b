// /account — « Mon compte », and /account/logout — « Se déconnecter ».
import type { Context } from 'koa';
import type Router from 'koa-router';
import { findEmailLink } from '../../src/actions/find-email-change.ts';
import { readForm } from '../../src/http/form-body.ts';
import { seeOther } from '../../src/http/see-other.ts';
import type { ShortCookie } from '../../src/http/short-cookie.ts';
import { translator } from '../../src/http/translate.ts';
import { accountLoginPath } from '../../src/oidc/account-client.ts';
import { endSession, findSession, sessionOfCookie } from '../../src/oidc/session.ts';
import type { OpenedEmailLink } from './opened-email-link.ts';
import { type ShowHomeDeps, showHome } from './show-home.ts';
import { RECENT_LOGIN, requireSignedIn } from './signed-in.ts';

export type HomeDeps = ShowHomeDeps & {
  database: Parameters<typeof endSession>[0];
  /** The issuer is https. */
  secure: boolean;
  /** Removes the session's cookie. */
  forgetSession(ctx: Context): void;
  openedLink: OpenedEmailLink;
  openedReset: ShortCookie;
};

export function home(router: Router, deps: HomeDeps): void {
  router.get('/account', async (ctx) => {
    if (ctx.query.error !== undefined) {
      const wentBack = ctx.query.error === 'access_denied';
      // At « Confirmer mon identité », signed in as before.
      if (wentBack && (await findSession(deps.provider, ctx))) return seeOther(ctx, '/account');
      // At the login, or somebody made up a request of ours.
      ctx.status = 400;
      if (ctx.query.error === 'unmet_authentication_requirements')
        return deps.render(ctx, 'error', { code: 'strong-by-link' });
      if (!wentBack) return deps.render(ctx, 'error', { code: 'invalid-link' });
      const clientName = translator(ctx.state.locale)('account.home.title');
      return deps.render(ctx, 'error', { code: 'access_denied', clientName, continueUrl: '/account' });
    }
    // The login comes back with `iss`, which nobody needs here.
    if (ctx.querystring !== '' && ctx.query.lang === undefined) return seeOther(ctx, '/account');
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    const token = deps.openedLink.takeAwaited(ctx);
    if (token !== undefined) {
      const link = await findEmailLink(deps, token);
      if (link?.accountId === signedIn.account.id) return seeOther(ctx, '/account/email');
      // Somebody else opened it at this browser.
      deps.openedLink.clear(ctx);
    }
    await showHome(deps, ctx, signedIn);
  });

  router.get('/account/confirm', (ctx) => seeOther(ctx, accountLoginPath(deps.issuer, RECENT_LOGIN)));

  router.get('/account/logout', (ctx) => seeOther(ctx, '/account'));

  router.post('/account/logout', async (ctx) => {
    await readForm(ctx);
    const session = await sessionOfCookie(deps.database, ctx, deps.secure);
    if (session) await endSession(deps.database, session);
    deps.forgetSession(ctx);
    // The next person at this browser has nothing to do with it.
    deps.openedLink.clear(ctx);
    deps.openedReset.clear(ctx);
    seeOther(ctx, '/session/end/success');
  });
}
