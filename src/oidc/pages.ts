// The pages that the provider library asks for: what went wrong with a request, and signing out.
import type { Context } from 'koa';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Logger } from 'pino';
import { toFormActionOrigins } from '../http/content-security-policy.ts';
import { referenceOf } from '../http/errors.ts';
import { useLocale } from '../http/locale.ts';
import type { Render } from '../http/render.ts';
import { withdrawAnswer } from '../http/session-cookies.ts';
import { whose } from './events.ts';
import type { ProviderPages } from './provider.ts';

export function providerPages(render: Render, logger: Logger): ProviderPages {
  const show = (ctx: KoaContextWithOIDC, page: string, locals: Record<string, unknown>) => {
    const uiLocales = ctx.oidc.params?.ui_locales;
    if (typeof uiLocales === 'string') useLocale(ctx as unknown as Context, uiLocales);
    // No link to the other language: what the page is about stands in the query, which a link does not repeat.
    render(ctx as unknown as Context, page, { languageUrl: undefined, ...locals });
  };

  return {
    async renderError(ctx, out, error) {
      withdrawAnswer(ctx as unknown as Context, error instanceof errors.SessionNotFound);
      const reference = referenceOf(ctx as unknown as Context);
      const { error_detail: detail, status } = error as Error & { error_detail?: string; status?: number };
      // What is our fault is logged by events.ts, with the same reference.
      if (out.error !== 'server_error') {
        const { error: code, error_description: description } = out;
        logger.info({ reference, error: code, description, detail, ...whose(ctx) }, 'a request was refused');
      }
      const isLogout = String(ctx.oidc.route).startsWith('end_session') && out.error === 'invalid_request';
      // The second of two clicks, or a page of before: what it asks for is so.
      if (isLogout && ctx.oidc.route === 'end_session_confirm' && (await isSignedOut(ctx))) {
        ctx.status = 200;
        return show(ctx, 'logout/done', {});
      }
      show(ctx, 'error', { code: isLogout ? 'invalid-logout' : codeOf(out.error, error, status), reference });
    },
    confirmLogout(ctx) {
      const { params, client } = ctx.oidc;
      if (typeof params?.post_logout_redirect_uri === 'string') {
        ctx.state.formActionOrigins = toFormActionOrigins([params.post_logout_redirect_uri]);
      }
      show(ctx, 'logout/confirm', {
        formAction: ctx.oidc.urlFor('end_session_confirm'),
        xsrf: ctx.oidc.session?.state?.secret,
        clientName: client?.clientName,
      });
    },
    async loggedOut(ctx) {
      // The library comes here for « Rester connecté » too, and whoever types the address.
      show(ctx, (await isSignedOut(ctx)) ? 'logout/done' : 'logout/kept', {});
    },
  };
}

async function isSignedOut(ctx: KoaContextWithOIDC): Promise<boolean> {
  return (await ctx.oidc.provider.Session.get(ctx)).accountId === undefined;
}

function codeOf(error: string, cause: Error, status: number | undefined): string {
  if (cause.name === 'SessionNotFound') return 'session-expired';
  if (status === 503) return 'busy';
  return error === 'server_error' ? 'server-error' : error;
}
