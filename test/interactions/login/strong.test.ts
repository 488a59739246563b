// « Authentification forte »: password and one-time code. Catalogue rows D57 to D60, D64.
import { decodeJwt } from 'jose';
import type { Database, Queryable } from '../../../src/db/database.ts';
import { Application } from '../../support/application.ts';
import {
  codeOf,
  DEMANDS_STRONG,
  enrol,
  forgetUsedCodes,
  shownCodes,
  shownKey,
} from '../../support/authenticator.ts';
import { rightPicture } from '../../support/captcha.ts';
import { askForLink, mailedLink } from '../../support/forgotten-password.ts';
import { call } from '../../support/http-call.ts';
import { ALARM, atAccount, growOlder, openAccount, plain } from '../../support/my-account.ts';
import { Person } from '../../support/person.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';
import { clickTwice, WHEN } from '../../support/two-clicks.ts';
import { waitUntil } from '../../support/wait-until.ts';

const INCORRECT = 'Identifiant, mot de passe ou code incorrect.';

let server: TestServer;
let app: Application;

beforeAll(async () => {
  server = await startTestServer({ IDP_LOGIN_WAIT_FROM_PER_ADDRESS: '10000' });
  app = await Application.register(server);
});
afterAll(() => server.stop());

async function enrolled() {
  const account = await server.addAccount();
  const { secret, recoveryCodes } = await enrol(server, account);
  await forgetUsedCodes(server, account);
  return { account, secret, recoveryCodes };
}

/** At the code page, after identifier and password at the tab « Authentification forte ». */
async function atCode(identifier: string, password = PASSWORD, parameters: Record<string, string> = {}) {
  const person = new Person(server.issuer);
  const request = app.request(parameters);
  await person.open(request.url);
  await person.open(person.page!.url.replace(/\/password$/, '/strong'));
  await person.submit({ identifier, password });
  expect(person.page!.url).toMatch(/\/otp$/);
  return { person, request };
}

/** The link whose words begin like this. */
async function follow(person: Person, words: string): Promise<void> {
  const links = [...person.page!.body.matchAll(/<a[^>]*href="([^"]+)"[^>]*>([^<]*)/g)];
  const link = links.find(([, , text]) => plain(text!).startsWith(words));
  if (!link) throw new Error(`no link « ${words} » on ${person.page!.url}`);
  await person.open(link[1]!);
}

const post = ({ issuer }: Pick<TestServer, 'issuer'>, fields: Record<string, string>) => ({
  method: 'POST',
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded', origin: issuer },
});

const factorsOf = async ({ id }: { id: string }) =>
  (await server.database.pool.query('SELECT id, name FROM authenticator WHERE account_id = $1', [id])).rows;

/** The statements that the server runs meanwhile, but for those of its mails. */
async function statementsOf({ database }: TestServer, work: () => Promise<unknown>): Promise<string> {
  const { query, transaction } = database;
  const names: string[] = [];
  const watch = (on: Pick<Database, 'query'>): Pick<Database, 'query'> => ({
    query: (name, values) => {
      if (!/^(mail|logout-notice)\//.test(name)) names.push(name);
      return on.query(name, values);
    },
  });
  Object.assign(database, {
    query: watch({ query }).query,
    transaction: <T>(inside: (held: Queryable) => Promise<T>) => transaction((held) => inside(watch(held))),
  });
  await work().finally(() => Object.assign(database, { query, transaction }));
  return names.join(' ');
}

const isBack = (person: Person) => new URL(person.page!.url).searchParams.has('code');

async function tokensOf(person: Person, request: ReturnType<typeof app.request>) {
  const code = new URL(person.page!.url).searchParams.get('code')!;
  return (await app.redeem({ code, verifier: request.verifier })).json() as { id_token: string };
}

it('signs in with password and code, spaces tolerated, and says so to the application', async () => {
  const { account, secret } = await enrolled();
  const { person, request } = await atCode(account.identifier);
  expect(plain(person.page!.text)).toContain(
    "Saisissez le code à 6 chiffres affiché par votre application d'authentification.",
  );
  expect(person.page!.body).toMatch(/autocomplete="one-time-code"/);
  const code = codeOf(secret);
  await person.submit({ code: ` ${code.slice(0, 3)} ${code.slice(3)} ` });
  expect(decodeJwt((await tokensOf(person, request)).id_token)).toMatchObject({
    sub: account.id,
    acr: 'eidas2',
    amr: ['pwd', 'otp', 'mfa'],
  });
});

it('shows the code page whatever was typed, and one text for whatever was wrong', async () => {
  const { account, secret } = await enrolled();
  const bare = await server.addAccount();
  const pages: string[] = [];
  for (const [identifier, password, code] of [
    [account.identifier, 'faux-1!aa', codeOf(secret)],
    [account.identifier, PASSWORD, '000000'],
    ['personne', PASSWORD, '123456'],
    [bare.identifier, PASSWORD, '123456'],
    ['', '', ''],
  ] as const) {
    const { person } = await atCode(identifier, password);
    await person.submit({ code });
    expect(person.page!.status).toBe(422);
    expect(plain(person.page!.text)).toContain(INCORRECT);
    pages.push(person.page!.text);
  }
  expect(new Set(pages).size).toBe(1);
});

it('takes a code once, though fifty come at the same moment', async () => {
  const { account, secret } = await enrolled();
  const code = codeOf(secret);
  const people = await Promise.all(Array.from({ length: 6 }, () => atCode(account.identifier)));
  const requests = people.flatMap(({ person }) => {
    const form = person.fill({ code });
    return Array.from({ length: 8 }, () => person.send(form));
  });
  await Promise.all(requests);
  // One of the six browsers is let in.
  await Promise.all(people.map(({ person }) => person.open(person.page!.url.replace(/\/otp$/, ''))));
  expect(people.filter(({ person }) => isBack(person))).toHaveLength(1);
  const { person } = await atCode(account.identifier);
  await person.submit({ code });
  expect(isBack(person)).toBe(false);
});

it('takes a code once, though fifty come to three instances over one database', async () => {
  const { account, secret } = await enrolled();
  const replicas = [await server.addReplica(), await server.addReplica()];
  try {
    const places = [server.issuer, ...replicas.map(({ url }) => url)];
    const code = codeOf(secret);
    const logins = await Promise.all(Array.from({ length: 10 }, () => atCode(account.identifier)));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const { person } = logins[index % logins.length]!;
        const { action, data } = person.fill({ code });
        return call(action.replace(server.issuer, places[index % places.length]!), {
          form: Object.fromEntries(data),
          headers: { cookie: person.cookieHeader(new URL(action)), host: new URL(server.issuer).host },
        });
      }),
    );
    for (const { status } of answers) expect([303, 422, 429]).toContain(status);
    const { rows } = await server.database.pool.query(
      `SELECT count(*)::int AS n FROM authenticator WHERE account_id = $1 AND last_used_at IS NOT NULL`,
      [account.id],
    );
    expect(rows).toEqual([{ n: 1 }]);
    // Of all the browsers one is let in, by whichever instance.
    await Promise.all(logins.map(({ person }) => person.open(person.page!.url.replace(/\/otp$/, ''))));
    expect(logins.filter(({ person }) => isBack(person))).toHaveLength(1);
  } finally {
    for (const replica of replicas) await replica.stop();
  }
});

