// « Clé d'accès »: added in « Mon compte », signs in without an identifier; keys of others, copies and forged answers do not.
import { decodeJwt } from 'jose';
import { Application } from '../../support/application.ts';
import {
  codeOf,
  DEMANDS_STRONG,
  enrol,
  forgetUsedCodes,
  shownCodes,
  shownKey,
} from '../../support/authenticator.ts';
import { atAccount, growOlder, plain } from '../../support/my-account.ts';
import { type Flaw, SoftwarePasskey, shownOptions } from '../../support/passkey.ts';
import { Person } from '../../support/person.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';
import { clickTwice, WHEN } from '../../support/two-clicks.ts';

const REFUSED = "Cette clé d'accès n'a pas été acceptée.";

let server: TestServer;
let app: Application;

beforeAll(async () => {
  server = await startTestServer({ IDP_LOGIN_WAIT_FROM_PER_ADDRESS: '10000' });
  app = await Application.register(server);
});
afterAll(() => server.stop());

async function addPasskey(
  person: Person,
  passkey: SoftwarePasskey,
  proof: Record<string, string> = {},
  name = '',
) {
  await person.open(`${server.issuer}/account/strong`);
  await person.submit({ currentPassword: PASSWORD, ...proof }, { button: "Ajouter une clé d'accès" });
  expect(person.page!.url).toBe(`${server.issuer}/account/strong/passkey`);
  await person.submit({ attestation: passkey.create(shownOptions(person), server.issuer), name });
}

async function withPasskey(options: ConstructorParameters<typeof SoftwarePasskey>[0] = {}) {
  const { account, person } = await atAccount(server);
  const passkey = new SoftwarePasskey(options);
  await addPasskey(person, passkey);
  const recoveryCodes = shownCodes(person);
  expect(recoveryCodes).toHaveLength(10);
  return { account, person, passkey, recoveryCodes };
}

async function atTab(parameters: Record<string, string> = {}) {
  const person = new Person(server.issuer);
  const request = app.request(parameters);
  await person.open(request.url);
  await person.open(person.page!.url.replace(/\/password$/, '/strong'));
  return { person, request };
}

async function signIn(passkey: SoftwarePasskey, flaw?: Flaw) {
  const { person, request } = await atTab();
  await person.submit({ assertion: passkey.get(shownOptions(person), server.issuer, flaw) });
  return { person, request };
}

const codeIn = (person: Person) => new URL(person.page!.url).searchParams.get('code');

async function tokensOf(person: Person, request: ReturnType<typeof app.request>) {
  const answer = await app.redeem({ code: codeIn(person)!, verifier: request.verifier });
  return decodeJwt((answer.json() as { id_token: string }).id_token);
}

it.each([
  ['of one device', { isSynced: false }, 'hwk'],
  ['that a password manager keeps', { isSynced: true }, 'swk'],
])('signs in by a key %s, without typing who one is', async (_, options, method) => {
  const { account, passkey } = await withPasskey(options);
  for (let n = 0; n < 2; n++) {
    const { person, request } = await signIn(passkey);
    expect(await tokensOf(person, request)).toMatchObject({
      sub: account.id,
      acr: 'eidas2',
      amr: [method, 'user', 'mfa'],
    });
  }
  await server.mail.waitForMessage(
    ({ to, subject }) => to.includes(account.email) && subject === "Une clé d'accès a été ajoutée",
  );
});

it('is listed by its name, and removed; with the last one go the recovery codes', async () => {
  const { account, person, passkey } = await withPasskey();
  await person.open(`${server.issuer}/account/strong`);
  expect(plain(person.page!.text)).toContain("Ma clé d'accès Clé d'accès, ajoutée le");
  // Signed in by it a moment ago: that is the second proof.
  const { person: owner } = await signIn(passkey);
  await owner.open(`${server.issuer}/account/strong`);
  expect(owner.page!.body).not.toContain('name="code"');
  const id = /<option value="([^"]+)"/.exec(owner.page!.body)![1]!;
  await owner.submit({ currentPassword: PASSWORD, factor: id }, { button: 'Supprimer' });
  expect(plain(owner.page!.text)).toContain("Aucune application ni clé d'accès n'est enregistrée.");
  const { person: late } = await signIn(passkey);
  expect(plain(late.page!.text)).toContain(REFUSED);
  const { rows } = await server.database.pool.query('SELECT 1 FROM recovery_code WHERE account_id = $1', [
    account.id,
  ]);
  expect(rows).toEqual([]);
});

it('asks for a code of an application, or a recovery code, where one signed in by the password', async () => {
  const { person, recoveryCodes } = await withPasskey();
  await person.open(`${server.issuer}/account/strong`);
  await person.submit({ currentPassword: PASSWORD, code: '' });
  expect(plain(person.page!.text)).toContain('Renseignez le code.');
  await person.submit({ currentPassword: PASSWORD, code: recoveryCodes[0]! });
  expect(shownKey(person)).toMatch(/^[A-Z2-7]{32}$/);
});

