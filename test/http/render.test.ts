import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import Koa, { type Context } from 'koa';
import { loadAssets } from '../../src/http/assets.ts';
import { locale } from '../../src/http/locale.ts';
import { createRenderer } from '../../src/http/render.ts';
import { translator } from '../../src/http/translate.ts';
import { SAMPLE_BRANDING, SAMPLE_PAGES } from '../support/sample-pages.ts';
import { type ServedKoa, serveKoa } from '../support/serve-koa.ts';
import { templates } from '../support/templates.ts';

const render = createRenderer({ templates, branding: SAMPLE_BRANDING, assetUrl: loadAssets().assetUrl });
const french = translator('fr');

let show: (ctx: Context) => void;
let served: ServedKoa;
beforeAll(async () => {
  const app = new Koa();
  app.use(locale());
  app.use((ctx) => show(ctx));
  served = await serveKoa(app);
});
afterAll(() => served.close());

async function page(name: string, locals: object = {}, path = '/here'): Promise<Response> {
  show = (ctx) => render(ctx, name, { ...locals });
  return fetch(served.origin + path);
}
async function html(name: string, locals: object = {}, path?: string): Promise<string> {
  return (await page(name, locals, path)).text();
}
/** What a person reads: no tags, every white space one space. */
const readable = (source: string) =>
  source
    .replace(/<head>.*<\/head>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ');
const titleOf = (source: string) => /<title>(.*?)<\/title>/.exec(source)?.[1];

describe('every page', () => {
  test('carries the headers that keep it private', async () => {
    const { headers } = await page('privacy');
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'content-language': 'fr',
    });
    expect(headers.get('content-security-policy')).toMatch(/form-action 'self'$/);
    expect(headers.get('permissions-policy')).toContain('camera=()');
  });

  test('lets its forms lead to where the request may end', async () => {
    show = (ctx) => {
      ctx.state.formActionOrigins = ['https://portail.example'];
      render(ctx, 'privacy');
    };
    const { headers } = await fetch(served.origin);
    expect(headers.get('content-security-policy')).toMatch(/form-action 'self' https:\/\/portail\.example$/);
  });

  test('has no inline script, style or handler, and nothing from elsewhere', () => {
    const folder = new URL('../../templates/', import.meta.url);
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.pug') && !path.startsWith('mails'))
      .map((path) => ({ path, source: readFileSync(new URL(path, folder), 'utf8') }));
    const forbidden = /\bstyle\s*=|\bon\w+\s*=\s*['"`]|^\s*(style|script)\.|src=['"]http|!=\s|!\{/m;
    expect(sources.filter(({ source }) => forbidden.test(source)).map(({ path }) => path)).toEqual([]);
  });

  test.each(Object.entries(SAMPLE_PAGES))(
    '%s shows no missing text in either language',
    async (_name, sample) => {
      for (const language of ['fr', 'en'] as const) {
        const source = await html(sample.page, sample.locals(translator(language)), `/here?lang=${language}`);
        expect(source).toContain(`<html lang="${language}">`);
        expect(readable(source)).not.toMatch(/undefined|\[object|\{\w+\}|NaN/);
      }
    },
  );

  test('escapes what it is given', async () => {
    const source = await html('login/password', { serviceName: '<script>alert(1)</script>' });
    expect(source).not.toContain('<script>alert');
  });
});

describe('the language link', () => {
  test('leads to the same path and leaves the query behind', async () => {
    expect(await html('privacy', {}, '/account/reset?token=secret')).toContain(
      'href="/account/reset?lang=en"',
    );
    expect(await html('privacy', {}, '/account?lang=en')).toContain('href="/account?lang=fr"');
  });

  test.each(['//evil.example/x', '/\\evil.example/x', 'http://evil.example/x'])(
    'never leads to another host (%s)',
    async (path) => {
      show = (ctx) => render(ctx, 'privacy');
      const { hostname, port } = new URL(served.origin);
      const source = await new Promise<string>((resolve, reject) => {
        request({ hostname, port, path }, async (response) => {
          resolve((await response.setEncoding('utf8').toArray()).join(''));
        })
          .on('error', reject)
          .end();
      });
      const href = /class="language" href="([^"]*)"/.exec(source)?.[1];
      expect(new URL(href!, served.origin).origin).toBe(served.origin);
    },
  );
});

