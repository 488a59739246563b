// What a third-party application is given, and who decides.
import { Person } from '../../support/person.ts';
import { RelyingParty } from '../../support/relying-party.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let stranger: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  const metadata = {
    client_name: 'Carnet <i>du</i> soignant',
    policy_uri: 'https://carnet.exemple.fr/donnees',
  };
  stranger = await RelyingParty.discover(server, await server.addClient({ firstParty: false, metadata }));
});
afterAll(() => server.stop());

async function reachConsent(person: Person, parameters: Record<string, string> = {}) {
  const account = await server.addAccount();
  const request = await stranger.begin(parameters);
  await person.open(request.url);
  await person.submit({ identifier: account.identifier, password: account.plainPassword });
  return { account, request };
}

it('shows a third-party application by its name, and what it would receive', async () => {
  const person = new Person(server.issuer);
  await reachConsent(person);
  expect(person.page!.url).toMatch(/\/consent$/);
  for (const text of ['Carnet <i>du</i> soignant', 'Votre adresse mail', 'RPPS', 'Autoriser', 'Refuser']) {
    expect(person.page!.text).toContain(text);
  }
  expect(person.page!.body).not.toContain('<i>du');
});

it('gives it what was agreed to, and does not ask the same again', async () => {
  const person = new Person(server.issuer);
  const { account, request } = await reachConsent(person);
  await person.submit({}, { button: 'Autoriser' });
  const tokens = await stranger.finish(person.page!.url, request);
  expect(tokens.claims()!.sub).toBe(account.id);

  const again = new Person(server.issuer);
  await expect(stranger.signIn(again, account)).resolves.toBeDefined();
});

it('asks again for more than was agreed to', async () => {
  const person = new Person(server.issuer);
  const { account } = await reachConsent(person, { scope: 'openid profile' });
  await person.submit({}, { button: 'Autoriser' });
  const again = new Person(server.issuer);
  await again.open((await stranger.begin({ scope: 'openid profile health' })).url);
  await again.submit({ identifier: account.identifier, password: account.plainPassword });
  expect(again.page!.url).toMatch(/\/consent$/);
});

it('tells it access_denied when the person refuses, and gives nothing', async () => {
  const person = new Person(server.issuer);
  await reachConsent(person);
  await person.submit({}, { button: 'Refuser' });
  const address = new URL(person.page!.url);
  expect(address.searchParams.get('error')).toBe('access_denied');
  expect(address.searchParams.has('code')).toBe(false);
});

it('never shows the page for one of our own, even when it asks for it', async () => {
  const portal = await RelyingParty.discover(server, await server.addClient());
  const tokens = await portal.signIn(new Person(server.issuer), await server.addAccount(), {
    prompt: 'consent',
    scope: 'openid offline_access',
  });
  expect(tokens.refresh_token).toBeDefined();
});

it('tells what single claims would give away too, and whose account it is', async () => {
  const person = new Person(server.issuer);
  await reachConsent(person, {
    scope: 'openid',
    claims: JSON.stringify({ userinfo: { email: null, SubjectNameID: null } }),
  });
  for (const text of ['Votre adresse mail', 'RPPS', 'Jeanne Martin'])
    expect(person.page!.text).toContain(text);
  expect(person.page!.text).not.toContain('votre identifiant de connexion');
});
