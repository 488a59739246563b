// The change of the mail address. Catalogue rows F80, F86.
import { askForLink, mailedLink } from '../../support/forgotten-password.ts';
import { atAccount, growOlder, openAccount, plain } from '../../support/my-account.ts';
import { Person } from '../../support/person.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';
import { waitUntil } from '../../support/wait-until.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

let made = 0;
const newAddress = () => `nouvelle.adresse.${++made}@exemple.fr`;

const mailsTo = (address: string, subject: string) =>
  server.mail.messages.filter((mail) => mail.to.includes(address) && mail.subject === subject);

/** The newest link that was mailed to a new address. */
async function mailedConfirmation(address: string, count = 1): Promise<string> {
  const list = () => mailsTo(address, 'Confirmez votre adresse mail');
  await waitUntil(() => list().length === count);
  return /https?:\S+token=\S+/.exec(list().at(-1)!.text)![0];
}

const addressOf = async ({ id }: { id: string }) =>
  (await server.database.pool.query('SELECT email FROM account WHERE id = $1', [id])).rows[0].email;

it('changes by the link that is mailed to the new address, and tells both', async () => {
  const { account, person } = await atAccount(server);
  const address = newAddress();
  await person.submit({ email: address });
  expect(person.page!.url).toContain('/account#change-email');
  expect(plain(person.page!.text)).toContain(`En attente de confirmation : ${address}.`);
  expect(await addressOf(account)).toBe(account.email);
  await waitUntil(() => mailsTo(account.email, "Demande de changement d'adresse mail").length === 1);
  expect(mailsTo(account.email, "Demande de changement d'adresse mail")[0]!.text).toContain(address);

  const link = await mailedConfirmation(address);
  expect(link).toMatch(new RegExp(`^${server.issuer}/account/email\\?token=[\\w-]{43}$`));
  await person.open(link);
  expect(person.page!.url).toBe(`${server.issuer}/account/email`);
  expect(person.page!.text).toContain(address);
  await person.submit({}, { button: 'Confirmer cette adresse' });
  expect(person.page!.url).toBe(`${server.issuer}/account`);
  expect(plain(person.page!.text)).toContain('Votre adresse mail est modifiée.');
  expect(person.page!.text).toContain(`Adresse mail ${address}`);
  expect(person.page!.text).not.toContain('En attente de confirmation');
  expect(plain(person.page!.text)).toContain('Adresse mail modifiée');
  await waitUntil(() =>
    [account.email, address].every(
      (one) => mailsTo(one, 'Votre adresse mail a été modifiée')[0]?.text.includes(address) === true,
    ),
  );
});

it('is found after the login by whoever opens the link in another browser', async () => {
  const { account, person } = await atAccount(server);
  const address = newAddress();
  await person.submit({ email: address });
  const elsewhere = new Person(server.issuer);
  await elsewhere.open(await mailedConfirmation(address));
  expect(elsewhere.page!.url).toMatch(/\/interaction\/[^/]+\/password$/);
  await elsewhere.submit({ identifier: account.identifier, password: PASSWORD });
  expect(elsewhere.page!.url).toBe(`${server.issuer}/account/email`);
  await elsewhere.submit({}, { button: 'Confirmer cette adresse' });
  expect(await addressOf(account)).toBe(address);
});

it('opens nothing for whoever is not its account: a mistyped address gives nothing away', async () => {
  const { account, person } = await atAccount(server);
  const address = newAddress();
  await person.submit({ email: address });
  const link = await mailedConfirmation(address);
  const other = await server.addAccount();
  const stranger = await openAccount(server, other);
  await stranger.open(link);
  expect(stranger.page!.status).toBe(403);
  expect(plain(stranger.page!.text)).toContain('Ce lien concerne un autre compte');
  expect(stranger.page!.text).not.toContain(account.email);
  const answer = await stranger.request(new URL('/account/email/confirm', server.issuer), {
    method: 'POST',
    body: '',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: server.issuer,
      cookie: `idp_session=${stranger.cookie('idp_session')}; idp_session.sig=${stranger.cookie('idp_session.sig')}; idp_email_link=${new URL(link).searchParams.get('token')}`,
    },
  });
  expect(answer.status).toBe(410);
  expect(await addressOf(account)).toBe(account.email);
  expect(await addressOf(other)).toBe(other.email);
  // The page is not in its way any more.
  await stranger.open(`${server.issuer}/account`);
  expect(stranger.page!.url).toBe(`${server.issuer}/account`);
});

