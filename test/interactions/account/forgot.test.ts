import { setTimeout as sleep } from 'node:timers/promises';
import { rightPicture } from '../../support/captcha.ts';
import { askForLink, listLinkMails, mailedLink } from '../../support/forgotten-password.ts';
import { Person } from '../../support/person.ts';
import { RelyingParty } from '../../support/relying-party.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { clickTwice, WHEN } from '../../support/two-clicks.ts';
import { waitUntil } from '../../support/wait-until.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    IDP_RESET_DOMAINS: 'exemple.fr,chu.exemple.fr',
    IDP_RESET_AGAIN_AFTER: '2',
  });
});
afterAll(() => server.stop());

it('mails a link and says so, with the masked address', async () => {
  const account = await server.addAccount({ email: 'jeanne.petit@exemple.fr' });
  const person = new Person(server.issuer);
  await askForLink(server, person, account.identifier);
  expect(person.page!.status).toBe(200);
  expect(person.page!.url).toBe(`${server.issuer}/account/forgot/sent`);
  expect(person.page!.text).toContain('Votre demande de changement de mot de passe est prise en compte.');
  expect(person.page!.text).toContain('j•••••t@exemple.fr');
  const link = await mailedLink(server, account.email);
  expect(link).toMatch(new RegExp(`^${server.issuer}/account/reset\\?token=[\\w-]{43}$`));
  const [mail] = listLinkMails(server, account.email);
  expect(mail!.text).toContain('Une demande de changement de mot de passe sur votre compte a été demandée.');
  expect(mail!.html).toContain('Valider');
});

it.each(WHEN)('takes two clicks for one request, %s', async (when) => {
  const account = await server.addAccount();
  const person = new Person(server.issuer);
  await person.open(`${server.issuer}/account/forgot`);
  const form = person.fill({
    identifier: account.identifier,
    captchaChoice: await rightPicture(server, person),
  });
  for (const answer of await clickTwice(person, form, when))
    expect(answer.headers.get('location')).toBe('/account/forgot/sent');
  await mailedLink(server, account.email);
  expect(listLinkMails(server, account.email)).toHaveLength(1);
});

it('shows somebody whom nobody knows an address of the same shape, the same each time', async () => {
  const shownFor = async (identifier: string) => {
    const person = new Person(server.issuer);
    await askForLink(server, person, identifier);
    return /\S•+\S@\S+\w/.exec(person.page!.text)![0];
  };
  const nobodies = Array.from({ length: 12 }, (_, index) => `personne.du.tout.${index}`);
  const shown = await Promise.all(nobodies.map(shownFor));
  for (const address of shown) expect(address).toMatch(/^[a-z]•{5}[a-z0-9]@(chu\.)?exemple\.fr$/);
  expect(new Set(shown).size).toBeGreaterThan(8);
  expect(new Set(shown.map((address) => address.split('@')[1])).size).toBe(2);
  expect(await Promise.all(nobodies.slice(0, 3).map((one) => shownFor(` ${one.toUpperCase()}`)))).toEqual(
    shown.slice(0, 3),
  );
});

it.each([
  ['jo@exemple.fr', 'j•••••o@exemple.fr'],
  ['J.Benoit2@exemple.fr', 'j•••••2@exemple.fr'],
  ['_anne-marie.de-la-tour-du-pin+esante_@exemple.fr', 'a•••••e@exemple.fr'],
])('masks %s like any other', async (email, shown) => {
  const account = await server.addAccount({ email });
  const person = new Person(server.issuer);
  await askForLink(server, person, account.identifier);
  expect(person.page!.text).toContain(shown);
});

it('shows a made-up address for an account without one, and tells the operator why no mail leaves', async () => {
  const account = await server.addAccount();
  await server.database.pool.query(`UPDATE account SET email = '' WHERE id = $1`, [account.id]);
  const person = new Person(server.issuer);
  await askForLink(server, person, account.identifier);
  expect(person.page!.text).toMatch(/[a-z]•{5}[a-z0-9]@(chu\.)?exemple\.fr/);
  const { rows } = await server.database.pool.query(
    `SELECT detail FROM audit WHERE account_id = $1 AND event = 'password.reset-requested'`,
    [account.id],
  );
  expect(rows).toEqual([{ detail: { result: 'no-address' } }]);
});

it('keeps a cookie that is as long for everybody', async () => {
  const account = await server.addAccount({ email: 'une.adresse.plutot.longue@hopital.exemple.fr' });
  const lengths = new Set<number>();
  for (const identifier of [account.identifier, 'x'.repeat(account.identifier.length)]) {
    const person = new Person(server.issuer);
    await askForLink(server, person, identifier);
    lengths.add(person.cookie('idp_reset_request')!.length);
  }
  expect(lengths.size).toBe(1);
});