it.each<[string, Record<string, string>]>([
  ['max_age', { max_age: '0' }],
  ['prompt', { prompt: 'login' }],
])('asks for password and code again where %s says so', async (_, parameters) => {
  const { account, secret } = await enrolled();
  const { person, request } = await atCode(account.identifier, PASSWORD, DEMANDS_STRONG);
  await person.submit({ code: codeOf(secret) });
  const before = decodeJwt((await tokensOf(person, request)).id_token);
  await forgetUsedCodes(server, account);
  const again = app.request({ ...DEMANDS_STRONG, ...parameters });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await person.open(again.url);
  expect(person.page!.url).toMatch(/\/strong$/);
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  expect(person.page!.url).toMatch(/\/otp$/);
  await person.submit({ code: codeOf(secret) });
  const after = decodeJwt((await tokensOf(person, again)).id_token);
  expect(after).toMatchObject({ sub: before.sub, acr: 'eidas2' });
  expect(Number(after.auth_time)).toBeGreaterThan(Number(before.auth_time));
});

it.each([
  '12345',
  '1234567',
  '6'.repeat(600),
  'abcdef',
  '١٢٣٤٥٦',
  '１２３４５６',
  '-12345',
  '1e5000',
  '\u0000',
])('takes nothing like %j for a code', async (code) => {
  const { account } = await enrolled();
  const { person } = await atCode(account.identifier);
  await person.submit({ code });
  expect([400, 422]).toContain(person.page!.status);
});

it('takes no code of another account, nor one of another time', async () => {
  const { account } = await enrolled();
  const other = await enrolled();
  const { person } = await atCode(account.identifier);
  await person.submit({ code: codeOf(other.secret) });
  expect(person.page!.status).toBe(422);
  const { account: late, secret } = await enrolled();
  for (const steps of [-3, 3]) {
    const { person: one } = await atCode(late.identifier);
    await one.submit({ code: codeOf(secret, steps) });
    expect(one.page!.status).toBe(422);
  }
});

it('counts wrong codes across logins, and a right password makes none good', async () => {
  const { account, secret } = await enrolled();
  for (let n = 0; n < 3; n++) {
    const { person } = await atCode(account.identifier);
    await person.submit({ code: '000000' });
    expect(person.page!.status).toBe(422);
    const plainLogin = new Person(server.issuer);
    await app.code(plainLogin, account);
  }
  const { person } = await atCode(account.identifier);
  await person.submit({ code: codeOf(secret) });
  expect(person.page!.status).toBe(429);
  expect(plain(person.page!.text)).toContain('Trop de tentatives.');
});

it('leads somebody who chose the password to the code where the service demands more', async () => {
  const { account, secret } = await enrolled();
  const person = new Person(server.issuer);
  const request = app.request(DEMANDS_STRONG);
  await person.open(request.url);
  // Only what reaches the level is shown.
  expect(person.page!.url).toMatch(/\/strong$/);
  expect(person.page!.text).not.toContain('Identifiant / Mot de passe');
  await follow(person, "L'ajouter maintenant");
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  expect(person.page!.url).toMatch(/\/otp$/);
  expect(plain(person.page!.text)).toContain('Ce service demande une authentification forte.');
  await person.submit({ code: codeOf(secret) });
  expect(decodeJwt((await tokensOf(person, request)).id_token).acr).toBe('eidas2');
});

it('has somebody without an application add one on the way', async () => {
  const account = await server.addAccount();
  const person = new Person(server.issuer);
  const request = app.request(DEMANDS_STRONG);
  await person.open(request.url);
  await follow(person, "L'ajouter maintenant");
  expect(plain(person.page!.text)).toContain('Ce service demande une authentification forte.');
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  expect(person.page!.url).toMatch(/\/enrol$/);
  const secret = shownKey(person);
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  await person.submit({ code: '000000' });
  expect(person.page!.status).toBe(422);
  expect(shownKey(person)).toBe(secret);
  // What stands in the form does not matter.
  await person.submit({ code: codeOf(secret), name: 'Téléphone' });
  expect(shownCodes(person)).toHaveLength(10);
  await follow(person, 'Continuer vers');
  expect(decodeJwt((await tokensOf(person, request)).id_token)).toMatchObject({
    acr: 'eidas2',
    amr: ['pwd', 'otp', 'mfa'],
  });
  await server.mail.waitForMessage(
    ({ to, subject }) =>
      to.includes(account.email) && subject === "Une application d'authentification a été ajoutée",
  );
});

