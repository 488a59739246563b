// A person at a real browser. Every page is looked at with axe when it is reached; whatever leaves this machine, fails to
// load, or makes the browser complain is kept in `findings`, which must stay empty.
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from 'playwright-core';

export type Credentials = { identifier: string; password: string };

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
/** A page that says no is an answer like any other; the browser writes its status to the console all the same. */
const REFUSAL = /the server responded with a status of (400|410|422|429) /;

export class Visitor {
  readonly findings: string[] = [];
  readonly context: BrowserContext;
  page: Page;
  private readonly mirror: BrowserContext | undefined;

  /** @param mirror where scripts run, when they do not in `context`: axe is a script */
  constructor(context: BrowserContext, page: Page, mirror?: BrowserContext) {
    this.context = context;
    this.page = page;
    this.mirror = mirror;
    context.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol !== 'data:' && !LOOPBACK.has(hostname)) this.findings.push(`asks ${request.url()}`);
    });
    context.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !REFUSAL.test(message.text())) {
        this.findings.push(`${message.location().url}: ${message.text()}`);
      }
    });
    context.on('weberror', (error) => this.findings.push(error.error().message));
  }

  /** Works in a second tab from now on; returns the way back to the first. */
  async openTab(): Promise<() => void> {
    const first = this.page;
    this.page = await this.context.newPage();
    return () => {
      this.page = first;
    };
  }

  /** Waits for the page with this title, and examines it. */
  async reaches(title: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
    await this.page.waitForLoadState();
    const looked = this.mirror ? await this.copyTo(this.mirror) : this.page;
    const { violations } = await new AxeBuilder({ page: looked }).setLegacyMode().analyze();
    this.findings.push(
      ...violations.map(({ id, nodes }) => `${title}: ${id} ${nodes.map(({ html }) => html).join(' ')}`),
    );
    if (looked !== this.page) await looked.close();
  }

  /** The page as it stands, without its scripts, at the same address. */
  private async copyTo(mirror: BrowserContext): Promise<Page> {
    const url = this.page.url();
    const body = (await this.page.content()).replace(/<script\b.*?<\/script>/gs, '');
    const copy = await mirror.newPage();
    await copy.route(url, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
    await copy.goto(url);
    return copy;
  }

  async press(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).click();
  }

  async fill(fields: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(fields))
      await this.page.locator(`[name="${name}"]`).fill(value);
  }

  /** From a site to the login page. */
  async goToLogin(site: string, path = '/'): Promise<void> {
    await this.page.goto(`${site}${path}`);
    if (path === '/') await this.press('Se connecter');
    await this.reaches('Je me connecte');
  }

  async logIn(credentials: Credentials): Promise<void> {
    await this.fill(credentials);
    await this.press('Se connecter');
  }

  /** Signed in at a site, looking at what it was told. */
  async arrives(): Promise<void> {
    await this.reaches("Ce que MES SERVICES E-SANTE m'a dit de vous");
  }

  /** The value beside a claim's name. */
  async told(claim: string): Promise<string> {
    const row = this.page.getByRole('row').filter({ has: this.page.locator(`code:text-is("${claim}")`) });
    return (await row.locator('.value').innerText()).trim();
  }

  async text(): Promise<string> {
    return (await this.page.locator('main').innerText()).replace(/\s+/g, ' ');
  }
}
