import { createAccount } from '../../src/actions/create-account.ts';
import { type DecoyDomains, domainsOfAccounts } from '../../src/actions/decoy-domains.ts';
import { lockAccount, unlockAccount } from '../../src/actions/lock-account.ts';
import { requestPasswordReset } from '../../src/actions/request-password-reset.ts';
import { resetPassword } from '../../src/actions/reset-password.ts';
import { createThrottle } from '../../src/actions/throttled.ts';
import { createPasswordHasher } from '../../src/crypto/password-hasher.ts';
import { createSecretKey } from '../../src/crypto/secret-key.ts';
import { setEmail } from '../../src/db/account.ts';
import { purgePasswordResets } from '../../src/db/password-reset.ts';
import { insertTaken, purgeTaken } from '../../src/db/taken-once.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

const KEY = Buffer.alloc(32, 7);
const secretKey = createSecretKey([KEY]);
const mail = { secretKey, mailFrom: 'ne-pas-repondre@exemple.fr' };
const policy = { minLength: 8, minLetters: 1, minDigits: 1, minMeta: 1 };

let test: TestDatabase;
let serial = 0;

beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

const limits = { waitFrom: 3, firstWaitSeconds: 20, longestWaitSeconds: 60, failuresPerDay: 25 };
const resetDeps = async () => ({
  database: test.database,
  hasher: await createPasswordHasher(),
  throttle: createThrottle(test.database, KEY, { identifier: limits, address: limits }),
  policy,
  productWords: [],
  mail,
  findAccount: async () => undefined,
});

/** With the mail of its provisional password still waiting: nobody sends mails here. */
async function register() {
  serial += 1;
  const outcome = await createAccount(
    { ...(await resetDeps()), provisionalTtlSeconds: 3600 },
    {
      identifier: `personne${serial}`,
      email: `personne${serial}@exemple.fr`,
      givenName: 'Jeanne',
      familyName: 'Martin',
    },
  );
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  return outcome.account;
}

let domains: DecoyDomains;
beforeAll(() => {
  domains = domainsOfAccounts(test.database, 'exemple.fr');
});

const ask = (identifier: string, database = test.database, of = domains) =>
  requestPasswordReset(
    {
      database,
      mail,
      issuer: 'https://connexion.exemple.fr',
      linkLimits: { ttlSeconds: 3600, perHour: 3, perDay: 10, perNetworkAndHour: 1000 },
      decoy: { key: KEY, domains: of },
    },
    { identifier, address: '192.0.2.1' },
  );

async function mailsOf(accountId: string) {
  const { rows } = await test.database.pool.query(
    'SELECT id, template, state, secret_encrypted FROM mail WHERE account_id = $1 ORDER BY created_at',
    [accountId],
  );
  return rows as { id: string; template: string; state: string; secret_encrypted: Buffer | null }[];
}

const states = async (accountId: string) =>
  (await mailsOf(accountId)).map(({ template, state }) => `${template} ${state}`);

it('mails to the address that the account has when the link is made', async () => {
  const account = await register();
  const { database } = test;
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  // Found, and then held up until its address has been changed.
  const slow: typeof database = {
    ...database,
    query: (...words) => database.query(...words),
    transaction: async (work) => {
      await gate;
      return database.transaction(work);
    },
  };
  const asked = ask(account.identifier, slow);
  await setEmail(database, account.id, 'retablie@exemple.fr');
  open();
  await asked;
  const { rows } = await database.pool.query(
    `SELECT address FROM mail WHERE account_id = $1 AND template = 'reset-requested'`,
    [account.id],
  );
  expect(rows).toEqual([{ address: 'retablie@exemple.fr' }]);
});

it('replaces a link that still waits to be mailed', async () => {
  const account = await register();
  await ask(account.identifier);
  await ask(account.identifier);
  expect(await states(account.id)).toEqual([
    'account-created queued',
    'reset-requested dead',
    'reset-requested queued',
  ]);
});

it('keeps a provisional password and a link that still wait from being mailed, once a new password is set', async () => {
  const account = await register();
  await ask(account.identifier);
  const [, letter] = await mailsOf(account.id);
  const link = secretKey.decrypt(letter!.secret_encrypted!, `mail:${letter!.id}`);
  expect(link).toMatch(/^https:\/\/connexion\.exemple\.fr\/account\/reset\?token=[\w-]{43}$/);
  const outcome = await resetPassword(await resetDeps(), {
    token: link.slice(-43),
    account,
    newPassword: 'Coquelicot-7!',
    address: '192.0.2.1',
  });
  expect(outcome).toEqual({ ok: true });
  expect((await states(account.id)).sort()).toEqual([
    'account-created dead',
    'password-changed queued',
    'reset-requested dead',
  ]);
  for (const { state, secret_encrypted: secret } of await mailsOf(account.id))
    if (state === 'dead') expect(secret).toBeNull();
});