it('stands in nobody’s way: one may leave the link alone, or cancel', async () => {
  const { account, person } = await atAccount(server);
  await person.submit({ email: newAddress() });
  const link = await mailedConfirmation(`nouvelle.adresse.${made}@exemple.fr`);
  await person.open(link);
  await person.open(`${server.issuer}/account`);
  expect(person.page!.url).toBe(`${server.issuer}/account`);
  await person.open(link);
  await person.submit({}, { button: 'Annuler le changement' });
  expect(plain(person.page!.text)).toContain("Le changement d'adresse mail est annulé.");
  expect(person.page!.text).not.toContain('En attente de confirmation');
  await person.open(link);
  expect(person.page!.status).toBe(410);
  expect(await addressOf(account)).toBe(account.email);
});

it('confirms the address that the page shows, and cancels nothing that is done', async () => {
  const { account, person } = await atAccount(server);
  const [shown, newer] = [newAddress(), newAddress()];
  await person.submit({ email: shown });
  await person.open(await mailedConfirmation(shown));
  const old = person.fill({}, 'Confirmer cette adresse');
  await person.open(`${server.issuer}/account`);
  await person.submit({ email: newer });
  await person.open(await mailedConfirmation(newer));
  const cancel = person.fill({}, 'Annuler le changement');
  await person.post(old);
  expect(person.page!.text).toContain(newer);
  expect(await addressOf(account)).toBe(account.email);
  await person.submit({}, { button: 'Confirmer cette adresse' });
  expect(await addressOf(account)).toBe(newer);
  await person.post(cancel);
  expect(person.page!.text).not.toContain('annulé');
  expect(await addressOf(account)).toBe(newer);
});

it('that was asked for later is not cancelled by the page of an earlier one', async () => {
  const { account, person } = await atAccount(server);
  const [earlier, later] = [newAddress(), newAddress()];
  await person.submit({ email: earlier });
  await person.open(await mailedConfirmation(earlier));
  const cancel = person.fill({}, 'Annuler le changement');
  await person.open(`${server.issuer}/account`);
  await person.submit({ email: later });
  await person.post(cancel);
  expect(plain(person.page!.text)).toContain(`En attente de confirmation : ${later}`);
  await person.open(await mailedConfirmation(later));
  await person.submit({}, { button: 'Confirmer cette adresse' });
  expect(await addressOf(account)).toBe(later);
});

it('can be given up in « Mon compte », without its link', async () => {
  const { account, person } = await atAccount(server);
  await person.submit({ email: newAddress() });
  await person.submit({}, { button: 'Annuler le changement' });
  expect(plain(person.page!.text)).toContain("Le changement d'adresse mail est annulé.");
  expect(plain(person.page!.text)).toContain("Changement d'adresse mail annulé");
  expect(await addressOf(account)).toBe(account.email);
});

it('is asked for again after the login, when the session ran out before the click', async () => {
  const { account, person } = await atAccount(server);
  const address = newAddress();
  await person.submit({ email: address });
  await person.open(await mailedConfirmation(address));
  await server.database.pool.query(
    `UPDATE artefact SET expires_at = now() WHERE account_id = $1 AND model = 'Session'`,
    [account.id],
  );
  await person.submit({}, { button: 'Confirmer cette adresse' });
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  expect(person.page!.url).toBe(`${server.issuer}/account/email`);
  await person.submit({}, { button: 'Confirmer cette adresse' });
  expect(await addressOf(account)).toBe(address);
});

it('that somebody opened and left does not greet the next person', async () => {
  const { person } = await atAccount(server);
  const address = newAddress();
  await person.submit({ email: address });
  const shared = new Person(server.issuer);
  await shared.open(await mailedConfirmation(address));
  const next = await server.addAccount();
  await shared.open(`${server.issuer}/account`);
  await shared.submit({ identifier: next.identifier, password: PASSWORD });
  expect(shared.page!.url).toBe(`${server.issuer}/account`);
  expect(shared.page!.status).toBe(200);
});

it('is forgotten by the browser with the sign-out', async () => {
  const { person } = await atAccount(server);
  await person.submit({ email: newAddress() });
  await person.open(await mailedConfirmation(`nouvelle.adresse.${made}@exemple.fr`));
  await person.submit({}, { button: 'Se déconnecter' });
  const next = await server.addAccount();
  await person.open(`${server.issuer}/account`);
  await person.submit({ identifier: next.identifier, password: PASSWORD });
  expect(person.page!.url).toBe(`${server.issuer}/account`);
  expect(person.page!.status).toBe(200);
  expect(person.cookie('idp_email_link')).toBeUndefined();
});

