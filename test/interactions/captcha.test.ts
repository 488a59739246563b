// The captcha as people meet it: the real mixin, scripts, content security policy and routes, in a real browser.
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import Koa, { type Context } from 'koa';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { captchaRoutes } from '../../interactions/captcha.ts';
import { issueCaptcha } from '../../src/actions/issue-captcha.ts';
import { verifyCaptcha } from '../../src/actions/verify-captcha.ts';
import { loadAssets } from '../../src/http/assets.ts';
import { drawLimit } from '../../src/http/draw-limit.ts';
import { locale } from '../../src/http/locale.ts';
import { createRenderer } from '../../src/http/render.ts';
import { launchBrowser } from '../support/browser.ts';
import { openPglite, type PgliteQueryable } from '../support/pglite-queryable.ts';
import { SAMPLE_BRANDING } from '../support/sample-pages.ts';
import { templates } from '../support/templates.ts';

const proofKeys = [randomBytes(32)];
const policy = { minLength: 8, minLetters: 1, minDigits: 1, minMeta: 1 };

let database: PgliteQueryable;
let browser: Browser;
let origin: string;
let server: ReturnType<Koa['listen']>;

function bindingOf(ctx: Context): string {
  const known = ctx.cookies.get('browser');
  if (known) return known;
  const fresh = randomUUID();
  ctx.cookies.set('browser', fresh, { httpOnly: true });
  return fresh;
}

/** A first-change page that judges nothing but its captcha and answers with the outcome as JSON. */
function createApp(): Koa {
  const app = new Koa();
  const assets = loadAssets();
  const render = createRenderer({ templates, branding: SAMPLE_BRANDING, assetUrl: assets.assetUrl });
  app.use(assets.serve);
  app.use(locale());
  app.use(captchaRoutes({ database, proofKeys, bindingOf, limitDraws: drawLimit() }).routes());
  app.use(async (ctx) => {
    if (ctx.path !== '/form') return;
    const binding = bindingOf(ctx);
    const fields = Object.fromEntries(new URLSearchParams((await buffer(ctx.req)).toString()));
    if (ctx.method === 'POST' && !fields.captchaRenew) {
      const { captchaId, captchaChoice, altcha } = fields;
      ctx.body = await verifyCaptcha(
        { database, proofKeys },
        { form: 'first-change', binding, captchaId, captchaChoice, altcha },
      );
      return;
    }
    const captcha = await issueCaptcha({ database }, { form: 'first-change', binding });
    render(ctx, 'login/first-change', { captcha, policy, values: { identifier: 'n8u8taki' } });
  });
  return app;
}

beforeAll(async () => {
  database = await openPglite('0002_captcha');
  server = createApp().listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
  await database?.close();
});

async function openForm(options: BrowserContextOptions = {}): Promise<Page & { problems: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1120, height: 1400 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(`${origin}/form`);
  return Object.assign(page, { problems });
}

async function rightChoice(page: Page): Promise<number> {
  const id = await page.locator('[name=captchaId]').inputValue();
  const { rows } = await database.pglite.query<{ answer: number }>(
    'SELECT answer FROM captcha WHERE id = $1',
    [id],
  );
  return rows[0]!.answer;
}

const submit = (page: Page) => page.getByRole('button', { name: 'Valider' }).click();
const outcome = async (page: Page) => JSON.parse((await page.locator('body').textContent())!);

