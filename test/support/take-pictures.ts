// The README's pictures, of the running product: `node test/support/take-pictures.ts`. Starts the demo in a folder and on
// ports of its own, walks through it in a real browser, and writes docs/pictures/*.png.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { readDemoSettings } from '../../src/demo/demo-settings.ts';
import { KNOWN_PERSON, NEW_PERSON } from '../../src/demo/seed.ts';
import { startDemo } from '../../src/demo/start-demo.ts';
import { createLogger } from '../../src/http/logger.ts';
import { launchBrowser } from './browser.ts';
import { freePort } from './free-port.ts';
import { waitUntil } from './wait-until.ts';

const pictures = join(import.meta.dirname, '../../docs/pictures');
const folder = mkdtempSync(join(tmpdir(), 'idp-pictures-'));
const port = async () => String(await freePort());
const settings = readDemoSettings({
  IDP_DATA_DIR: folder,
  // The guide's own, which mails show.
  IDP_PORTAL_URL: 'https://www.norm-uni.fr/portail.pro/',
  IDP_ISSUER: `http://localhost:${await port()}`,
  IDP_MANAGEMENT_PORT: await port(),
  DEMO_PORTAL_PORT: await port(),
  DEMO_AGENDA_PORT: await port(),
  DEMO_SMTP_PORT: await port(),
  DEMO_INBOX_PORT: await port(),
});
const { portalPort, agendaPort, inboxPort } = settings;
const [portal, agenda, inbox] = [portalPort, agendaPort, inboxPort].map(
  (number) => `http://localhost:${number}`,
);

mkdirSync(pictures, { recursive: true });
const demo = await startDemo(settings, createLogger('warn'));
const browser = await launchBrowser();
try {
  const provisional = await readProvisionalPassword();
  await inBrowser(1120, (page) => firstLogin(page, provisional));
  await inBrowser(1120, singleSignOn);
  await inBrowser(1120, mails);
  await inBrowser(360, async (page) => {
    await begin(page, portal!);
    await shoot(page, 'login-360');
  });
} finally {
  await browser.close();
  await demo.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function firstLogin(page: Page, provisional: string): Promise<void> {
  const password = 'Cerisier-58!';
  await page.goto(portal!);
  await shoot(page, 'portal-1120');
  await begin(page, portal!);
  await shoot(page, 'login-1120');
  await logIn(page, NEW_PERSON.identifier, 'autre-chose');
  await page.locator('#error-summary').waitFor();
  await shoot(page, 'login-error-1120');
  await page.getByRole('link', { name: 'Mot de passe oublié' }).click();
  await page.locator('#identifier').fill(NEW_PERSON.identifier);
  await page.locator('.card').screenshot({ path: join(pictures, 'forgot-1120.png') });
  await page.getByRole('link', { name: 'Revenir à la connexion' }).click();
  await logIn(page, NEW_PERSON.identifier, provisional);
  await page.locator('#currentPassword').fill(provisional);
  await page.locator('#newPassword').pressSequentially('Cerisier');
  // The card alone: the captcha's pictures are noise on purpose, which makes the file large.
  await page.locator('.card').screenshot({ path: join(pictures, 'first-change-1120.png') });
  await page.locator('#newPassword').fill(password);
  await page.locator('#newPasswordConfirmation').fill(password);
  const id = await page.locator('[name="captchaId"]').inputValue();
  const { rows } = await demo.server.database.pool.query('SELECT answer FROM captcha WHERE id = $1', [id]);
  await page.locator(`[name="captchaChoice"][value="${rows[0].answer}"]`).check();
  await page.getByRole('button', { name: 'Valider', exact: true }).click();
  await page.getByRole('heading', { name: 'Confirmation' }).waitFor();
  await shoot(page, 'confirmation-1120');
}

async function singleSignOn(page: Page): Promise<void> {
  await begin(page, portal!);
  await logIn(page, KNOWN_PERSON.identifier, KNOWN_PERSON.plainPassword);
  await page.waitForURL(`${portal}/`);
  await shoot(page, 'portal-signed-in-1120', false);
  await begin(page, agenda!);
  await shoot(page, 'consent-1120');
  await page.goto(`${settings.settings.IDP_ISSUER}/account`);
  await shoot(page, 'account-1120');
  await page.goto(portal!);
  await page.getByRole('button', { name: 'Se déconnecter' }).click();
  await shoot(page, 'logout-1120');
}

async function mails(page: Page): Promise<void> {
  await page.goto(inbox!);
  await page.getByText(`Votre identifiant de connexion : ${NEW_PERSON.identifier.slice(0, 4)}`).click();
  await page.getByText('ne-pas-repondre@normand-esante.fr').first().waitFor();
  await shoot(page, 'inbox-1120', false);
}

async function begin(page: Page, site: string): Promise<void> {
  await page.goto(site);
  await page.getByRole('button', { name: 'Se connecter' }).click();
  await page.waitForURL((url) => url.href.startsWith(settings.settings.IDP_ISSUER));
}

async function logIn(page: Page, identifier: string, password: string): Promise<void> {
  await page.locator('#identifier').fill(identifier);
  await page.locator('#password').fill(password);
  await page.getByRole('button', { name: 'Se connecter' }).click();
}

async function readProvisionalPassword(): Promise<string> {
  let password: string | undefined;
  await waitUntil(async () => {
    const found = (await (await fetch(`${inbox}/api/email`)).json()) as { text: string }[];
    const welcome = found.find(({ text }) => text.includes(NEW_PERSON.identifier));
    password = /provisoire suivant : (\S+)/.exec(welcome?.text ?? '')?.[1];
    return password !== undefined;
  });
  return password!;
}

async function inBrowser(width: number, work: (page: Page) => Promise<void>): Promise<void> {
  const viewport = { width, height: width > 600 ? 820 : 640 };
  const context = await browser.newContext({ viewport, locale: 'fr-FR', reducedMotion: 'reduce' });
  await work(await context.newPage());
  await context.close();
}

async function shoot(page: Page, name: string, fullPage = true): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage });
}
