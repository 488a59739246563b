import { Person } from '../../support/person.ts';
import { RelyingParty } from '../../support/relying-party.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let portal: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  portal = await RelyingParty.discover(server, await server.addClient());
});
afterAll(() => server.stop());

it('signs a professional in to an application by identifier and password', async () => {
  const account = await server.addAccount({ rpps: '99700367917', roles: ['10'] });
  const tokens = await portal.signIn(new Person(server.issuer), account);
  expect(tokens.claims()).toMatchObject({ sub: account.id, acr: 'eidas1', amr: ['pwd'] });
});