describe('captcha in a page', () => {
  it.each([true, false])('is chosen with the keyboard alone (scripts: %p)', async (javaScriptEnabled) => {
    const page = await openForm({ javaScriptEnabled });
    const choice = await rightChoice(page);
    await page.locator('#newPasswordConfirmation').focus();
    const first = page.getByRole('radio', { name: 'Image 1 sur 5' });
    for (let i = 0; i < 4 && !(await first.evaluate((radio) => radio.matches(':focus'))); i++) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Space');
    for (let i = 0; i < choice; i++) await page.keyboard.press('ArrowRight');
    await submit(page);
    expect(await outcome(page)).toEqual({ ok: true });
    expect(page.problems).toEqual([]);
  });

  it('sends the form, and not « Autre choix », on Enter in a text field', async () => {
    const page = await openForm({ javaScriptEnabled: false });
    await page.locator('#newPassword').press('Enter');
    expect(await outcome(page)).toEqual({ ok: false, code: 'captcha.missing' });
  });

  it('offers another row without scripts, by loading the page again', async () => {
    const page = await openForm({ javaScriptEnabled: false });
    const before = await page.locator('[name=captchaId]').inputValue();
    await page.getByRole('button', { name: 'Autre choix' }).click();
    await page.waitForLoadState();
    expect(await page.locator('[name=captchaId]').inputValue()).not.toBe(before);
    expect(await page.getByRole('button', { name: 'Je ne peux pas utiliser les images' }).isVisible()).toBe(
      false,
    );
    expect(await page.getByText('Appelez le support au 02 50 53 70 01').isVisible()).toBe(true);
  });

  it('offers another row with scripts and keeps what was typed', async () => {
    const page = await openForm();
    const before = await page.locator('[name=captchaId]').inputValue();
    await page.locator('#newPassword').fill('typed before');
    await page.getByRole('button', { name: 'Autre choix' }).click();
    await page.getByText('Cinq nouvelles images sont affichées.').waitFor();
    expect(await page.locator('[name=captchaId]').inputValue()).not.toBe(before);
    expect(await page.locator('#newPassword').inputValue()).toBe('typed before');
    expect(await page.getByText('Appelez le support').isVisible()).toBe(false);

    await page
      .locator('.captcha-choice')
      .nth(await rightChoice(page))
      .click();
    await submit(page);
    expect(await outcome(page)).toEqual({ ok: true });
    expect(page.problems).toEqual([]);
  });

  it('lets the browser work instead of the eyes, once for each proof', async () => {
    const page = await openForm();
    await page.getByRole('button', { name: 'Je ne peux pas utiliser les images' }).press('Enter');
    await page.getByRole('status').getByText('Vérification faite').waitFor({ timeout: 30_000 });
    expect(await page.locator('.captcha-choices').isVisible()).toBe(false);
    const altcha = await page.locator('[name=altcha]').inputValue();
    await submit(page);
    expect(await outcome(page)).toEqual({ ok: true });
    expect(page.problems).toEqual([]);

    const replay = await page.context().request.post(`${origin}/form`, { form: { altcha } });
    expect(await replay.json()).toEqual({ ok: false, code: 'captcha.proofRefused' });
  });

  it('says so when the proof of work cannot be had, and gives the pictures back', async () => {
    const page = await openForm();
    await page.route('**/captcha/altcha', (route) => route.abort());
    await page.getByRole('button', { name: 'Je ne peux pas utiliser les images' }).click();
    await page.getByRole('status').getByText('appelez le support au 02 50 53 70 01').waitFor();
    expect(await page.locator('.captcha-choices').isVisible()).toBe(true);
  });

  it('fits five pictures of at least 48 pixels into a page 360 pixels wide', async () => {
    const page = await openForm({ viewport: { width: 360, height: 900 } });
    const boxes = await page.locator('.captcha-choice').evaluateAll((choices) =>
      choices.map((choice) => {
        const { width, height, top, right } = choice.getBoundingClientRect();
        return { width, height, top, right };
      }),
    );
    expect(new Set(boxes.map(({ top }) => top)).size).toBe(1);
    for (const { width, height, right } of boxes) {
      expect(width).toBeGreaterThanOrEqual(48);
      expect(height).toBeGreaterThanOrEqual(48);
      expect(right).toBeLessThanOrEqual(360);
    }
  });
});

describe('what captcha.js asks for', () => {
  it.each(['/captcha/altcha', '/captcha/choice?form=forgot'])(
    '%s is JSON that nobody stores',
    async (path) => {
      const response = await fetch(origin + path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('application/json');
      expect(response.headers.get('cache-control')).toBe('no-store');
    },
  );

  it.each(['', '?form=', '?form=a&form=b', '?form=%00', `?form=${'a'.repeat(33)}`])(
    'a row for the form %p is refused',
    async (query) => {
      expect((await fetch(`${origin}/captcha/choice${query}`)).status).toBe(400);
    },
  );
});
