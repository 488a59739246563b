import { setTimeout as sleep } from 'node:timers/promises';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type MailServer, startMailServer } from '../support/smtp.ts';
import { type DatabaseProxy, openDatabaseProxy } from './database-proxy.ts';
import { letLeasesRunOut, mailRow, queueMail, until } from './mail-office.ts';
import { type MailProcess, startMailProcess } from './start-mail-process.ts';

let test: TestDatabase;
let server: MailServer;
let proxy: DatabaseProxy;
let process: MailProcess;

beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

beforeEach(async () => {
  server = await startMailServer();
  proxy = await openDatabaseProxy(test.connection);
});
afterEach(async () => {
  await process.kill();
  await proxy.close();
  await server.close();
});

const start = async () => {
  process = await startMailProcess({ connection: proxy.connection, smtpUrl: server.url });
};
const isSent = async (id: string) => (await mailRow(test.database, id)).state === 'sent';

/** Processes are started and killed: on a busy machine that takes its time. */
const SLOW = 180_000;

describe('when the database goes away and comes back', () => {
  it(
    'a mail that was accepted meanwhile is not sent again',
    async () => {
      server.delay = 1000;
      await start();
      const id = await queueMail(test.database);
      await until(() => server.arrived === 1);
      proxy.cut();
      await until(() => server.messages.length === 1);
      await sleep(1500);
      await proxy.restore();
      await until(() => isSent(id));
      expect(await mailRow(test.database, id)).toMatchObject({ attempts: 1 });
      expect(server.messages).toHaveLength(1);
    },
    SLOW,
  );

  it(
    'mails leave again without a restart, time after time',
    async () => {
      await start();
      for (let n = 0; n < 3; n++) {
        const ids = [];
        for (let m = 0; m < 10; m++) ids.push(await queueMail(test.database));
        await until(() => server.messages.length > n * 20);
        proxy.cut();
        for (let m = 0; m < 10; m++) ids.push(await queueMail(test.database));
        await sleep(1000);
        await proxy.restore();
        // One whose row was taken as the connection broke waits for its lease: two minutes here and now.
        await sleep(3000);
        await letLeasesRunOut(test.database, new Date());
        for (const id of ids) await until(() => isSent(id));
        expect(process.child.exitCode).toBeNull();
      }
    },
    SLOW,
  );

  it(
    'a process that starts meanwhile works as soon as it is back',
    async () => {
      proxy.cut();
      await start();
      const id = await queueMail(test.database);
      await sleep(1500);
      expect(await isSent(id)).toBe(false);
      await proxy.restore();
      await until(() => isSent(id));
      expect(process.child.exitCode).toBeNull();
    },
    SLOW,
  );
});
