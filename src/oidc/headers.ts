// Headers of what the provider library answers by itself: redirects, JSON, and the page that posts a response for the
// application (`response_mode=form_post`) or signs out nobody, whose script the library adds to the policy it finds.
import type { Context, Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { toFormActionOrigins } from '../http/content-security-policy.ts';
import { useLocale } from '../http/locale.ts';
import { type Locale, translator } from '../http/translate.ts';

const POLICY = "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'";

export function providerHeaders(secure: boolean): Middleware {
  return async (ctx, next) => {
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.set('Referrer-Policy', 'no-referrer');
    ctx.set('Content-Security-Policy', POLICY);
    if (secure) ctx.set('Strict-Transport-Security', 'max-age=63072000; includeSubDomains');
    await next();
    if (!isPage(ctx)) return;
    const policy = ctx.response.get('Content-Security-Policy');
    if (!policy.includes('form-action')) {
      ctx.set(
        'Content-Security-Policy',
        `${policy};form-action ${["'self'", ...formActionOrigins(ctx)].join(' ')}`,
      );
      const { oidc } = ctx as Partial<KoaContextWithOIDC>;
      const uiLocales = oidc?.params?.ui_locales;
      if (typeof uiLocales === 'string') useLocale(ctx, uiLocales);
      ctx.body = translated(String(ctx.body), ctx.state.locale);
    }
  };
}

function isPage(ctx: Context): boolean {
  // Not `ctx.response.get`, which copies all headers to read one.
  const type = ctx.res.getHeader('Content-Type');
  return typeof type === 'string' && type.startsWith('text/html');
}

/** The library's one page of its own, which people without JavaScript see, in their language. */
function translated(page: string, locale: Locale): string {
  const t = translator(locale);
  return page
    .replace('<html>', `<html lang="${locale}">`)
    .replace('<title>Submitting Callback</title>', `<title>${t('page.transfer.title')}</title>`)
    .replace("Your browser does not support JavaScript or you've disabled it.", t('page.transfer.text'))
    .replace('>Continue<', `>${t('page.continue')}<`);
}

/** Where the page's form ends: at an address of the request that the provider has found registered. */
function formActionOrigins(ctx: unknown): string[] {
  const { params, client } = (ctx as Partial<KoaContextWithOIDC>).oidc ?? {};
  const { redirect_uri: redirectUri, post_logout_redirect_uri: loggedOutUri } = params ?? {};
  const ends: string[] = [];
  if (typeof redirectUri === 'string' && client?.redirectUriAllowed(redirectUri)) ends.push(redirectUri);
  if (typeof loggedOutUri === 'string' && client?.postLogoutRedirectUriAllowed(loggedOutUri))
    ends.push(loggedOutUri);
  return toFormActionOrigins(ends);
}
