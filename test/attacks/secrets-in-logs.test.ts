// What a whole run leaves behind: nothing in the log, the trail or any table opens anything. Catalogue row H103; the log
// is at its most talkative.
import { createHash } from 'node:crypto';
import { lockAccount } from '../../src/actions/lock-account.ts';
import { Application } from '../support/application.ts';
import { rightPicture } from '../support/captcha.ts';
import { readEverythingStored } from '../support/everything-stored.ts';
import { call } from '../support/http-call.ts';
import { Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const CHOSEN = 'Coquelicot-7!';
const WRONG = ['Mauvais-Mot-1!', 'Mauvais-Mot-2!'];
const TYPED_IN_THE_WRONG_FIELD = 'MotDePasse-DansLeMauvaisChamp-9!';

let server: TestServer;
/** Name → value of everything that opened something in the run. */
const secrets = new Map<string, string>();
/** Those that were still good when the run ended. */
const alive = new Set<string>();
let stored: Map<string, string>;

beforeAll(async () => {
  server = await startTestServer({ IDP_LOG_LEVEL: 'trace' });
  await wholeRun();
  stored = await readEverythingStored(server.database);
}, 60_000);
afterAll(() => server?.stop());

/** An account is made, signs in for the first time, errs, uses two applications, and signs out; all that can fail does. */
async function wholeRun(): Promise<void> {
  const keep = (name: string, value: string | undefined | null, isAlive = false) => {
    if (!value || value.length < 8) throw new Error(`no ${name} in the run: the test would prove nothing`);
    secrets.set(name, value);
    if (isAlive) alive.add(name);
  };
  const app = await Application.register(server);
  const other = await Application.register(server, { client_name: 'Autre' }, false);
  keep('client secret', app.secret, true);
  keep('other client secret', other.secret, true);

  const fresh = await server.addNewAccount();
  keep('provisional password', fresh.provisionalPassword);
  const unused = await server.addNewAccount();
  keep('provisional password that is still good', unused.provisionalPassword, true);

  // Wrong tries, and a password in the wrong field.
  const person = new Person(server.issuer);
  const begun = app.request();
  await person.open(begun.url);
  await person.submit({ identifier: TYPED_IN_THE_WRONG_FIELD, password: WRONG[0] });
  await person.submit({ identifier: fresh.identifier, password: WRONG[0] });
  keep('wrong password', WRONG[0]);
  keep('password in the wrong field', TYPED_IN_THE_WRONG_FIELD);
  keep('code verifier', begun.verifier);

  // The first login, with faults.
  await person.submit({ identifier: fresh.identifier, password: fresh.provisionalPassword });
  const change = async (changes: Record<string, string | undefined> = {}) =>
    person.submit({
      identifier: fresh.identifier,
      currentPassword: fresh.provisionalPassword,
      newPassword: CHOSEN,
      newPasswordConfirmation: CHOSEN,
      captchaChoice: await rightPicture(server, person),
      ...changes,
    });
  await change({ captchaChoice: undefined });
  await change({ currentPassword: WRONG[1] });
  const done = await change();
  keep('another wrong password', WRONG[1]);
  keep('chosen password', CHOSEN, true);
  const callback = new URL(
    (await person.open(server.issuer + /class="button" href="([^"]+)"/.exec(done.body)![1])).url,
  );
  const code = callback.searchParams.get('code');
  keep('code', code);

  // Tokens, and what can be done wrong with them.
  const first = (await app.redeem({ code: code!, verifier: begun.verifier })).json();
  const second = (await app.refresh(first.refresh_token)).json();
  await app.userinfo(second.access_token);
  await app.introspect(second.access_token);
  await app.introspect(second.refresh_token);
  await app.redeem({ code: code!, verifier: begun.verifier });
  await app.refresh(first.refresh_token);
  await app.userinfo(first.refresh_token);
  await app.revoke(second.access_token);
  await app.token({ grant_type: 'authorization_code', code: first.refresh_token, code_verifier: 'short' });
  await app.token({ grant_type: 'password', username: fresh.identifier, password: CHOSEN });
  await app.post('token', { grant_type: 'x', client_secret: app.secret, client_id: app.clientId });
  for (const [n, tokens] of [first, second].entries()) {
    for (const name of ['access_token', 'refresh_token', 'id_token']) keep(`${name} ${n}`, tokens[name]);
  }

  // A third-party application, a hint in the address, a code never redeemed.
  const asked = other.request({ id_token_hint: (await app.signIn(person)).id_token });
  await person.open(asked.url);
  const consented = await person.submit({}, { button: 'Autoriser' }).catch(() => person.page!);
  const live = await app.signIn(person);
  keep('access token that is still good', live.access_token, true);
  keep('refresh token that is still good', live.refresh_token, true);
  const unredeemed = await app.code(person);
  keep('code that is still good', unredeemed.code, true);
  keep('its verifier', unredeemed.verifier);
  if (consented.url.includes('code='))
    keep('other code', new URL(consented.url).searchParams.get('code'), true);
  keep('session cookie', person.cookie('idp_session'), true);
  keep('session signature', person.cookie('idp_session.sig'), true);

  // A login left open, and errors of every kind.
  const waiting = new Person(server.issuer);
  await waiting.open(app.request().url);
  keep('interaction signature', waiting.cookie('idp_interaction.sig'), true);
  for (const address of [
    `/nothing?code=${unredeemed.code}&access_token=${live.access_token}`,
    `/interaction/unknown?password=${CHOSEN}`,
    `/auth?client_id=nobody&id_token_hint=${live.id_token}&login_hint=${TYPED_IN_THE_WRONG_FIELD}`,
    `/session/end?id_token_hint=${live.id_token}x`,
    `/me?access_token=${live.access_token}`,
  ]) {
    await call(server.issuer + address, { headers: { accept: 'text/html' } });
  }
  await call(`${server.issuer}/token`, {
    form: {
      client_id: app.clientId,
      client_secret: `${app.secret}x`,
      grant_type: 'refresh_token',
      refresh_token: live.refresh_token,
    },
  });
  await call(`${server.issuer}/session/end/confirm`, {
    form: { xsrf: 'x', password: CHOSEN },
    headers: { accept: 'text/html' },
  });
  await call(`${server.issuer}/interaction/x/password`, {
    body: `{"password":"${CHOSEN}"}`,
    headers: { 'content-type': 'application/json' },
  });

  // Another person signs out; a third is locked.
  const leaving = new Person(server.issuer);
  const gone = await app.signIn(leaving, { identifier: fresh.identifier, plainPassword: CHOSEN });
  keep('session cookie before signing out', leaving.cookie('idp_session'));
  await leaving.open(app.logoutUrl({ id_token_hint: gone.id_token }));
  keep('secret of the form', /name="xsrf" value="([^"]+)"/.exec(leaving.page!.body)?.[1]);
  await leaving.submit({}, { button: 'Se déconnecter' });
  await lockAccount(server.database, await server.addNewAccount(), 'test');
}