it('speaks the language that the service asked for', async () => {
  const portal = await RelyingParty.discover(server, await server.addClient());
  const person = new Person(server.issuer);
  await person.open((await portal.begin({ ui_locales: 'en' })).url);
  await person.open(/href="([^"]*)"[^>]*>Forgotten password/.exec(person.page!.body)![1]!);
  expect(person.page!.text).toContain('Give your user name');
  await person.submit({ identifier: '' });
  expect(person.page!.text).toContain('Enter your user name.');
});

it('asks for the identifier and the captcha, and keeps what was typed', async () => {
  const person = new Person(server.issuer);
  await person.open(`${server.issuer}/account/forgot`);
  await person.submit({ identifier: '' });
  expect(person.page!.status).toBe(422);
  expect(person.page!.text).toContain('Renseignez votre identifiant.');
  expect(person.page!.text).toContain("Choisissez l'image qui n'est pas comme les autres.");
  const right = Number(await rightPicture(server, person));
  await person.submit({ identifier: 'quelqu-un', captchaChoice: String((right + 1) % 5) });
  expect(person.page!.status).toBe(422);
  expect(person.page!.text).toContain(
    "L'image choisie n'est pas la bonne. Un nouveau choix vous est proposé.",
  );
  expect(person.page!.body).toContain('value="quelqu-un"');
});

it('leads back to the waiting application', async () => {
  const portal = await RelyingParty.discover(server, await server.addClient());
  const person = new Person(server.issuer);
  await person.open((await portal.begin()).url);
  const login = person.page!.url;
  const link = /href="([^"]*)"[^>]*>Mot de passe oublié/.exec(person.page!.body)![1]!;
  await person.open(link);
  expect(person.page!.text).toContain('Revenir à la connexion');
  await person.submit({ identifier: 'personne', captchaChoice: await rightPicture(server, person) });
  await person.open(/href="(\/interaction[^"]*)"/.exec(person.page!.body)![1]!);
  expect(person.page!.url).toBe(login);
});

it('has no way back to show where no login waits', async () => {
  const person = new Person(server.issuer);
  for (const interaction of ['', 'x', '../admin', 'a'.repeat(43), '%0d%0aSet-Cookie:x=1']) {
    await person.open(`${server.issuer}/account/forgot?interaction=${interaction}`);
    expect(person.page!.status).toBe(200);
    expect(person.page!.text).not.toContain('Revenir à la connexion');
    expect(person.page!.headers.get('set-cookie') ?? '').not.toContain('x=1');
  }
});

describe('« Vous n’avez rien reçu ? »', () => {
  it.each([
    ['an account', true],
    ['nobody', false],
  ])('allows one new request after a while, for %s', async (_, exists) => {
    const account = exists ? await server.addAccount() : undefined;
    const person = new Person(server.issuer);
    await askForLink(server, person, account?.identifier ?? 'ni-vu-ni-connu');
    const address = /\S•+\S?@\S+/.exec(person.page!.text)![0];
    const firstLink = account && (await mailedLink(server, account.email));

    await person.submit({}, { button: 'Faire une nouvelle demande' });
    expect(person.page!.status).toBe(429);
    expect(person.page!.text).toMatch(/Patientez encore \d+ secondes? avant de faire une nouvelle demande\./);
    expect(person.page!.headers.get('retry-after')).toMatch(/^[12]$/);

    await waitUntil(
      async () => (await person.submit({}, { button: 'Faire une nouvelle demande' })).status === 200,
    );
    expect(person.page!.text).toContain('Une nouvelle demande a été prise en compte.');
    expect(person.page!.text).toContain(address);
    expect(person.page!.body).not.toContain('Faire une nouvelle demande');
    if (!account) return;
    await waitUntil(() => listLinkMails(server, account.email).length === 2);
    await new Person(server.issuer).open(firstLink!).then(({ status }) => expect(status).toBe(410));
  });

  it('counts copies of the cookie as one', async () => {
    const account = await server.addAccount();
    const person = new Person(server.issuer);
    await askForLink(server, person, account.identifier);
    const { action, data } = person.fill({}, 'Faire une nouvelle demande');
    await sleep(2_100);
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        person.request(new URL(action), {
          method: 'POST',
          body: data.toString(),
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            origin: server.issuer,
            'sec-fetch-site': 'same-origin',
            // Spelt otherwise, and read all the same.
            cookie: `idp_reset_request=${person.cookie('idp_reset_request')}${'='.repeat(index)}`,
          },
        }),
      ),
    );
    const { rows } = await server.database.pool.query(
      'SELECT count(*)::int AS n FROM password_reset WHERE account_id = $1',
      [account.id],
    );
    expect(rows[0].n).toBe(2);
  });
});

it('speaks of the address of the account where it is told to show none', async () => {
  const quiet = await startTestServer({ IDP_RESET_SHOWS_ADDRESS: 'no' });
  try {
    const account = await quiet.addAccount();
    const person = new Person(quiet.issuer);
    await askForLink(quiet, person, account.identifier);
    expect(person.page!.text).toContain("à l'adresse associée à votre compte.");
    expect(person.page!.text).not.toContain('•');
  } finally {
    await quiet.stop();
  }
});
