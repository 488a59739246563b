// Attacks on sessions, cookies, forms and signing out: catalogue rows G87 to G95, on two instances over one database.
import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { Application } from '../support/application.ts';
import { startFront } from '../support/front.ts';
import { type Answer, call } from '../support/http-call.ts';
import { cookiesOf } from '../support/login-attempt.ts';
import { openAccount } from '../support/my-account.ts';
import { Person } from '../support/person.ts';
import { REDIRECT_MUTANTS } from '../support/redirect-mutants.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const BYE = 'https://rp.example.com/callback';
const REDIRECT = 'https://rp.example.com/return';

let server: TestServer;
let replica: { url: string; stop(): Promise<void> };
let everywhere: string[];
let app: Application;
let fiveApps: Application[];
let account: Awaited<ReturnType<TestServer['addAccount']>>;

beforeAll(async () => {
  server = await startTestServer({
    IDP_TRUSTED_PROXIES: '127.0.0.1',
    IDP_LOGIN_WAIT_FROM_PER_ADDRESS: '10000',
  });
  replica = await server.addReplica();
  everywhere = [server.issuer, replica.url];
  app = await Application.register(server, { redirect_uris: [REDIRECT], post_logout_redirect_uris: [BYE] });
  fiveApps = [];
  for (let n = 0; n < 5; n++)
    fiveApps.push(await Application.register(server, { client_name: `Service ${n}` }));
  account = await server.addAccount();
});
afterAll(async () => {
  await replica?.stop();
  await server?.stop();
});

const SESSION = ['idp_session'];

async function signedIn(): Promise<Person> {
  const person = new Person(server.issuer);
  await app.code(person, account);
  return person;
}

/** One request without pages, as the browser that has these cookies. */
function silently(application: Application, cookie: string, at = server.issuer): Promise<Answer> {
  const url = new URL(application.request({ prompt: 'none' }).url);
  return call(new URL(url.pathname + url.search, at), {
    headers: { host: new URL(server.issuer).host, cookie },
  });
}

const told = (answer: Answer) => new URL(answer.headers.location!).searchParams;

async function expectNobody(cookie: string): Promise<void> {
  for (const at of everywhere)
    expect(told(await silently(app, cookie, at)).get('error')).toBe('login_required');
}

async function expectSomebody(cookie: string): Promise<void> {
  for (const at of everywhere) expect(told(await silently(app, cookie, at)).get('code')).toBeTruthy();
}

const rowOf = (person: Person) =>
  createHash('sha256')
    .update(`Session:${person.cookie('idp_session')}`)
    .digest('base64url');

async function readSession(person: Person) {
  const { rows } = await server.database.pool.query(
    'SELECT payload, consumed_at, extract(epoch FROM expires_at - now())::float AS seconds FROM artefact WHERE id = $1',
    [rowOf(person)],
  );
  return rows[0];
}

async function countLiveSessions(): Promise<number> {
  const { rows } = await server.database.pool.query(
    `SELECT count(*)::int AS n FROM artefact
     WHERE model = 'Session' AND account_id = $1 AND consumed_at IS NULL AND expires_at > now()`,
    [account.id],
  );
  return rows[0].n;
}

// The reset that is committed while the old password is still on its way to a session.
describe('a password that is changed, or an account that is locked, between the proof and the session', () => {
  it.each([
    ['changed', 'UPDATE account SET password_changed_at = now() WHERE id = $1'],
    ['locked', 'UPDATE account SET locked_at = now() WHERE id = $1'],
  ])('%s: opens nothing', async (_case, change) => {
    const victim = await server.addAccount();
    const attacker = new Person(server.issuer);
    await attacker.open(app.request().url);
    const { action, data } = attacker.fill({
      identifier: victim.identifier,
      password: victim.plainPassword,
    });
    const proved = await attacker.send({ action, data });
    await server.database.pool.query(change, [victim.id]);
    const page = await attacker.open(new URL(proved.headers.get('location')!, server.issuer).href);
    expect(page.url).toMatch(/\/interaction\/[^/]+\/password$/);
    await expectNobody(cookiesOf(attacker, SESSION));
  });
});

it('a login whose account was locked while the password was verified is neither made nor recorded', async () => {
  const victim = await server.addAccount();
  const attacker = new Person(server.issuer);
  await attacker.open(app.request().url);
  const client = await server.database.pool.connect();
  try {
    // The lock is under way, on its row, when the password is found right.
    await client.query('BEGIN');
    await client.query('UPDATE account SET locked_at = now() WHERE id = $1', [victim.id]);
    const submitted = attacker.submit({ identifier: victim.identifier, password: victim.plainPassword });
    await new Promise((done) => setTimeout(done, 500));
    await client.query('COMMIT');
    // By the form, or at the very end: « Votre session a expiré. »
    const { url, status } = await submitted;
    expect(new URL(url).origin).toBe(server.issuer);
    expect(status).toBeGreaterThanOrEqual(400);
    await expectNobody(cookiesOf(attacker, SESSION));
  } finally {
    client.release();
  }
  const { rows } = await server.database.pool.query(
    "SELECT event FROM audit WHERE account_id = $1 AND event = 'login.succeeded'",
    [victim.id],
  );
  expect(rows).toEqual([]);
});

