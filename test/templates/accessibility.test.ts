// axe on every page, in both languages, widths and colour schemes, with the complaints of the browser about the content
// policy and what does not fit into a narrow screen. The pages are those of test/support/sample-pages.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { useGalleryBrowser } from '../support/gallery-browser.ts';
import { SAMPLE_PAGES } from '../support/sample-pages.ts';
import { templates } from '../support/templates.ts';

const PAGES = Object.keys(SAMPLE_PAGES).filter((name) => !SAMPLE_PAGES[name]!.twin);

const { withPage, open } = useGalleryBrowser();

// The legacy mode, twice as fast, leaves a timer of one second behind.
afterAll(() => sleep(1_000));

const SCREENS = [
  { width: 1120, colorScheme: 'light' },
  { width: 1120, colorScheme: 'dark' },
  { width: 360, colorScheme: 'light' },
  { width: 360, colorScheme: 'dark' },
] as const;

// Run in the page: what reaches beyond the screen, or beyond the frame that it stands in.
const TOO_WIDE = `[...document.querySelectorAll('body *')].filter((part) => {
  const frame = part.parentElement.closest('.captcha, .card, body').getBoundingClientRect();
  const { right, width } = part.getBoundingClientRect();
  return width > 1 && right > Math.min(innerWidth, frame.right) + 0.5;
}).map((part) => part.outerHTML.slice(0, 160))`;

async function findWithAxe(page: Page, { width, colorScheme }: (typeof SCREENS)[number]): Promise<string[]> {
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  const axe = new AxeBuilder({ page }).setLegacyMode();
  // Nothing but colours differs in the dark.
  if (colorScheme === 'dark') axe.withRules(['color-contrast', 'link-in-text-block']);
  const { violations } = await axe.analyze();
  return violations.map(
    ({ id, nodes }) => `${width} ${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(' ')}`,
  );
}

/** What 400 % zoom leaves of 1280 pixels is 320. */
async function findTooWide(page: Page): Promise<string[]> {
  await page.setViewportSize({ width: 320, height: 256 });
  return (await page.evaluate<string[]>(TOO_WIDE)).map((part) => `too wide: ${part}`);
}

test('every template has a sample', () => {
  const shown = new Set(Object.values(SAMPLE_PAGES).map(({ page }) => page));
  const pages = [...templates.keys()].filter((name) => !name.startsWith('mails/'));
  expect(pages.filter((page) => !shown.has(page))).toEqual([]);
});

describe.each(['fr', 'en'])('in %s', (lang) => {
  test.each(PAGES)('nothing is found on %s', async (name) => {
    await withPage(async (page) => {
      const findings: string[] = [];
      page.on('console', (message) => findings.push(message.text()));
      page.on('pageerror', (error) => findings.push(error.message));
      await open(page, name, lang);
      for (const screen of SCREENS) findings.push(...(await findWithAxe(page, screen)));
      findings.push(...(await findTooWide(page)));
      expect(findings).toEqual([]);
    });
  });
});
