// Turns a template of templates/ and its locals into the page that is sent. Every interaction and the error handler call
// it; it alone sets the headers that a page needs. No template has inline script or style, so the policy forbids both.
import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import type { Templates } from '../pug/load.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { translator } from './translate.ts';

const HEADERS = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

export type Branding = {
  title: string;
  organisation: string;
  portalUrl: string;
  supportMail: string;
  supportPhone: string;
};

/** A message for each faulty field, `form` for the whole; several messages for one field are all shown. */
export type FormErrors = Record<string, string | string[] | undefined>;

export type PageLocals = { errors?: FormErrors; values?: Record<string, unknown>; [name: string]: unknown };

/** `page`: the path of the template without its ending, `login/password`. The status is the caller's. */
export type Render = (ctx: Context, page: string, locals?: PageLocals) => void;

export type RendererOptions = {
  templates: Templates;
  branding: Branding;
  assetUrl: (name: string) => string;
};

export function createRenderer({ templates, branding, assetUrl }: RendererOptions): Render {
  return (ctx, page, locals = {}) => {
    const template = templates.get(page);
    if (template === undefined) throw new Error(`no template is named ${page}`);
    const locale = ctx.state.locale ?? 'fr';
    const errors = withoutEmpty(locals.errors);
    const html = template({
      t: translator(locale),
      locale,
      branding,
      asset: assetUrl,
      path: pathOf(ctx),
      languageUrl: `${pathOf(ctx)}?lang=${locale === 'fr' ? 'en' : 'fr'}`,
      values: {},
      newFormId: () => randomBytes(16).toString('base64url'),
      ...locals,
      errors,
      hasErrors: Object.keys(errors).length > 0,
    });
    ctx.set(HEADERS);
    ctx.set('Content-Security-Policy', contentSecurityPolicy(ctx.state.formActionOrigins));
    ctx.set('Content-Language', locale);
    ctx.type = 'html';
    ctx.body = html;
  };
}

function withoutEmpty(errors: FormErrors = {}): FormErrors {
  return Object.fromEntries(Object.entries(errors).filter(([, message]) => message && message.length > 0));
}

/**
 * The path alone: a query may hold a token. `//host` and `/\host` would be another host to a browser that follows the
 * link, and an absolute request target has no path to offer.
 */
function pathOf(ctx: Context): string {
  const [path = '/'] = ctx.originalUrl.split('?');
  return path.startsWith('/') ? path.replaceAll('\\', '%5C').replace(/^\/+/, '/') : '/';
}
