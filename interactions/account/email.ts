// /account/email — the change of the mail address: asked for in « Mon compte », confirmed by the link of a mail. The link's token
// goes into a cookie at once, so that the address bar and the login that may come first know nothing of it. Only the form uses it
// up, and only for its own account: a link that reached the wrong mailbox opens nothing there.
import type { Context } from 'koa';
import type Router from 'koa-router';
import {
  type ConfirmEmailChangeDeps,
  confirmEmailChange,
  findEmailLink,
} from '../../src/actions/confirm-email-change.ts';
import { type RequestEmailChangeDeps, requestEmailChange } from '../../src/actions/request-email-change.ts';
import { readForm } from '../../src/http/form-body.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { type ShortCookie, shortCookie } from '../../src/http/short-cookie.ts';
import { translator } from '../../src/http/translate.ts';
import { showDeadLink } from './link-dead.ts';
import { type ShowHomeDeps, showHome } from './show-home.ts';
import { requireSignedIn, type SignedIn, viewerOf } from './signed-in.ts';

export type EmailDeps = ShowHomeDeps &
  RequestEmailChangeDeps &
  ConfirmEmailChangeDeps & {
    openedLink: ShortCookie;
  };

const PAGE = '/account/email';
const CONFIRM = `${PAGE}/confirm`;
const SECTION = '/account#change-email';

/**
 * Of the whole of « Mon compte »: the login comes back there.
 * @param ttlSeconds how long a link is good
 */
export function openedEmailLink(secure: boolean, ttlSeconds: number): ShortCookie {
  return shortCookie({ name: 'idp_email_link', path: '/account', secure, maxAgeMs: 1000 * ttlSeconds });
}

export function email(router: Router, deps: EmailDeps): void {
  const { openedLink } = deps;

  router.post(PAGE, async (ctx) => {
    const form = await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    // Too long ago: the page offers the login that is missing.
    if (!signedIn.isRecent) return seeOther(ctx, SECTION);
    const typed = form.get('email').trim();
    const { account } = signedIn;
    const outcome = await requestEmailChange(deps, { account, email: typed, address: ctx.state.address });
    if (outcome.ok) return seeOther(ctx, SECTION);
    ctx.status = outcome.code === 'email.tooMany' ? 429 : 422;
    const sentence = translator(ctx.state.locale)(outcome.code);
    await showHome(deps, ctx, signedIn, { email: sentence }, { email: typed });
  });

  router.get(PAGE, async (ctx) => {
    const { token } = ctx.query;
    if (token !== undefined) {
      // Another link may be open in another tab: its cookie stays.
      if (typeof token !== 'string' || !(await findEmailLink(deps, token)))
        return showDeadLink(deps.render, ctx, 'email');
      openedLink.write(ctx, token);
      return seeOther(ctx, PAGE);
    }
    const opened = openedLink.read(ctx);
    const link = opened === undefined ? undefined : await findEmailLink(deps, opened);
    if (!link) {
      if (opened === undefined) return seeOther(ctx, '/account');
      openedLink.clear(ctx);
      return showDeadLink(deps.render, ctx, 'email');
    }
    // The login comes back to « Mon compte », which leads here.
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    if (link.accountId !== signedIn.account.id) return showForeign(ctx, signedIn);
    deps.render(ctx, 'account/email', {
      viewer: await viewerOf(deps, signedIn.account),
      account: signedIn.account,
      newAddress: link.email,
      confirmUrl: CONFIRM,
    });
  });

  router.get(CONFIRM, (ctx) => seeOther(ctx, PAGE));

  router.post(CONFIRM, async (ctx) => {
    await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    const token = openedLink.read(ctx);
    if (token === undefined) return showDeadLink(deps.render, ctx, 'email');
    const { account } = signedIn;
    const outcome = await confirmEmailChange(deps, { account, token, address: ctx.state.address });
    openedLink.clear(ctx);
    if (!outcome.ok) return showDeadLink(deps.render, ctx, 'email');
    seeOther(ctx, '/account#identity');
  });

  async function showForeign(ctx: Context, { account }: SignedIn): Promise<void> {
    openedLink.clear(ctx);
    ctx.status = 403;
    deps.render(ctx, 'account/email-link-foreign', {
      viewer: await viewerOf(deps, account),
      logoutUrl: '/account/logout',
      accountUrl: '/account',
    });
  }
}
