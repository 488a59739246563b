// « Ce n'était pas moi », where a thief has changed the mail address, or would like to have it changed.
import { askForLink, mailedLink } from '../../support/forgotten-password.ts';
import { ALARM, atAccount, growOlder, openAccount, plain } from '../../support/my-account.ts';
import type { Person } from '../../support/person.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';
import { clickTwice, WHEN } from '../../support/two-clicks.ts';
import { waitUntil } from '../../support/wait-until.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ IDP_RESETS_PER_HOUR: '20', IDP_RESETS_PER_DAY: '50' });
});
afterAll(() => server.stop());

let made = 0;
const thiefAddress = () => `voleur.${++made}@pirate.example`;

async function openLink(person: Person, email: string): Promise<void> {
  const links = () =>
    server.mail.messages.filter(({ to, text }) => to.includes(email) && text.includes('token='));
  const before = links().length;
  await person.open(`${server.issuer}/account`);
  await person.submit({ email });
  await waitUntil(() => links().length > before);
  await person.open(/https?:\S+/.exec(links().at(-1)!.text)![0]);
}

async function changeAddress(person: Person, email: string): Promise<void> {
  await openLink(person, email);
  await person.submit({}, { button: 'Confirmer cette adresse' });
  expect(person.page!.text).toContain(email);
}

const addressOf = async ({ id }: { id: string }) =>
  (await server.database.pool.query('SELECT email FROM account WHERE id = $1', [id])).rows[0].email;

const eventsOf = async ({ id }: { id: string }, event: string) =>
  (
    await server.database.pool.query('SELECT detail FROM audit WHERE account_id = $1 AND event = $2', [
      id,
      event,
    ])
  ).rows;

const age = (accountId: string, email: string, days: number) =>
  server.database.pool.query(
    `UPDATE email_change SET used_at = now() - make_interval(days => $3) WHERE account_id = $1 AND email = $2 AND used_at IS NOT NULL`,
    [accountId, email, days],
  );

it('offers the address of before, masked, and puts back what the person chooses', async () => {
  for (const choice of ['former', 'current']) {
    const { account, person } = await atAccount(server);
    const email = thiefAddress();
    await changeAddress(person, email);
    expect(plain(person.page!.text)).toContain('Le lien vers un nouveau mot de passe partira à :');
    expect(person.page!.text).not.toContain(account.email);
    await person.submit({ mailAddress: choice });
    expect(person.page!.url).toMatch(/\/secured$/);
    expect(await addressOf(account)).toBe(choice === 'former' ? account.email : email);
  }
});

it('asks which address to keep when the first change came after the page was opened', async () => {
  const { account, person } = await atAccount(server);
  const thief = await openAccount(server, account);
  await changeAddress(thief, thiefAddress());
  await person.submit({}, { button: ALARM });
  expect(person.page!.url).toBe(`${server.issuer}/account`);
  expect(plain(person.page!.text)).toContain("Rien n'a encore été fermé");
  await person.submit({}, { button: ALARM });
  expect(person.page!.url).toMatch(/\/secured$/);
  expect(await addressOf(account)).toBe(account.email);
});

it('asks again when another address came after the page that offered to keep the present one', async () => {
  const { account, person } = await atAccount(server);
  const own = `moi.${account.email}`;
  await changeAddress(person, own);
  const thief = await openAccount(server, account);
  await changeAddress(thief, thiefAddress());
  await person.submit({ mailAddress: 'current' }, { button: ALARM });
  expect(plain(person.page!.text)).toContain("Rien n'a encore été fermé");
  expect(await eventsOf(account, 'account.secured')).toHaveLength(0);
});

it('answers for nobody whose login is too old to put the address back', async () => {
  const { account, person } = await atAccount(server);
  const thief = await openAccount(server, account);
  await changeAddress(thief, thiefAddress());
  await growOlder(server, account.id, 301);
  await person.open(`${server.issuer}/account`);
  const boxes = [...person.page!.body.matchAll(/<input[^>]*name="mailAddress"[^>]*>/g)].map(String);
  expect(boxes).toHaveLength(2);
  for (const box of boxes) expect(box).not.toContain('checked');
  await person.submit({}, { button: ALARM });
  expect(plain(person.page!.text)).toContain("Rien n'a encore été fermé");
  expect(await eventsOf(account, 'account.secured')).toHaveLength(0);
});

it('puts back no address that the owner has undone', async () => {
  const { account, person } = await atAccount(server);
  const thief = thiefAddress();
  await changeAddress(person, thief);
  await changeAddress(person, account.email);
  await age(account.id, thief, 31);
  await age(account.id, account.email, 25);
  await person.open(`${server.issuer}/account`);
  expect(person.page!.body).not.toContain('name="mailAddress"');
  await person.submit({}, { button: ALARM });
  expect(await addressOf(account)).toBe(account.email);
});

