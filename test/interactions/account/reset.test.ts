import { askForLink, listLinkMails, mailedLink } from '../../support/forgotten-password.ts';
import { Person } from '../../support/person.ts';
import { RelyingParty } from '../../support/relying-party.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';
import { clickTwice, WHEN } from '../../support/two-clicks.ts';
import { waitUntil } from '../../support/wait-until.ts';

const NEW = 'Coquelicot-7!';

let server: TestServer;
let portal: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  portal = await RelyingParty.discover(server, await server.addClient());
});
afterAll(() => server.stop());

async function atForm(options: { isNew?: boolean } = {}) {
  const account = options.isNew ? await server.addNewAccount() : await server.addAccount();
  const person = new Person(server.issuer);
  await askForLink(server, person, account.identifier);
  const link = await mailedLink(server, account.email);
  await person.open(link);
  return { account, person, link };
}

const choice = (identifier: string, newPassword = NEW) => ({
  identifier,
  newPassword,
  newPasswordConfirmation: newPassword,
});

async function login(identifier: string, password: string) {
  const person = new Person(server.issuer);
  const request = await portal.begin();
  await person.open(request.url);
  await person.submit({ identifier, password });
  return { person, request };
}

it('sets the new password, and neither signs in nor keeps the old one', async () => {
  const { account, person } = await atForm();
  expect(person.page!.url).toBe(`${server.issuer}/account/reset`);
  await person.submit(choice(account.identifier));
  expect(person.page!.url).toBe(`${server.issuer}/account/reset/done`);
  expect(person.page!.text).toContain('Votre changement de mot de passe est effectué.');
  expect(person.page!.text).toContain('Aller au portail');
  expect(person.cookie('idp_session')).toBeUndefined();

  const old = await login(account.identifier, PASSWORD);
  expect(old.person.page!.status).toBe(422);
  const { person: signedIn, request } = await login(account.identifier, NEW);
  const tokens = await portal.finish(signedIn.page!.url, request);
  expect(tokens.claims()!.sub).toBe(account.id);
});

it('tells everything that is wrong at once', async () => {
  const { person } = await atForm();
  await person.submit({ identifier: 'un-autre', newPassword: 'abc', newPasswordConfirmation: 'abd' });
  expect(person.page!.status).toBe(422);
  const text = person.page!.text.replaceAll('\u00a0', ' ').replaceAll('\u2060', '');
  for (const sentence of [
    'Identifiant, mot de passe ou code incorrect.',
    'La longueur minimum du mot de passe est de 8 caractères.',
    'Le mot de passe doit comporter au minimum 1 caractère(s) numérique(s).',
    'Le mot de passe doit comporter au minimum 1 méta-caractère(s) (!@#$%^&).',
    'Les deux saisies ne sont pas identiques.',
  ]) {
    expect(text).toContain(sentence);
  }
  expect(person.page!.body).toContain('value="un-autre"');
});

it('refuses the password of before, and takes another after it', async () => {
  const { account, person } = await atForm();
  await person.submit(choice(account.identifier, PASSWORD));
  expect(person.page!.status).toBe(422);
  expect(person.page!.text).toContain("Le nouveau mot de passe doit être différent de l'ancien.");
  await person.submit(choice(account.identifier));
  expect(person.page!.url).toMatch(/\/done$/);
});

it('compares with the password of before only when nothing else is wrong: who guesses at it uses up the link', async () => {
  const { account, person } = await atForm();
  await person.submit({
    identifier: account.identifier,
    newPassword: PASSWORD,
    newPasswordConfirmation: 'autre',
  });
  expect(person.page!.status).toBe(422);
  expect(person.page!.text).not.toContain("différent de l'ancien");
  await person.submit({ ...choice('un-autre', PASSWORD) });
  expect(person.page!.text).not.toContain("différent de l'ancien");
});

it('does not take a forgotten identifier for a wrong one', async () => {
  const { account, person } = await atForm();
  for (let times = 0; times < 5; times++) {
    await person.submit(choice(''));
    expect(person.page!.status).toBe(422);
    expect(person.page!.text).toContain('Renseignez votre identifiant.');
  }
  await person.submit(choice(account.identifier));
  expect(person.page!.url).toMatch(/\/done$/);
});

it('goes on in its tab when an older mail is opened in another', async () => {
  const { account, person, link: older } = await atForm();
  await askForLink(server, new Person(server.issuer), account.identifier);
  await waitUntil(() => listLinkMails(server, account.email).length === 2);
  await person.open(await mailedLink(server, account.email));
  const form = person.page;
  await person.open(older);
  expect(person.page!.status).toBe(410);
  person.page = form;
  await person.submit(choice(account.identifier));
  expect(person.page!.url).toMatch(/\/done$/);
});

