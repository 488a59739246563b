import { toResult } from '../../src/cli/on-account.ts';
import { accountFinder, blockPassword } from '../../src/db/account.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it('shows an account without a hash of its passwords, the blocked one included', async () => {
  const { id, passwordHash: blocked } = await server.addAccount();
  const current = `${blocked.slice(0, -4)}AAAA`;
  await blockPassword(server.database, id, current);
  const account = (await accountFinder(server.database)(id))!;
  expect([account.passwordHash, account.blockedPasswordHash]).toEqual([current, blocked]);
  const { document, text } = toResult(account);
  expect(text).toContain(`identifier: ${account.identifier}`);
  expect(JSON.stringify(document) + text).not.toMatch(/\$argon2|Hash/);
});