it('leaves no thief’s address that was confirmed at the same moment', async () => {
  for (let round = 0; round < 5; round++) {
    const { account, person } = await atAccount(server);
    const thief = await openAccount(server, account);
    const first = thiefAddress();
    await changeAddress(thief, first);
    await openLink(thief, thiefAddress());
    await person.open(`${server.issuer}/account`);
    await Promise.all([
      person.submit({}, { button: ALARM }),
      thief.submit({}, { button: 'Confirmer cette adresse' }),
    ]);
    expect(await addressOf(account)).toBe(account.email);
  }
});

it('leaves no thief’s first address that was confirmed at the same moment', async () => {
  for (let round = 0; round < 5; round++) {
    const { account, person } = await atAccount(server);
    const thief = await openAccount(server, account);
    await openLink(thief, thiefAddress());
    await person.open(`${server.issuer}/account`);
    await Promise.all([
      person.submit({}, { button: ALARM }),
      thief.submit({}, { button: 'Confirmer cette adresse' }),
    ]);
    // Done at once, or asked once more.
    if (!/\/secured$/.test(person.page!.url)) await person.submit({}, { button: ALARM });
    expect(person.page!.url).toMatch(/\/secured$/);
    expect(await addressOf(account)).toBe(account.email);
  }
});

it('puts an address back only after a login not older than five minutes, and says when it did nothing', async () => {
  const { account, person } = await atAccount(server);
  const email = thiefAddress();
  await changeAddress(person, email);
  await growOlder(server, account.id, 301);
  await person.open(`${server.issuer}/account`);
  expect(plain(person.page!.text)).toContain("confirmez d'abord que c'est bien vous");
  const form = person.fill({}, ALARM);
  form.data.set('mailAddress', 'former');
  const refused = await person.send(form);
  expect(refused.headers.get('location')).toBe('/account');
  await person.open(`${server.issuer}/account`);
  expect(plain(person.page!.text)).toContain(
    "Rien n'a été fermé : votre connexion date de plus de cinq minutes.",
  );
  expect(await addressOf(account)).toBe(email);
  await person.submit({ mailAddress: 'current' });
  expect(person.page!.url).toMatch(/\/secured$/);
  expect(await addressOf(account)).toBe(email);
});

it('is one alarm, however often it is clicked', async () => {
  const { account, person } = await atAccount(server);
  const { action, data } = person.fill({}, ALARM);
  const click = () => person.send({ action, data });
  const answers = await Promise.all(Array.from({ length: 12 }, click));
  answers.push(await click());
  for (const answer of answers)
    expect(answer.headers.get('location')).toMatch(/\/account\/activity\/secured$|^\/auth\?/);
  await person.open(`${server.issuer}/account/activity/secured`);
  expect(plain(person.page!.text)).toContain('Toutes vos sessions sont fermées');
  expect(await eventsOf(account, 'account.secured')).toHaveLength(1);
  await waitUntil(() => server.mail.messages.some(({ subject }) => subject.endsWith(account.identifier)));
  expect(server.mail.messages.filter(({ subject }) => subject.endsWith(account.identifier))).toHaveLength(1);
});

it.each(WHEN)('answers the second of two clicks like the first, %s', async (when) => {
  const { person } = await atAccount(server);
  for (const answer of await clickTwice(person, person.fill({}, ALARM), when)) {
    expect(answer.headers.get('location')).toBe('/account/activity/secured');
    expect(answer.headers.getSetCookie().join()).toContain('idp_secured=');
  }
});

it.each(['a\nb', 'Āx', '\u0001', 'a; Domain=evil', 'x'.repeat(30_000)])(
  'is raised by a form of the name %.12j',
  async (formId) => {
    const { account, person } = await atAccount(server);
    const { action, data } = person.fill({}, ALARM);
    data.set('formId', formId);
    await person.post({ action, data });
    expect(person.page!.url).toMatch(/\/secured$/);
    expect(person.page!.status).toBe(200);
    expect(await eventsOf(account, 'account.secured')).toHaveLength(1);
  },
);

it('is not raised by the page of the first once somebody else is signed in at the browser', async () => {
  const { account, person } = await atAccount(server);
  const next = await server.addAccount();
  const { action, data } = person.fill({}, ALARM);
  const click = () => person.post({ action, data });
  await click();
  expect(person.page!.url).toMatch(/\/secured$/);
  await person.open(`${server.issuer}/account`);
  await person.submit({ identifier: next.identifier, password: next.plainPassword });
  await click();
  expect(plain(person.page!.text)).toContain("Ce que vous avez demandé n'a pas été fait");
  expect(await eventsOf(account, 'account.secured')).toHaveLength(1);
  expect(await eventsOf(next, 'account.secured')).toEqual([]);
});

