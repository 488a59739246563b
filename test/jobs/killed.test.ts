import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { embeddedConnection } from '../../src/db/embedded.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type MailServer, startMailServer } from '../support/smtp.ts';
import { letLeasesRunOut, mailRow, queueMail, until } from './mail-office.ts';
import { type MailProcess, startMailProcess } from './start-mail-process.ts';

// Where there is a real server, processes share it; else each owns the embedded database in its turn.
const folder = mkdtempSync(join(tmpdir(), 'killed-'));
let shared: TestDatabase | undefined;
let server: MailServer;
let process: MailProcess | undefined;
let database: Database;

beforeAll(async () => {
  if (globalThis.process.env.TEST_DATABASE_URL) shared = await openTestDatabase();
  server = await startMailServer();
});
afterEach(async () => {
  await process?.kill();
  await database.close();
  server.delay = 0;
  server.messages.length = 0;
});
afterAll(async () => {
  await shared?.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start() {
  process = await startMailProcess({
    ...(shared ? { connection: shared.connection } : { dataFolder: folder }),
    smtpUrl: server.url,
  });
  database = openDatabase({
    connection: shared?.connection ?? embeddedConnection(folder),
    prepared: false,
    onError: () => undefined,
  });
}

async function killAndReplace() {
  const death = await process!.kill();
  await database.close();
  await start();
  return death;
}

/** Processes are started and killed: on a busy machine that takes its time. */
const SLOW = 180_000;

describe('a process that is killed', () => {
  it(
    'in the middle of a mail leaves it to the next one',
    async () => {
      server.delay = 30_000;
      await start();
      const id = await queueMail(database);
      const before = server.arrived;
      await until(() => server.arrived > before);
      const death = await killAndReplace();
      server.delay = 0;
      expect(await mailRow(database, id)).toMatchObject({ state: 'queued', attempts: 1 });
      const locked = await database.pool.query(
        'SELECT 1 FROM graphile_worker.jobs WHERE key = $1 AND locked_at IS NOT NULL',
        [`mail:${id}`],
      );
      expect(locked.rows).toHaveLength(1);

      await letLeasesRunOut(database, death);
      const mail = await server.waitForMessage();
      await until(async () => (await mailRow(database, id)).state === 'sent');
      expect(mail.messageId).toBe((await mailRow(database, id)).message_id);
      expect(server.messages).toHaveLength(1);
    },
    SLOW,
  );

  it(
    'at any moment of a long queue loses none of it, and repeats at most what it was sending',
    async () => {
      const count = 80;
      const kills = [5, 20, 40, 60];
      server.delay = 20;
      await start();
      const ids = new Set<string>();
      for (let n = 0; n < count; n++) ids.add(await queueMail(database, { to: `n${n}@ch-rouen.fr` }));
      for (const accepted of kills) {
        await until(() => server.messages.length >= accepted);
        const death = await killAndReplace();
        await letLeasesRunOut(database, death);
      }
      await until(async () => {
        const { rows } = await database.pool.query("SELECT 1 FROM mail WHERE state <> 'sent'");
        return rows.length === 0;
      });

      const received = new Set(server.messages.map(({ messageId }) => messageId));
      expect(received).toEqual(new Set([...ids].map((id) => `<${id}@normand-esante.fr>`)));
      expect(server.messages.length - count).toBeLessThanOrEqual(kills.length * 4);
    },
    SLOW,
  );
});
