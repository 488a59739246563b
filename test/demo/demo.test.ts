// `npm run demo` as somebody meets it who has just cloned the repository: what it says, what can be clicked, what stays.

import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '../support/wait-until.ts';
import { choosePorts, type DemoPlace, type DemoProcess, runDemo } from './run-demo.ts';
import { Visitor } from './visitor.ts';

const NEW_PASSWORD = 'Cerisier-58!';
/** Machines that run tests are shared: the figures are printed, and the bounds are loose. */
const START_MS = 60_000;
const STOP_MS = 5_000;

const places: DemoPlace[] = [];
const processes: DemoProcess[] = [];

async function newPlace(): Promise<DemoPlace> {
  const place = { folder: mkdtempSync(join(tmpdir(), 'idp-demo-')), environment: await choosePorts() };
  places.push(place);
  return place;
}

function run(...parameters: Parameters<typeof runDemo>): DemoProcess {
  const demo = runDemo(...parameters);
  processes.push(demo);
  return demo;
}

afterEach(async () => {
  for (const demo of processes.splice(0)) {
    if (demo.child.exitCode === null && demo.child.signalCode === null) demo.child.kill('SIGKILL');
    await demo.exit;
  }
  for (const { folder } of places.splice(0)) rmSync(folder, { recursive: true, force: true });
});

it(
  'leads a newcomer to a first login, stops on Ctrl-C, and knows all of it at the next start',
  async () => {
    const place = await newPlace();
    const first = run(place);
    const figures = { 'first start': await first.ready(), stop: 0, 'later start': 0 };
    for (const text of ['jeanne.martin', 'Pommiers-27!', 'n8u8taki', 'première connexion']) {
      expect(first.stdout).toContain(text);
    }
    for (const name of ['DEMO_PORTAL_PORT', 'DEMO_AGENDA_PORT', 'DEMO_INBOX_PORT', 'IDP_MANAGEMENT_PORT']) {
      expect(first.stdout).toContain(`:${place.environment[name]}`);
    }

    const visitor = new Visitor(place);
    const isWelcome = ({ to, subject }: { to: { address: string }[]; subject: string }) =>
      to[0]?.address === 'jean.benoit@exemple.fr' && subject === 'Votre accès à MES SERVICES E-SANTE';
    await waitUntil(async () => (await visitor.readInbox()).some(isWelcome));
    const welcome = (await visitor.readInbox()).find(isWelcome)!;
    const provisional = /provisoire suivant : (\S+)/.exec(welcome.text)![1]!;

    expect(await visitor.beginLogin()).toContain('Je me connecte');
    await visitor.provider.submit({ identifier: 'n8u8taki', password: provisional });
    expect(visitor.provider.page!.text).toContain('Politique de sécurité');
    await visitor.provider.submit({
      identifier: 'n8u8taki',
      currentPassword: provisional,
      newPassword: NEW_PASSWORD,
      newPasswordConfirmation: NEW_PASSWORD,
      captchaChoice: await visitor.lookAtPictures(),
    });
    expect(visitor.provider.page!.text).toContain('Votre changement de mot de passe est effectué.');
    await visitor.provider.open(/<a class="button" href="([^"]+)"/.exec(visitor.provider.page!.body)![1]!);
    const told = await visitor.arrive();
    for (const text of [
      "Ce que MES SERVICES E-SANTE m'a dit de vous",
      'Jean Benoit',
      'eidas1',
      'pwd',
      'n8u8taki',
    ]) {
      expect(told).toContain(text);
    }
    const subjects = async () =>
      (await visitor.readInbox()).map(({ subject, to }) => `${to[0]?.address} ${subject}`).sort();
    await waitUntil(async () =>
      (await subjects()).includes('jean.benoit@exemple.fr Votre mot de passe a été modifié'),
    );
    const mails = await subjects();

    figures.stop = await first.stop('SIGINT');
    expect(await first.exit).toBe(0);
    expect(first.stderr).toBe('');
    expect(figures.stop).toBeLessThan(STOP_MS);

    const second = run(place);
    figures['later start'] = await second.ready();
    expect(second.stdout).toContain('celui que vous avez choisi');
    expect(await subjects()).toEqual(mails);
    const later = new Visitor(place);
    await later.beginLogin();
    await later.provider.submit({ identifier: 'n8u8taki', password: NEW_PASSWORD });
    expect(await later.arrive()).toContain('Jean Benoit');
    const failed = await later.provider.open(
      `${place.environment.IDP_ISSUER}/auth?client_id=nobody&response_type=code`,
    );
    const reference = /Référence : ([2-9A-Z]{4}-[2-9A-Z]{4})/.exec(failed.text)![1]!;
    expect(readFileSync(join(place.folder, 'data', 'journal.log'), 'utf8')).toContain(reference);
    await second.stop('SIGTERM');
    expect(await second.exit).toBe(0);
    expect(second.stderr).toBe('');
    const rounded = Object.entries(figures).map(([name, ms]) => `${name} ${Math.round(ms)} ms`);
    process.stdout.write(`demo: ${rounded.join(', ')}\n`);
  },
  3 * START_MS,
);