it('is not taken for done because an earlier one was', async () => {
  const { account, person } = await atAccount(server);
  await person.submit({}, { button: ALARM });
  await server.database.pool.query('UPDATE account SET password_hash = $2 WHERE id = $1', [
    account.id,
    (
      await server.database.pool.query('SELECT password_hash FROM account WHERE id = $1', [
        (await server.addAccount()).id,
      ])
    ).rows[0].password_hash,
  ]);
  await person.open(`${server.issuer}/account`);
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  const other = await openAccount(server, account);
  await other.open(`${server.issuer}/account`);
  await other.submit({ others: 'yes' });
  await person.submit({}, { button: ALARM });
  expect(person.page!.url).not.toMatch(/\/secured$/);
});

it('is raised by the next person at the same browser like by the first', async () => {
  const { person } = await atAccount(server);
  await person.submit({}, { button: ALARM });
  const next = await server.addAccount();
  await person.open(`${server.issuer}/account`);
  await person.submit({ identifier: next.identifier, password: next.plainPassword });
  await person.submit({}, { button: ALARM });
  expect(person.page!.url).toMatch(/\/secured$/);
  expect(await eventsOf(next, 'account.secured')).toHaveLength(1);
});

it('cannot be made to forget the owner’s address by going to and fro', async () => {
  const { account, person } = await atAccount(server);
  const [first, second] = [thiefAddress(), thiefAddress()];
  await changeAddress(person, first);
  await changeAddress(person, second);
  await changeAddress(person, first);
  await person.open(`${server.issuer}/account`);
  await person.submit({ email: first.toUpperCase() });
  expect(person.page!.status).toBe(422);
  await person.submit({ mailAddress: 'former' });
  expect(await addressOf(account)).toBe(account.email);
});

it('tells the owner of before, whichever address is kept', async () => {
  const { account, person } = await atAccount(server);
  await changeAddress(person, thiefAddress());
  await person.submit({ mailAddress: 'current' });
  await server.mail.waitForMessage(
    ({ to, subject }) => to.includes(account.email) && subject === 'Votre compte a été mis en sécurité',
  );
});

it('says so where the former address belongs to somebody else by now', async () => {
  const { account, person } = await atAccount(server);
  const former = account.email;
  await changeAddress(person, thiefAddress());
  const other = await server.addAccount();
  await server.database.pool.query('UPDATE account SET email = $2 WHERE id = $1', [other.id, former]);
  await person.submit({}, { button: ALARM });
  expect(plain(person.page!.text)).toContain('appartient maintenant à un autre compte');
});

it('says that nothing was closed where the session had run out, at the login and after it', async () => {
  const { account, person } = await atAccount(server);
  const form = person.fill({}, ALARM);
  await server.database.pool.query(`DELETE FROM artefact WHERE account_id = $1 AND model = 'Session'`, [
    account.id,
  ]);
  await person.post(form);
  expect(plain(person.page!.text)).toContain("Ce que vous avez demandé n'a pas été fait");
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  expect(person.page!.url).toBe(`${server.issuer}/account`);
  expect(plain(person.page!.text)).toContain("Ce que vous avez demandé n'a pas été fait");
  await person.open('/account');
  expect(plain(person.page!.text)).not.toContain("n'a pas été fait");
});

it('lets nobody set again the password that it blocked', async () => {
  const { account, person } = await atAccount(server);
  await person.submit({}, { button: ALARM });
  await askForLink(server, person, account.identifier);
  await person.open(await mailedLink(server, account.email));
  const choice = (newPassword: string) => ({
    identifier: account.identifier,
    newPassword,
    newPasswordConfirmation: newPassword,
  });
  await person.submit(choice(PASSWORD));
  expect(person.page!.status).toBe(422);
  expect(plain(person.page!.text)).toContain("Le nouveau mot de passe doit être différent de l'ancien.");
  await person.submit(choice('Coquelicot-77!'));
  expect(person.page!.url).toMatch(/\/done$/);
  // Nor later, in « Mon compte ».
  await person.open(`${server.issuer}/account`);
  await person.submit({ identifier: account.identifier, password: 'Coquelicot-77!' });
  await person.submit({
    currentPassword: 'Coquelicot-77!',
    newPassword: PASSWORD,
    newPasswordConfirmation: PASSWORD,
  });
  expect(person.page!.status).toBe(422);
});
