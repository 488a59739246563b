// S1, « Identifiant / Mot de passe », as a person and an application see it.
import { fetchUserInfo, refreshTokenGrant } from 'openid-client';
import { Person } from '../../support/person.ts';
import { RelyingParty } from '../../support/relying-party.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let portal: RelyingParty;
let agenda: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  portal = await RelyingParty.discover(server, await server.addClient());
  agenda = await RelyingParty.discover(
    server,
    await server.addClient({
      metadata: { client_name: 'Agenda santé', redirect_uris: ['http://localhost:9998/cb'] },
    }),
  );
});
afterAll(() => server.stop());

const errorOf = (address: string) => new URL(address).searchParams.get('error');

it('signs a professional in to an application by identifier and password', async () => {
  const account = await server.addAccount();
  const tokens = await portal.signIn(new Person(server.issuer), account);
  expect(tokens.claims()).toMatchObject({
    sub: account.id,
    acr: 'eidas1',
    amr: ['pwd'],
    auth_time: expect.any(Number),
  });
});

it('is where an application leads to, with no redirect in between, and where the dispatcher leads to', async () => {
  const person = new Person(server.issuer);
  const answer = await person.request(new URL((await portal.begin()).url));
  const page = answer.headers.get('location')!;
  expect(page).toMatch(/^\/interaction\/[\w-]+\/password$/);
  const dispatched = await person.request(new URL(page.replace(/\/password$/, ''), server.issuer));
  expect(dispatched.headers.get('location')).toBe(page);
  expect((await person.open(page)).text).toContain('Je me connecte');
});

it('shows the service, the methods there are, and the words of the guide', async () => {
  const person = new Person(server.issuer);
  await person.open((await portal.begin()).url);
  for (const text of [
    'Je me connecte',
    'pour continuer vers Portail pro',
    'Identifiant / Mot de passe',
    'Poste partagé',
    'Mot de passe oublié',
    'Se connecter',
  ]) {
    expect(person.page!.text).toContain(text);
  }
  expect(person.page!.text).toContain('Authentification forte');
  expect(person.page!.text).not.toContain('Authentification par certificat client');
});

it('tells an unknown account, a wrong password and a locked account apart to nobody', async () => {
  const account = await server.addAccount();
  const pages = [];
  for (const fields of [
    { identifier: 'personne.de.connu', password: 'Tournesol-42!' },
    { identifier: account.identifier, password: 'Tournesol-43!' },
  ]) {
    const person = new Person(server.issuer);
    await person.open((await portal.begin()).url);
    pages.push(await person.submit(fields));
  }
  for (const page of pages) {
    expect(page.status).toBe(422);
    expect(page.text).toContain('Identifiant, mot de passe ou code incorrect.');
  }
});

it('signs in to the next application without asking again', async () => {
  const person = new Person(server.issuer);
  const account = await server.addAccount();
  await portal.signIn(person, account);
  const request = await agenda.begin();
  await person.open(request.url);
  const tokens = await agenda.finish(person.page!.url, request);
  expect(tokens.claims()).toMatchObject({ sub: account.id, acr: 'eidas1' });
});

it.each([
  ['prompt', 'login'],
  ['max_age', '0'],
])('asks again with %s=%s, and tells when the person signed in', async (name, value) => {
  const person = new Person(server.issuer);
  const account = await server.addAccount();
  const first = await portal.signIn(person, account);
  await new Promise((done) => setTimeout(done, 1_100));
  const second = await portal.signIn(person, account, { [name]: value });
  expect(second.claims()!.auth_time!).toBeGreaterThan(first.claims()!.auth_time!);
  expect(second.claims()!.sub).toBe(account.id);
});

it('does not ask with a max_age that has not passed, nor with prompt=none when signed in', async () => {
  const person = new Person(server.issuer);
  await portal.signIn(person, await server.addAccount());
  for (const parameters of [{ max_age: '600' }, { prompt: 'none' }]) {
    const request = await portal.begin(parameters as unknown as Record<string, string>);
    await person.open(request.url);
    await expect(portal.finish(person.page!.url, request)).resolves.toBeDefined();
  }
});

it('answers prompt=none with login_required when nobody is signed in', async () => {
  const person = new Person(server.issuer);
  await person.open((await portal.begin({ prompt: 'none' })).url);
  expect(errorOf(person.page!.url)).toBe('login_required');
});

it('fills in the login hint, as text', async () => {
  const person = new Person(server.issuer);
  await person.open((await portal.begin({ login_hint: '"><b>n8u8taki' })).url);
  expect(person.fill({ identifier: undefined, password: undefined }).data.has('identifier')).toBe(false);
  expect(person.page!.body).toContain('value="&quot;&gt;&lt;b&gt;n8u8taki"');
});

it.each([
  ['ui_locales', { ui_locales: 'de en' }, {}],
  ['the browser', {}, { 'accept-language': 'en-GB,en;q=0.9,fr;q=0.5' }],
])('speaks English when %s asks for it', async (_name, parameters, headers) => {
  const person = new Person(server.issuer);
  person.headers = headers as Record<string, string>;
  await person.open((await portal.begin(parameters as Record<string, string>)).url);
  expect(person.page!.body).toContain('<html lang="en"');
  await person.submit({ identifier: 'nobody', password: 'nothing' });
  expect(person.page!.body).toContain('<html lang="en"');
});

