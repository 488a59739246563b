import { clearJobs, listUnsentMails, sweepMails } from '../../src/db/mail.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { queueMail } from './mail-office.ts';

let test: TestDatabase;

beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());
afterEach(() => test.database.pool.query('DELETE FROM mail; DELETE FROM graphile_worker._private_jobs'));

const sql = async (text: string) => (await test.database.pool.query(text)).rows;
const takeable = () =>
  sql(
    'SELECT key FROM graphile_worker.jobs WHERE locked_at IS NULL AND attempts < max_attempts AND run_at <= now()',
  );

it('shows the operator every mail that waits, however many', async () => {
  const id = await queueMail(test.database);
  await sql(`INSERT INTO mail (id, template, locale, address, params, message_id, created_at)
    SELECT gen_random_uuid(), template, locale, address, params, message_id || n, created_at + n * interval '1 second'
    FROM mail, generate_series(1, 1200) AS n`);
  const mails = await listUnsentMails(test.database);
  expect(mails).toHaveLength(1201);
  expect(mails.at(-1)!.id).toBe(id);
});

describe('the sweep', () => {
  it('leaves a mail alone whose job is waiting, that is held, that is not due yet, or that is over', async () => {
    const [waiting, held, later, over] = [
      await queueMail(test.database),
      await queueMail(test.database),
      await queueMail(test.database),
      await queueMail(test.database),
    ];
    await sql(`DELETE FROM graphile_worker._private_jobs WHERE key <> 'mail:${waiting}'`);
    await sql(`UPDATE mail SET lease_until = now() + interval '1 minute' WHERE id = '${held}'`);
    await sql(`UPDATE mail SET next_attempt_at = now() + interval '1 minute' WHERE id = '${later}'`);
    await sql(`UPDATE mail SET state = 'sent', secret_encrypted = NULL WHERE id = '${over}'`);
    expect(await sweepMails(test.database)).toBe(0);
  });

  it('leaves a mail alone whose job is just being taken up', async () => {
    await queueMail(test.database);
    await sql(
      "UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'alive', attempts = 1",
    );
    expect(await sweepMails(test.database)).toBe(0);
  });

  it.each([
    ['is lost', 'DELETE FROM graphile_worker._private_jobs'],
    [
      'is locked by a process that died',
      "UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '11 seconds', locked_by = 'dead', attempts = 1",
    ],
    ['has failed for good', 'UPDATE graphile_worker._private_jobs SET attempts = max_attempts'],
    [
      'was put off for hours by the queue',
      "UPDATE graphile_worker._private_jobs SET attempts = 9, run_at = now() + interval '3 hours'",
    ],
  ])('finds a due mail whose job %s', async (_, fate) => {
    const id = await queueMail(test.database);
    await sql(fate);
    expect(await takeable()).toEqual([]);

    expect(await sweepMails(test.database)).toBe(1);
    expect(await takeable()).toEqual([{ key: `mail:${id}` }]);
    expect(await sweepMails(test.database)).toBe(0);
  });

  it('has the jobs removed that can never run again, and only those', async () => {
    await queueMail(test.database);
    await sql(
      "UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '5 hours', locked_by = 'dead'",
    );
    await sweepMails(test.database);
    await sql("SELECT graphile_worker.add_job('other', max_attempts => 1)");
    await sql(
      'UPDATE graphile_worker._private_jobs SET attempts = 1 WHERE key IS NULL AND locked_at IS NULL',
    );
    expect(await sql('SELECT 1 FROM graphile_worker.jobs')).toHaveLength(3);

    await clearJobs(test.database, ['send-mail']);
    const left = await sql('SELECT task_identifier, locked_at FROM graphile_worker.jobs ORDER BY 1');
    expect(left).toEqual([
      { task_identifier: 'other', locked_at: null },
      { task_identifier: 'send-mail', locked_at: null },
    ]);
  });
});
