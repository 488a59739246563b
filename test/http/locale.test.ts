import Koa from 'koa';
import { locale, negotiateLocale, useLocale } from '../../src/http/locale.ts';
import { type ServedKoa, serveKoa } from '../support/serve-koa.ts';

describe('negotiateLocale', () => {
  test.each([
    ['French when nobody says anything', {}, 'fr'],
    [
      'the first language of the browser that we speak',
      { acceptLanguage: 'de, en-GB;q=0.8, fr;q=0.5' },
      'en',
    ],
    ['by weight, not by order', { acceptLanguage: 'en;q=0.4, fr-CA;q=0.9' }, 'fr'],
    ['never a language of weight 0', { acceptLanguage: 'en;q=0, de' }, 'fr'],
    ['French to a browser that takes any', { acceptLanguage: '*' }, 'fr'],
    ['French to a header that makes no sense', { acceptLanguage: ';;q=x,,q=1' }, 'fr'],
    ['what the service asked for, before the browser', { uiLocales: 'de en', acceptLanguage: 'fr' }, 'en'],
    [
      'what the person chose, before the service',
      { cookie: 'fr', uiLocales: 'en', acceptLanguage: 'en' },
      'fr',
    ],
    ['as if there were no cookie when it holds something else', { cookie: 'xx', uiLocales: 'en' }, 'en'],
  ] as const)('answers %s', (_name, preferences, expected) => {
    expect(negotiateLocale(preferences)).toBe(expected);
  });
});

describe('locale middleware', () => {
  let served: ServedKoa;
  beforeAll(async () => {
    const app = new Koa();
    app.use(locale());
    app.use((ctx) => {
      const { asked } = ctx.query;
      if (typeof asked === 'string') useLocale(ctx, asked);
      ctx.body = ctx.state.locale;
    });
    served = await serveKoa(app);
  });
  afterAll(() => served.close());

  const get = (path: string, headers = {}) => fetch(served.origin + path, { headers });

  test('remembers the chosen language for a year', async () => {
    const response = await get('/?lang=en');
    expect(await response.text()).toBe('en');
    const cookie = response.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^idp_locale=en; path=\/; expires=.*; samesite=lax; httponly$/i);
    const years = (Date.parse(/expires=([^;]+)/.exec(cookie)![1]!) - Date.now()) / (365 * 86_400_000);
    expect(years).toBeCloseTo(1, 2);
  });

  test('answers in the remembered language, whatever the service asks for', async () => {
    const response = await get('/?asked=fr', { cookie: 'idp_locale=en' });
    expect(await response.text()).toBe('en');
  });

  test('lets the choice of this very request win over the older one', async () => {
    const response = await get('/?asked=en&lang=fr', { cookie: 'idp_locale=en' });
    expect(await response.text()).toBe('fr');
  });

  test('takes over the language that the service asks for', async () => {
    expect(await (await get('/?asked=en-GB')).text()).toBe('en');
  });

  test.each(['/?lang=de', '/?lang=fr&lang=en', '/?lang='])('sets no cookie for %s', async (path) => {
    const response = await get(path, { 'accept-language': 'en' });
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(await response.text()).toBe('en');
  });
});
