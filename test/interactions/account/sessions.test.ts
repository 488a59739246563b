// « Mes connexions ». Catalogue row G94.
import { Application } from '../../support/application.ts';
import { openAccount, plain } from '../../support/my-account.ts';
import { Person } from '../../support/person.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';

let server: TestServer;
let app: Application;

beforeAll(async () => {
  server = await startTestServer();
  app = await Application.register(server, {
    client_name: 'Agenda',
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid profile email offline_access',
  });
});
afterAll(() => server.stop());

/** Signed in to the application in a browser of its own. */
async function signInElsewhere(account: Parameters<typeof app.signIn>[1], userAgent = IPHONE) {
  const person = new Person(server.issuer);
  person.headers = { 'user-agent': userAgent };
  return { person, tokens: await app.signIn(person, account) };
}

/** Names of the sessions that the page offers to close. */
const offered = (person: Person) =>
  [...person.page!.body.matchAll(/name="session" value="([^"]+)"/g)].map(([, uid]) => uid!);

async function isSignedIn(person: Person): Promise<boolean> {
  await person.open(app.request({ prompt: 'none' }).url);
  const { searchParams } = new URL(person.page!.url);
  if (!searchParams.has('code')) expect(searchParams.get('error')).toBe('login_required');
  return searchParams.has('code');
}

it('shows where one is signed in: browser, method, since when, and with which services', async () => {
  const account = await server.addAccount();
  await signInElsewhere(account);
  const person = await openAccount(server, account, { 'user-agent': FIREFOX });
  const text = plain(person.page!.text);
  expect(text).toMatch(
    /Firefox sur Windows Cette connexion Identifiant \/ Mot de passe Depuis le \d\d\/\d\d\/\d{4}, à \d\d:\d\d/,
  );
  expect(text).toMatch(
    /Safari sur iPhone Identifiant \/ Mot de passe Depuis le .{10}, à .{5} Services ouverts : Agenda/,
  );
  expect(text).toContain("Le lieu n'est pas connu.");
  // This one first, though it is older by now.
  await signInElsewhere(account);
  await person.open(`${server.issuer}/account`);
  expect(plain(person.page!.text)).toMatch(/Mes connexions .{90,110} Firefox sur Windows Cette connexion/);
  expect(offered(person)).toHaveLength(2);
});

it('names no browser that does not tell', async () => {
  const account = await server.addAccount();
  await signInElsewhere(account, 'x');
  const person = await openAccount(server, account);
  expect(plain(person.page!.text)).toContain('Navigateur inconnu');
});

it('closes one session at once, and nothing else', async () => {
  const account = await server.addAccount();
  const closed = await signInElsewhere(account, IPHONE);
  const person = await openAccount(server, account);
  const [uid] = offered(person);
  const kept = await signInElsewhere(account);

  await person.submit({ session: uid });
  expect(person.page!.url).toBe(`${server.issuer}/account/sessions`);
  expect(await isSignedIn(closed.person)).toBe(false);
  expect((await app.refresh(closed.tokens.refresh_token)).status).toBe(400);
  expect((await app.userinfo(closed.tokens.access_token)).status).toBe(401);
  await closed.person.open(`${server.issuer}/account`);
  expect(closed.person.page!.url).toMatch(/\/password$/);

  expect(await isSignedIn(kept.person)).toBe(true);
  expect((await app.refresh(kept.tokens.refresh_token)).status).toBe(200);
  await person.open(`${server.issuer}/account`);
  expect(plain(person.page!.text)).toContain('Connexion fermée');
});

it('leaves what a service may use while the person is away, when one session is closed', async () => {
  const account = await server.addAccount();
  const away = new Person(server.issuer);
  await away.open(app.request({ scope: 'openid offline_access', prompt: 'consent' }).url);
  const { refresh_token: refreshToken } = await app.signIn(away, account, {
    scope: 'openid offline_access',
    prompt: 'consent',
  });
  const person = await openAccount(server, account);
  await person.submit({ session: offered(person)[0] });
  expect(await isSignedIn(away)).toBe(false);
  const refreshed = await app.refresh(refreshToken);
  expect(refreshed.status).toBe(200);

  // Closing all does not.
  await person.open(`${server.issuer}/account`);
  await signInElsewhere(account);
  await person.open(`${server.issuer}/account`);
  await person.submit({ others: 'yes' });
  expect((await app.refresh(refreshed.json().refresh_token)).status).toBe(400);
});

it('closes all others, and keeps this one', async () => {
  const account = await server.addAccount();
  const others = [await signInElsewhere(account), await signInElsewhere(account)];
  const person = await openAccount(server, account);
  const own = await app.signIn(person);
  await person.open(`${server.issuer}/account`);
  expect(offered(person)).toHaveLength(2);

  await person.submit({}, { button: 'Fermer toutes les autres connexions' });
  expect(offered(person)).toEqual([]);
  await person.open(`${server.issuer}/account`);
  expect(plain(person.page!.text)).toContain('Toutes les autres connexions fermées');
  for (const other of others) {
    expect(await isSignedIn(other.person)).toBe(false);
    expect((await app.refresh(other.tokens.refresh_token)).status).toBe(400);
  }
  expect(await isSignedIn(person)).toBe(true);
  expect((await app.refresh(own.refresh_token)).status).toBe(200);
});

it('writes nothing into the trail where nothing was closed', async () => {
  const account = await server.addAccount();
  const person = await openAccount(server, account);
  for (const body of ['others=yes', 'others=yes', 'session=x']) {
    const answer = await person.request(new URL('/account/sessions', server.issuer), {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.issuer },
    });
    expect(answer.status).toBe(303);
  }
  const { rows } = await server.database.pool.query(
    `SELECT event FROM audit WHERE account_id = $1 AND event LIKE 'session%'`,
    [account.id],
  );
  expect(rows).toEqual([]);
});

it('closes no session of somebody else, and takes any nonsense calmly', async () => {
  const victim = await signInElsewhere(await server.addAccount());
  const { rows } = await server.database.pool.query(
    `SELECT uid FROM artefact WHERE model = 'Session' ORDER BY expires_at DESC`,
  );
  const account = await server.addAccount();
  await signInElsewhere(account);
  const person = await openAccount(server, account);
  const foreign = rows.map(({ uid }) => uid as string);
  for (const session of [...foreign, '', 'x', "' OR 1=1 --", 'x'.repeat(5000)]) {
    await person.submit({ session });
    expect(person.page!.status).toBe(200);
    expect(person.page!.text).not.toContain('La connexion est fermée.');
  }
  expect(await isSignedIn(victim.person)).toBe(true);
  expect(offered(person)).toHaveLength(1);
});

it('is closed at the same moment as it gets a new id, and stays closed', async () => {
  const account = await server.addAccount();
  const person = await openAccount(server, account);
  for (let round = 0; round < 10; round++) {
    const elsewhere = await signInElsewhere(account);
    await person.open(`${server.issuer}/account`);
    const [uid] = offered(person);
    await elsewhere.person.open(app.request({ prompt: 'login' }).url);
    await Promise.all([
      person.submit({ session: uid }),
      elsewhere.person.submit({ identifier: account.identifier, password: account.plainPassword }),
    ]);
    // Closed first: the login made a session of its own, or came to nothing. Closed after: it is over.
    await person.open(`${server.issuer}/account`);
    expect(offered(person)).not.toContain(uid);
    if (offered(person).length > 0) await person.submit({ others: 'yes' });
  }
});
