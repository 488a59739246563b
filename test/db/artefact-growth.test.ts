// What the artefact table must stay good at when it is large.
import { artefacts } from '../../src/db/artefact.ts';
import { getStatement } from '../../src/db/statements.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;

beforeAll(async () => {
  test = await openTestDatabase();
  // In parts that stay within the pool's time limit on a slow machine.
  for (let first = 1; first <= 100_000; first += 10_000) {
    await test.database.pool.query(
      `INSERT INTO artefact (id, model, payload, uid, grant_id, user_code, account_id, expires_at)
      SELECT 'row' || n, 'AccessToken', jsonb_build_object('iat', n, 'sessionUid', 'uid' || n), 'uid' || n, 'grant' || n / 10,
        'code' || n, gen_random_uuid(), now() + CASE WHEN n <= 2500 THEN interval '-1 hour' ELSE interval '1 hour' END
      FROM generate_series($1::int, $1::int + 9999) AS n`,
      [first],
    );
  }
  await test.database.pool.query('ANALYZE artefact');
});
afterAll(() => test.close());

const STATEMENTS: [string, unknown[]][] = [
  ['artefact/find', [['row5'], [null]]],
  ['artefact/find-renamed', ['row5']],
  ['artefact/find-by-uid', ['uid5']],
  ['artefact/find-by-user-code', ['code5']],
  ['artefact/write', [['row5'], '[]', []]],
  ['artefact/resume', ['row5', '[]', '00000000-0000-0000-0000-000000000000', 'x', '::1', '{}', 0, 'row6']],
  ['artefact/follow-session', [['row5'], ['{}']]],
  ['artefact/end-session', ['row5']],
  ['artefact/release-session-id', ['row5']],
  ['artefact/destroy', [['row5']]],
  ['artefact/revoke-grant', ['grant5']],
  ['artefact/revoke-grant-of', ['row50']],
  ['artefact/end-for-account', ['00000000-0000-0000-0000-000000000000', null, null]],
  ['artefact/end-for-account-and-client', ['00000000-0000-0000-0000-000000000000', 'x']],
  ['artefact/purge', []],
  ['session/list', ['00000000-0000-0000-0000-000000000000', 'uid5', 50]],
  ['consent/list-for-account', ['00000000-0000-0000-0000-000000000000']],
  ['session/find-named', ['row5']],
  ['session/hold', ['00000000-0000-0000-0000-000000000000', 'uid5']],
  ['session/end', ['00000000-0000-0000-0000-000000000000', 'uid5']],
  ['session/prolong', ['row5', 1800]],
  ['logout-notice/list-due', ['00000000-0000-0000-0000-000000000000', null, null, null]],
];

type Explainer = { query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> };

async function scansOf(on: Explainer, name: string, values: unknown[]): Promise<string[]> {
  const { rows } = await on.query(`EXPLAIN (FORMAT JSON) ${getStatement(name)}`, values);
  return [
    ...JSON.stringify(rows).matchAll(/"Node Type":"([^"]*Scan)"[^{}]*?"Relation Name":"artefact"/g),
  ].map((match) => match[1]!);
}

it.each(STATEMENTS)('never reads the whole table: %s', async (name, values) => {
  const client = await test.database.pool.connect();
  let scans: string[];
  try {
    // As the planner would have it by itself.
    await client.query('BEGIN; SET LOCAL enable_seqscan = on');
    scans = await scansOf(client, name, values);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
  expect(scans.length).toBeGreaterThan(0);
  expect(scans).not.toContain('Seq Scan');
});

// A prepared statement keeps the plan that was made when the table was small, until its statistics are renewed.
it('would not read the whole of a small table either', async () => {
  const small = await openTestDatabase();
  try {
    await small.database.pool.query('VACUUM (ANALYZE) artefact');
    for (const [name, values] of STATEMENTS)
      expect([name, await scansOf(small.database.pool, name, values)]).not.toEqual([
        name,
        expect.arrayContaining(['Seq Scan']),
      ]);
  } finally {
    await small.close();
  }
});

it('purges what has expired in batches of at most 1,000, and nothing else', async () => {
  const { purge } = artefacts(test.database);
  const count = async () =>
    Number((await test.database.pool.query('SELECT count(*) FROM artefact')).rows[0].count);
  expect(await purge()).toBe(1000);
  expect(await purge()).toBe(1000);
  expect(await purge()).toBe(500);
  expect(await purge()).toBe(0);
  expect(await count()).toBe(97_500);
});

it('revokes a grant of 10,000 tokens within a second', async () => {
  await test.database.pool.query(`
    INSERT INTO artefact (id, model, payload, grant_id, expires_at)
    SELECT 'many' || n, 'AccessToken', '{}', 'large', now() + interval '1 hour' FROM generate_series(1, 10000) AS n`);
  const { rows } = await test.database.pool.query(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${getStatement('artefact/revoke-grant')}`,
    ['large'],
  );
  const [{ 'Execution Time': milliseconds, Plan: plan }] = rows[0]['QUERY PLAN'];
  expect(JSON.stringify(plan)).not.toContain('Seq Scan');
  expect(milliseconds).toBeLessThan(1000);
});