it('believes no claim of the request that an address was verified', async () => {
  const { account, person } = await atAccount(server);
  const address = newAddress();
  await person.open(`${server.issuer}/account?verified=true&email=${address}`);
  for (const extra of ['verified=true', 'emailVerified=true', 'confirmed=1', `newEmail=${address}`]) {
    await person.request(new URL('/account/email', server.issuer), {
      method: 'POST',
      body: `email=${address}&${extra}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.issuer },
    });
    await person.request(new URL(`/account/email/confirm?${extra}`, server.issuer), {
      method: 'POST',
      body: `email=${address}&${extra}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.issuer },
    });
  }
  expect(await addressOf(account)).toBe(account.email);
});

it.each([
  ['', "Cette adresse mail n'est pas valable."],
  ['jeanne', "Cette adresse mail n'est pas valable."],
  ['a@exemple.fr, b@exemple.fr', "Cette adresse mail n'est pas valable."],
  ['a@exemple.fr\r\nBcc: b@exemple.fr', "Cette adresse mail n'est pas valable."],
  ['"a b"@exemple.fr', "Cette adresse mail n'est pas valable."],
  [`${'x'.repeat(250)}@exemple.fr`, "Cette adresse mail n'est pas valable."],
])('takes no %j', async (typed, sentence) => {
  const { person } = await atAccount(server);
  await person.submit({ email: typed });
  expect(person.page!.status).toBe(422);
  expect(plain(person.page!.text)).toContain(sentence);
});

it('says so where the address is the same', async () => {
  const { account, person } = await atAccount(server);
  await person.submit({ email: ` ${account.email} ` });
  expect(person.page!.status).toBe(422);
  expect(plain(person.page!.text)).toContain("C'est déjà votre adresse mail.");
  expect(person.page!.body).toContain(`value="${account.email}"`);
});

it('wants a login not older than five minutes', async () => {
  const { account, person } = await atAccount(server);
  const { action, data } = person.fill({ email: newAddress() });
  await growOlder(server, account.id, 301);
  await person.open(`${server.issuer}/account`);
  expect(person.page!.body).not.toContain('name="email"');
  const late = await person.send({ action, data });
  expect(late.status).toBe(303);
  await person.open('/account');
  expect(plain(person.page!.text)).toContain(
    "Rien n'a été changé : votre connexion date de plus de cinq minutes.",
  );
  const { rows } = await server.database.pool.query('SELECT 1 FROM email_change WHERE account_id = $1', [
    account.id,
  ]);
  expect(rows).toEqual([]);
});

it('tells the owner of an address that is taken, and nobody else', async () => {
  const other = await server.addAccount();
  const { account, person } = await atAccount(server);
  await person.submit({ email: other.email.toUpperCase() });
  expect(person.page!.status).toBe(200);
  expect(plain(person.page!.text)).toContain('En attente de confirmation');
  await waitUntil(() => mailsTo(other.email, 'Adresse mail déjà utilisée').length === 1);
  await waitUntil(() => mailsTo(account.email, "Demande de changement d'adresse mail").length === 1);
  const links = server.mail.messages.filter(
    ({ to, text }) => to.join().toLowerCase().includes(other.email) && text.includes('/account/email'),
  );
  expect(links).toEqual([]);
  expect(await addressOf(account)).toBe(account.email);
});

it('says that the link is dead where somebody else got the address meanwhile', async () => {
  const { account, person } = await atAccount(server);
  const address = newAddress();
  await person.submit({ email: address });
  await person.open(await mailedConfirmation(address));
  const other = await server.addAccount();
  await server.database.pool.query('UPDATE account SET email = $2 WHERE id = $1', [other.id, address]);
  await person.submit({}, { button: 'Confirmer cette adresse' });
  expect(person.page!.status).toBe(410);
  expect(await addressOf(account)).toBe(account.email);
  await person.open(`${server.issuer}/account`);
  expect(person.page!.text).not.toContain('En attente de confirmation');
});

