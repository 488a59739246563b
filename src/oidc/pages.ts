// The pages that the provider library asks for: what went wrong with a request, and signing out.
import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Logger } from 'pino';
import { toFormActionOrigins } from '../http/content-security-policy.ts';
import { referenceOf } from '../http/errors.ts';
import { useLocale } from '../http/locale.ts';
import type { Render } from '../http/render.ts';
import type { ProviderPages } from './provider.ts';

export function providerPages(render: Render, logger: Logger, portalUrl: string): ProviderPages {
  const show = (ctx: KoaContextWithOIDC, page: string, locals: Record<string, unknown>) => {
    const uiLocales = ctx.oidc.params?.ui_locales;
    if (typeof uiLocales === 'string') useLocale(ctx as unknown as Context, uiLocales);
    render(ctx as unknown as Context, page, locals);
  };

  return {
    renderError(ctx, out, error) {
      const reference = referenceOf(ctx as unknown as Context);
      const { error_detail: detail, status } = error as Error & { error_detail?: string; status?: number };
      const line = {
        reference,
        error: out.error,
        description: out.error_description,
        detail,
        clientId: clientIdOf(ctx),
        address: ctx.state.address,
      };
      if (out.error === 'server_error') logger.error({ ...line, err: error }, 'a request failed');
      else logger.info(line, 'an authorization request was refused');
      show(ctx, 'error', { code: codeOf(out.error, error, status), reference });
    },
    confirmLogout(ctx, form) {
      const { params, client } = ctx.oidc;
      if (typeof params?.post_logout_redirect_uri === 'string') {
        ctx.state.formActionOrigins = toFormActionOrigins([params.post_logout_redirect_uri]);
      }
      const attribute = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(form)?.[1];
      show(ctx, 'logout/confirm', {
        formAction: attribute('action'),
        xsrf: attribute('value'),
        clientName: client?.clientName,
      });
    },
    loggedOut(ctx) {
      show(ctx, 'logout/done', { continueUrl: portalUrl });
    },
  };
}

function codeOf(error: string, cause: Error, status: number | undefined): string {
  if (cause.name === 'SessionNotFound') return 'session-expired';
  if (status === 503) return 'busy';
  return error === 'server_error' ? 'server-error' : error;
}

/** Only one that exists: anything else is what somebody typed. */
function clientIdOf(ctx: KoaContextWithOIDC): string | undefined {
  return ctx.oidc.client?.clientId;
}