it('is not enough any more five minutes after', async () => {
  const { account, passkey } = await withPasskey();
  const { person } = await signIn(passkey);
  await growOlder(server, account.id, 301);
  await person.open(`${server.issuer}/account/strong`);
  expect(person.page!.body).not.toContain('name="currentPassword"');
});

it.each<[string, Flaw]>([
  ['for another login', { challenge: 'A'.repeat(43) }],
  ['made on another site', { origin: 'https://evil.example' }],
  ['for another host', { rpId: 'evil.example' }],
  ['whose owner was not verified', { isUnverified: true }],
  ['of another kind', { type: 'webauthn.create' }],
])('takes no signature %s', async (_, flaw) => {
  const { passkey } = await withPasskey();
  const { person } = await signIn(passkey, flaw);
  expect(person.page!.status).toBe(422);
  expect(plain(person.page!.text)).toContain(REFUSED);
});

it('takes no copy of a key, which counts less than the original has', async () => {
  const { account, passkey } = await withPasskey();
  await signIn(passkey);
  const { person } = await signIn(passkey, { counter: 1 });
  expect(plain(person.page!.text)).toContain(REFUSED);
  const { rows } = await server.database.pool.query(
    `SELECT detail FROM audit WHERE account_id = $1 AND event = 'login.failed'`,
    [account.id],
  );
  expect(rows).toEqual([{ detail: { method: 'passkey', reason: 'copy' } }]);
});

it.each(WHEN)('answers the second of two clicks like the first, %s', async (when) => {
  const { account, passkey } = await withPasskey();
  const { person } = await atTab();
  const form = person.fill({ assertion: passkey.get(shownOptions(person), server.issuer) });
  const answers = await clickTwice(person, form, when);
  expect(answers.map(({ status }) => status)).toEqual([303, 303]);
  const { rows } = await server.database.pool.query(
    `SELECT 1 FROM audit WHERE account_id = $1 AND event = 'login.failed'`,
    [account.id],
  );
  expect(rows).toEqual([]);
});

it('is not refused for a password of somebody else that has had its time', async () => {
  const { account, passkey } = await withPasskey();
  const other = await server.addAccount();
  await enrol(server, other);
  const person = new Person(server.issuer);
  await person.open(app.request(DEMANDS_STRONG).url);
  await person.open(person.page!.url.replace(/strong$/, 'password'));
  await person.submit({ identifier: other.identifier, password: PASSWORD });
  expect(person.page!.url).toMatch(/\/otp$/);
  await server.database.pool.query(
    `UPDATE artefact SET payload = jsonb_set(payload, '{result,progress,provedAt}', to_jsonb((payload #>> '{result,progress,provedAt}')::int - 901))
     WHERE account_id = $1 AND model = 'Interaction' AND payload #> '{result,progress}' IS NOT NULL`,
    [other.id],
  );
  await person.open(person.page!.url.replace(/otp$/, 'strong'));
  await person.submit({ assertion: passkey.get(shownOptions(person), server.issuer) });
  expect(new URL(person.page!.url).searchParams.has('code')).toBe(true);
  const { rows } = await server.database.pool.query(
    `SELECT detail FROM audit WHERE account_id = $1 AND event = 'login.succeeded' ORDER BY id DESC LIMIT 1`,
    [account.id],
  );
  expect(rows[0].detail).toMatchObject({ method: 'strong' });
});

it('takes an answer in the login it was made for, once', async () => {
  const { passkey } = await withPasskey();
  const { person } = await atTab();
  const assertion = passkey.get(shownOptions(person), server.issuer);
  const other = await atTab();
  await other.person.submit({ assertion });
  expect(plain(other.person.page!.text)).toContain(REFUSED);
  await person.submit({ assertion });
  expect(codeIn(person)).not.toBeNull();
});

it('refuses whatever is no answer, without a fault', async () => {
  const answers = [
    '',
    '{}',
    'null',
    '[]',
    '{"id":1}',
    '{"id":""}',
    '{"id":"AAAA"}',
    '{"id":"AAAA","response":{}}',
  ];
  for (const assertion of [...answers, 'x'.repeat(20_000), `{"id":"${'A'.repeat(9_000)}"}`]) {
    const { person } = await atTab();
    await person.submit({ assertion });
    expect([422, 429]).toContain(person.page!.status);
  }
});