it('adds none on the way where that is forbidden', async () => {
  const strict = await startTestServer({ IDP_STRONG_SELF_ENROLMENT: 'no' });
  try {
    const rp = await Application.register(strict);
    const account = await strict.addAccount();
    const person = new Person(strict.issuer);
    await person.open(rp.request(DEMANDS_STRONG).url);
    const uid = /interaction\/([^/]+)/.exec(person.page!.url)![1];
    await person.open(`/interaction/${uid}/password`);
    await person.submit({ identifier: account.identifier, password: PASSWORD });
    expect(plain(person.page!.text)).toContain("s'ajoute par un lien que le support vous envoie");
    await person.submit({}, { button: 'Revenir au service' });
    expect(new URL(person.page!.url).searchParams.get('error')).toBe('unmet_authentication_requirements');
    // Nor in « Mon compte ».
    const { person: owner } = await atAccount(strict);
    await owner.open(`${strict.issuer}/account/strong`);
    expect(owner.page!.body).not.toContain('name="currentPassword"');
    const answer = await owner.request(
      new URL(`${strict.issuer}/account/strong`),
      post(strict, { currentPassword: PASSWORD }),
    );
    expect(answer.headers.get('location')).toBe('/account/strong');
    await owner.open(`${strict.issuer}/account/strong/new`);
    expect(owner.page!.url).toBe(`${strict.issuer}/account/strong`);
    await owner.open(`${strict.issuer}/account`);
    expect(owner.page!.body).not.toContain('href="/account/strong"');
    expect(plain(owner.page!.text)).toContain("s'ajoute par un lien que le support vous envoie");
    // Nor is it promised at the tab.
    const tab = new Person(strict.issuer);
    await tab.open(rp.request(DEMANDS_STRONG).url);
    await tab.open(tab.page!.url.replace(/password$/, 'strong'));
    expect(plain(tab.page!.text)).toContain(
      "La première s'ajoute par un lien que le support vous envoie par mail.",
    );
    expect(tab.page!.text).not.toContain("L'ajouter maintenant");
    // « Mon compte » itself, where the account demands what it has not.
    await strict.database.pool.query(`UPDATE account SET minimum_acr = 'eidas2' WHERE id = $1`, [account.id]);
    const barred = new Person(strict.issuer);
    await barred.open('/account');
    await barred.submit({ identifier: account.identifier, password: PASSWORD });
    await barred.submit({}, { button: 'Revenir au service' });
    expect(plain(barred.page!.text)).toContain('Appelez le support : il vous envoie ce lien.');
  } finally {
    await strict.stop();
  }
});

it('steps a session up: new session id, new auth_time, the others keep theirs', async () => {
  const { account, secret } = await enrolled();
  const person = new Person(server.issuer);
  const weak = await app.signIn(person, account);
  const before = person.cookie('idp_session');
  const request = app.request(DEMANDS_STRONG);
  await person.open(request.url);
  expect(person.page!.url).toMatch(/\/strong$/);
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  await person.submit({ code: codeOf(secret) });
  const strong = decodeJwt((await tokensOf(person, request)).id_token);
  expect(strong).toMatchObject({ acr: 'eidas2', sub: account.id });
  expect(strong.sid).toBe(decodeJwt(weak.id_token).sid);
  expect(person.cookie('idp_session')).not.toBe(before);
  expect((await app.userinfo(weak.access_token)).status).toBe(200);
  // And not again.
  await person.open(app.request(DEMANDS_STRONG).url);
  expect(isBack(person)).toBe(true);
  await person.open(app.request({ ...DEMANDS_STRONG, prompt: 'none' }).url);
  expect(isBack(person)).toBe(true);
});

it('tells « login_required » where nothing may be asked', async () => {
  const { account } = await enrolled();
  const person = new Person(server.issuer);
  await app.code(person, account);
  await person.open(app.request({ ...DEMANDS_STRONG, prompt: 'none' }).url);
  expect(new URL(person.page!.url).searchParams.get('error')).toBe('login_required');
});

it('gives no code for the application to the password alone, whatever page is opened next', async () => {
  const { account } = await enrolled();
  const person = new Person(server.issuer);
  await person.open(app.request(DEMANDS_STRONG).url);
  const uid = /interaction\/([^/]+)/.exec(person.page!.url)![1];
  await person.open(`/interaction/${uid}/password`);
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  for (const page of [
    '',
    '/password',
    '/strong',
    '/otp',
    '/recovery',
    '/enrol',
    '/first-change',
    '/consent',
  ]) {
    await person.open(`/interaction/${uid}${page}`);
    expect(new URL(person.page!.url).origin).toBe(server.issuer);
  }
  await person.open(`/auth/${uid}`);
  expect(isBack(person)).toBe(false);
});

it('keeps the count of wrong codes when the password is forgotten', async () => {
  const { account, secret } = await enrolled();
  for (let n = 0; n < 3; n++) {
    const { person } = await atCode(account.identifier);
    await person.submit({ code: '000000' });
  }
  await askForLink(server, new Person(server.issuer), account.identifier);
  const reset = new Person(server.issuer);
  await reset.open(await mailedLink(server, account.email));
  const newPassword = 'Coquelicot-7!';
  await reset.submit({ identifier: account.identifier, newPassword, newPasswordConfirmation: newPassword });
  expect(reset.page!.url).toMatch(/\/done$/);
  const { person } = await atCode(account.identifier, newPassword);
  await person.submit({ code: codeOf(secret) });
  expect(person.page!.status).toBe(429);
});

