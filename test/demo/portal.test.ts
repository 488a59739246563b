// « Portail pro » on its own, as compose.yaml starts it: settings from PORTAL_…, a login at a provider that runs elsewhere.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { call } from '../support/http-call.ts';
import { Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { waitUntil } from '../support/wait-until.ts';

const script = join(import.meta.dirname, '../../src/demo/portal.ts');
let server: TestServer;
const children: ChildProcess[] = [];

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server.stop();
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null && child.kill()) await once(child, 'exit');
  }
});

function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, [script], { env: { PATH: process.env.PATH, ...environment } });
  children.push(child);
  return child;
}

async function startPortal(overrides: Record<string, string> = {}) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const { clientId, metadata } = await server.addClient({
    metadata: {
      redirect_uris: [`${url}/callback`],
      backchannel_logout_uri: `${url}/backchannel-logout`,
      backchannel_logout_session_required: true,
    },
  });
  const child = start({
    PORTAL_ISSUER: server.issuer,
    PORTAL_CLIENT_ID: clientId,
    PORTAL_CLIENT_SECRET: metadata.client_secret!,
    PORTAL_URL: url,
    ...overrides,
  });
  await once(child.stdout, 'data');
  return { child, site: new Person(url) };
}

it('signs a person in at the provider that it is given, and ends on SIGTERM', async () => {
  const { child, site } = await startPortal();
  const account = await server.addAccount({ rpps: '99700367917' });
  expect((await site.open('/')).text).toContain('Portail pro');
  const provider = new Person(server.issuer);
  await provider.open((await site.open('/login')).url);
  await provider.submit({ identifier: account.identifier, password: account.plainPassword });
  const told = await site.open(provider.page!.url);
  expect(told.text).toContain('899700367917');
  expect(site.setCookies.every((cookie) => /httponly/i.test(cookie) && /samesite=lax/i.test(cookie))).toBe(
    true,
  );

  // The answer was for one browser and one time.
  const again = await site.open(provider.page!.url);
  expect(again.status).toBe(400);
  expect(again.text).toContain('Réponse inattendue');

  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('gives a signed-in browser another cookie than before', async () => {
  const { site } = await startPortal();
  const account = await server.addAccount();
  const provider = new Person(server.issuer);
  await provider.open((await site.open('/login')).url);
  const [before] = site.setCookies;
  await provider.submit({ identifier: account.identifier, password: account.plainPassword });
  await site.open(provider.page!.url);
  expect(site.setCookies).toHaveLength(2);
  expect(site.setCookies[1]).not.toBe(before);
});

it('says that the provider cannot be reached, and offers a way on', async () => {
  const { site } = await startPortal({ PORTAL_ISSUER: `http://localhost:${await freePort()}` });
  const page = await site.open('/login');
  expect(page.status).toBe(502);
  expect(page.text).toContain('Service de connexion injoignable');
  expect(page.text).toContain("Revenir à l'accueil");
});

it('tells what went wrong when the provider refuses it', async () => {
  const { site } = await startPortal({ PORTAL_CLIENT_SECRET: 'x'.repeat(43) });
  const account = await server.addAccount();
  const provider = new Person(server.issuer);
  await provider.open((await site.open('/login')).url);
  await provider.submit({ identifier: account.identifier, password: account.plainPassword });
  const page = await site.open(provider.page!.url);
  expect(page.text).toContain("La connexion n'a pas abouti");
  expect(page.text).toContain('invalid_client');
});

it('lists every setting that is missing or wrong, and does not start', async () => {
  const child = start({ PORTAL_URL: 'ftp://x', PORTAL_PORT: '99999' });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  expect(await once(child, 'close')).toEqual([1, null]);
  for (const fault of [
    'PORTAL_ISSUER is missing',
    'PORTAL_CLIENT_ID is missing',
    'PORTAL_CLIENT_SECRET is missing',
  ]) {
    expect(stderr).toContain(fault);
  }
  expect(stderr).toContain('PORTAL_URL is not an http(s) URL');
  expect(stderr).toContain('PORTAL_PORT is not a port');
});

it('ends a visit by a logout token of the provider, and by nothing else', async () => {
  const { site } = await startPortal();
  const provider = new Person(server.issuer);
  await provider.open((await site.open('/login')).url);
  const account = await server.addAccount();
  await provider.submit({ identifier: account.identifier, password: account.plainPassword });
  await site.open(provider.page!.url);
  const { rows } = await server.database.pool.query(
    `SELECT entry.value ->> 'sid' AS sid FROM artefact, jsonb_each(payload -> 'authorizations') AS entry
     WHERE model = 'Session' AND account_id = $1 AND entry.value ->> 'sid' IS NOT NULL`,
    [account.id],
  );
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: server.issuer, sid: rows[0].sid, iat: now, exp: now + 60, jti: 'x' };
  const unsigned = `${encode({ alg: 'none', typ: 'logout+jwt' })}.${encode(claims)}.`;
  for (const token of ['', 'x', unsigned, 'x'.repeat(100_000)]) {
    const answer = await call(new URL('/backchannel-logout', site.page!.url), {
      form: { logout_token: token },
    });
    expect(answer.status).toBe(400);
  }
  expect((await site.open('/')).text).toContain('Se déconnecter');

  await provider.open(`${server.issuer}/account`);
  await provider.submit({}, { button: 'Se déconnecter' });
  await waitUntil(async () =>
    (await site.open('/')).text.includes('Votre session a été fermée par MES SERVICES E-SANTE.'),
  );
});