it('leads on from a link that is used, replaced, expired, or broken', async () => {
  const { account, person } = await atAccount(server);
  const address = newAddress();
  await person.submit({ email: address });
  const first = await mailedConfirmation(address);
  await person.open(`${server.issuer}/account`);
  await person.submit({ email: address });
  const second = await mailedConfirmation(address, 2);
  const expectDead = async (link: string) => {
    await person.open(link);
    expect(person.page!.status).toBe(410);
    expect(plain(person.page!.text)).toContain(
      "Ce lien n'est plus valable. Refaites une demande depuis « Mon compte ».",
    );
    expect(person.page!.body).toContain('href="/account#change-email"');
  };
  await expectDead(first);
  const token = new URL(second).searchParams.get('token')!;
  for (const broken of [token.slice(0, -1), token.toUpperCase(), `${token}A`, '', `${token}&token=${token}`])
    await expectDead(`${server.issuer}/account/email?token=${broken}`);

  // Scanners of mail open it first.
  for (let n = 0; n < 10; n++) await fetch(second, { method: n % 2 ? 'GET' : 'HEAD', redirect: 'manual' });
  await person.open(second);
  await person.submit({}, { button: 'Confirmer cette adresse' });
  expect(await addressOf(account)).toBe(address);
  await expectDead(second);

  await person.open(`${server.issuer}/account`);
  await person.submit({ email: newAddress() });
  await server.database.pool.query('UPDATE email_change SET expires_at = now() WHERE account_id = $1', [
    account.id,
  ]);
  await expectDead(await mailedConfirmation(`nouvelle.adresse.${made}@exemple.fr`));
});

it('kills the links that were mailed to the old address, and a new password kills those to a new one', async () => {
  const { account, person } = await atAccount(server);
  const reset = new Person(server.issuer);
  await askForLink(server, reset, account.identifier);
  const resetLink = await mailedLink(server, account.email);
  const address = newAddress();
  await person.submit({ email: address });
  await person.open(await mailedConfirmation(address));
  await person.submit({}, { button: 'Confirmer cette adresse' });
  await reset.open(resetLink);
  expect(reset.page!.status).toBe(410);

  const another = newAddress();
  await person.open(`${server.issuer}/account`);
  await person.submit({ email: another });
  const link = await mailedConfirmation(another);
  await person.submit({
    currentPassword: PASSWORD,
    newPassword: 'Coquelicot-7!',
    newPasswordConfirmation: 'Coquelicot-7!',
  });
  expect(person.page!.url).toMatch(/\/done$/);
  await person.open(link);
  expect(person.page!.status).toBe(410);
});

it('answers the second click on the confirmation like the first, also when the first answer was read', async () => {
  const { account, person } = await atAccount(server);
  const email = newAddress();
  await person.submit({ email });
  const { text } = await server.mail.waitForMessage(({ to }) => to.includes(email));
  await person.open(/https?:\S+/.exec(text)![0]);
  const { action, data } = person.fill({}, 'Confirmer cette adresse');
  const click = () => person.send({ action, data });
  for (const answer of [await click(), await click()])
    expect(answer.headers.get('location')).toBe('/account');
  await person.open(`${server.issuer}/account`);
  expect(person.page!.text).toContain(email);
  expect(account.email).not.toBe(email);
});

it('gives up the change that the page shows, and no other', async () => {
  const { account, person } = await atAccount(server);
  const [first, second] = [newAddress(), newAddress()];
  await person.submit({ email: first });
  const { action, data } = person.fill({}, 'Annuler le changement');
  await person.submit({ email: second });
  await person.send({ action, data });
  await person.open(`${server.issuer}/account`);
  expect(person.page!.text).toContain(second);
  await person.submit({}, { button: 'Annuler le changement' });
  expect(person.page!.text).not.toContain(second);
  expect(account.email).not.toBe(second);
});

it('mails three links an hour at most, whatever comes at once', async () => {
  const { account, person } = await atAccount(server);
  const form = person.fill({ email: 'x@exemple.fr' });
  const statuses = await Promise.all(
    Array.from({ length: 12 }, (_, n) => {
      form.data.set('email', `flot.${n}@exemple.fr`);
      return person.send(form).then(({ status }) => status);
    }),
  );
  expect(statuses.filter((status) => status === 303)).toHaveLength(3);
  expect(statuses.filter((status) => status === 429)).toHaveLength(9);
  const { rows } = await server.database.pool.query(
    'SELECT count(*)::int AS n FROM email_change WHERE account_id = $1',
    [account.id],
  );
  expect(rows).toEqual([{ n: 3 }]);
});

it('is confirmed once, by whichever of many clicks, and all of them say so', async () => {
  const { account, person } = await atAccount(server);
  const address = newAddress();
  await person.submit({ email: address });
  await person.open(await mailedConfirmation(address));
  const form = person.fill({}, 'Confirmer cette adresse');
  const statuses = await Promise.all(
    Array.from({ length: 10 }, () => person.send(form).then(({ status }) => status)),
  );
  expect(new Set(statuses)).toEqual(new Set([303]));
  const { rows } = await server.database.pool.query(
    `SELECT count(*)::int AS n FROM audit WHERE account_id = $1 AND event = 'email.changed'`,
    [account.id],
  );
  expect(rows).toEqual([{ n: 1 }]);
});