it('a login that is sent twice by a double click is recorded once', async () => {
  const person = await server.addAccount();
  const browser = new Person(server.issuer);
  await browser.open(`${server.issuer}/account`);
  const { action, data } = browser.fill({ identifier: person.identifier, password: person.plainPassword });
  const send = async () => {
    const proved = await browser.send({ action, data });
    return new URL(proved.headers.get('location')!, server.issuer);
  };
  const places = await Promise.all([send(), send()]);
  await Promise.all(places.map((place) => browser.request(place)));
  await browser.open(`${server.issuer}/account`);
  expect(browser.page!.text).toContain('Première connexion');
  const { rows } = await server.database.pool.query(
    "SELECT detail FROM audit WHERE account_id = $1 AND event = 'login.succeeded'",
    [person.id],
  );
  expect(rows).toEqual([{ detail: { method: 'password', acr: 'eidas1', sharedComputer: false } }]);
});

it.each(['a login', 'a consent'])(
  'the end of %s loses no application that is opened at the same moment',
  async (what) => {
    const third = await Application.register(
      server,
      { client_name: 'Tiers', redirect_uris: [REDIRECT] },
      false,
    );
    let redeemed = 0;
    for (let round = 0; round < 12; round++) {
      const person = new Person(server.issuer);
      const ours = await server.addAccount();
      await app.code(person, ours);
      const slow = what === 'a login' ? app.request({ prompt: 'login' }) : third.request();
      await person.open(slow.url);
      const form =
        what === 'a login'
          ? person.fill({ identifier: ours.identifier, password: ours.plainPassword })
          : person.fill({}, 'Autoriser');
      const proved = await person.send(form);
      const opened = fiveApps[0]!.request({ prompt: 'none' });
      const resume = () => person.request(new URL(proved.headers.get('location')!, server.issuer));
      const open = () => person.request(new URL(opened.url));
      const [slowAnswer, answer] =
        round % 2
          ? await Promise.all([resume(), open()])
          : (await Promise.all([open(), resume()])).toReversed();
      const toldTo = (response: Response | undefined) =>
        new URL(response!.headers.get('location')!).searchParams;
      const code = toldTo(answer).get('code');
      if (code) {
        expect((await fiveApps[0]!.redeem({ code, verifier: opened.verifier })).status).toBe(200);
        redeemed += 1;
      } else expect(toldTo(answer).get('error')).toBe('login_required');
      const slowCode = toldTo(slowAnswer).get('code')!;
      const slowApp = what === 'a login' ? app : third;
      expect((await slowApp.redeem({ code: slowCode, verifier: slow.verifier })).status).toBe(200);
    }
    expect(redeemed).toBeGreaterThan(3);
  },
);

describe('the end of a consent', () => {
  const toldTo = (response: Response) => new URL(response.headers.get('location')!).searchParams;

  /** In a signed-in browser, the form sent and its answer not yet followed. */
  async function consentOf(person: Person, button: string) {
    const third = await Application.register(server, { redirect_uris: [REDIRECT] }, false);
    const request = third.request();
    await person.open(request.url);
    const form = person.fill({}, button);
    const answer = await person.send(form);
    const resume = () => person.request(new URL(answer.headers.get('location')!, server.issuer));
    return { third, request, resume };
  }

  it('beside another one signs nobody out, whichever wins', async () => {
    for (let round = 0; round < 10; round++) {
      const person = new Person(server.issuer);
      await app.code(person, await server.addAccount());
      const [one, other] = [await consentOf(person, 'Autoriser'), await consentOf(person, 'Autoriser')];
      const answers = await Promise.all([one.resume(), other.resume()]);
      for (const { status } of answers) expect([303, 400]).toContain(status);
      await person.open(app.request({ prompt: 'none' }).url);
      expect(new URL(person.page!.url).searchParams.has('code')).toBe(true);
    }
  });

  it('that was refused loses no application that is opened at the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const person = new Person(server.issuer);
      await app.code(person, await server.addAccount());
      const { resume } = await consentOf(person, 'Refuser');
      const opened = fiveApps[0]!.request({ prompt: 'none' });
      const open = () => person.request(new URL(opened.url));
      const [, answer] =
        round % 2
          ? await Promise.all([resume(), open()])
          : (await Promise.all([open(), resume()])).toReversed();
      const code = toldTo(answer!).get('code')!;
      expect((await fiveApps[0]!.redeem({ code, verifier: opened.verifier })).status).toBe(200);
    }
  });

  it('beside a sign-out leaves nothing open', async () => {
    for (let round = 0; round < 12; round++) {
      const person = new Person(server.issuer);
      const ours = await server.addAccount();
      await app.code(person, ours);
      const { third, request, resume } = await consentOf(person, 'Autoriser');
      const signOut = () =>
        person.request(new URL('/account/logout', server.issuer), {
          method: 'POST',
          body: '',
          headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.issuer },
        });
      const [resumed] =
        round % 2
          ? await Promise.all([resume(), signOut()])
          : (await Promise.all([signOut(), resume()])).toReversed();
      const { rows } = await server.database.pool.query(
        `SELECT count(*)::int AS n FROM artefact WHERE account_id = $1 AND model = 'Session' AND consumed_at IS NULL AND expires_at > now()`,
        [ours.id],
      );
      expect(rows).toEqual([{ n: 0 }]);
      if (resumed!.status !== 303) continue;
      const code = toldTo(resumed!).get('code')!;
      expect((await third.redeem({ code, verifier: request.verifier })).status).toBe(400);
    }
  });
});

