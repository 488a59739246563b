// Turns a template of templates/ and its locals into the page that is sent. Every interaction and the error handler call
// it; it alone sets the headers that a page needs. No template has inline script or style, so the policy forbids both.
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Context } from 'koa';
import pug from 'pug';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { translator } from './translate.ts';

const TEMPLATES = fileURLToPath(new URL('../../templates/', import.meta.url));
// What other pages are made of, and the mails, which have their own renderer.
const NO_PAGE = /^(layout\.pug|(mixins|account\/home|mails)\/.*)$/;

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

export type Render = {
  /** `page`: the path of the template without its ending, `login/password`. The status is the caller's. */
  (ctx: Context, page: string, locals?: PageLocals): void;
  /** Compiles every page, so that a broken template stops the start and no request waits. Returns their names. */
  preload(): string[];
};

export type RendererOptions = { branding: Branding; assetUrl: (name: string) => string };

export function createRenderer({ branding, assetUrl }: RendererOptions): Render {
  const compiled = new Map<string, pug.compileTemplate>();
  const template = (page: string) => {
    const known = compiled.get(page) ?? pug.compileFile(`${TEMPLATES}${page}.pug`, { basedir: TEMPLATES });
    compiled.set(page, known);
    return known;
  };

  const render = (ctx: Context, page: string, locals: PageLocals = {}) => {
    const locale = ctx.state.locale ?? 'fr';
    const errors = withoutEmpty(locals.errors);
    const html = template(page)({
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

  const preload = () => {
    const pages = listPages();
    for (const page of pages) template(page);
    return pages;
  };
  return Object.assign(render, { preload });
}

function listPages(): string[] {
  return readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.pug') && !NO_PAGE.test(file))
    .map((file) => file.slice(0, -'.pug'.length))
    .sort();
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
