// « Faire confiance à ce navigateur »: no code for what only the account demands; a service still gets what it asks for.
import { decodeJwt } from 'jose';
import { Application } from '../../support/application.ts';
import { codeOf, DEMANDS_STRONG, enrol, forgetUsedCodes, shownKey } from '../../support/authenticator.ts';
import { plain } from '../../support/my-account.ts';
import { Person } from '../../support/person.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let app: Application;

beforeAll(async () => {
  server = await startTestServer({ IDP_TRUSTED_BROWSER_DAYS: '30' });
  app = await Application.register(server);
});
afterAll(() => server.stop());

const known = new Map<string, { recoveryCodes: string[] }>();

/** Somebody whose account demands a code, and who trusts this browser since the last one. */
async function trusting({ trusts = true, isShared = false } = {}) {
  const account = await server.addAccount();
  const { secret, recoveryCodes } = await enrol(server, account);
  known.set(account.id, { recoveryCodes });
  await forgetUsedCodes(server, account);
  await server.database.pool.query(`UPDATE account SET minimum_acr = 'eidas2' WHERE id = $1`, [account.id]);
  const person = new Person(server.issuer);
  await person.open(app.request().url);
  const shared = isShared ? { sharedComputer: 'yes' } : {};
  await person.submit({ identifier: account.identifier, password: PASSWORD, ...shared });
  expect(person.page!.body.includes('trustBrowser')).toBe(!isShared);
  const { action, data } = person.fill({ code: codeOf(secret) });
  if (trusts) data.set('trustBrowser', 'yes');
  await person.post({ action, data });
  expect(new URL(person.page!.url).searchParams.has('code')).toBe(true);
  await forgetUsedCodes(server, account);
  return { account, secret, person };
}

/** A new session in the same browser. */
async function signInAgain(person: Person, identifier: string, parameters = {}) {
  const request = app.request({ ...parameters, prompt: 'login' });
  await person.open(request.url);
  if (person.page!.url.endsWith('/strong'))
    await person.open(person.page!.url.replace(/strong$/, 'password'));
  await person.submit({ identifier, password: PASSWORD });
  const code = new URL(person.page!.url).searchParams.get('code');
  if (code === null) return undefined;
  const tokens = (await app.redeem({ code, verifier: request.verifier })).json() as { id_token: string };
  return decodeJwt(tokens.id_token);
}

it('asks for no code there, and tells the application no more than was proved', async () => {
  const { account, person } = await trusting();
  expect(await signInAgain(person, account.identifier)).toMatchObject({ acr: 'eidas1', amr: ['pwd'] });
  const { rows } = await server.database.pool.query(
    `SELECT detail FROM audit WHERE account_id = $1 AND event = 'login.succeeded' ORDER BY id DESC LIMIT 1`,
    [account.id],
  );
  expect(rows[0].detail).toMatchObject({ acr: 'eidas1', trustedBrowser: true });
});

it('is offered where the account asks for the code, and nowhere else', async () => {
  const { account, secret, person } = await trusting();
  // By the tab « forte », or to a service that asks for it, there is a code each time.
  await person.open(app.request({ prompt: 'login' }).url);
  await person.open(person.page!.url.replace(/password$/, 'strong'));
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  expect(person.page!.url).toMatch(/\/otp$/);
  expect(person.page!.body).not.toContain('trustBrowser');
  await server.database.pool.query('UPDATE account SET minimum_acr = NULL WHERE id = $1', [account.id]);
  expect(await signInAgain(person, account.identifier, DEMANDS_STRONG)).toBeUndefined();
  expect(person.page!.body).not.toContain('trustBrowser');
  await person.submit({ code: codeOf(secret) });
  expect(new URL(person.page!.url).searchParams.has('code')).toBe(true);
});

it('is listed once, however often it was trusted', async () => {
  const { account, secret, person } = await trusting();
  expect(await signInAgain(person, account.identifier, DEMANDS_STRONG)).toBeUndefined();
  await person.submit({ code: codeOf(secret), trustBrowser: 'yes' });
  const { rows } = await server.database.pool.query('SELECT 1 FROM trusted_browser WHERE account_id = $1', [
    account.id,
  ]);
  expect(rows).toHaveLength(1);
});