it('beside the end of a login, a visit to « Mon compte » signs nobody out, and a further question can be answered', async () => {
  for (let round = 0; round < 12; round++) {
    const person = new Person(server.issuer);
    const ours = await server.addAccount();
    await app.code(person, ours);
    await person.open(app.request({ prompt: 'login' }).url);
    const form = person.fill({ identifier: ours.identifier, password: ours.plainPassword });
    const proved = await person.send(form);
    const beside = round % 2 ? `${server.issuer}/account` : fiveApps[1]!.request({ prompt: 'consent' }).url;
    const open = () => person.request(new URL(beside));
    const resume = () => person.request(new URL(proved.headers.get('location')!, server.issuer));
    const [answer] = await Promise.all([open(), resume()]);
    if (round % 2) {
      await person.open(app.request({ prompt: 'none' }).url);
      expect(new URL(person.page!.url).searchParams.has('code')).toBe(true);
      continue;
    }
    // The question can be answered.
    const page = await person.open(new URL(answer!.headers.get('location')!, server.issuer).href);
    expect(page.status).not.toBe(400);
  }
});

it('a second login in another tab, by somebody else, leads to its application at once', async () => {
  const browser = new Person(server.issuer);
  const [first, second] = [await server.addAccount(), await server.addAccount()];
  const tabs = [app.request(), fiveApps[0]!.request()];
  const pages: string[] = [];
  for (const { url } of tabs) pages.push((await browser.open(url)).url);
  await browser.open(pages[0]!);
  await browser.submit({ identifier: first.identifier, password: first.plainPassword });
  await browser.open(pages[1]!);
  await browser.submit({ identifier: second.identifier, password: second.plainPassword });
  const code = new URL(browser.page!.url).searchParams.get('code')!;
  const tokens = (await fiveApps[0]!.redeem({ code, verifier: tabs[1]!.verifier })).json();
  expect(decodeJwt(tokens.id_token as string).sub).toBe(second.id);
  // Of the first nothing is left.
  await browser.open(`${server.issuer}/account`);
  expect(browser.page!.text).toContain(second.identifier);
});

it('a login that is over keeps the language that the person chose on its page', async () => {
  const over = await call(new URL('/interaction/AAAAAAAAAAAAAAAAAAAAA?lang=en', server.issuer), {
    headers: { accept: 'text/html' },
  });
  expect(over.status).toBe(400);
  expect([over.headers['set-cookie']].flat().join()).toMatch(/=en;/);
});

it('a consent that took longer than a proof lasts still counts', async () => {
  const third = await Application.register(server, { client_name: 'Lent', redirect_uris: [REDIRECT] }, false);
  const person = new Person(server.issuer);
  await person.open(third.request().url);
  const page = await person.submit({ identifier: account.identifier, password: account.plainPassword });
  expect(page.url).toMatch(/\/consent$/);
  const { rowCount } = await server.database.pool.query(
    `UPDATE artefact SET payload = jsonb_set(payload, '{lastSubmission,progress,provedAt}', '1000')
     WHERE model = 'Interaction' AND payload #> '{lastSubmission,progress}' IS NOT NULL AND consumed_at IS NULL`,
  );
  expect(rowCount).toBeGreaterThan(0);
  const { action, data } = person.fill({}, 'Autoriser');
  const accepted = await person.send({ action, data });
  const back = await person.request(new URL(accepted.headers.get('location')!, server.issuer));
  expect(back.headers.get('location')).toContain('code=');
});