it('looks at as much for whoever is unknown, has no application, or typed a wrong password', async () => {
  for (const [step, field, code] of [
    ['otp', 'code', '123456'],
    ['recovery', 'recoveryCode', '7m2k-9qwx-4c0tz'],
  ] as const) {
    const { account } = await enrolled();
    const bare = await server.addAccount();
    const seen = new Set<string>();
    for (const [identifier, password] of [
      [account.identifier, PASSWORD],
      [account.identifier, 'faux-1!aa'],
      [bare.identifier, PASSWORD],
      ['personne', PASSWORD],
    ] as const) {
      const { person } = await atCode(identifier, password);
      await person.open(person.page!.url.replace(/otp$/, step));
      seen.add(await statementsOf(server, () => person.submit({ [field]: code })));
      expect(person.page!.status).toBe(422);
    }
    expect([...seen]).toHaveLength(1);
    expect([...seen][0]).toContain(step === 'otp' ? 'authenticator/list' : 'recovery-code/consume');
  }
});

it('keeps nothing of what was typed where it could be read, and as much of it for everybody', async () => {
  const { account } = await enrolled();
  const stranger = 'x'.repeat(account.identifier.length);
  const lengths = new Set<number>();
  for (const [identifier, password] of [
    [account.identifier, PASSWORD],
    [account.identifier, 'faux-1!aa'],
    [stranger, PASSWORD],
  ] as const) {
    const { person } = await atCode(identifier, password);
    lengths.add(person.cookie('idp_claim')!.length);
    const uid = /interaction\/([^/]+)/.exec(person.page!.url)![1];
    const { rows } = await server.database.pool.query(
      `SELECT account_id, payload::text FROM artefact WHERE model = 'Interaction' AND payload ->> 'returnTo' LIKE '%' || $1`,
      [uid],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].account_id).toBeNull();
    expect(rows[0].payload).not.toContain(identifier);
  }
  expect(lengths.size).toBe(1);
});

it('takes no password page’s cookie for another login', async () => {
  const { account, secret } = await enrolled();
  const { person } = await atCode(account.identifier);
  const other = new Person(server.issuer);
  await other.open(app.request().url);
  const answer = await other.request(new URL(other.page!.url.replace(/\/password$/, '/otp')), {
    ...post(server, { code: codeOf(secret) }),
    headers: {
      ...post(server, {}).headers,
      cookie: `${other.cookieHeader(new URL(other.page!.url))}; idp_claim=${person.cookie('idp_claim')}`,
    },
  });
  expect(answer.headers.get('location')).toMatch(/^\/interaction\/[^/]+\/strong\?late$/);
});

it('does not undo a login that is finished when a wrong code comes after the right one', async () => {
  const { account, secret } = await enrolled();
  const { person, request } = await atCode(account.identifier);
  const { action } = person.fill({ code: '000000' });
  const wrong = () => person.request(new URL(action), post(server, { code: '000000' }));
  const [, right] = await Promise.all([
    wrong(),
    person.request(new URL(action), post(server, { code: codeOf(secret) })),
    wrong(),
  ]);
  await wrong();
  await person.open(new URL(right.headers.get('location')!, server.issuer).href);
  expect(decodeJwt((await tokensOf(person, request)).id_token).acr).toBe('eidas2');
});

describe('five wrong codes', () => {
  let patient: TestServer;
  let rp: Application;
  beforeAll(async () => {
    patient = await startTestServer({ IDP_LOGIN_WAIT_FROM: '100', IDP_LOGIN_WAIT_FROM_PER_ADDRESS: '1000' });
    rp = await Application.register(patient);
  });
  afterAll(() => patient.stop());

  async function begin(identifier: string) {
    const person = new Person(patient.issuer);
    await person.open(rp.request().url);
    await person.open(person.page!.url.replace(/\/password$/, '/strong'));
    await person.submit({ identifier, password: PASSWORD });
    return person;
  }

  it('end the login, though the password is typed again in between', async () => {
    const account = await patient.addAccount();
    const person = await begin(account.identifier);
    for (let n = 0; n < 4; n++) {
      await person.submit({ code: '000000' });
      expect(person.page!.status).toBe(422);
      await follow(person, "Saisir de nouveau l'identifiant");
      await person.submit({ identifier: account.identifier, password: PASSWORD });
    }
    await person.submit({ code: '000000' });
    expect(new URL(person.page!.url).searchParams.get('error')).toBe('access_denied');
  });

  it('are no more when they come at the same moment', async () => {
    const account = await patient.addAccount();
    const person = await begin(account.identifier);
    const { action } = person.fill({ code: '000000' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => person.request(new URL(action), post(patient, { code: '000000' }))),
    );
    for (const { status } of answers) expect([303, 400, 422]).toContain(status);
    const { rows } = await patient.database.pool.query(
      `SELECT count(*)::int AS n FROM audit WHERE account_id = $1 AND event = 'login.failed'`,
      [account.id],
    );
    expect(rows[0].n).toBeLessThanOrEqual(5);
    // Nor is there a sixth.
    await person.submit({ code: '000000' });
    expect(new URL(person.page!.url).searchParams.get('error')).toBe('access_denied');
  });
});

