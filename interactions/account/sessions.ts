// /account/sessions — « Mes connexions », a section of « Mon compte » and a page of its own: where one is signed in, and the end of
// that.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { closeOtherSessions, closeSession } from '../../src/actions/close-sessions.ts';
import { listSessions } from '../../src/actions/list-sessions.ts';
import { distrustBrowser, listTrustedBrowsers } from '../../src/actions/trust-browser.ts';
import type { BrowserName } from '../../src/domain/browser-name.ts';
import { methodOf } from '../../src/domain/login-methods.ts';
import { readForm } from '../../src/http/form-body.ts';
import { toParisTime } from '../../src/http/paris-time.ts';
import type { Render } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { type Translate, translator } from '../../src/http/translate.ts';
import type { Notices } from './notice.ts';
import { ownerOf, requireSignedIn, type SignedIn, type SignedInDeps, viewerOf } from './signed-in.ts';

export type SessionsDeps = SignedInDeps & {
  database: Parameters<typeof closeSession>[0];
  render: Render;
  notices: Notices;
};

const PAGE = '/account/sessions';

export function sessions(router: Router, deps: SessionsDeps): void {
  router.get(PAGE, async (ctx) => {
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    deps.render(ctx, 'account/sessions', {
      viewer: await viewerOf(deps, signedIn.account),
      notice: deps.notices.take(ctx),
      sessions: await describeSessions(deps, ctx, signedIn),
      trustedBrowsers: await describeTrusted(deps, ctx, signedIn),
    });
  });

  router.post(PAGE, async (ctx) => {
    const form = await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    const own = { ...ownerOf(signedIn), address: ctx.state.address };
    if (form.has('trustedBrowser')) {
      if (await distrustBrowser(deps.database, { ...own, id: form.get('trustedBrowser') }))
        deps.notices.write(ctx, 'browser-distrusted');
      return seeOther(ctx, PAGE);
    }
    if (form.has('others')) {
      if (await closeOtherSessions(deps.database, own)) deps.notices.write(ctx, 'sessions-closed');
    } else if (await closeSession(deps.database, { ...own, uid: form.get('session') }))
      deps.notices.write(ctx, 'session-closed');
    seeOther(ctx, PAGE);
  });
}

/** The locals of the section. */
export async function describeSessions(
  { database }: Pick<SignedInDeps, 'database'>,
  ctx: Context,
  { account, session: own }: SignedIn,
) {
  const t = translator(ctx.state.locale);
  const open = await listSessions(database, account.id, own.uid);
  return open.map(({ uid, amr, browser, signedInAt, services }) => ({
    uid,
    isCurrent: uid === own.uid,
    browser: inWords(browser, t),
    method: methodOf(amr),
    ...toParisTime(signedInAt),
    services,
  }));
}

/** The browsers in which the account asks for no code. */
export async function describeTrusted(
  { database }: Pick<SignedInDeps, 'database'>,
  ctx: Context,
  { account }: SignedIn,
) {
  const t = translator(ctx.state.locale);
  const trusted = await listTrustedBrowsers(database, account.id);
  return trusted.map(({ id, browser, createdAt, expiresAt, lastUsedAt }) => ({
    id,
    browser: inWords(browser, t),
    since: toParisTime(createdAt).date,
    until: toParisTime(expiresAt).date,
    lastUse: lastUsedAt && toParisTime(lastUsedAt),
  }));
}

function inWords({ name, system }: BrowserName, t: Translate): string {
  if (name && system) return t('account.home.sessions.browser', { name, system });
  return name ?? system ?? t('account.home.sessions.unknownBrowser');
}
