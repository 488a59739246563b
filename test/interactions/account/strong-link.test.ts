// An administrator's link to a first authenticator application, where nobody may add one by the password alone.
import { inviteStrong } from '../../../src/actions/invite-strong.ts';
import { createSecretKey } from '../../../src/crypto/secret-key.ts';
import { codeOf, shownCodes, shownKey } from '../../support/authenticator.ts';
import { askForLink, mailedLink } from '../../support/forgotten-password.ts';
import { plain } from '../../support/my-account.ts';
import { Person } from '../../support/person.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ IDP_STRONG_SELF_ENROLMENT: 'no' });
});
afterAll(() => server.stop());

async function invite({ id }: { id: string }, ttlSeconds = 3600): Promise<string> {
  const outcome = await inviteStrong(
    {
      database: server.database,
      mail: { secretKey: createSecretKey([Buffer.alloc(32, 7)]), mailFrom: 'idp@exemple.fr' },
      issuer: server.issuer,
      ttlSeconds,
    },
    id,
    { isMailed: false },
  );
  if (!outcome.ok) throw new Error(outcome.code);
  return outcome.link;
}

async function open(link: string): Promise<Person> {
  const person = new Person(server.issuer);
  await person.open(link);
  return person;
}

const factorsOf = async ({ id }: { id: string }) =>
  (await server.database.pool.query('SELECT 1 FROM authenticator WHERE account_id = $1', [id])).rows.length;

it('asks for identifier and password, then adds the application', async () => {
  const account = await server.addAccount();
  const person = await open(await invite(account));
  expect(person.page!.url).toBe(`${server.issuer}/account/strong/link`);
  await person.submit({ identifier: account.identifier, password: 'faux-1!aa' });
  expect(person.page!.status).toBe(422);
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  const secret = shownKey(person);
  await person.submit({ code: '000000', name: 'Téléphone' });
  expect(person.page!.status).toBe(422);
  expect(person.page!.body).toContain('value="Téléphone"');
  await person.submit({ code: codeOf(secret), name: 'Téléphone' });
  expect(shownCodes(person)).toHaveLength(10);
  expect(await factorsOf(account)).toBe(1);
  await person.open(`${server.issuer}/account/strong/link/new`);
  expect(person.page!.status).toBe(410);
});

it('is opened by scanners of mails, and in ten tabs, and used once', async () => {
  const account = await server.addAccount();
  const link = await invite(account);
  for (const method of ['HEAD', 'GET', 'GET'])
    await new Person(server.issuer).request(new URL(link), { method });
  const people = await Promise.all(Array.from({ length: 10 }, () => open(link)));
  for (const person of people) await person.submit({ identifier: account.identifier, password: PASSWORD });
  await Promise.all(people.map((person) => person.submit({ code: codeOf(shownKey(person)) })));
  expect(people.filter(({ page }) => page!.status === 200)).toHaveLength(1);
  expect(await factorsOf(account)).toBe(1);
  expect((await open(link)).page!.status).toBe(410);
});

it('goes on in its tab when it is opened and proved in another', async () => {
  const account = await server.addAccount();
  const link = await invite(account);
  const person = await open(link);
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  const key = shownKey(person);
  const form = person.fill({ code: codeOf(key) });
  await person.open(link);
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  expect(shownKey(person)).toBe(key);
  await person.post(form);
  expect(shownCodes(person)).toHaveLength(10);
  expect(await factorsOf(account)).toBe(1);
});

it('says why it asks for the password again, where adding took too long', async () => {
  const account = await server.addAccount();
  const person = await open(await invite(account));
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  const form = person.fill({ code: codeOf(shownKey(person)) });
  person.forget('idp_enrolment');
  await person.post(form);
  expect(person.page!.status).toBe(422);
  expect(plain(person.page!.text)).toContain('Trop de temps a passé');
  expect(await factorsOf(account)).toBe(0);
});

it('is for nobody else, and nobody without their own password', async () => {
  const account = await server.addAccount();
  const other = await server.addAccount();
  const fresh = await server.addNewAccount();
  const person = await open(await invite(account));
  await person.submit({ identifier: other.identifier, password: PASSWORD });
  expect(person.page!.status).toBe(422);
  expect(plain(person.page!.text)).toContain('Identifiant, mot de passe ou code incorrect.');
  const newcomer = await open(await invite(fresh));
  await newcomer.submit({ identifier: fresh.identifier, password: fresh.provisionalPassword });
  expect(newcomer.page!.status).toBe(422);
  expect(plain(newcomer.page!.text)).toContain('Votre mot de passe est provisoire');
});

it('dies with the first second factor, whatever way that came', async () => {
  const account = await server.addAccount();
  const link = await invite(account);
  const other = await open(await invite(account));
  await other.submit({ identifier: account.identifier, password: PASSWORD });
  await other.submit({ code: codeOf(shownKey(other)) });
  expect(shownCodes(other)).toHaveLength(10);
  expect((await open(link)).page!.status).toBe(410);
  const { rows } = await server.database.pool.query('SELECT 1 FROM enrolment_link WHERE account_id = $1', [
    account.id,
  ]);
  expect(rows).toEqual([]);
});

it('is dead once it is replaced, expired, mistyped, or the password was reset', async () => {
  const account = await server.addAccount();
  const first = await invite(account);
  const second = await invite(account);
  expect((await open(first)).page!.status).toBe(410);
  expect((await open(second)).page!.status).toBe(200);
  expect(
    (await open(second.toUpperCase().replace(/^.*\?TOKEN/, `${server.issuer}/account/strong/link?token`)))
      .page!.status,
  ).toBe(410);
  await askForLink(server, new Person(server.issuer), account.identifier);
  const reset = await open(await mailedLink(server, account.email));
  const newPassword = 'Coquelicot-7!';
  await reset.submit({ identifier: account.identifier, newPassword, newPasswordConfirmation: newPassword });
  expect(reset.page!.url).toMatch(/\/done$/);
  expect((await open(second)).page!.status).toBe(410);
  await server.database.pool.query(`UPDATE enrolment_link SET expires_at = now()`);
  expect((await open(await invite(await server.addAccount(), -1))).page!.status).toBe(410);
});
