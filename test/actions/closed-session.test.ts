// Two people share an account, and one closes the session of the other while a request of it is on its way: what comes to the database
// after that does nothing.
import { cancelEmailChange } from '../../src/actions/cancel-email-change.ts';
import { changePassword } from '../../src/actions/change-password.ts';
import { closeOtherSessions, closeSession } from '../../src/actions/close-sessions.ts';
import { confirmEmailChange } from '../../src/actions/confirm-email-change.ts';
import { enrolAuthenticator } from '../../src/actions/enrol-factor.ts';
import { requestEmailChange } from '../../src/actions/request-email-change.ts';
import { secureAccount } from '../../src/actions/secure-account.ts';
import { createThrottle } from '../../src/actions/throttled.ts';
import { trustBrowser } from '../../src/actions/trust-browser.ts';
import { withdrawAccess } from '../../src/actions/withdraw-access.ts';
import { createPasswordHasher } from '../../src/crypto/password-hasher.ts';
import { createSecretKey } from '../../src/crypto/secret-key.ts';
import { accountFinder } from '../../src/db/account.ts';
import { beginEnrolment } from '../../src/domain/enrolment.ts';
import { Application } from '../support/application.ts';
import { codeOf } from '../support/authenticator.ts';
import { atAccount, openAccount } from '../support/my-account.ts';
import { PASSWORD, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it('does nothing in a session that was closed meanwhile', async () => {
  const { database } = server;
  const { account: made, person } = await atAccount(server);
  const application = await Application.register(server);
  await application.signIn(person);
  const other = await openAccount(server, made);
  await other.open(`${server.issuer}/account`);
  const { rows } = await database.pool.query(
    `SELECT uid FROM artefact WHERE account_id = $1 AND model = 'Session' ORDER BY payload ->> 'iat'`,
    [made.id],
  );
  const uids: string[] = rows.map(({ uid }) => uid);
  expect(uids).toHaveLength(2);
  const account = (await accountFinder(database)(made.id))!;
  const mail = { secretKey: createSecretKey([Buffer.alloc(32, 7)]), mailFrom: 'idp@exemple.fr' };
  const hasher = await createPasswordHasher();
  const waits = { waitFrom: 3, firstWaitSeconds: 20, longestWaitSeconds: 60, failuresPerDay: 25 };
  const token = 'A'.repeat(43);
  await database.pool.query(
    `INSERT INTO email_change (token_hash, account_id, email, expires_at) VALUES (sha256($1), $2, $3, now() + interval '1 hour')`,
    [Buffer.from(token), made.id, 'voleur@pirate.example'],
  );
  const seen = async () =>
    (
      await database.pool.query(
        `SELECT (SELECT row_to_json(account) FROM account WHERE id = $1) AS account,
                (SELECT count(*)::int FROM audit WHERE account_id = $1) AS entries,
                (SELECT count(*)::int FROM mail WHERE account_id = $1) AS mails,
                (SELECT count(*)::int FROM artefact WHERE account_id = $1 AND consumed_at IS NULL) AS artefacts`,
        [made.id],
      )
    ).rows[0];

  for (const uid of uids)
    await closeSession(database, { accountId: made.id, sessionUid: uid, uid, address: '::1' });
  const before = await seen();
  const owner = { accountId: made.id, sessionUid: uids[0]!, address: '::1' };
  await closeSession(database, { ...owner, uid: uids[1]! });
  await closeOtherSessions(database, owner);
  await withdrawAccess(database, { ...owner, clientId: application.clientId });
  await cancelEmailChange(database, { ...owner, awaited: undefined });
  await confirmEmailChange({ database, mail }, { ...owner, token });
  await requestEmailChange(
    {
      database,
      mail,
      issuer: server.issuer,
      linkLimits: { ttlSeconds: 3600, perHour: 10, perDay: 10 },
    },
    { ...owner, account, email: 'autre@pirate.example' },
  );
  await secureAccount(
    { database, mail, hasher, supportMail: 'support@exemple.fr' },
    { ...owner, account, mailAddress: undefined, takesFactors: true },
  );
  await changePassword(
    {
      database,
      mail,
      hasher,
      throttle: createThrottle(database, Buffer.alloc(32), { identifier: waits, address: waits }),
      policy: { minLength: 8, minLetters: 1, minDigits: 1, minMeta: 1 },
      productWords: [],
    },
    {
      account,
      currentPassword: PASSWORD,
      newPassword: 'Coquelicot-7!',
      address: '::1',
      kept: { sessionUid: owner.sessionUid },
      reason: 'own-choice',
    },
  );
  expect(await seen()).toEqual(before);
});

it('adds no factor, and trusts no browser, by a password that was changed meanwhile', async () => {
  const { database } = server;
  const { id: accountId, passwordChangedAt } = await server.addAccount();
  const key = createSecretKey([Buffer.alloc(32, 7)]);
  const deps = {
    database,
    seal: key,
    recoveryKey: Buffer.alloc(32, 7),
    mail: { secretKey: key, mailFrom: 'idp@exemple.fr' },
    relyingParty: { id: 'localhost', name: 'Test', origin: server.issuer },
  };
  const add = (passwordSetAt: number) => {
    const enrolment = beginEnrolment('password');
    const typedCode = codeOf(enrolment.secret);
    const names = { name: '', fallbackName: 'Application' };
    return enrolAuthenticator(deps, {
      accountId,
      passwordSetAt,
      enrolment,
      typedCode,
      ...names,
      address: '::1',
    });
  };
  const trust = (passwordSetAt: number) =>
    trustBrowser(database, {
      accountId,
      passwordSetAt,
      browser: {},
      days: 30,
      address: '::1',
      former: undefined,
    });
  const setAt = passwordChangedAt.getTime();
  expect(await add(setAt - 1)).toEqual({ ok: false, code: 'strong.over' });
  expect(await trust(setAt - 1)).toBeUndefined();
  expect(await add(setAt)).toMatchObject({ ok: true });
  expect(await trust(setAt)).toEqual(expect.any(String));
});
