// The secret of an authenticator application when the keys of the installation change.
import { createThrottle } from '../../src/actions/throttled.ts';
import { totpContext, verifyCode } from '../../src/actions/verify-code.ts';
import { createSecretKey } from '../../src/crypto/secret-key.ts';
import { accountFinder } from '../../src/db/account.ts';
import { codeOf, enrol, forgetUsedCodes } from '../support/authenticator.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const [FORMER, NEW] = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)];

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it('is encrypted under the first key of the list when it is next used', async () => {
  const { database } = server;
  const made = await server.addAccount();
  const { secret } = await enrol(server, made);
  await forgetUsedCodes(server, made);
  const account = (await accountFinder(database)(made.id))!;
  const limits = { waitFrom: 3, firstWaitSeconds: 20, longestWaitSeconds: 60, failuresPerDay: 25 };
  const stored = async () =>
    (
      await database.pool.query('SELECT secret_encrypted FROM authenticator WHERE account_id = $1', [
        account.id,
      ])
    ).rows[0].secret_encrypted as Buffer;
  const verify = (keys: Buffer[], typedCode: string) =>
    verifyCode(
      {
        database,
        throttle: createThrottle(database, FORMER, { identifier: limits, address: limits }),
        seal: createSecretKey(keys),
        recoveryKey: FORMER,
        mail: { secretKey: createSecretKey(keys), mailFrom: 'idp@exemple.fr' },
      },
      {
        identifier: account.identifier,
        account,
        isPasswordRight: true,
        typedCode,
        address: '::1',
        login: undefined,
        clientId: undefined,
      },
    );
  const open = (key: Buffer, sealed: Buffer) =>
    createSecretKey([key]).decrypt(sealed, totpContext(account.id));

  const before = await stored();
  expect(open(FORMER, before)).toBe(secret);
  // A wrong code changes nothing.
  expect((await verify([NEW, FORMER], '000000')).ok).toBe(false);
  expect(await stored()).toEqual(before);
  expect((await verify([NEW, FORMER], codeOf(secret))).ok).toBe(true);
  expect(open(NEW, await stored())).toBe(secret);
  // The former key can go.
  await forgetUsedCodes(server, account);
  expect((await verify([NEW], codeOf(secret))).ok).toBe(true);
});