it('takes no form of one link for another', async () => {
  const { account, person } = await atForm();
  const form = person.page;
  const other = await atForm();
  await person.open(other.link);
  person.page = form;
  await person.submit(choice(account.identifier));
  expect(person.page!.status).toBe(410);
  expect((await login(account.identifier, PASSWORD)).person.page!.status).toBe(0);
});

it('takes the identifier as people write it', async () => {
  const { account, person } = await atForm();
  await person.submit(choice(` ${account.identifier.toUpperCase()} `));
  expect(person.page!.url).toMatch(/\/done$/);
});

it('is the way out for an expired provisional password, which says so', async () => {
  const account = await server.addNewAccount();
  await server.database.pool.query(
    `UPDATE account SET provisional_expires_at = now() - interval '1 second' WHERE id = $1`,
    [account.id],
  );
  const refused = await login(account.identifier, account.provisionalPassword);
  expect(refused.person.page!.text.replaceAll('\u00a0', ' ')).toContain(
    'Votre mot de passe provisoire a expiré. Utilisez « Mot de passe oublié ».',
  );
  const person = new Person(server.issuer);
  await askForLink(server, person, account.identifier);
  await person.open(await mailedLink(server, account.email));
  await person.submit(choice(account.identifier, account.provisionalPassword));
  expect(person.page!.text).toContain("Le nouveau mot de passe doit être différent de l'ancien.");
  await person.submit(choice(account.identifier));
  const { person: signedIn, request } = await login(account.identifier, NEW);
  expect((await portal.finish(signedIn.page!.url, request)).claims()!.sub).toBe(account.id);
});

it('kills a provisional password that was never used', async () => {
  const { account, person } = await atForm({ isNew: true });
  await person.submit(choice(account.identifier));
  const { provisionalPassword } = account as unknown as { provisionalPassword: string };
  const { person: refused } = await login(account.identifier, provisionalPassword);
  expect(refused.page!.status).toBe(422);
});

it('forgets the failures before it', async () => {
  const { account, person } = await atForm();
  for (let times = 0; times < 4; times++) await login(account.identifier, 'faux-1!aa');
  const waiting = await login(account.identifier, PASSWORD);
  expect(waiting.person.page!.status).toBe(429);
  await person.submit(choice(account.identifier));
  const { person: signedIn } = await login(account.identifier, NEW);
  expect(new URL(signedIn.page!.url).searchParams.has('code')).toBe(true);
});

it.each(WHEN)('confirms the second of two clicks, %s', async (when) => {
  const { account, person } = await atForm();
  const form = person.fill(choice(account.identifier));
  const cookie = person.cookieHeader(new URL(form.action));
  for (const answer of await clickTwice(person, form, when))
    expect(answer.headers.get('location')).toBe('/account/reset/done');
  const { rows } = await server.database.pool.query(
    `SELECT 1 FROM audit WHERE account_id = $1 AND event = 'password.changed' AND detail ->> 'reason' = 'reset'`,
    [account.id],
  );
  expect(rows).toHaveLength(1);
  // Another password by the same link is none of that.
  form.data.delete('formId');
  form.data.set('newPassword', 'Pissenlit-9?');
  form.data.set('newPasswordConfirmation', 'Pissenlit-9?');
  expect((await person.send(form, { cookie })).status).toBe(410);
});

it('confirms nothing to another tab of the same browser, whose password was not set', async () => {
  const { account, person } = await atForm();
  const first = person.fill(choice(account.identifier));
  await person.open('/account/reset');
  const second = person.fill({
    ...choice(account.identifier),
    newPassword: 'Pissenlit-9?',
    newPasswordConfirmation: 'Pissenlit-9?',
  });
  await person.post(first);
  expect(person.page!.url).toMatch(/\/done$/);
  await person.post(second);
  expect(person.page!.status).toBe(410);
  expect(person.page!.text).toContain("Ce lien n'est plus valable.");
});

it('is closed by a sign-out: the next person at the browser finds no link open', async () => {
  const { account, person } = await atForm();
  const { person: owner } = await login(account.identifier, PASSWORD);
  expect(new URL(owner.page!.url).searchParams.has('code')).toBe(true);
  await person.open(`${server.issuer}/account`);
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  await person.submit({}, { button: 'Se déconnecter' });
  await person.open(`${server.issuer}/account/reset`);
  expect(person.page!.status).toBe(410);
});

it('shows its confirmation to nobody who changed nothing', async () => {
  const person = new Person(server.issuer);
  await person.open(`${server.issuer}/account/reset/done`);
  expect(person.page!.status).toBe(410);
  expect(person.page!.text).toContain("Ce lien n'est plus valable.");
});