it('takes the place of a code that is demanded, but only of the same account', async () => {
  const { account, passkey } = await withPasskey();
  const stranger = await withPasskey();
  for (const [key, isTheirs] of [
    [stranger.passkey, false],
    [passkey, true],
  ] as const) {
    const { person, request } = await atTab(DEMANDS_STRONG);
    await person.open(person.page!.url.replace(/\/strong$/, '/password'));
    await person.submit({ identifier: account.identifier, password: PASSWORD });
    expect(person.page!.url).toMatch(/\/otp$/);
    await person.submit({ assertion: key.get(shownOptions(person), server.issuer) });
    if (isTheirs) expect(await tokensOf(person, request)).toMatchObject({ sub: account.id, acr: 'eidas2' });
    else expect(plain(person.page!.text)).toContain(REFUSED);
  }
});

it('signs in its owner after a mistyped identifier, and keeps « Poste partagé »', async () => {
  const { account, passkey } = await withPasskey();
  const { person, request } = await atTab();
  await person.submit({ identifier: 'personne-du-tout', password: 'faux-1!aa', sharedComputer: 'yes' });
  expect(person.page!.url).toMatch(/\/otp$/);
  await person.submit({ assertion: passkey.get(shownOptions(person), server.issuer) });
  expect(await tokensOf(person, request)).toMatchObject({ sub: account.id });
  const session = person.setCookies.findLast((line) => line.startsWith('idp_session='))!;
  expect(session).not.toMatch(/expires=/i);
});

it('stays when a lost application is replaced', async () => {
  const { account, person, recoveryCodes } = await withPasskey();
  await person.open(`${server.issuer}/account/strong`);
  await person.submit({ currentPassword: PASSWORD, code: recoveryCodes[0]! });
  await person.submit({ code: codeOf(shownKey(person)) });
  const { person: lost } = await atTab();
  await lost.submit({ identifier: account.identifier, password: PASSWORD });
  await lost.open(lost.page!.url.replace(/otp$/, 'recovery'));
  await lost.submit({ recoveryCode: recoveryCodes[1]! });
  await lost.open(lost.page!.url.replace(/recovery$/, 'enrol'));
  await lost.submit({ code: codeOf(shownKey(lost)), replaces: 'yes' });
  const { rows } = await server.database.pool.query(
    `SELECT (SELECT count(*)::int FROM passkey WHERE account_id = $1) AS passkeys,
            (SELECT count(*)::int FROM authenticator WHERE account_id = $1) AS applications,
            (SELECT count(*)::int FROM audit WHERE account_id = $1 AND event = 'authenticator.removed') AS told`,
    [account.id],
  );
  expect(rows).toEqual([{ passkeys: 1, applications: 1, told: 1 }]);
});

it('signs nobody in whose account is locked', async () => {
  const { account, passkey } = await withPasskey();
  await server.database.pool.query('UPDATE account SET locked_at = now() WHERE id = $1', [account.id]);
  const { person } = await signIn(passkey);
  expect(plain(person.page!.text)).toContain(REFUSED);
});

it('leads to the change of a provisional password first', async () => {
  const { account, passkey } = await withPasskey();
  await server.database.pool.query(
    `UPDATE account SET provisional_expires_at = now() + interval '1 hour' WHERE id = $1`,
    [account.id],
  );
  const { person } = await signIn(passkey);
  expect(person.page!.url).toMatch(/\/first-change$/);
});

it('adds none that was made for another enrolment, nor one that somebody has', async () => {
  const { person } = await atAccount(server);
  await person.open(`${server.issuer}/account/strong`);
  await person.submit({ currentPassword: PASSWORD }, { button: "Ajouter une clé d'accès" });
  const options = shownOptions(person);
  for (const flaw of [
    { challenge: 'A'.repeat(43) },
    { origin: 'https://evil.example' },
    { isUnverified: true },
  ]) {
    await person.submit({ attestation: new SoftwarePasskey().create(options, server.issuer, flaw) });
    expect(person.page!.status).toBe(422);
    expect(plain(person.page!.text)).toContain(REFUSED);
  }
  const { passkey } = await withPasskey();
  await person.submit({ attestation: passkey.create(options, server.issuer) });
  const { rows } = await server.database.pool.query(
    'SELECT count(*)::int AS n FROM passkey WHERE credential_id = $1',
    [passkey.credentialId],
  );
  expect(rows).toEqual([{ n: 1 }]);
});

it('stands beside an application: a key is added with its code, and the recovery codes stay', async () => {
  const account = await server.addAccount();
  const { person, secret } = await enrol(server, account);
  await forgetUsedCodes(server, account);
  await addPasskey(person, new SoftwarePasskey(), { code: codeOf(secret) }, 'Ordinateur');
  expect(person.page!.url).toBe(`${server.issuer}/account/strong`);
  expect(plain(person.page!.text)).toContain('Codes de récupération restants : 10.');
  expect(plain(person.page!.text)).toContain('Ordinateur');
});