it('has somebody wait who types passwords and never a code', async () => {
  const strict = await startTestServer({ IDP_LOGIN_WAIT_FROM_PER_ADDRESS: '2' });
  try {
    const rp = await Application.register(strict);
    const account = await strict.addAccount();
    const { secret } = await enrol(strict, account);
    const typePassword = async () => {
      const person = new Person(strict.issuer);
      await person.open(rp.request().url);
      await person.open(person.page!.url.replace(/\/password$/, '/strong'));
      await person.submit({ identifier: account.identifier, password: PASSWORD });
      return person;
    };
    // Who then types the code is not counted.
    for (let n = 0; n < 12; n++) {
      const person = await typePassword();
      await forgetUsedCodes(strict, account);
      await person.submit({ code: codeOf(secret) });
      expect(isBack(person)).toBe(true);
    }
    const statuses = [];
    for (let n = 0; n < 9; n++) statuses.push((await typePassword()).page!.status);
    expect(statuses).toEqual([...Array(8).fill(200), 429]);
  } finally {
    await strict.stop();
  }
});

it.each<[string, Record<string, string>]>([
  ['a lower minimum', { acr_values: 'eidas1' }],
  ['a word that nobody knows', { acr_values: 'nonsense' }],
  ['nothing', {}],
  ['a higher minimum', { acr_values: 'eidas2' }],
  ['a level that nobody reaches', { acr_values: 'eidas3' }],
])(
  'keeps the minimum that an application has registered, where the request asks for %s',
  async (_, parameters) => {
    const { account, secret } = await enrolled();
    const strict = await Application.register(server, { default_acr_values: ['eidas2'] });
    const person = new Person(server.issuer);
    await person.open(strict.request(parameters).url);
    await person.open(person.page!.url.replace(/\/strong$/, '/password'));
    await person.submit({ identifier: account.identifier, password: PASSWORD });
    expect(person.page!.url).toMatch(/\/otp$/);
    await person.submit({ code: codeOf(secret) });
    expect(isBack(person)).toBe(true);
    // Nor is there less by an essential claim.
    const essential = JSON.stringify({ id_token: { acr: { essential: true, values: ['eidas1'] } } });
    await new Person(server.issuer).open(strict.request({ claims: essential }).url);
    const other = new Person(server.issuer);
    await other.open(strict.request({ claims: essential }).url);
    await other.open(other.page!.url.replace(/\/strong$/, ''));
    expect(new URL(other.page!.url).searchParams.get('error')).toBe('unmet_authentication_requirements');
  },
);

it('knows who steps up', async () => {
  const { account } = await enrolled();
  const person = new Person(server.issuer);
  await app.code(person, account);
  await person.open(app.request(DEMANDS_STRONG).url);
  expect(person.page!.body).toContain(`value="${account.identifier}"`);
  expect(plain(person.page!.text)).toContain('Ce service demande une authentification forte.');
});

it('says what the service asked for where that is less than what was proved', async () => {
  const { account, secret } = await enrolled();
  const essential = {
    claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['eidas1'] } } }),
  };
  const { person, request } = await atCode(account.identifier, PASSWORD, essential);
  await person.submit({ code: codeOf(secret) });
  expect(decodeJwt((await tokensOf(person, request)).id_token).acr).toBe('eidas1');
  // What was proved is not forgotten, nor asked for again to say less.
  for (const [parameters, acr] of [
    [DEMANDS_STRONG, 'eidas2'],
    [essential, 'eidas1'],
    [{}, 'eidas2'],
  ] as const) {
    const silent = app.request({ prompt: 'none', ...parameters });
    await person.open(silent.url);
    const { id_token } = await tokensOf(person, silent);
    expect(decodeJwt(id_token)).toMatchObject({ acr, amr: ['pwd', 'otp', 'mfa'] });
  }
});

it('tells that a provisional password has expired only to who types it right, with the code', async () => {
  const { account, secret } = await enrolled();
  await server.database.pool.query(
    `UPDATE account SET provisional_expires_at = now() - interval '1 hour' WHERE id = $1`,
    [account.id],
  );
  const { person } = await atCode(account.identifier);
  await person.submit({ code: '000000' });
  expect(plain(person.page!.text)).toContain(INCORRECT);
  await person.submit({ code: codeOf(secret) });
  expect(person.page!.status).toBe(422);
  expect(plain(person.page!.text)).toContain('Votre mot de passe provisoire a expiré');
});

it('confirms the first change of a password before it asks for more', async () => {
  const account = await server.addNewAccount();
  const person = new Person(server.issuer);
  const request = app.request(DEMANDS_STRONG);
  await person.open(request.url);
  await follow(person, "L'ajouter maintenant");
  await person.submit({ identifier: account.identifier, password: account.provisionalPassword });
  expect(person.page!.url).toMatch(/\/first-change$/);
  await person.submit({
    identifier: account.identifier,
    currentPassword: account.provisionalPassword,
    newPassword: PASSWORD,
    newPasswordConfirmation: PASSWORD,
    captchaChoice: await rightPicture(server, person),
  });
  expect(person.page!.text).toContain('Votre changement de mot de passe est effectué.');
  await follow(person, 'Continuer vers');
  expect(person.page!.url).toMatch(/\/enrol$/);
  await person.submit({ code: codeOf(shownKey(person)) });
  await follow(person, 'Continuer vers');
  expect(decodeJwt((await tokensOf(person, request)).id_token).acr).toBe('eidas2');
});