describe('the login page', () => {
  const locals = () => SAMPLE_PAGES.login!.locals(french);

  test('has its title, its service and its three methods in the order given', async () => {
    const source = await html('login/password', locals());
    expect(titleOf(source)).toBe('Je me connecte — MES SERVICES E-SANTE');
    expect(readable(source)).toMatch(
      /Je me connecte pour continuer vers Portail pro Authentification par certificat client Authentification forte Identifiant \/ Mot de passe Identifiant .*Mot de passe .*Poste partagé Mot de passe oublié .*Se connecter/,
    );
    expect(source).toMatch(/aria-current="page"/);
  });

  test('shows no bar of methods when there is one only', async () => {
    const source = await html('login/password', {
      methods: [{ name: 'password', href: '/p', current: true }],
    });
    expect(source).not.toContain('<nav');
    expect(readable(source)).toContain('Identifiant / Mot de passe');
  });

  test('offers neither the forgotten password nor the way back unless told where they are', async () => {
    const source = readable(await html('login/password', { methods: [] }));
    expect(source).not.toContain('Mot de passe oublié');
    expect(source).not.toContain('Revenir au service');
  });

  test('never sends a password back', async () => {
    expect(await html('login/password', { values: { identifier: 'a', password: 'hunter2' } })).not.toContain(
      'hunter2',
    );
  });

  test('names neither field when the pair is wrong', async () => {
    const source = await html('login/password', { ...locals(), errors: { form: french('login.incorrect') } });
    expect(titleOf(source)).toBe('Erreur — Je me connecte — MES SERVICES E-SANTE');
    expect(readable(source)).toContain(
      'Identifiant, mot de passe ou code incorrect. Vérifiez votre saisie, ou utilisez « Mot de passe oublié ».',
    );
    expect(source.match(/aria-invalid="true" aria-describedby="error-summary"/g)).toHaveLength(2);
  });

  test('does not call the fields wrong when the person has to wait', async () => {
    const source = await html('login/password', { errors: { form: french('throttled', { n: 2 }) } });
    expect(readable(source)).toContain('Trop de tentatives. Réessayez dans 2 minutes.');
    expect(source).not.toContain('aria-invalid');
    expect(readable(source)).not.toContain('Vérifiez');
  });
});

describe('an error of a field', () => {
  test('stands in the summary, as a link, and under the field, tied to it', async () => {
    const source = await html('login/password', { errors: { identifier: 'Trop court.' } });
    expect(source).toMatch(/<div class="summary" id="error-summary" role="alert" tabindex="-1"/);
    expect(source).toContain('<a href="#identifier">Trop court.</a>');
    expect(source).toMatch(
      /<input id="identifier"[^>]*aria-invalid="true" aria-describedby="identifier-error"/,
    );
    expect(source).toContain('id="identifier-error"');
  });
});

describe('the forced change', () => {
  const locals = () => SAMPLE_PAGES['first-change']!.locals(french);
  const GUIDE = [
    'Changement de mot de passe',
    'Politique de sécurité :',
    'La longueur minimum du mot de passe est de 8 caractères',
    'Le mot de passe doit comporter au minimum 1 caractère(s) alphabétique(s)',
    'Le mot de passe doit comporter au minimum 1 caractère(s) numérique(s)',
    'Le mot de passe doit comporter au minimum 1 méta-caractère(s) (!@#$%^&)',
    'Renseignez tous les champs obligatoires',
    'Votre identifiant *',
    'Ancien mot de passe *',
    'Nouveau mot de passe *',
    'Confirmation du nouveau mot de passe *',
    'Code à recopier *',
    "Choisir l'image qui n'est pas comme les autres",
    'Valider',
  ];

  test('says word for word what the guide prints, in its order', async () => {
    const source = readable(await html('login/first-change', locals()));
    let position = 0;
    for (const words of GUIDE) {
      const found = source.indexOf(words, position);
      expect(found >= 0 ? words : `${words} — not after ${source.slice(position, position + 60)}`).toBe(
        words,
      );
      position = found + words.length;
    }
  });

  test('takes the numbers of the policy from the settings and leaves out a rule of 0', async () => {
    const policy = { minLength: 12, minLetters: 2, minDigits: 0, minMeta: 1 };
    const source = readable(await html('login/first-change', { ...locals(), policy }));
    expect(source).toContain('est de 12 caractères');
    expect(source).toContain('au minimum 2 caractère(s) alphabétique(s)');
    expect(source).not.toContain('numérique');
  });

  test('tells every rule that failed at once', async () => {
    const { page: name, locals: refused } = SAMPLE_PAGES['first-change-refused']!;
    const source = await html(name, refused(french));
    expect(source.match(/<a href="#newPassword">/g)).toHaveLength(2);
    expect(source).toContain('<a href="#captcha">');
  });
});

describe('the confirmation', () => {
  test('says the two sentences of the guide and one way on', async () => {
    const source = await html('login/confirmation', { serviceName: 'Portail pro', continueUrl: '/next' });
    expect(readable(source)).toContain(
      'Confirmation Votre changement de mot de passe est effectué. Vous allez recevoir un e-mail de confirmation. Continuer vers Portail pro',
    );
    expect(source).toContain('href="/next"');
  });

  test('leads to the portal when no service asked', async () => {
    expect(await html('login/confirmation')).toContain(`href="${SAMPLE_BRANDING.portalUrl}"`);
  });
});

describe('the error page', () => {
  test.each([
    ['session-expired', 'Votre session a expiré. Reconnectez-vous depuis votre service.'],
    ['busy', 'Le service est momentanément indisponible. Réessayez dans quelques instants.'],
    ['invalid_redirect_uri', "Ce lien de connexion n'est pas valable."],
    ['throttled', 'Trop de tentatives. Réessayez dans quelques minutes.'],
    ['what nobody expected', 'Une erreur est survenue de notre côté.'],
  ])('says for %s: %s', async (code, sentence) => {
    const source = readable(await html('error', { code, reference: 'abc123' }));
    expect(source).toContain(sentence);
    expect(source).toContain('Référence : abc123');
    expect(source).toContain('Aller au portail');
  });

  test('says how long to wait', async () => {
    const source = readable(await html('error', { code: 'throttled', params: { n: 4 } }));
    expect(source).toContain('Trop de tentatives. Réessayez dans 4 minutes.');
  });
});
