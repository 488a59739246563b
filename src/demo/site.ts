// A demo site (« Portail pro », « Agenda santé »): a Koa application that signs people in at the provider and shows what
// it was told about them. Started by serve-demo.ts, by portal.ts on its own, and by the stories.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import Koa, { type Context } from 'koa';
import Router from 'koa-router';
import pug from 'pug';
import { readForm } from '../http/form-body.ts';
import { toProblem } from './problem.ts';
import { createRelyingParty } from './relying-party.ts';
import { describeClaims } from './told.ts';
import { createVisits } from './visits.ts';

export type SiteOptions = {
  name: string;
  /** Public address, without a final slash. */
  url: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  scope?: string;
  theme?: 'portal' | 'agenda';
  /** Another site to try single sign-on with. */
  neighbour?: { name: string; url: string } | undefined;
};

const PAGES = join(import.meta.dirname, 'pages');
const FONT =
  '@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2';

/** What a visitor may add to the authorization request. */
const WISHES: Record<string, RegExp> = {
  prompt: /^(login|none|consent)$/,
  max_age: /^\d{1,6}$/,
  ui_locales: /^[a-zA-Z -]{2,30}$/,
  login_hint: /^.{1,200}$/,
};

export function createSite(options: SiteOptions): Koa {
  const { name, url, scope = 'openid profile email health', theme = 'portal', neighbour } = options;
  const relyingParty = createRelyingParty({ ...options, siteUrl: url, scope });
  const visits = createVisits(`site_${options.clientId.replace(/\W/g, '')}`, url.startsWith('https:'));
  const accountUrl = `${options.issuer}/account`;
  const css = readFileSync(join(PAGES, 'site.css'));
  const font = readFileSync(createRequire(import.meta.url).resolve(FONT));
  const page = (file: string) => pug.compileFile(join(PAGES, `${file}.pug`));
  const templates = { home: page('home'), told: page('told'), problem: page('problem') };
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    // Signing in and out are forms of this site that end at the provider.
    `form-action 'self' ${new URL(options.issuer).origin}`,
  ].join('; ');

  const show = (ctx: Context, template: keyof typeof templates, locals: object) => {
    ctx.type = 'html';
    ctx.body = templates[template]({ name, theme, neighbour, accountUrl, ...locals });
  };
  const sendFile = (type: string, body: Buffer) => (ctx: Context) => {
    ctx.set('Cache-Control', 'max-age=3600');
    ctx.type = type;
    ctx.body = body;
  };

  const router = new Router();
  router.get('/', (ctx) => {
    const visit = visits.find(ctx);
    const { notice, person } = visit ?? {};
    if (visit) visit.notice = undefined;
    if (!person) return show(ctx, 'home', { notice });
    const canRefresh = person.refreshToken !== undefined;
    show(ctx, 'told', { notice, person, canRefresh, sections: describeClaims(person) });
  });

  router.get('/login', async (ctx) => {
    const { url: address, pending } = await relyingParty.begin(toWishes(ctx.query));
    visits.begin(ctx, pending);
    ctx.redirect(address);
  });

  router.get('/callback', async (ctx) => {
    const pending = visits.take(ctx, ctx.query.state);
    if (!pending) {
      ctx.status = 400;
      return show(ctx, 'problem', { problem: toProblem('unknown_state') });
    }
    visits.signIn(ctx, await relyingParty.finish(new URL(ctx.url, url), pending));
    ctx.redirect('/');
  });

  router.post('/refresh', async (ctx) => {
    const visit = visits.find(ctx);
    if (visit?.person) {
      visit.person = await relyingParty.refresh(visit.person);
      visit.notice = 'De nouveaux jetons ont été reçus.';
    }
    seeOther(ctx, '/');
  });

  router.post('/logout', async (ctx) => {
    const person = visits.find(ctx)?.person;
    if (!person) return seeOther(ctx, '/');
    const address = await relyingParty.logoutUrl(person);
    visits.signOut(ctx, `Vous êtes déconnecté de ${name}.`);
    seeOther(ctx, address);
  });

  router.post('/backchannel-logout', async (ctx) => {
    try {
      const token = (await readForm(ctx)).get('logout_token');
      visits.endSession(
        await relyingParty.readLogoutToken(token),
        'Votre session a été fermée par MES SERVICES E-SANTE.',
      );
      ctx.status = 200;
      ctx.body = '';
    } catch (error) {
      ctx.status = 400;
      ctx.body = { error: 'invalid_request', error_description: (error as Error).message };
    }
  });

  router.get('/site.css', sendFile('text/css; charset=utf-8', css));
  router.get('/font.woff2', sendFile('font/woff2', font));

  const app = new Koa();
  app.use(async (ctx, next) => {
    ctx.set({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': policy,
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    });
    try {
      await next();
      if (ctx.status === 404) show(ctx, 'problem', { problem: toProblem('not_found') });
    } catch (error) {
      const problem = toProblem(error);
      ctx.status = problem.status;
      show(ctx, 'problem', { problem });
    }
  });
  app.use(router.routes());
  return app;
}

function toWishes(query: Context['query']): Record<string, string> {
  const wanted = Object.entries(query).filter(
    ([name, value]) => typeof value === 'string' && WISHES[name]?.test(value),
  );
  return Object.fromEntries(wanted) as Record<string, string>;
}

function seeOther(ctx: Context, location: string): void {
  ctx.redirect(location);
  ctx.status = 303;
}