it('a login taken up many times at once, on two instances, and then again, gives one code', async () => {
  const person = new Person(server.issuer);
  await person.open(app.request().url);
  const { action, data } = person.fill({ identifier: account.identifier, password: account.plainPassword });
  const proved = await person.send({ action, data });
  const resume = new URL(proved.headers.get('location')!, server.issuer);
  const cookie = cookiesOf(person, ['idp_resume']);
  const takeUp = (at: string) =>
    call(new URL(resume.pathname, at), { headers: { host: resume.host, cookie } });
  const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => takeUp(everywhere[n % 2]!)));
  answers.push(await takeUp(server.issuer));
  const withCode = answers.filter(({ headers }) => headers.location?.includes('code='));
  expect(withCode).toHaveLength(1);
  for (const answer of answers.filter((one) => !withCode.includes(one))) {
    expect(answer.status).toBe(400);
    // It may arrive last, and must not replace the session that the winner was given.
    expect(answer.headers['set-cookie']).toBeUndefined();
  }
});

describe('the session', () => {
  // G87
  it('has a new name after each login, and the old one is worth nothing', async () => {
    const person = await signedIn();
    const before = cookiesOf(person, SESSION);
    await app.code(person, account, { prompt: 'login' });
    const after = cookiesOf(person, SESSION);
    expect(after).not.toBe(before);
    await expectNobody(before);
    await expectSomebody(after);
  });

  // G87: an attacker plants a session of ours in the victim's browser before the login.
  it('that existed before a login is not the one after it', async () => {
    const victim = new Person(server.issuer);
    await victim.open(app.logoutUrl());
    const planted = cookiesOf(victim, SESSION);
    expect(planted).toContain('idp_session.sig=');
    await app.code(victim, account);
    expect(cookiesOf(victim, SESSION)).not.toBe(planted);
    await expectNobody(planted);
  });

  it('is nothing that an attacker can make up, change or shorten', async () => {
    const person = await signedIn();
    const [value, signature] = [person.cookie('idp_session')!, person.cookie('idp_session.sig')!];
    for (const cookie of [
      'idp_session=abc',
      `idp_session=${value}`,
      `idp_session=${value}; idp_session.sig=`,
      `idp_session=${value}; idp_session.sig=${signature.slice(0, -2)}`,
      `idp_session=${value}x; idp_session.sig=${signature}`,
      `idp_session=${value.toLowerCase()}; idp_session.sig=${signature}`,
      `idp_session=${(await readSession(person)).payload.uid}; idp_session.sig=${signature}`,
      `idp_session=${rowOf(person)}; idp_session.sig=${signature}`,
      `idp_interaction=${value}; idp_interaction.sig=${signature}`,
      `__Host-idp_session=${value}; __Host-idp_session.sig=${signature}`,
    ]) {
      await expectNobody(cookie);
    }
    await expectSomebody(cookiesOf(person, SESSION));
  });

  // G88
  it('has a cookie of 128 bits and more that no script and no other site can use', async () => {
    const person = await signedIn();
    const cookies = person.setCookies.filter((line) => /^idp_\w+=[^;]/.test(line));
    expect(new Set(cookies.map((line) => line.split('=')[0]))).toEqual(
      new Set(['idp_session', 'idp_interaction', 'idp_resume']),
    );
    for (const line of cookies) {
      expect(line).toMatch(/;\s*httponly/i);
      expect(line).toMatch(/;\s*samesite=lax/i);
      expect(line).not.toMatch(/domain=/i);
      expect(line).not.toMatch(/;\s*secure/i);
      expect(line.split(/[=;]/)[1]!.length).toBeGreaterThanOrEqual(22);
    }
    expect(cookies.find((line) => line.startsWith('idp_interaction='))).toMatch(
      /path=\/interaction\/[\w-]+;/i,
    );
    expect(cookies.find((line) => line.startsWith('idp_resume='))).toMatch(/path=\/auth\/[\w-]+;/i);
    const session = cookies.find((line) => line.startsWith('idp_session='))!;
    expect(session).toMatch(/path=\/;/i);
    const expires = Date.parse(/expires=([^;]+)/i.exec(session)![1]!);
    expect(expires - Date.now()).toBeLessThanOrEqual(30 * 60_000);
  });

  it('on a shared computer has a cookie that ends with the browser, and fifteen minutes', async () => {
    const person = new Person(server.issuer);
    await person.open(app.request().url);
    await person.submit({
      identifier: account.identifier,
      password: account.plainPassword,
      sharedComputer: 'yes',
    });
    const lines = person.setCookies.filter((line) => /^idp_session(\.sig)?=[^;]/.test(line));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).not.toMatch(/expires|max-age/i);
    const { seconds } = await readSession(person);
    expect(seconds).toBeLessThanOrEqual(15 * 60);
    expect(seconds).toBeGreaterThan(14 * 60);
  });

  // G93
  it('ends after thirty idle minutes, everywhere', async () => {
    const person = await signedIn();
    const { seconds } = await readSession(person);
    expect(seconds).toBeLessThanOrEqual(30 * 60);
    const cookie = cookiesOf(person, SESSION);
    await expectSomebody(cookie);
    await server.database.pool.query(
      `UPDATE artefact SET expires_at = now() - interval '1 second' WHERE id = $1`,
      [rowOf(person)],
    );
    await expectNobody(cookie);
  });

  it('ends four hours after the login, however much it is used', async () => {
    const person = await signedIn();
    await server.database.pool.query(
      `UPDATE artefact SET payload = jsonb_set(payload, '{loginTs}', to_jsonb((payload ->> 'loginTs')::int - (4 * 3600 - 120)))
       WHERE id = $1`,
      [rowOf(person)],
    );
    for (let n = 0; n < 3; n++) await app.code(person);
    const { seconds } = await readSession(person);
    expect(seconds).toBeLessThanOrEqual(120);
    const last = person.setCookies.findLast((line) => line.startsWith('idp_session='))!;
    expect(Date.parse(/expires=([^;]+)/i.exec(last)![1]!) - Date.now()).toBeLessThanOrEqual(121_000);
  });

  // R18
  it('loses no application of five that are opened at once, twenty times', async () => {
    for (let round = 0; round < 20; round++) {
      const person = await signedIn();
      const cookie = cookiesOf(person, SESSION);
      const answers = await Promise.all(
        fiveApps.map((application, n) => silently(application, cookie, everywhere[n % everywhere.length]!)),
      );
      for (const answer of answers) expect(told(answer).get('code')).toBeTruthy();
      const { payload } = await readSession(person);
      expect(Object.keys(payload.authorizations).sort()).toEqual(
        [app, ...fiveApps].map(({ clientId }) => clientId).sort(),
      );
    }
  });

  it('gives five good codes to one application that asks five times at once', async () => {
    for (let round = 0; round < 5; round++) {
      const person = await signedIn();
      const cookie = cookiesOf(person, SESSION);
      const [application] = fiveApps as [Application];
      const requests = Array.from({ length: 5 }, () => application.request({ prompt: 'none' }));
      const answers = await Promise.all(
        requests.map(({ url }, n) => {
          const { pathname, search } = new URL(url);
          return call(new URL(pathname + search, everywhere[n % everywhere.length]!), {
            headers: { host: new URL(server.issuer).host, cookie },
          });
        }),
      );
      const tokens = await Promise.all(
        answers.map((answer, n) =>
          application.redeem({ code: told(answer).get('code')!, verifier: requests[n]!.verifier }),
        ),
      );
      expect(tokens.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      for (const { access_token } of tokens.map((answer) => answer.json())) {
        for (const at of everywhere)
          expect((await application.userinfo(access_token, { at })).status).toBe(200);
      }
    }
  });
});

