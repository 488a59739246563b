// « Authentification forte » in « Mon compte ». Catalogue row D63.

import { codeOf, enrol, forgetUsedCodes, shownCodes, shownKey } from '../../support/authenticator.ts';
import { askForLink, mailedLink } from '../../support/forgotten-password.ts';
import { atAccount, growOlder, plain } from '../../support/my-account.ts';
import { SoftwarePasskey, shownOptions } from '../../support/passkey.ts';
import { Person } from '../../support/person.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Applications and passkeys. */
async function factorsOf({ id }: { id: string }) {
  const { rows } = await server.database.pool.query(
    'SELECT id FROM authenticator WHERE account_id = $1 UNION ALL SELECT id FROM passkey WHERE account_id = $1',
    [id],
  );
  return rows;
}

async function enrolled() {
  const account = await server.addAccount();
  const { person, secret, recoveryCodes } = await enrol(server, account);
  await forgetUsedCodes(server, account);
  await person.open(`${server.issuer}/account/strong`);
  return { account, person, secret, recoveryCodes };
}

it('adds an application: QR code, key in groups of four, a right code, ten recovery codes, a mail', async () => {
  const { account, person } = await atAccount(server);
  expect(plain(person.page!.text)).toContain("Aucune application ni clé d'accès n'est enregistrée.");
  await person.open('/account/strong');
  await person.submit({ currentPassword: PASSWORD });
  expect(person.page!.url).toBe(`${server.issuer}/account/strong/new`);
  expect(person.page!.body).toMatch(/<img class="qr-code" src="data:image\/svg\+xml;base64,/);
  expect(person.page!.text).toMatch(/([A-Z2-7]{4} ){7}[A-Z2-7]{4}/);
  const secret = shownKey(person);
  await person.submit({ code: '000000', name: 'Téléphone' });
  expect(person.page!.status).toBe(422);
  expect(person.page!.body).toContain('value="Téléphone"');
  await person.submit({ code: codeOf(secret), name: 'Téléphone <b>du</b> cabinet' });
  const codes = shownCodes(person);
  expect(codes).toHaveLength(10);
  expect(new Set(codes).size).toBe(10);
  for (const code of codes)
    expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{5}$/);
  await server.mail.waitForMessage(
    ({ to, subject }) =>
      to.includes(account.email) && subject === "Une application d'authentification a été ajoutée",
  );
  // Never again.
  for (const page of ['/account/strong', '/account/strong/new', '/account']) {
    await person.open(`${server.issuer}${page}`);
    for (const word of [secret, ...codes]) expect(person.page!.body.replaceAll(' ', '')).not.toContain(word);
  }
  expect(plain(person.page!.text)).toContain('1 moyen enregistré.');
  expect(plain(person.page!.text)).toContain("Application d'authentification ajoutée");
  await person.open('/account/strong');
  expect(person.page!.text).toContain('Téléphone <b>du</b> cabinet');
  expect(plain(person.page!.text)).toContain('Codes de récupération restants : 10.');
});

const NOTHING_ADDED = "Aucun moyen d'authentification forte n'a été ajouté";

it('says that nothing was added where the time for it has run out', async () => {
  const { account, person } = await atAccount(server);
  await person.open('/account/strong');
  await person.submit({ currentPassword: PASSWORD });
  const secret = shownKey(person);
  person.forget('idp_enrolment');
  await person.submit({ code: codeOf(secret) });
  expect(person.page!.url).toBe(`${server.issuer}/account/strong`);
  expect(plain(person.page!.text)).toContain(NOTHING_ADDED);
  expect(await factorsOf(account)).toEqual([]);
});

it('says nothing false to who loads the codes again later, nor offers a page without them', async () => {
  const { account, person } = await atAccount(server);
  await person.open('/account/strong');
  await person.submit({ currentPassword: PASSWORD });
  const form = person.fill({ code: codeOf(shownKey(person)) });
  await person.post(form);
  expect(shownCodes(person)).toHaveLength(10);
  expect(person.page!.body).not.toContain('?lang=');
  await server.database.pool.query('DELETE FROM answered_form');
  await person.post(form);
  expect(person.page!.url).toBe(`${server.issuer}/account/strong`);
  expect(plain(person.page!.text)).not.toContain(NOTHING_ADDED);
  expect(await factorsOf(account)).toHaveLength(1);
});

