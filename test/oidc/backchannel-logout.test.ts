// OpenID Connect Back-Channel Logout 1.0, with applications that listen. Catalogue rows G91, G92.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRemoteJWKSet, decodeJwt, type JWTPayload, jwtVerify } from 'jose';
import { endArtefactsOf } from '../../src/db/end-artefacts.ts';
import { enqueueLogouts } from '../../src/db/logout-notice.ts';
import { Application } from '../support/application.ts';
import { call } from '../support/http-call.ts';
import { ALARM, openAccount } from '../support/my-account.ts';
import { Person } from '../support/person.ts';
import { PASSWORD, startTestServer, type TestServer } from '../support/server.ts';
import { waitUntil } from '../support/wait-until.ts';

let server: TestServer;
const listeners: Listener[] = [];

type Listener = {
  uri: string;
  /** As they came. */
  tokens: string[];
  answer: number | 'never';
  server: Server;
};

/** Where an application hears of sign-outs. */
async function listen(): Promise<Listener> {
  const listener: Listener = {
    uri: '',
    tokens: [],
    answer: 200,
    server: createServer(async (request, response) => {
      const body = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
      if (listener.answer === 'never') return;
      if (listener.answer === 200) listener.tokens.push(body.get('logout_token')!);
      response.writeHead(listener.answer).end();
    }),
  };
  listener.server.listen(0, '127.0.0.1');
  await once(listener.server, 'listening');
  listener.uri = `http://localhost:${(listener.server.address() as AddressInfo).port}/logout`;
  listeners.push(listener);
  return listener;
}

async function registerListening(metadata: Record<string, unknown> = {}) {
  const listener = await listen();
  const app = await Application.register(server, {
    backchannel_logout_uri: listener.uri,
    backchannel_logout_session_required: true,
    grant_types: ['authorization_code', 'refresh_token'],
    ...metadata,
  });
  return { app, listener };
}

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  for (const { server: one } of listeners) {
    one.close();
    one.closeAllConnections();
  }
  await server.stop();
});

async function signOut(person: Person): Promise<number> {
  await person.open(`${server.issuer}/account`);
  const start = performance.now();
  await person.submit({}, { button: 'Se déconnecter' });
  expect(person.page!.text).toContain('Vous êtes déconnecté.');
  return performance.now() - start;
}

async function verify(token: string): Promise<{ payload: JWTPayload; typ: string | undefined }> {
  const jwks = createRemoteJWKSet(new URL(`${server.issuer}/jwks`));
  const { payload, protectedHeader } = await jwtVerify(token, jwks, { issuer: server.issuer });
  return { payload, typ: protectedHeader.typ };
}

it('is announced in discovery', async () => {
  expect((await call(`${server.issuer}/.well-known/openid-configuration`)).json()).toMatchObject({
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  });
});

