// Which of the two languages a request is answered in. The middleware `locale()` sets `ctx.state.locale` for every page;
// the login calls `useLocale` once it knows the `ui_locales` that the service asked for.
import type { Context, Middleware } from 'koa';
import { LOCALES, type Locale } from './translate.ts';

export const LOCALE_COOKIE = 'idp_locale';
const ONE_YEAR_MS = 365 * 24 * 60 * 60 * 1000;

export type LocalePreferences = { uiLocales?: string; cookie?: string; acceptLanguage?: string };

/** What the person chose, else what the service asked for, else what the browser prefers, else French. */
export function negotiateLocale({ uiLocales, cookie, acceptLanguage }: LocalePreferences): Locale {
  return toLocale(cookie) ?? firstLocale(uiLocales?.split(' ')) ?? preferredLocale(acceptLanguage) ?? 'fr';
}

function toLocale(tag: string | undefined): Locale | undefined {
  const language = tag?.trim().split('-')[0]?.toLowerCase();
  return LOCALES.find((known) => known === language);
}

function firstLocale(tags: string[] = []): Locale | undefined {
  for (const tag of tags) {
    const found = toLocale(tag);
    if (found) return found;
  }
  return undefined;
}

/** RFC 9110 §12.5.4: ranges by weight, the order of writing where weights are equal, weight 0 refused. */
function preferredLocale(acceptLanguage = ''): Locale | undefined {
  // Applications send none.
  if (acceptLanguage === '') return undefined;
  const ranges = acceptLanguage.split(',').map((range) => {
    const [tag = '', ...parameters] = range.split(';');
    const weight = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/i.exec(parameter)?.[1]).find(Boolean);
    return { tag, weight: weight === undefined ? 1 : Number(weight) };
  });
  const wanted = ranges.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  return firstLocale(wanted.map(({ tag }) => tag));
}

/** Sets `ctx.state.locale`; `?lang=fr|en` remembers the choice for a year. */
export function locale(): Middleware {
  return (ctx, next) => {
    // Nearly every request carries neither: nothing is parsed for those. Nor for a target that is no path, which
    // http/guard.ts refuses and some of which cannot be taken apart.
    const { lang } = ctx.req.url?.startsWith('/') && ctx.querystring.includes('lang') ? ctx.query : {};
    const chosen = LOCALES.find((known) => known === lang);
    if (chosen) rememberLocale(ctx, chosen);
    const hasCookie = ctx.req.headers.cookie?.includes(LOCALE_COOKIE) === true;
    ctx.state.localeChoice =
      chosen ?? (hasCookie ? ctx.cookies.get(LOCALE_COOKIE, { signed: false }) : undefined);
    useLocale(ctx, ctx.state.uiLocales);
    return next();
  };
}

/** For a year, in this browser. */
export function rememberLocale(ctx: Context, locale: Locale): void {
  ctx.cookies.set(LOCALE_COOKIE, locale, {
    path: '/',
    maxAge: ONE_YEAR_MS,
    httpOnly: true,
    sameSite: 'lax',
    secure: ctx.secure,
    signed: false,
  });
}

/** Decides again, now knowing the `ui_locales` of the authorization request (OpenID Connect Core §3.1.2.1). */
export function useLocale(ctx: Context, uiLocales: string | undefined): void {
  ctx.state.uiLocales = uiLocales;
  ctx.state.locale = negotiateLocale({
    uiLocales,
    cookie: ctx.state.localeChoice,
    acceptLanguage: ctx.get('Accept-Language'),
  });
}