it('asks for a code again once the passkey that a session was opened by is removed', async () => {
  const { account, person, secret } = await enrolled();
  await person.submit(
    { currentPassword: PASSWORD, code: codeOf(secret) },
    { button: "Ajouter une clé d'accès" },
  );
  const passkey = new SoftwarePasskey();
  await person.submit({ attestation: passkey.create(shownOptions(person), server.issuer), name: '' });
  const thief = new Person(server.issuer);
  await thief.open('/account');
  await thief.open(thief.page!.url.replace(/password$/, 'strong'));
  await thief.submit({ assertion: passkey.get(shownOptions(thief), server.issuer) });
  await thief.open('/account/strong');
  expect(thief.page!.body).not.toContain('name="code"');
  const remove = thief.fill({ currentPassword: PASSWORD }, 'Supprimer');
  await server.database.pool.query('DELETE FROM passkey WHERE account_id = $1', [account.id]);
  await thief.open('/account/strong');
  expect(thief.page!.body).toContain('name="code"');
  await thief.post({ ...remove, action: `${server.issuer}/account/strong/remove` });
  expect(await factorsOf(account)).toHaveLength(1);
});

it('takes an application for none where a passkey came first, begun in another tab', async () => {
  const { account, person } = await atAccount(server);
  await person.open('/account/strong');
  await person.submit({ currentPassword: PASSWORD });
  const secret = shownKey(person);
  const first = person.fill({ code: codeOf(secret) });
  await person.open('/account/strong');
  await person.post(person.fill({ currentPassword: PASSWORD }, "Ajouter une clé d'accès"));
  await person.submit({
    attestation: new SoftwarePasskey().create(shownOptions(person), server.issuer),
    name: '',
  });
  expect(shownCodes(person)).toHaveLength(10);
  await person.post(first);
  expect(plain(person.page!.text)).toContain(NOTHING_ADDED);
  expect(plain(person.page!.text)).not.toContain('est ajouté.');
  expect(await factorsOf(account)).toHaveLength(1);
});

it('keeps apart an application and a passkey that are added in two tabs', async () => {
  const { account, person, secret: old } = await enrolled();
  await person.submit({ currentPassword: PASSWORD, code: codeOf(old) });
  await forgetUsedCodes(server, account);
  const first = person.fill({ code: codeOf(shownKey(person)) });
  await person.open('/account/strong');
  await person.post(person.fill({ currentPassword: PASSWORD, code: codeOf(old) }, "Ajouter une clé d'accès"));
  await person.submit({
    attestation: new SoftwarePasskey().create(shownOptions(person), server.issuer),
    name: '',
  });
  await person.post(first);
  expect(plain(person.page!.text)).toContain("Votre nouveau moyen d'authentification forte est ajouté.");
  expect(await factorsOf(account)).toHaveLength(3);
});

it('asks for the password, and for a code once there is an application', async () => {
  const { person: bare } = await atAccount(server);
  await bare.open('/account/strong');
  await bare.submit({ currentPassword: 'faux-1!aa' });
  expect(bare.page!.status).toBe(422);
  await bare.submit({ currentPassword: '' });
  expect(plain(bare.page!.text)).toContain('Renseignez votre mot de passe.');

  const { person, secret } = await enrolled();
  const pages: string[] = [];
  for (const [currentPassword, code] of [
    ['faux-1!aa', codeOf(secret)],
    [PASSWORD, '000000'],
  ] as const) {
    await person.submit({ currentPassword, code });
    expect(person.page!.status).toBe(422);
    pages.push(person.page!.text);
  }
  expect(new Set(pages).size).toBe(1);
  await person.submit({ currentPassword: PASSWORD, code: codeOf(secret) });
  expect(person.page!.url).toMatch(/\/new$/);
});