it('mails no link of an account that was locked meanwhile', async () => {
  const account = await register();
  await ask(account.identifier);
  await lockAccount(test.database, account);
  await unlockAccount(test.database, account);
  expect(await states(account.id)).toEqual(['account-created queued', 'reset-requested dead']);
});

it('lends made-up addresses the domains that accounts have, and keeps them when accounts are added', async () => {
  const moveTo = async (domain: string, count: number) => {
    for (let n = 0; n < count; n++) {
      const { id } = await register();
      await test.database.pool.query('UPDATE account SET email = $2 WHERE id = $1', [id, `${id}@${domain}`]);
    }
  };
  // Looked up again, as after the time that they are remembered.
  const shown = async () => {
    const now = domainsOfAccounts(test.database, 'exemple.fr');
    return Promise.all(Array.from({ length: 60 }, (_, index) => ask(`inconnu-${index}`, test.database, now)));
  };
  await moveTo('Clinique.Exemple.fr', 9);
  const before = await shown();
  const names = new Set(before.map((address) => address.split('@')[1]));
  expect([...names].sort()).toEqual(['clinique.exemple.fr', 'exemple.fr']);
  await moveTo('clinique.exemple.fr', 5);
  expect(await shown()).toEqual(before);
  // A new domain takes its share, and nobody else moves.
  await moveTo('autre.exemple.fr', 1);
  const moved = (await shown()).filter((address, index) => address !== before[index]);
  expect(moved.every((address) => address.endsWith('@autre.exemple.fr'))).toBe(true);
  expect(moved.length).toBeLessThan(15);
});

it('counts what one network asks for, whether a link comes of it or not', async () => {
  const account = await register();
  const few = (identifier: string, address: string) =>
    requestPasswordReset(
      {
        database: test.database,
        mail,
        issuer: 'https://connexion.exemple.fr',
        linkLimits: { ttlSeconds: 3600, perHour: 3, perDay: 10, perNetworkAndHour: 5 },
        decoy: { key: KEY, domains },
      },
      { identifier, address },
    );
  const links = async () =>
    (await states(account.id)).filter((state) => state.startsWith('reset-requested')).length;
  for (let n = 0; n < 5; n++) await few(`personne-${n}-inconnue`, '198.51.100.7');
  await few(account.identifier, '198.51.100.7');
  expect(await links()).toBe(0);
  await few(account.identifier, '198.51.100.8');
  expect(await links()).toBe(1);
});

it('keeps links for a day, for the limits, and deletes at most 1,000 at once', async () => {
  const account = await register();
  await test.database.pool.query(
    `INSERT INTO password_reset (token_hash, account_id, network, created_at, expires_at)
     SELECT decode(md5(n::text), 'hex'), $1, 'x', now() - CASE WHEN n <= 1500 THEN interval '25 hours' ELSE interval '23 hours' END, now()
     FROM generate_series(1, 1600) AS n`,
    [account.id],
  );
  expect(await purgePasswordResets(test.database)).toBe(1000);
  expect(await purgePasswordResets(test.database)).toBe(500);
  expect(await purgePasswordResets(test.database)).toBe(0);
});

it('remembers what was taken once until its time is over', async () => {
  const mark = Buffer.from('a permission');
  const soon = new Date(Date.now() + 60_000);
  expect(await Promise.all([1, 2, 3].map(() => insertTaken(test.database, mark, soon)))).toContain(true);
  expect(await insertTaken(test.database, mark, soon)).toBe(false);
  expect(await purgeTaken(test.database)).toBe(0);
  await test.database.pool.query(`UPDATE taken_once SET expires_at = now() - interval '1 second'`);
  expect(await purgeTaken(test.database)).toBe(1);
});

it.each([
  ['password-reset/find', [Buffer.alloc(32)]],
  ['password-reset/consume', [Buffer.alloc(32), '00000000-0000-0000-0000-000000000000']],
  ['password-reset/end-for-account', ['00000000-0000-0000-0000-000000000000']],
])('never reads all links: %s', async (name, values) => {
  const { getStatement } = await import('../../src/db/statements.ts');
  const client = await test.database.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL enable_seqscan = off');
    const { rows } = await client.query(`EXPLAIN ${getStatement(name)}`, values as unknown[]);
    await client.query('ROLLBACK');
    expect(JSON.stringify(rows)).toContain('Index Scan');
  } finally {
    client.release();
  }
});