it('asks for one where the service does', async () => {
  const { account, secret, person } = await trusting();
  expect(await signInAgain(person, account.identifier, DEMANDS_STRONG)).toBeUndefined();
  expect(person.page!.url).toMatch(/\/otp$/);
  await person.submit({ code: codeOf(secret) });
  expect(new URL(person.page!.url).searchParams.has('code')).toBe(true);
});

it('asks for one in another browser, and of another account', async () => {
  const { account, person } = await trusting();
  expect(await signInAgain(new Person(server.issuer), account.identifier)).toBeUndefined();
  const other = await trusting({ trusts: false });
  await person.open(app.request({ prompt: 'login' }).url);
  await person.submit({ identifier: other.account.identifier, password: PASSWORD });
  expect(person.page!.url).toMatch(/\/otp$/);
});

it('is not offered on a shared computer, nor taken from one', async () => {
  const { account, person } = await trusting({ isShared: true });
  expect(person.cookie('idp_trusted')).toBeUndefined();
  expect(await signInAgain(person, account.identifier)).toBeUndefined();
});

it('is listed with the sessions, and ends when its owner says so', async () => {
  const { account, person } = await trusting();
  await person.open(`${server.issuer}/account/sessions`);
  expect(plain(person.page!.text)).toContain('Navigateurs de confiance');
  const id = /name="trustedBrowser" value="([^"]+)"/.exec(person.page!.body)![1]!;
  await person.submit({ trustedBrowser: id });
  expect(plain(person.page!.text)).toContain("Ce navigateur n'est plus de confiance.");
  expect(await signInAgain(person, account.identifier)).toBeUndefined();
});

it('ends when the password is changed', async () => {
  const { account, person } = await trusting();
  const { rows } = await server.database.pool.query(
    'SELECT count(*)::int AS n FROM trusted_browser WHERE account_id = $1',
    [account.id],
  );
  expect(rows).toEqual([{ n: 1 }]);
  await person.open(`${server.issuer}/account`);
  const newPassword = 'Coquelicot-7!';
  await person.submit({ currentPassword: PASSWORD, newPassword, newPasswordConfirmation: newPassword });
  expect(person.page!.url).toMatch(/\/done$/);
  const after = await server.database.pool.query('SELECT 1 FROM trusted_browser WHERE account_id = $1', [
    account.id,
  ]);
  expect(after.rows).toEqual([]);
});

it('ends when a lost application is replaced', async () => {
  const { account, person } = await trusting();
  const { rows } = await server.database.pool.query(
    'SELECT count(*)::int AS n FROM recovery_code WHERE account_id = $1',
    [account.id],
  );
  expect(rows).toEqual([{ n: 10 }]);
  const { recoveryCodes } = known.get(account.id)!;
  const other = new Person(server.issuer);
  await other.open(app.request().url);
  await other.submit({ identifier: account.identifier, password: PASSWORD });
  await other.open(other.page!.url.replace(/otp$/, 'recovery'));
  await other.submit({ recoveryCode: recoveryCodes[0]! });
  await other.open(other.page!.url.replace(/recovery$/, 'enrol'));
  await other.submit({ code: codeOf(shownKey(other)), replaces: 'yes' });
  expect(await signInAgain(person, account.identifier)).toBeUndefined();
});

it('ends with its days', async () => {
  const { account, person } = await trusting();
  await server.database.pool.query('UPDATE trusted_browser SET expires_at = now() WHERE account_id = $1', [
    account.id,
  ]);
  expect(await signInAgain(person, account.identifier)).toBeUndefined();
});

it('is off unless the installation wants it', async () => {
  const strict = await startTestServer();
  try {
    const rp = await Application.register(strict);
    const account = await strict.addAccount();
    const { secret } = await enrol(strict, account);
    await forgetUsedCodes(strict, account);
    await strict.database.pool.query(`UPDATE account SET minimum_acr = 'eidas2' WHERE id = $1`, [account.id]);
    const person = new Person(strict.issuer);
    await person.open(rp.request().url);
    await person.submit({ identifier: account.identifier, password: PASSWORD });
    expect(person.page!.body).not.toContain('trustBrowser');
    const { action, data } = person.fill({ code: codeOf(secret) });
    data.set('trustBrowser', 'yes');
    await person.send({ action, data });
    expect(person.cookie('idp_trusted')).toBeUndefined();
  } finally {
    await strict.stop();
  }
});