describe('an enrolment on the way', () => {
  async function atEnrolment() {
    const account = await server.addAccount();
    const person = new Person(server.issuer);
    const request = app.request(DEMANDS_STRONG);
    await person.open(request.url);
    await follow(person, "L'ajouter maintenant");
    await person.submit({ identifier: account.identifier, password: PASSWORD });
    return { account, person, request, secret: shownKey(person) };
  }

  it.each(WHEN)('shows the codes to both of two clicks, %s', async (when) => {
    const { account, person, secret } = await atEnrolment();
    // As a form that has no name: the account answers alike by itself.
    const form = person.fill({ code: codeOf(secret), formId: undefined });
    const answers = await clickTwice(person, form, when);
    const pages = await Promise.all(answers.map((answer) => answer.text()));
    const shown = pages.map((page) => [...page.matchAll(/<li><code>([^<]+)/g)].map(([, code]) => code));
    expect(shown[0]).toHaveLength(10);
    expect(shown[1]).toEqual(shown[0]);
    expect(await factorsOf(account)).toHaveLength(1);
  });

  it('asks for identifier and password again, and says why, after a quarter of an hour', async () => {
    const { account, person, secret } = await atEnrolment();
    await server.database.pool.query(
      `UPDATE artefact SET payload = jsonb_set(payload, '{result,progress,provedAt}', to_jsonb((payload #>> '{result,progress,provedAt}')::int - 901))
       WHERE account_id = $1 AND model = 'Interaction'`,
      [account.id],
    );
    await person.submit({ code: codeOf(secret) });
    expect(plain(person.page!.text)).toContain('Trop de temps a passé');
    expect(await factorsOf(account)).toEqual([]);
  });

  it('begins again, and says so, where its time has run out', async () => {
    const { account, person, request, secret } = await atEnrolment();
    person.forget('idp_enrolment');
    await person.submit({ code: codeOf(secret) });
    expect(person.page!.status).toBe(422);
    expect(plain(person.page!.text)).toContain('Trop de temps a passé : ce QR code est nouveau.');
    const fresh = shownKey(person);
    expect(fresh).not.toBe(secret);
    await person.submit({ code: codeOf(fresh) });
    expect(await factorsOf(account)).toHaveLength(1);
    await follow(person, 'Continuer');
    expect(decodeJwt((await tokensOf(person, request)).id_token).acr).toBe('eidas2');
  });

  it('is over once its owner has an application', async () => {
    const { account, person, secret } = await atEnrolment();
    await enrol(server, account);
    await person.submit({ code: codeOf(secret) });
    expect(plain(person.page!.text)).toContain(
      "Rien n'a été ajouté : cet ajout a déjà servi, ou votre compte a reçu entre-temps une application",
    );
    await follow(person, 'Continuer');
    expect(person.page!.url).toMatch(/\/otp$/);
    expect(await factorsOf(account)).toHaveLength(1);
  });

  it('begins anew after a recovery code, where it was begun by the password alone', async () => {
    const { account, person, secret: dead } = await atEnrolment();
    const { secret, recoveryCodes } = await enrol(server, account);
    await person.open(person.page!.url.replace(/enrol$/, 'recovery'));
    await person.submit({ recoveryCode: recoveryCodes[0]! });
    await follow(person, 'Ajouter une application');
    const fresh = shownKey(person);
    expect([dead, secret]).not.toContain(fresh);
    await person.submit({ code: codeOf(fresh), replaces: 'yes' });
    expect(shownCodes(person)).toHaveLength(10);
    expect(await factorsOf(account)).toHaveLength(1);
  });

  it('adds nothing again after it was removed', async () => {
    const { account, person, secret } = await atEnrolment();
    const { action } = person.fill({ code: codeOf(secret) });
    const headers = { ...post(server, {}).headers, cookie: person.cookieHeader(new URL(person.page!.url)) };
    const again = () =>
      person.request(new URL(action), { ...post(server, { code: codeOf(secret) }), headers });
    await again();
    await server.database.pool.query('DELETE FROM authenticator WHERE account_id = $1', [account.id]);
    expect(await (await again()).text()).toContain("Rien n'a été ajouté");
    expect(await factorsOf(account)).toEqual([]);
  });
});

describe('an account', () => {
  it('may demand more than the service', async () => {
    const { account, secret } = await enrolled();
    await server.database.pool.query(`UPDATE account SET minimum_acr = 'eidas2' WHERE id = $1`, [account.id]);
    const person = new Person(server.issuer);
    const request = app.request();
    await person.open(request.url);
    await person.submit({ identifier: account.identifier, password: PASSWORD });
    expect(plain(person.page!.text)).toContain('Ce service demande une authentification forte.');
    await person.submit({ code: codeOf(secret) });
    expect(decodeJwt((await tokensOf(person, request)).id_token).acr).toBe('eidas2');
  });

  it('must, where its profession has to', async () => {
    const strict = await startTestServer({ IDP_STRONG_ROLES: '10,40' });
    try {
      const rp = await Application.register(strict);
      for (const [roles, page] of [
        [['10'], /\/enrol$/],
        [['60'], /code=/],
      ] as const) {
        const account = await strict.addAccount({ roles: [...roles] });
        const person = new Person(strict.issuer);
        await person.open(rp.request().url);
        await person.submit({ identifier: account.identifier, password: PASSWORD });
        expect(person.page!.url).toMatch(page);
      }
    } finally {
      await strict.stop();
    }
  });

  it('that was alarmed after a strong login loses what was added lately, and nothing else', async () => {
    const { account, secret } = await enrolled();
    await server.database.pool.query(
      `UPDATE authenticator SET name = 'Ancien', created_at = now() - interval '31 days' WHERE account_id = $1`,
      [account.id],
    );
    await server.database.pool.query(
      `INSERT INTO authenticator (id, account_id, name, secret_encrypted) VALUES (gen_random_uuid(), $1, 'Intrus', '')`,
      [account.id],
    );
    const { person } = await atCode(account.identifier);
    await person.submit({ code: codeOf(secret) });
    await person.open(`${server.issuer}/account`);
    expect(plain(person.page!.text)).toContain('depuis moins de trente jours sera retiré');
    await person.submit({}, { button: ALARM });
    expect(person.page!.url).toMatch(/\/secured$/);
    expect(await factorsOf(account)).toMatchObject([{ name: 'Ancien' }]);
    await server.mail.waitForMessage(
      ({ to, subject }) =>
        to.includes(account.email) && subject === "Une application d'authentification a été supprimée",
    );
  });

  it('loses none by an alarm in a session that was left open', async () => {
    const { account, secret } = await enrolled();
    const { person } = await atCode(account.identifier);
    await person.submit({ code: codeOf(secret) });
    await growOlder(server, account.id, 301);
    await person.open(`${server.issuer}/account`);
    await person.submit({}, { button: ALARM });
    expect(person.page!.url).toMatch(/\/secured$/);
    expect(await factorsOf(account)).toHaveLength(1);
  });

  it('keeps its second factors when somebody raises the alarm who has shown none: a mailbox is not enough', async () => {
    const { account } = await enrolled();
    const owner = await openAccount(server, account);
    expect(plain(owner.page!.text)).toContain('Votre authentification forte reste');
    await owner.submit({}, { button: ALARM });
    expect(owner.page!.url).toMatch(/\/secured$/);
    expect(await factorsOf(account)).toHaveLength(1);
  });

  it('whose secret no key opens is refused like everybody', async () => {
    const { account, secret } = await enrolled();
    await server.database.pool.query('UPDATE authenticator SET secret_encrypted = $2 WHERE account_id = $1', [
      account.id,
      Buffer.alloc(60, 1),
    ]);
    const { person } = await atCode(account.identifier);
    await person.submit({ code: codeOf(secret) });
    expect(person.page!.status).toBe(422);
    expect(plain(person.page!.text)).toContain(INCORRECT);
  });
});

