// The database goes away under the running product, and comes back.
import { openDatabase } from '../src/db/database.ts';
import { type DatabaseProxy, openDatabaseProxy } from './jobs/database-proxy.ts';
import { Person } from './support/person.ts';
import { RelyingParty } from './support/relying-party.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let proxy: DatabaseProxy;

beforeAll(async () => {
  server = await startTestServer({}, async ({ connection, prepared }) => {
    proxy = await openDatabaseProxy(connection);
    return openDatabase({ connection: proxy.connection, prepared, onError: () => undefined });
  });
});
afterAll(async () => {
  await server.stop();
  await proxy.close();
});

it('answers 503 with Retry-After while the database is away, and works again without a restart', async () => {
  const account = await server.addAccount();
  const portal = await RelyingParty.discover(server, await server.addClient());
  const person = new Person(server.issuer);
  await portal.signIn(person, account);
  const health = async (name: string) => (await fetch(`${server.managementUrl}/health/${name}`)).status;
  expect(await health('ready')).toBe(200);

  proxy.cut();
  const page = await person.open((await portal.begin()).url);
  expect(page.status).toBe(503);
  expect(page.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(page.text).toContain('Le service est momentanément indisponible.');
  expect(page.text).toMatch(/Référence : [2-9A-Z]{4}-[2-9A-Z]{4}/);

  const reference = /[2-9A-Z]{4}-[2-9A-Z]{4}/.exec(page.text)![0];
  expect(
    server.log.filter((line) => line.includes(reference) && line.includes('"level":"error"')),
  ).toHaveLength(1);

  const token = await fetch(`${server.issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa('someone:secret')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=authorization_code&code=x&redirect_uri=x',
  });
  expect(token.status).toBe(503);
  expect(token.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await token.json()).toMatchObject({ error: 'server_error' });
  expect(await health('ready')).toBe(503);
  expect(await health('live')).toBe(200);
  expect((await fetch(`${server.issuer}/jwks`)).status).toBe(200);

  await proxy.restore();
  const request = await portal.begin();
  await person.open(request.url);
  const tokens = await portal.finish(person.page!.url, request);
  expect(tokens.claims()?.sub).toBe(account.id);
  expect(await health('ready')).toBe(200);
});

it('lets no request wait for the time of those before it while the database says nothing', async () => {
  const account = await server.addAccount();
  const portal = await RelyingParty.discover(server, await server.addClient());
  const person = new Person(server.issuer);
  const { access_token: token } = await portal.signIn(person, account);
  proxy.silence();
  const begin = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 12 }, () =>
      fetch(`${server.issuer}/me`, { headers: { authorization: `Bearer ${token}` } }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
  // Five seconds for a statement, three for a connection; it was a minute.
  expect(performance.now() - begin).toBeLessThan(15_000);
  proxy.cut();
  await proxy.restore();
  expect((await person.open((await portal.begin()).url)).status).not.toBe(503);
});

it('is not ready while the database takes no changes, and answers 503', async () => {
  const { testDatabase } = server;
  const { rows } = await testDatabase.database.pool.query('SELECT current_database() AS name');
  const everywhere = (value: string) =>
    testDatabase.database.pool.query(
      testDatabase.prepared
        ? `BEGIN READ WRITE; ALTER DATABASE "${rows[0].name}" SET default_transaction_read_only = ${value}; COMMIT`
        : `SET default_transaction_read_only = ${value}`,
    );
  const ready = async () => (await fetch(`${server.managementUrl}/health/ready`)).status;
  const portal = await RelyingParty.discover(server, await server.addClient());
  await everywhere('on');
  proxy.cut();
  await proxy.restore();
  expect(await ready()).toBe(503);
  const page = await new Person(server.issuer).open((await portal.begin()).url);
  expect(page.status).toBe(503);
  expect(page.headers.get('retry-after')).toMatch(/^\d+$/);
  await everywhere('off');
  proxy.cut();
  await proxy.restore();
  expect(await ready()).toBe(200);
  expect((await new Person(server.issuer).open((await portal.begin()).url)).status).toBe(200);
});
