// The stage of every story: the whole product, the two sites of the demo as its applications, a real mail server, and a
// real browser. Opened before the stories of a file, closed after them.
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { serveSite } from '../../src/demo/serve-site.ts';
import { demoSites, siteMetadata } from '../../src/demo/sites.ts';
import { launchBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { Visitor } from './visitor.ts';

export type Stage = {
  readonly server: TestServer;
  /** « Portail pro », which belongs to the organisation. */
  readonly portal: string;
  /** « Agenda santé », which has to ask for consent. */
  readonly agenda: string;
  /** A person with a browser of their own. What is found wrong on the way is told at the end. */
  tell(story: (visitor: Visitor) => Promise<void>, browser?: BrowserContextOptions): Promise<void>;
};

export function useStage(): Stage {
  let server: TestServer;
  let browser: Browser;
  const closing: (() => Promise<void>)[] = [];
  const urls = { portal: '', agenda: '' };

  beforeAll(async () => {
    server = await startTestServer();
    closing.push(() => server.stop());
    const sites = demoSites({ portalPort: await freePort(), agendaPort: await freePort() });
    for (const [index, site] of sites.entries()) {
      const { metadata } = await server.addClient({
        firstParty: site.isFirstParty,
        metadata: siteMetadata(site),
      });
      const clientSecret = metadata.client_secret!;
      const neighbour = sites[1 - index];
      closing.push(await serveSite({ ...site, clientSecret, issuer: server.issuer, neighbour }, site.port));
      urls[site.theme] = site.url;
    }
    browser = await launchBrowser();
    closing.push(() => browser.close());
  });

  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  return {
    get server() {
      return server;
    },
    get portal() {
      return urls.portal;
    },
    get agenda() {
      return urls.agenda;
    },
    async tell(story, options = {}) {
      const common = { viewport: { width: 1120, height: 800 }, locale: 'fr-FR' };
      const context = await browser.newContext({ ...common, ...options });
      const mirror = options.javaScriptEnabled === false ? await browser.newContext(common) : undefined;
      const visitor = new Visitor(context, await context.newPage(), mirror);
      try {
        await story(visitor);
      } finally {
        await context.close();
        await mirror?.close();
      }
      expect(visitor.findings).toEqual([]);
    },
  };
}