it('is nowhere to be found where it is switched off', async () => {
  const plainServer = await startTestServer({ IDP_LOGIN_METHODS: 'password' });
  try {
    const { person } = await atAccount(plainServer);
    expect(person.page!.text).not.toContain('Authentification forte');
    await person.open(`${plainServer.issuer}/account/strong`);
    expect(person.page!.status).toBe(404);
  } finally {
    await plainServer.stop();
  }
});

it('has its only way in where the password alone is switched off', async () => {
  const strict = await startTestServer({ IDP_LOGIN_METHODS: 'strong' });
  try {
    const rp = await Application.register(strict);
    const account = await strict.addAccount();
    const person = new Person(strict.issuer);
    await person.open(rp.request().url);
    expect(person.page!.url).toMatch(/\/strong$/);
    await follow(person, "L'ajouter maintenant");
    await person.submit({ identifier: account.identifier, password: PASSWORD });
    await person.submit({ code: codeOf(shownKey(person)) });
    await follow(person, 'Continuer vers');
    expect(isBack(person)).toBe(true);
  } finally {
    await strict.stop();
  }
});

it('counts no failure where a code is sent twice, one click after the other', async () => {
  const { account, secret } = await enrolled();
  const { person } = await atCode(account.identifier);
  const answers = await clickTwice(person, person.fill({ code: codeOf(secret) }), 'one after the other');
  expect(answers.map(({ status }) => status)).toEqual([303, 303]);
  const { rows } = await server.database.pool.query(
    `SELECT 1 FROM audit WHERE account_id = $1 AND event = 'login.failed'`,
    [account.id],
  );
  expect(rows).toEqual([]);
});

it('keeps the count of codes from whoever types its name for an identifier', async () => {
  const { account, secret } = await enrolled();
  for (let n = 0; n < 4; n++) {
    const stranger = new Person(server.issuer);
    await stranger.open(app.request().url);
    await stranger.submit({ identifier: `code:${account.identifier}`, password: 'faux-1!aa' });
  }
  const { person } = await atCode(account.identifier);
  await person.submit({ code: codeOf(secret) });
  expect(isBack(person)).toBe(true);
});