// G88: https, behind a proxy that ends TLS.
describe('with an https issuer', () => {
  it('the cookies are Secure and bound to the host, and every address is https', async () => {
    const issuer = 'https://idp.example.test';
    const secure = await startTestServer({ IDP_ISSUER: issuer });
    const behind = await secure.addReplica();
    const front = await startFront(issuer, [behind.url]);
    try {
      const application = await Application.register(
        secure,
        { redirect_uris: [REDIRECT], post_logout_redirect_uris: [BYE] },
        true,
        front.url,
      );
      const who = await secure.addAccount();
      const person = new Person(issuer, () => front.url);
      await application.code(person, who);
      const lines = person.setCookies.filter((line) => /^[\w-]+=[^;]/.test(line));
      expect(lines.map((line) => line.split('=')[0])).toContain('__Host-idp_session');
      for (const line of lines) {
        expect(line).toMatch(/;\s*secure/i);
        expect(line).toMatch(/;\s*httponly/i);
        expect(line).not.toMatch(/domain=/i);
        if (line.startsWith('__Host-')) expect(line).toMatch(/path=\/(;|$)/i);
      }
      const page = await person.open(application.request({ prompt: 'login' }).url);
      expect(page.headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
      expect(page.body).not.toContain('http://');
      const discovery = await call(`${front.url}/.well-known/openid-configuration`);
      expect(discovery.body).not.toContain('http://');

      // The other name, and plain http's, are not read.
      const value = person.cookie('__Host-idp_session')!;
      const signature = person.cookie('__Host-idp_session.sig')!;
      const url = new URL(application.request({ prompt: 'none' }).url);
      const answer = await call(new URL(url.pathname + url.search, front.url), {
        headers: { cookie: `idp_session=${value}; idp_session.sig=${signature}` },
      });
      expect(told(answer).get('error')).toBe('login_required');
    } finally {
      await front.close();
      await behind.stop();
      await secure.stop();
    }
  });
});

// G89
describe('a form that another site sends', () => {
  const FOREIGN: Record<string, string>[] = [
    { origin: 'https://evil.tld' },
    { origin: 'null' },
    { origin: 'https://evil.tld', 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'null', 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.tld', 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'same-origin, cross-site' },
  ];
  const foreign = () => [
    ...FOREIGN,
    { origin: `${server.issuer}.evil.tld` },
    { origin: server.issuer.replace('http:', 'https:') },
    { origin: `${server.issuer}/` },
    { origin: server.issuer, 'sec-fetch-site': 'cross-site' },
    { origin: `${server.issuer}, https://evil.tld` },
  ];

  it.each(['password', 'first-change', 'consent', 'abort'])(
    'to %s is refused and does nothing',
    async (step) => {
      const person = new Person(server.issuer);
      const { url } = await person.open(app.request().url);
      const address = new URL(url.replace(/password$/, step));
      const fields = { identifier: account.identifier, password: account.plainPassword };
      for (const headers of foreign()) {
        const answer = await call(address, {
          form: fields,
          headers: { cookie: cookiesOf(person), accept: 'text/html', ...headers },
        });
        expect({ headers, status: answer.status }).toEqual({ headers, status: 403 });
        expect(answer.headers['set-cookie']).toBeUndefined();
        expect(answer.body).not.toContain(account.identifier);
      }
      // The login stands where it stood, and our own page still works.
      const { url: callback } = await person.submit({ ...fields });
      expect(new URL(callback).searchParams.get('code')).toBeTruthy();
    },
  );

  it('signs nobody out', async () => {
    const person = await signedIn();
    await person.open(app.logoutUrl());
    const { action, data } = person.fill({}, 'Se déconnecter');
    for (const headers of foreign()) {
      const answer = await call(action, {
        form: data,
        headers: { cookie: cookiesOf(person, SESSION), accept: 'text/html', ...headers },
      });
      expect({ headers, status: answer.status }).toEqual({ headers, status: 403 });
    }
    await expectSomebody(cookiesOf(person, SESSION));
  });
});

describe('signing out', () => {
  // G90: the same mutants, of the address to go back to.
  it.each(REDIRECT_MUTANTS.map((mutant) => [JSON.stringify(mutant), mutant]))(
    'leads to no unregistered address: %s',
    async (_name, mutant) => {
      const answer = await call(
        app.logoutUrl({ client_id: app.clientId, post_logout_redirect_uri: mutant }),
        { headers: { accept: 'text/html' } },
      );
      expect(answer.status).toBe(400);
      expect(answer.headers.location).toBeUndefined();
      expect(answer.body).not.toContain('evil');
    },
  );

  it('leads to no address when no application is named', async () => {
    const person = await signedIn();
    await person.open(app.logoutUrl({ post_logout_redirect_uri: BYE }));
    const page = await person.submit({}, { button: 'Se déconnecter' });
    expect(page.url).toBe(`${server.issuer}/session/end/success`);
    expect(page.text).toContain('Vous êtes déconnecté.');
  });

  it('says that somebody who would rather stay is still signed in', async () => {
    const person = await signedIn();
    await person.open(app.logoutUrl());
    const page = await person.submit({}, { button: 'Rester connecté' });
    expect(page.text).toContain('Vous êtes toujours connecté.');
    expect(page.text).not.toContain('Vous êtes déconnecté.');
    await expectSomebody(cookiesOf(person, SESSION));
  });

  it('leads to no address of another application', async () => {
    const [other] = fiveApps as [Application];
    const answer = await call(other.logoutUrl({ client_id: other.clientId, post_logout_redirect_uri: BYE }));
    expect(answer.status).toBe(400);
  });

  it('asks first, and does nothing when asked only', async () => {
    const person = await signedIn();
    const { id_token } = await app.signIn(person);
    const page = await person.open(
      app.logoutUrl({ id_token_hint: id_token, post_logout_redirect_uri: BYE, state: 'x' }),
    );
    expect(page.text).toContain('Se déconnecter ?');
    await expectSomebody(cookiesOf(person, SESSION));

    const stayed = await person.submit({}, { button: 'Rester connecté' });
    expect(stayed.url).toBe(`${BYE}?state=x`);
    await expectSomebody(cookiesOf(person, SESSION));
  });

  it('goes back to the registered address with the state', async () => {
    const person = await signedIn();
    const { id_token } = await app.signIn(person);
    const state = '"><script>é&x=1';
    await person.open(app.logoutUrl({ id_token_hint: id_token, post_logout_redirect_uri: BYE, state }));
    const { url } = await person.submit({}, { button: 'Se déconnecter' });
    expect(url.split('?')[0]).toBe(BYE);
    expect(new URL(url).searchParams.get('state')).toBe(state);
  });

  it('says the same to the second of two clicks', async () => {
    const person = await signedIn();
    await person.open(app.logoutUrl());
    const form = person.fill({}, 'Se déconnecter');
    await person.post(form);
    expect(person.page!.text).toContain('Vous êtes déconnecté.');
    const again = await person.post(form);
    expect(again.status).toBe(200);
    expect(again.text).toContain('Vous êtes déconnecté.');
  });

  it('needs the secret of its form', async () => {
    const person = await signedIn();
    await person.open(app.logoutUrl());
    const right = person.fill({}, 'Se déconnecter');
    const stranger = new Person(server.issuer);
    await stranger.open(app.logoutUrl());
    const theirs = /name="xsrf" value="([^"]+)"/.exec(stranger.page!.body)?.[1] ?? 'x';
    for (const xsrf of [undefined, '', 'x', theirs, `${right.data.get('xsrf')}x`]) {
      const answer = await call(right.action, {
        form: { xsrf, logout: 'yes' },
        headers: { cookie: cookiesOf(person, SESSION), origin: server.issuer, accept: 'text/html' },
      });
      expect({ xsrf, status: answer.status }).toEqual({ xsrf, status: 400 });
    }
    const get = await call(`${right.action}?${right.data}`, {
      headers: { cookie: cookiesOf(person, SESSION) },
    });
    expect(get.status).toBe(404);
    await expectSomebody(cookiesOf(person, SESSION));
  });

  it.each([
    ['forged', (token: string) => `${token.slice(0, -4)}AAAA`],
    ['of no algorithm', (token: string) => `${encode({ alg: 'none' })}.${token.split('.')[1]}.`],
    [
      'for an unknown application',
      (token: string) => {
        const [header, , signature] = token.split('.');
        return `${header}.${encode({ ...decodeJwt(token), aud: 'nobody' })}.${signature}`;
      },
    ],
    [
      'with no application',
      (token: string) => {
        const [header, , signature] = token.split('.');
        return `${header}.${encode({ ...decodeJwt(token), aud: undefined })}.${signature}`;
      },
    ],
    [
      'with a list',
      (token: string) => {
        const [header, , signature] = token.split('.');
        return `${header}.${encode({ ...decodeJwt(token), aud: [{}] })}.${signature}`;
      },
    ],
    ['that is none', () => 'x'],
  ])('is refused with an id_token_hint %s', async (_what, forge) => {
    const person = await signedIn();
    const { id_token } = await app.signIn(person);
    const page = await person.open(
      app.logoutUrl({ id_token_hint: forge(id_token), post_logout_redirect_uri: BYE }),
    );
    expect(page.status).toBe(400);
    await expectSomebody(cookiesOf(person, SESSION));
  });

  // G90, G94
  it('ends the session and its tokens on every instance, and the old cookie opens nothing', async () => {
    const person = await signedIn();
    const tokens = await app.signIn(person);
    const theirs = await fiveApps[0]!.signIn(person);
    const inHand = await app.code(person);
    const cookie = cookiesOf(person, SESSION);
    await signOut(person);
    expect(person.cookie('idp_session')).toBeUndefined();
    await expectNobody(cookie);
    for (const [application, { access_token, refresh_token }] of [
      [app, tokens],
      [fiveApps[0]!, theirs],
    ] as const) {
      for (const at of everywhere) {
        expect((await application.userinfo(access_token, { at })).status).toBe(401);
        expect((await application.refresh(refresh_token, { at })).status).toBe(400);
      }
    }
    expect((await app.redeem(inHand)).status).toBe(400);
    // A new login of the same browser does not bring the old one back.
    await app.code(person, account);
    await expectNobody(cookie);
    expect((await app.userinfo(tokens.access_token)).status).toBe(401);
  });

  // G94
  it.each([
    ['one', { session: 'theirs' }],
    ['all others', { others: 'yes' }],
  ])('that is closed from another browser (%s) is over on every instance at once', async (_, how) => {
    const theirs = new Person(server.issuer);
    const ours = await server.addAccount();
    const tokens = await app.signIn(theirs, ours);
    const inHand = await app.code(theirs);
    const cookie = cookiesOf(theirs, SESSION);
    const owner = await openAccount(server, ours);
    const uid = /name="session" value="([^"]+)"/.exec(owner.page!.body)![1];
    await owner.submit('session' in how ? { session: uid } : how);
    expect(owner.page!.status).toBe(200);
    await expectNobody(cookie);
    for (const at of everywhere) {
      expect((await app.userinfo(tokens.access_token, { at })).status).toBe(401);
      expect((await app.refresh(tokens.refresh_token, { at })).status).toBe(400);
      expect((await app.redeem(inHand, { at })).status).toBe(400);
    }
  });

  it('leaves what an application was given for the person’s absence', async () => {
    const person = await signedIn();
    const offline = await app.signIn(person, undefined, {
      scope: 'openid offline_access',
      prompt: 'consent',
    });
    await signOut(person);
    expect((await app.refresh(offline.refresh_token)).status).toBe(200);
  });

  // G91: whatever is under way at that moment.
  it('is not undone by five requests under way, on two instances', async () => {
    for (let round = 0; round < 10; round++) {
      const person = await signedIn();
      const cookie = cookiesOf(person, SESSION);
      const before = await countLiveSessions();
      await person.open(app.logoutUrl());
      const { action, data } = person.fill({}, 'Se déconnecter');
      const requests = fiveApps.map((application) => ({
        application,
        ...application.request({ prompt: 'none' }),
      }));
      const [out, ...answers] = await Promise.all([
        call(action, {
          form: data,
          headers: { cookie, origin: server.issuer, 'sec-fetch-site': 'same-origin' },
        }),
        ...requests.map(({ url }, n) => {
          const { pathname, search } = new URL(url);
          return call(new URL(pathname + search, everywhere[n % 2]!), {
            headers: { host: new URL(server.issuer).host, cookie },
          });
        }),
      ]);
      expect(out!.status).toBe(303);
      await expectNobody(cookie);
      expect(await countLiveSessions()).toBe(before - 1);
      for (const [n, answer] of answers.entries()) {
        const set = (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]!).join('; ');
        if (set) await expectNobody(set);
        const code = told(answer).get('code');
        if (!code) continue;
        // A code of the last moment is worth nothing, or what it gives is.
        const { application, verifier } = requests[n]!;
        const redeemed = await application.redeem({ code, verifier });
        if (redeemed.status !== 200) continue;
        const { access_token, refresh_token } = redeemed.json();
        expect((await application.userinfo(access_token)).status).toBe(401);
        expect((await application.refresh(refresh_token)).status).toBe(400);
      }
    }
  });

  // G91: the answer to a consent page gives the session a new name at that very moment.
  it('is not undone by a consent that is given meanwhile', async () => {
    const third = await Application.register(server, { client_name: 'Autre' }, false);
    for (let round = 0; round < 10; round++) {
      await server.database.pool.query('DELETE FROM consent');
      const person = await signedIn();
      const cookie = cookiesOf(person, SESSION);
      const before = await countLiveSessions();
      await person.open(app.logoutUrl());
      const out = person.fill({}, 'Se déconnecter');
      const page = await person.open(third.request().url);
      expect(page.text).toContain('Ce que ce service recevra');
      const granted = await person.request(new URL(page.url), {
        method: 'POST',
        headers: { origin: server.issuer, 'sec-fetch-site': 'same-origin' },
      });
      const [signedOut, resumed] = await Promise.all([
        call(out.action, { form: out.data, headers: { cookie, origin: server.issuer } }),
        person.request(new URL(granted.headers.get('location')!)),
      ]);
      // Which came first is chance; either way nobody is signed in afterwards who has signed out.
      if (signedOut.status === 303) {
        await expectNobody(cookiesOf(person, SESSION));
        expect(await countLiveSessions()).toBe(before - 1);
      } else expect(resumed.status).toBe(303);
    }
  });

  // G95
  it('leaves nothing for the back button, nor for a cache', async () => {
    const person = new Person(server.issuer);
    const form = await person.open(app.request({ login_hint: account.identifier }).url);
    await person.submit({ identifier: account.identifier, password: account.plainPassword });
    await signOut(person);
    const uid = new URL(form.url).pathname;
    for (const path of [
      uid,
      uid.replace('/password', ''),
      uid.replace('password', 'first-change'),
      `${uid}/x.css`,
      '/me/x.css',
      '/auth/x.css',
      '/session/end',
    ]) {
      const page = await person.open(server.issuer + path);
      expect(page.headers.get('cache-control')).toContain('no-store');
      for (const personal of [account.identifier, account.email, account.givenName, account.familyName]) {
        expect(page.text).not.toContain(personal);
      }
    }
  });
});

// G95: a path that looks like a file.
it('no page with personal data answers under the name of a file', async () => {
  const person = new Person(server.issuer);
  const { url } = await person.open(app.request({ login_hint: account.identifier }).url);
  for (const suffix of ['/x.css', '.css', '/..%2fx.css', ';x.css', '%00.css', '/%2e%2e/assets/style.css']) {
    const page = await person.open(url + suffix);
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.status).toBeLessThan(500);
    expect(page.body).not.toContain(account.identifier);
    expect(page.headers.get('cache-control') ?? '').not.toContain('public');
  }
});

async function signOut(person: Person): Promise<void> {
  await person.open(app.logoutUrl());
  const page = await person.submit({}, { button: 'Se déconnecter' });
  expect(page.text).toContain('Vous êtes déconnecté.');
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