it('wants a login not older than five minutes', async () => {
  const { account, person, secret } = await enrolled();
  const { action, data } = person.fill({ currentPassword: PASSWORD, code: codeOf(secret) });
  await growOlder(server, account.id, 301);
  for (const path of [action, `${action}/remove`, `${action}/codes`]) {
    const answer = await person.send({ action: path, data });
    expect(answer.headers.get('location')).toBe('/account/strong');
  }
  await person.open(`${server.issuer}/account/strong`);
  expect(person.page!.body).not.toContain('name="currentPassword"');
});

it('replaces: the second is added, the first removed; with the last go the recovery codes', async () => {
  const { account, person, secret } = await enrolled();
  await person.submit({ currentPassword: PASSWORD, code: codeOf(secret) });
  const second = shownKey(person);
  await person.submit({ code: codeOf(second), name: 'Deuxième' });
  // The codes of before still stand.
  expect(person.page!.url).toBe(`${server.issuer}/account/strong`);
  const ids = [...person.page!.body.matchAll(/<option value="([^"]+)"/g)].map(([, id]) => id!);
  expect(ids).toHaveLength(2);
  for (const [index, id] of ids.entries()) {
    await forgetUsedCodes(server, account);
    const form = person.fill({ currentPassword: PASSWORD, code: codeOf(second) });
    form.data.set('factor', id);
    await person.open(`${server.issuer}/account/strong/remove`, {
      method: 'POST',
      body: form.data.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.issuer },
    });
    expect(person.page!.body.match(/<option /g) ?? []).toHaveLength(1 - index);
  }
  expect(plain(person.page!.text)).toContain("Aucune application ni clé d'accès n'est enregistrée.");
  const { rows } = await server.database.pool.query('SELECT 1 FROM recovery_code WHERE account_id = $1', [
    account.id,
  ]);
  expect(rows).toEqual([]);
});

it('makes new recovery codes, and the former are void', async () => {
  const { account, person, secret, recoveryCodes } = await enrolled();
  await person.submit(
    { currentPassword: PASSWORD, code: codeOf(secret) },
    { button: 'Nouveaux codes de récupération' },
  );
  expect(shownCodes(person)).toHaveLength(10);
  expect(shownCodes(person)).not.toContain(recoveryCodes[0]);
  await server.mail.waitForMessage(
    ({ to, subject }) =>
      to.includes(account.email) && subject === 'Vos codes de récupération ont été renouvelés',
  );
});

it('takes no secret from the form, nor the enrolment of another account', async () => {
  const { account, person } = await atAccount(server);
  await person.open('/account/strong');
  await person.submit({ currentPassword: PASSWORD });
  const secret = shownKey(person);
  const chosen = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  const form = person.fill({ code: codeOf(chosen) });
  for (const name of ['secret', 'key', 'totpSecret', 'enrolment']) form.data.set(name, chosen);
  const forged = await person.send(form);
  expect(forged.status).toBe(422);

  const { person: other } = await atAccount(server);
  const answer = await other.request(new URL('/account/strong/new', server.issuer), {
    method: 'POST',
    body: `code=${codeOf(secret)}`,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: server.issuer,
      cookie: `idp_session=${other.cookie('idp_session')}; idp_session.sig=${other.cookie('idp_session.sig')}; idp_enrolment=${person.cookie('idp_enrolment')}`,
    },
  });
  expect(answer.headers.get('location')).toBe('/account/strong');
  const { rows } = await server.database.pool.query(
    'SELECT account_id FROM authenticator WHERE account_id = $1',
    [account.id],
  );
  expect(rows).toEqual([]);
});

it('survives a forgotten password', async () => {
  const { account, person } = await enrolled();
  await askForLink(server, person, account.identifier);
  const reset = new Person(server.issuer);
  await reset.open(await mailedLink(server, account.email));
  await reset.submit({
    identifier: account.identifier,
    newPassword: 'Coquelicot-7!',
    newPasswordConfirmation: 'Coquelicot-7!',
  });
  expect(reset.page!.url).toMatch(/\/done$/);
  const { rows } = await server.database.pool.query(
    `SELECT (SELECT count(*)::int FROM authenticator WHERE account_id = $1) AS authenticators,
            (SELECT count(*)::int FROM recovery_code WHERE account_id = $1) AS codes`,
    [account.id],
  );
  expect(rows).toEqual([{ authenticators: 1, codes: 10 }]);
});
