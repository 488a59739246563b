// A browser on the sample pages, for the tests of test/templates: opened before all of them, closed after.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { servePages } from './page-server.ts';
import type { ServedKoa } from './serve-koa.ts';

export type GalleryBrowser = {
  /** `work` on a page of its own, 1120 pixels wide unless told. */
  withPage(work: (page: Page) => Promise<void>, options?: BrowserContextOptions): Promise<void>;
  open(page: Page, name: string, lang?: string): Promise<unknown>;
};

export function useGalleryBrowser(): GalleryBrowser {
  let server: ServedKoa;
  let browser: Browser;
  beforeAll(async () => {
    server = await servePages();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  return {
    async withPage(work, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1120, height: 800 }, ...options });
      await work(await context.newPage()).finally(() => context.close());
    },
    open: (page, name, lang = 'fr') => page.goto(`${server.origin}/gallery/${name}?lang=${lang}`),
  };
}
