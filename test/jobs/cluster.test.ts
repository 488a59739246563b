import { openDatabase } from '../../src/db/database.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type MailServer, startMailServer } from '../support/smtp.ts';
import { queueMail, startOffice, until } from './mail-office.ts';

let test: TestDatabase;
let server: MailServer;

beforeAll(async () => {
  test = await openTestDatabase();
  server = await startMailServer();
});
afterAll(async () => {
  await server.close();
  await test.close();
});

/** Processes are started and killed: on a busy machine that takes its time. */
const SLOW = 180_000;

describe('three processes', () => {
  it(
    'send three hundred mails once each, whatever jobs too many there are',
    async () => {
      const databases = [1, 2, 3].map(() =>
        openDatabase({
          connection: { ...test.connection, max: 6 },
          prepared: test.prepared,
          onError: () => undefined,
        }),
      );
      const offices = await Promise.all(databases.map((database) => startOffice(database, server.url)));
      try {
        const ids = [];
        for (let n = 0; n < 300; n++) ids.push(await queueMail(test.database, { to: `n${n}@ch-rouen.fr` }));
        // A job more for each: those of a sweep that came too early.
        await test.database.pool.query(
          "SELECT graphile_worker.add_job('send-mail', json_build_object('id', id)) FROM mail",
        );
        await until(async () => {
          const { rows } = await test.database.pool.query("SELECT 1 FROM mail WHERE state <> 'sent'");
          return rows.length === 0;
        });
        await until(async () => {
          const { rows } = await test.database.pool.query(
            "SELECT 1 FROM graphile_worker.jobs WHERE task_identifier = 'send-mail'",
          );
          return rows.length === 0;
        });

        expect(server.messages).toHaveLength(300);
        expect(new Set(server.messages.map(({ messageId }) => messageId)).size).toBe(300);
      } finally {
        await Promise.all(offices.map((office) => office.stop()));
        await Promise.all(databases.map((database) => database.close()));
      }
    },
    SLOW,
  );
});
