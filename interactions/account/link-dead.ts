// The answer to a link of a mail that is expired, used, replaced or mistyped: the same page, and a way on.
import type { Context } from 'koa';
import type { Render } from '../../src/http/render.ts';
import { translator } from '../../src/http/translate.ts';

const KINDS = {
  reset: { text: 'reset.linkDead', continueText: 'login.forgot', continueUrl: '/account/forgot' },
  resetOther: { text: 'reset.linkOther', continueText: 'login.forgot', continueUrl: '/account/forgot' },
  strong: { text: 'strong.link.dead', continueText: 'menu.account', continueUrl: '/account/strong' },
  emailClosed: { text: 'email.linkClosed', continueText: 'menu.account', continueUrl: '/account' },
  email: { text: 'email.linkDead', continueText: 'menu.account', continueUrl: '/account#change-email' },
};

export function showDeadLink(render: Render, ctx: Context, kind: keyof typeof KINDS): void {
  const t = translator(ctx.state.locale);
  const { text, continueText, continueUrl } = KINDS[kind];
  ctx.status = 410;
  render(ctx, 'account/link-dead', { text: t(text), continueText: t(continueText), continueUrl });
}
