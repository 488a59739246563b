// Pictures of every page, to look at: `node test/support/page-gallery.ts OUTDIR [NAME…]`. Wide and narrow, and for the
// first page of each kind also English, dark, keyboard focus and 320 px (what 400 % zoom leaves of 1280).
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { servePages } from './page-server.ts';
import { SAMPLE_PAGES } from './sample-pages.ts';

type Shot = {
  suffix: string;
  width: number;
  lang: 'fr' | 'en';
  dark?: boolean;
  prepare?: (page: Page) => Promise<void>;
};

const WIDE_HEIGHT = 820;
const focusThirdStop = async (page: Page) => {
  await page.locator('body').click({ position: { x: 2, y: 2 } });
  for (const _ of Array(3)) await page.keyboard.press('Tab');
};

const SHOTS: Shot[] = [
  { suffix: '1120', width: 1120, lang: 'fr' },
  { suffix: '360', width: 360, lang: 'fr' },
  { suffix: '320-en', width: 320, lang: 'en' },
  { suffix: '1120-en-dark', width: 1120, lang: 'en', dark: true },
  { suffix: '1120-focus', width: 1120, lang: 'fr', prepare: focusThirdStop },
];

async function shoot(
  browser: Browser,
  origin: string,
  name: string,
  shot: Shot,
  folder: string,
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: shot.width, height: shot.width > 600 ? WIDE_HEIGHT : 640 },
    colorScheme: shot.dark ? 'dark' : 'light',
  });
  const page = await context.newPage();
  page.on('console', (message) => console.log(`${name} ${shot.suffix}: ${message.text()}`));
  page.on('pageerror', (error) => console.log(`${name} ${shot.suffix}: ${error.message}`));
  await page.goto(`${origin}/gallery/${name}?lang=${shot.lang}`);
  await shot.prepare?.(page);
  await page.screenshot({ path: join(folder, `${name}-${shot.suffix}.png`), fullPage: true });
  await context.close();
}

const [folder = 'gallery', ...names] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const server = await servePages();
const browser = await launchBrowser();
for (const name of names.length > 0 ? names : Object.keys(SAMPLE_PAGES)) {
  for (const shot of SHOTS) await shoot(browser, server.origin, name, shot, folder);
}
await browser.close();
await server.close();
