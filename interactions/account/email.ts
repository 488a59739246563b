// /account/email — the change of the mail address: asked for in « Mon compte », confirmed by the link of a mail. The link's token
// goes into a cookie at once, so that the address bar and the login that may come first know nothing of it. Only the form uses it
// up, and only for its own account: a link that reached the wrong mailbox opens nothing there.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { cancelEmailChange } from '../../src/actions/cancel-email-change.ts';
import { type ConfirmEmailChangeDeps, confirmEmailChange } from '../../src/actions/confirm-email-change.ts';
import { findEmailLink } from '../../src/actions/find-email-change.ts';
import { type RequestEmailChangeDeps, requestEmailChange } from '../../src/actions/request-email-change.ts';
import { nameOfLink } from '../../src/domain/link-token.ts';
import { readForm } from '../../src/http/form-body.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { translator } from '../../src/http/translate.ts';
import { markDone } from '../second-clicks.ts';
import { showDeadLink } from './link-dead.ts';
import type { Notices } from './notice.ts';
import type { OpenedEmailLink } from './opened-email-link.ts';
import { type ShowHomeDeps, showHome } from './show-home.ts';
import { ownerOf, requireSignedIn, type SignedIn, viewerOf } from './signed-in.ts';
import { clearUndone } from './undone.ts';

export type EmailDeps = ShowHomeDeps &
  RequestEmailChangeDeps &
  ConfirmEmailChangeDeps & { openedLink: OpenedEmailLink; notices: Notices };

const PAGE = '/account/email';
const CONFIRM = `${PAGE}/confirm`;
const CANCEL = `${PAGE}/cancel`;
const SECTION = '/account#change-email';
const HOUR = 3600;

export function email(router: Router, deps: EmailDeps): void {
  const { openedLink, notices } = deps;

  router.post(PAGE, async (ctx) => {
    const form = await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    // Too long ago: the page offers the login that is missing.
    if (!signedIn.isRecent) {
      notices.write(ctx, 'change-waits');
      return seeOther(ctx, '/account');
    }
    const typed = form.get('email').trim();
    const { account, session } = signedIn;
    const request = { account, sessionUid: session.uid, email: typed, address: ctx.state.address };
    const outcome = await requestEmailChange(deps, request);
    if (outcome.ok) {
      markDone(ctx);
      return seeOther(ctx, SECTION);
    }
    if (outcome.code === 'account.signedOut') return seeOther(ctx, '/account');
    ctx.status = outcome.code === 'email.tooMany' ? 429 : 422;
    if (ctx.status === 429) ctx.set('Retry-After', String(HOUR));
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
    if (opened === undefined) return seeOther(ctx, '/account');
    const link = await findEmailLink(deps, opened);
    if (!link) {
      openedLink.clear(ctx);
      return showDeadLink(deps.render, ctx, 'email');
    }
    const signedIn = await requireSignedIn(deps, ctx);
    // The login comes back to « Mon compte », which leads here, once.
    if (!signedIn) return openedLink.awaitLogin(ctx, opened);
    if (link.accountId !== signedIn.account.id) return showForeign(ctx, signedIn);
    deps.render(ctx, 'account/email', {
      viewer: await viewerOf(deps, signedIn.account),
      account: signedIn.account,
      newAddress: link.email,
      link: nameOfLink(opened),
      confirmUrl: CONFIRM,
      cancelUrl: CANCEL,
    });
  });

  for (const path of [CONFIRM, CANCEL]) router.get(path, (ctx) => seeOther(ctx, PAGE));

  router.post(CONFIRM, async (ctx) => {
    const form = await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    const token = openedLink.read(ctx);
    if (!signedIn) {
      // The session ran out before the click: the login leads back here.
      if (token !== undefined) {
        openedLink.awaitLogin(ctx, token);
        clearUndone(ctx);
      }
      return;
    }
    if (token === undefined) return showDeadLink(deps.render, ctx, 'emailClosed');
    // The page showed another address: a newer link was opened in another tab.
    if (form.has('link') && form.get('link') !== nameOfLink(token)) return seeOther(ctx, PAGE);
    const outcome = await confirmEmailChange(deps, {
      ...ownerOf(signedIn),
      token,
      address: ctx.state.address,
    });
    if (!outcome.ok && outcome.code === 'account.signedOut') return seeOther(ctx, PAGE);
    openedLink.clear(ctx);
    if (!outcome.ok) return showDeadLink(deps.render, ctx, 'email');
    markDone(ctx);
    notices.write(ctx, 'email-changed');
    seeOther(ctx, '/account');
  });

  router.post(CANCEL, async (ctx) => {
    const form = await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    if (form.has('link') && !(await isOpenedLink(ctx, form.get('link'), signedIn))) {
      // Another change has taken its place.
      openedLink.clear(ctx);
      return seeOther(ctx, '/account');
    }
    const isCancelled = await cancelEmailChange(deps.database, {
      ...ownerOf(signedIn),
      awaited: form.has('awaited') ? form.get('awaited') : undefined,
      address: ctx.state.address,
    });
    openedLink.clear(ctx);
    if (isCancelled) {
      markDone(ctx);
      notices.write(ctx, 'email-cancelled');
    }
    seeOther(ctx, '/account');
  });

  /** The link that the page was for, theirs and still good. */
  async function isOpenedLink(ctx: Context, name: string, { account }: SignedIn): Promise<boolean> {
    const token = openedLink.read(ctx);
    if (token === undefined || nameOfLink(token) !== name) return false;
    return (await findEmailLink(deps, token))?.accountId === account.id;
  }

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