it(
  'signs in the person whose password is printed, and refreshes her tokens',
  async () => {
    const place = await newPlace();
    await run(place).ready();
    const visitor = new Visitor(place);
    await visitor.beginLogin();
    await visitor.provider.submit({ identifier: 'jeanne.martin', password: 'Pommiers-27!' });
    const told = await visitor.arrive();
    for (const text of ['Jeanne Martin', '899700367917', 'médecin', 'Maison de santé des Deux-Rives']) {
      expect(told).toContain(text);
    }
    const refreshed = await visitor.site.submit({}, { button: 'Rafraîchir mes jetons' });
    expect(refreshed.text).toContain('De nouveaux jetons ont été reçus.');
    expect(refreshed.text).toContain('Jeanne Martin');
  },
  START_MS,
);

it(
  'refuses a data folder that another demo uses, and leaves that one alone',
  async () => {
    const place = await newPlace();
    const first = run(place);
    await first.ready();
    const second = run({ folder: place.folder, environment: await choosePorts() });
    expect(await second.exit).toBe(1);
    expect(second.stderr).toBe('esante-idp: the data folder data is in use by another process\n');
    expect(second.stdout).toBe('');
    const issuer = place.environment.IDP_ISSUER!;
    expect((await fetch(`${issuer}/.well-known/openid-configuration`)).status).toBe(200);
  },
  START_MS,
);

it(
  'says in one line which port is taken, and leaves nothing running',
  async () => {
    const place = await newPlace();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const port = String((taken.address() as { port: number }).port);
    // All in one folder: each start also shows that the one before has let go of it.
    for (const name of [
      'IDP_PORT',
      'IDP_MANAGEMENT_PORT',
      'DEMO_PORTAL_PORT',
      'DEMO_AGENDA_PORT',
      'DEMO_SMTP_PORT',
      'DEMO_INBOX_PORT',
    ]) {
      const demo = run({ ...place, environment: { ...place.environment, [name]: port } });
      expect(await demo.exit).toBe(1);
      expect(demo.stderr).toBe(`esante-idp: port ${port} is in use by another process\n`);
      expect(demo.stdout).toBe('');
    }
    taken.close();
  },
  4 * START_MS,
);

it('lists everything that is wrong with its settings', async () => {
  const place = await newPlace();
  const damaged = {
    DEMO_PORTAL_PORT: 'x',
    DEMO_PORTL: '1',
    IDP_PORTAL: 'x',
    IDP_PASSWORD_META: 'many',
    DATABASE_URL: 'postgresql://x',
  };
  const demo = run({ ...place, environment: { ...place.environment, ...damaged } });
  expect(await demo.exit).toBe(1);
  for (const fault of [
    'DEMO_PORTAL_PORT is not a port',
    'DEMO_PORTL is not',
    'IDP_PORTAL is not',
    'IDP_PASSWORD_META is not',
    'DATABASE_URL is set',
  ]) {
    expect(demo.stderr).toContain(fault);
  }
  expect(demo.stderr.trim().split('\n')).toHaveLength(6);
  expect(demo.stdout).toBe('');
});

it.each(['SIGINT', 'SIGTERM'] as const)(
  'ends with npm on %s, and leaves nothing behind',
  async (signal) => {
    const place = await newPlace();
    const environment = { ...place.environment, IDP_DATA_DIR: join(place.folder, 'data') };
    const demo = run({ ...place, environment }, 'npm');
    await demo.ready();
    expect(await demo.stop(signal)).toBeLessThan(STOP_MS);
    expect(demo.stderr).toBe('');
    await expect(fetch(place.environment.IDP_ISSUER!)).rejects.toThrow();
    // The folder is free again: nobody of that start is left.
    const next = run({ ...place, environment });
    await next.ready();
  },
  2 * START_MS,
);

it(
  'stops at once when it is told to while it starts, and starts the next time',
  async () => {
    const place = await newPlace();
    const demo = run(place);
    await waitUntil(() => existsSync(join(place.folder, 'data/lock')));
    expect(await demo.stop('SIGINT')).toBeLessThan(STOP_MS);
    expect(await demo.exit).toBe(0);
    await run(place).ready();
  },
  2 * START_MS,
);