describe('a recovery code', () => {
  it('stands in for the device once, and its owner is told', async () => {
    const { account, recoveryCodes } = await enrolled();
    const { person, request } = await atCode(account.identifier);
    await person.open(person.page!.url.replace(/\/otp$/, '/recovery'));
    await person.submit({ recoveryCode: recoveryCodes[0]!.toUpperCase().replaceAll('-', ' ') });
    expect(plain(person.page!.text)).toContain('Codes de récupération restants : 9.');
    await follow(person, 'Continuer vers');
    expect(decodeJwt((await tokensOf(person, request)).id_token).acr).toBe('eidas2');
    await server.mail.waitForMessage(
      ({ to, subject }) => to.includes(account.email) && subject === 'Un code de récupération a été utilisé',
    );
    const { person: again } = await atCode(account.identifier);
    await again.open(again.page!.url.replace(/\/otp$/, '/recovery'));
    await again.submit({ recoveryCode: recoveryCodes[0]! });
    expect(again.page!.status).toBe(422);
  });

  it('is taken once, though many come at the same moment, and never with a wrong password', async () => {
    const { account, recoveryCodes } = await enrolled();
    const [, second] = recoveryCodes;
    const { person: wrong } = await atCode(account.identifier, 'faux-1!aa');
    await wrong.open(wrong.page!.url.replace(/\/otp$/, '/recovery'));
    await wrong.submit({ recoveryCode: second! });
    expect(wrong.page!.status).toBe(422);
    const { person } = await atCode(account.identifier);
    await person.open(person.page!.url.replace(/\/otp$/, '/recovery'));
    const form = person.fill({ recoveryCode: second! });
    await Promise.all(Array.from({ length: 20 }, () => person.send(form)));
    const { rows } = await server.database.pool.query(
      `SELECT count(*)::int AS n FROM recovery_code WHERE account_id = $1 AND used_at IS NOT NULL`,
      [account.id],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });
});

it('invites to add a new application after a recovery code, in place of the lost one', async () => {
  const { account, recoveryCodes } = await enrolled();
  const { person, request } = await atCode(account.identifier);
  await follow(person, "Je n'ai pas mon appareil");
  await person.submit({ recoveryCode: recoveryCodes[3]! });
  await follow(person, 'Ajouter une application');
  const secret = shownKey(person);
  expect(person.page!.body).toMatch(/<input[^>]*name="replaces"[^>]*checked/);
  await person.submit({ code: codeOf(secret), name: 'Neuf', replaces: 'yes' });
  const codes = shownCodes(person);
  expect(codes).toHaveLength(10);
  expect(codes).not.toContain(recoveryCodes[4]);
  expect(await factorsOf(account)).toMatchObject([{ name: 'Neuf' }]);
  await follow(person, 'Continuer vers');
  expect(decodeJwt((await tokensOf(person, request)).id_token).acr).toBe('eidas2');
});

it('keeps the old device and its codes where it is not lost, and says so', async () => {
  const { account, recoveryCodes } = await enrolled();
  const { person, request } = await atCode(account.identifier);
  await follow(person, "Je n'ai pas mon appareil");
  await person.submit({ recoveryCode: recoveryCodes[0]! });
  await follow(person, 'Ajouter une application');
  const form = person.fill({ code: codeOf(shownKey(person)) });
  form.data.delete('replaces');
  await person.post(form);
  expect(plain(person.page!.text)).toContain(
    'Vos codes de récupération servent toujours. Codes restants : 9.',
  );
  expect(await factorsOf(account)).toHaveLength(2);
  await follow(person, 'Continuer vers');
  expect(decodeJwt((await tokensOf(person, request)).id_token).acr).toBe('eidas2');
});

it('lets nobody add one by a recovery code of before, once its owner has new ones', async () => {
  const { account, secret, recoveryCodes } = await enrolled();
  const { person: thief } = await atCode(account.identifier);
  await follow(thief, "Je n'ai pas mon appareil");
  await thief.submit({ recoveryCode: recoveryCodes[3]! });
  await follow(thief, 'Ajouter une application');
  const owner = await openAccount(server, account);
  await owner.open('/account/strong');
  await owner.submit(
    { currentPassword: PASSWORD, code: codeOf(secret) },
    { button: 'Nouveaux codes de récupération' },
  );
  expect(shownCodes(owner)).toHaveLength(10);
  await thief.submit({ code: codeOf(shownKey(thief)), replaces: 'yes' });
  expect(thief.page!.text).toContain('Session expirée');
  expect(await factorsOf(account)).toHaveLength(1);
});

it('asks for identifier and password again, and says why, where the code came too late', async () => {
  const { account, secret } = await enrolled();
  for (const field of ['code', 'recoveryCode']) {
    const { person } = await atCode(account.identifier);
    if (field === 'recoveryCode') await follow(person, "Je n'ai pas mon appareil");
    person.forget('idp_claim');
    await person.submit({ [field]: codeOf(secret) });
    expect(plain(person.page!.text)).toContain(
      'Trop de temps a passé : saisissez de nouveau votre identifiant et votre mot de passe.',
    );
    await person.submit({ identifier: account.identifier, password: PASSWORD });
    expect(person.page!.url).toMatch(/\/otp$/);
  }
});

it('has room made first where there are five, and loses nothing by it', async () => {
  const { account, recoveryCodes } = await enrolled();
  await server.database.pool.query(
    `INSERT INTO authenticator (id, account_id, name, secret_encrypted)
     SELECT gen_random_uuid(), account_id, 'Autre ' || n, secret_encrypted FROM authenticator, generate_series(1, 4) AS n WHERE account_id = $1`,
    [account.id],
  );
  const { person, request } = await atCode(account.identifier);
  await follow(person, "Je n'ai pas mon appareil");
  await person.submit({ recoveryCode: recoveryCodes[0]! });
  await follow(person, 'Ajouter une application');
  const secret = shownKey(person);
  const { data, action } = person.fill({ code: codeOf(secret) });
  data.delete('replaces');
  await person.open(action, { ...post(server, {}), body: data.toString() });
  expect(plain(person.page!.text)).toContain('Vous en avez déjà cinq.');
  await person.submit({ code: codeOf(secret), replaces: 'yes' });
  expect(shownCodes(person)).toHaveLength(10);
  expect(await factorsOf(account)).toHaveLength(1);
  await follow(person, 'Continuer vers');
  expect(decodeJwt((await tokensOf(person, request)).id_token).acr).toBe('eidas2');
});

it('keeps no secret in clear, and prints none', async () => {
  const { account, secret, recoveryCodes } = await enrolled();
  const { person } = await atCode(account.identifier, 'un-mot-de-passe-tape-ici');
  await person.submit({ code: codeOf(secret) });
  await waitUntil(() => server.log.length > 0);
  const stored = JSON.stringify(
    (
      await server.database.pool.query(
        `SELECT (SELECT json_agg(t) FROM (SELECT encode(secret_encrypted, 'escape') FROM authenticator) t) AS a,
                (SELECT json_agg(t) FROM (SELECT encode(code_hash, 'escape') FROM recovery_code) t) AS b,
                (SELECT json_agg(payload) FROM artefact) AS c`,
      )
    ).rows,
  );
  for (const word of [secret, ...recoveryCodes, 'un-mot-de-passe-tape-ici']) {
    expect(stored).not.toContain(word);
    expect(server.log.join('')).not.toContain(word);
  }
});