const inClear = (value: string) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];

function findIn(text: string, names: Iterable<string>): string[] {
  return [...names].filter((name) => inClear(secrets.get(name)!).some((form) => text.includes(form)));
}

it('has a run worth looking at', () => {
  expect(secrets.size).toBeGreaterThan(20);
  expect(server.log.length).toBeGreaterThan(20);
  expect(server.log.join('')).toContain('a request of an application was refused');
  expect(stored.get('public.audit')).toContain('login.failed');
  expect(stored.get('public.artefact')).toContain('RefreshToken');
});

it('finds a secret where there is one', () => {
  expect(findIn(`x ${secrets.get('code')} y`, secrets.keys())).toEqual(['code']);
});

it('writes no password, code, token, cookie nor secret into the log', () => {
  for (const line of server.log)
    expect({ line, found: findIn(line, secrets.keys()) }).toEqual({ line, found: [] });
});

it('writes none into the trail', () => {
  expect(findIn(stored.get('public.audit')!, secrets.keys())).toEqual([]);
});

it('writes nothing that a person typed by mistake anywhere', () => {
  for (const [table, text] of stored) {
    const found =
      text.includes(TYPED_IN_THE_WRONG_FIELD) ||
      text.toLowerCase().includes(TYPED_IN_THE_WRONG_FIELD.toLowerCase());
    expect({ table, found }).toEqual({ table, found: false });
  }
});

it.each(['password', 'code', 'access_token', 'refresh_token', 'cookie', 'client secret'])(
  'keeps in no table, in clear, what would open something: %s',
  (kind) => {
    const names = [...secrets.keys()].filter(
      (name) => name.includes(kind.replace('_', ' ')) || name.startsWith(kind),
    );
    expect(names.length).toBeGreaterThan(0);
    for (const [table, text] of stored)
      expect({ table, found: findIn(text, names) }).toEqual({ table, found: [] });
  },
);

it('keeps nothing that is still good, in clear, in any table', () => {
  for (const [table, text] of stored)
    expect({ table, found: findIn(text, alive) }).toEqual({ table, found: [] });
});

it('keeps none as bytes or as a plain digest that a list of passwords would open', () => {
  const all = [...stored.values()].join('\n').toLowerCase();
  for (const name of ['provisional password that is still good', 'chosen password', 'client secret']) {
    const value = secrets.get(name)!;
    for (const form of [
      Buffer.from(value).toString('hex'),
      Buffer.from(value).toString('base64').replaceAll('=', ''),
      ...['sha256', 'sha1', 'md5'].flatMap((algorithm) => [
        createHash(algorithm).update(value).digest('hex'),
        createHash(algorithm).update(value).digest('base64url'),
      ]),
    ]) {
      expect({ name, found: all.includes(form.toLowerCase()) }).toEqual({ name, found: false });
    }
  }
});

it('lets go of the secret in a mail once it is sent', async () => {
  const { rows } = await server.database.pool.query(
    `SELECT count(*)::int AS n FROM mail WHERE state = 'sent' AND secret_encrypted IS NOT NULL`,
  );
  expect(rows[0].n).toBe(0);
});

it('keeps private keys sealed', () => {
  const keys = stored.get('public.signing_key')!;
  expect(keys).toContain('RS256');
  expect(keys).not.toContain('"d"');
  expect(keys).not.toContain(Buffer.from('"d":').toString('hex'));
  expect(server.log.join('')).not.toContain('"kty"');
});