it('keeps the language that a person chose', async () => {
  const person = new Person(server.issuer);
  person.headers = { 'accept-language': 'fr' };
  await person.open((await portal.begin()).url);
  await person.open('?lang=en');
  expect(person.page!.body).toContain('<html lang="en"');
  await person.open((await portal.begin()).url);
  expect(person.page!.body).toContain('<html lang="en"');
});

it('leads back to the application when the person gives up', async () => {
  const person = new Person(server.issuer);
  await person.open((await portal.begin()).url);
  await person.submit({}, { button: 'Revenir au service' });
  expect(errorOf(person.page!.url)).toBe('access_denied');
  expect(new URL(person.page!.url).searchParams.get('iss')).toBe(server.issuer);
});

it('makes a session of the browser on a shared computer, and says so in the trail', async () => {
  const account = await server.addAccount();
  const [shared, own] = [new Person(server.issuer), new Person(server.issuer)];
  for (const person of [shared, own]) {
    await person.open((await portal.begin()).url);
    await person.submit({
      identifier: account.identifier,
      password: account.plainPassword,
      ...(person === shared && { sharedComputer: 'yes' }),
    });
  }
  const cookie = (person: Person) => person.setCookies.findLast((line) => line.startsWith('idp_session='))!;
  expect(cookie(shared)).not.toMatch(/expires/i);
  expect(cookie(own)).toMatch(/expires/i);
});

it('shows a page with a way on when the login is over, not an error of the server', async () => {
  const person = new Person(server.issuer);
  const request = await portal.begin();
  await person.open(request.url);
  const login = person.page!.url;
  const account = await server.addAccount();
  await person.submit({ identifier: account.identifier, password: account.plainPassword });
  const page = await person.open(login);
  expect(page.status).toBe(400);
  expect(page.text).toContain('Votre session a expiré. Reconnectez-vous depuis votre service.');
});

describe('levels', () => {
  it('satisfies a minimum of eidas1, asked as Pro Santé Connect is asked', async () => {
    const tokens = await portal.signIn(new Person(server.issuer), await server.addAccount(), {
      acr_values: 'eidas1',
    });
    expect(tokens.claims()!.acr).toBe('eidas1');
  });

  it('tells what was reached when a voluntary level cannot be', async () => {
    const tokens = await portal.signIn(new Person(server.issuer), await server.addAccount(), {
      acr_values: 'eidas3',
    });
    expect(tokens.claims()!.acr).toBe('eidas1');
  });

  const higher = { values: ['eidas3', 'eidas4'] };
  it.each<[string, boolean, object, Record<string, string>]>([
    ['nobody is signed in', false, higher, {}],
    ['somebody is', true, higher, {}],
    ['somebody is, and acr_values is sent beside it', true, higher, { acr_values: 'eidas1' }],
    ['it is an empty list', true, { values: [] }, {}],
    ['it is two that exclude each other', false, { value: 'eidas3', values: ['eidas1'] }, {}],
  ])(
    'refuses an essential level that no method reaches when %s',
    async (_name, signedIn, acr, parameters) => {
      const person = new Person(server.issuer);
      if (signedIn) await portal.signIn(person, await server.addAccount());
      const claims = JSON.stringify({ id_token: { acr: { essential: true, ...acr } } });
      const request = await portal.begin({ claims, ...parameters });
      const answer = await person.request(new URL(request.url));
      expect(answer.headers.get('location')).toMatch(/^\/interaction\/[\w-]+$/);
      await person.open(request.url);
      expect(errorOf(person.page!.url)).toBe('unmet_authentication_requirements');
    },
  );
});

describe('an application that names the person by a `sub` claim', () => {
  it('is told that it was somebody else, once, and not asked for ever', async () => {
    const [named, other] = [await server.addAccount(), await server.addAccount()];
    const claims = JSON.stringify({ id_token: { sub: { value: named.id } } });
    const person = new Person(server.issuer);
    await person.open((await portal.begin({ claims })).url);
    await person.submit({ identifier: other.identifier, password: other.plainPassword });
    expect(errorOf(person.page!.url)).toBe('login_required');
  });

  it('gets the one it named', async () => {
    const named = await server.addAccount();
    const claims = JSON.stringify({ id_token: { sub: { value: named.id } } });
    const tokens = await portal.signIn(new Person(server.issuer), named, { claims });
    expect(tokens.claims()!.sub).toBe(named.id);
  });
});

it('does not ask a signed-in person again for a voluntary level that nothing reaches', async () => {
  const person = new Person(server.issuer);
  await portal.signIn(person, await server.addAccount());
  const request = await portal.begin({ acr_values: 'eidas3' });
  await person.open(request.url);
  expect((await portal.finish(person.page!.url, request)).claims()!.acr).toBe('eidas1');
});

it('ends the session of the person before when somebody else signs in, with all that was given under it', async () => {
  const person = new Person(server.issuer);
  const [first, second] = [await server.addAccount(), await server.addAccount()];
  const before = await portal.signIn(person, first);
  const after = await portal.signIn(person, second, { prompt: 'login' });
  expect(after.claims()!.sub).toBe(second.id);
  await expect(refreshTokenGrant(portal.configuration, before.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
  await expect(fetchUserInfo(portal.configuration, before.access_token, first.id)).rejects.toThrow();
});