it('tells five applications that were opened at once, each of its own session', async () => {
  const account = await server.addAccount();
  const apps = await Promise.all(Array.from({ length: 5 }, () => registerListening()));
  const person = new Person(server.issuer);
  await apps[0]!.app.code(person, account);
  const opened = await Promise.all(
    apps.map(({ app }) => app.request({ prompt: 'none' })).map(({ url }) => person.request(new URL(url))),
  );
  for (const answer of opened) expect(answer.headers.get('location')).toContain('code=');
  const tokens = await Promise.all(apps.map(({ app }) => app.signIn(person)));

  await signOut(person);
  await waitUntil(() => apps.every(({ listener }) => listener.tokens.length === 1));
  for (const [index, { app, listener }] of apps.entries()) {
    const { payload, typ } = await verify(listener.tokens[0]!);
    expect(typ).toBe('logout+jwt');
    expect(payload).toMatchObject({
      aud: app.clientId,
      sub: account.id,
      sid: decodeJwt(tokens[index]!.id_token).sid,
      jti: expect.any(String),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(payload).not.toHaveProperty('nonce');
    expect(payload.exp! - payload.iat!).toBeLessThanOrEqual(120);
  }
});

it('tells them when another application signs the person out', async () => {
  const account = await server.addAccount();
  const { app, listener } = await registerListening();
  const other = await Application.register(server);
  const person = new Person(server.issuer);
  await app.code(person, account);
  const { id_token: hint } = await other.signIn(person);
  await person.open(other.logoutUrl({ id_token_hint: hint }));
  await person.submit({}, { button: 'Se déconnecter' });
  await waitUntil(() => listener.tokens.length === 1);
});

it('makes nobody wait for an application that is down or never answers, and tells it later', async () => {
  const account = await server.addAccount();
  const [down, silent] = [await registerListening(), await registerListening()];
  down.listener.answer = 503;
  silent.listener.answer = 'never';
  const person = new Person(server.issuer);
  await down.app.code(person, account);
  await silent.app.code(person);
  expect(await signOut(person)).toBeLessThan(2_000);
  await waitUntil(() => server.log.some((line) => line.includes('could not be told of a sign-out')));
  down.listener.answer = 200;
  silent.listener.answer = 200;
  await waitUntil(() => down.listener.tokens.length === 1 && silent.listener.tokens.length === 1, 40_000);
  expect(server.log.join('')).not.toContain(down.listener.tokens[0]!);
});

it('makes no mail wait for an application that never answers', async () => {
  const { app, listener } = await registerListening();
  listener.answer = 'never';
  const account = await server.addAccount();
  const notices = Array.from({ length: 40 }, (_, n) => ({
    clientId: app.clientId,
    accountId: account.id,
    sid: String(n),
  }));
  await enqueueLogouts(server.database, notices);
  const person = new Person(server.issuer);
  await person.open(`${server.issuer}/account`);
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  await person.submit({
    currentPassword: PASSWORD,
    newPassword: 'Coquelicot-7!',
    newPasswordConfirmation: 'Coquelicot-7!',
  });
  await server.mail.waitForMessage(
    ({ to, subject }) => to.includes(account.email) && subject === 'Votre mot de passe a été modifié',
  );
  const { rows } = await server.database.pool.query(
    `SELECT count(*)::int AS n FROM graphile_worker.jobs WHERE task_identifier = 'tell-logout'`,
  );
  expect(rows[0].n).toBeGreaterThan(30);
  listener.answer = 200;
  await server.database.pool.query(
    `SELECT graphile_worker.complete_jobs(array_agg(id)) FROM graphile_worker.jobs WHERE task_identifier = 'tell-logout' AND locked_at IS NULL`,
  );
});

it('tells an application that is being opened while everything of the account is ended', async () => {
  const { database } = server;
  const account = await server.addAccount();
  const person = new Person(server.issuer);
  await (await Application.register(server)).code(person, account);
  const read = async () =>
    (
      await database.pool.query(
        `SELECT id, payload FROM artefact WHERE account_id = $1 AND model = 'Session' AND consumed_at IS NULL`,
        [account.id],
      )
    ).rows[0];
  const before = await read();
  const { app, listener } = await registerListening();
  await app.code(person);
  const opened = await read();
  const write = 'UPDATE artefact SET payload = $2 WHERE id = $1';
  await database.pool.query(write, [opened.id, before.payload]);
  const request = await database.pool.connect();
  await request.query('BEGIN');
  await request.query(write, [opened.id, opened.payload]);
  const ending = database.transaction((transaction) => endArtefactsOf(transaction, account.id));
  await sleep(200);
  await request.query('COMMIT');
  request.release();
  await ending;
  await waitUntil(() => listener.tokens.length === 1);
});

it('tells nobody who did not take part', async () => {
  const account = await server.addAccount();
  const [mine, other] = [await registerListening(), await registerListening()];
  const [person, stranger] = [new Person(server.issuer), new Person(server.issuer)];
  await mine.app.code(person, account);
  await other.app.code(stranger, await server.addAccount());
  await signOut(person);
  await waitUntil(() => mine.listener.tokens.length === 1);
  expect(other.listener.tokens).toEqual([]);
  await stranger.open(other.app.request({ prompt: 'none' }).url);
  expect(new URL(stranger.page!.url).searchParams.has('code')).toBe(true);
});

it('tells them when somebody else signs in in the same browser', async () => {
  const { app, listener } = await registerListening();
  const person = new Person(server.issuer);
  await app.code(person, await server.addAccount());
  const next = await server.addAccount();
  await person.open(app.request({ prompt: 'login' }).url);
  await person.submit({ identifier: next.identifier, password: PASSWORD });
  expect(new URL(person.page!.url).searchParams.has('code')).toBe(true);
  await waitUntil(() => listener.tokens.length === 1);
});

it('tells them when a new password ends the other sessions, and only those', async () => {
  const account = await server.addAccount();
  const [ended, kept] = [await registerListening(), await registerListening()];
  const tokens = await ended.app.signIn(new Person(server.issuer), account);
  const person = new Person(server.issuer);
  await kept.app.code(person, account);
  await person.open(`${server.issuer}/account`);
  await person.submit({
    currentPassword: PASSWORD,
    newPassword: 'Coquelicot-7!',
    newPasswordConfirmation: 'Coquelicot-7!',
  });
  await waitUntil(() => ended.listener.tokens.length === 1);
  const { payload } = await verify(ended.listener.tokens[0]!);
  expect(payload).toMatchObject({ sub: account.id, sid: decodeJwt(tokens.id_token).sid });
  // The other would have been told by now.
  await signOut(person);
  await waitUntil(() => kept.listener.tokens.length === 1);
  expect(ended.listener.tokens).toHaveLength(1);
});

it('tells them when « Ce n’était pas moi » ends every session', async () => {
  const account = await server.addAccount();
  const { app, listener } = await registerListening();
  const person = new Person(server.issuer);
  await app.code(person, account);
  await person.open(`${server.issuer}/account`);
  await person.submit({}, { button: ALARM });
  await waitUntil(() => listener.tokens.length === 1);
});

it('tells one whose access is withdrawn, once, and no other', async () => {
  const account = await server.addAccount();
  const [withdrawn, other] = [await registerListening(), await registerListening()];
  const person = new Person(server.issuer);
  await withdrawn.app.code(person, account);
  await other.app.code(person);
  await person.open(`${server.issuer}/account`);
  const { action, data } = person.fill({ clientId: withdrawn.app.clientId });
  const click = () => person.send({ action, data });
  await Promise.all(Array.from({ length: 6 }, click));
  await click();
  await waitUntil(() => withdrawn.listener.tokens.length > 0);
  // The other hears of the sign-out, after whatever was put down before.
  await signOut(person);
  await waitUntil(() => other.listener.tokens.length === 1 && withdrawn.listener.tokens.length >= 2);
  // Once of the withdrawal, once of the session's end.
  expect(withdrawn.listener.tokens).toHaveLength(2);
});

it('tells them once of a session that many clicks close', async () => {
  const account = await server.addAccount();
  const { app, listener } = await registerListening();
  await app.code(new Person(server.issuer), account);
  const person = await openAccount(server, account);
  const uid = /name="session" value="([^"]+)"/.exec(person.page!.body)![1]!;
  const { action, data } = person.fill({ session: uid });
  await Promise.all(Array.from({ length: 8 }, () => person.send({ action, data })));
  await waitUntil(() => listener.tokens.length > 0);
  await waitUntil(async () => {
    const { rows } = await server.database.pool.query(
      `SELECT count(*)::int AS n FROM graphile_worker.jobs WHERE task_identifier = 'tell-logout'`,
    );
    return rows[0].n === 0;
  });
  expect(listener.tokens).toHaveLength(1);
  const { rows } = await server.database.pool.query(
    `SELECT count(*)::int AS n FROM audit WHERE account_id = $1 AND event = 'session.closed'`,
    [account.id],
  );
  expect(rows).toEqual([{ n: 1 }]);
});

it.each([
  'javascript:alert(1)',
  'http://evil.example/logout',
  'ftp://evil.example/',
  'https://user:secret@exemple.fr/logout',
])('takes no address like %s', async (uri) => {
  await expect(server.addClient({ metadata: { backchannel_logout_uri: uri } })).rejects.toThrow(
    /backchannel_logout_uri/,
  );
});
