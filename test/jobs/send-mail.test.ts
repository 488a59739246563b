import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/db/database.ts';
import { listUnsentMails, purgeMails, retryMails } from '../../src/db/mail.ts';
import type { MailResult } from '../../src/jobs/send-mail.ts';
import type { Jobs } from '../../src/jobs/start-jobs.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type MailServer, startMailServer } from '../support/smtp.ts';
import { mailFrom, mailRow, queueMail, recordingLogger, SECRET, startOffice, until } from './mail-office.ts';

let test: TestDatabase;
let server: MailServer;
let jobs: Jobs | undefined;
const results: MailResult[] = [];
const onMail = (result: MailResult) => results.push(result);

beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

beforeEach(async () => {
  server = await startMailServer();
  results.length = 0;
});
afterEach(async () => {
  await jobs?.stop();
  jobs = undefined;
  await server.close();
  await test.database.pool.query('DELETE FROM mail; DELETE FROM graphile_worker._private_jobs');
});

const start = async () => {
  jobs = await startOffice(test.database, server.url, { onMail });
};
const row = (id: string) => mailRow(test.database, id);

describe('a mail that is accepted', () => {
  it('arrives once, in text and HTML, with the headers of a machine', async () => {
    await start();
    const id = await queueMail(test.database, { params: { identifier: 'jdupont', name: 'Jean Dupont' } });
    const mail = await server.waitForMessage();
    await until(async () => (await row(id)).state === 'sent');

    expect(mail.from).toBe(mailFrom);
    expect(mail.to).toEqual(['jean.dupont@ch-rouen.fr']);
    expect(mail.subject).toBe('Votre accès à MES SERVICES E-SANTE');
    expect(mail.text).toContain(`utilisez le mot de passe provisoire suivant : ${SECRET}`);
    expect(mail.html).toContain(SECRET);
    expect(mail.messageId).toBe(`<${id}@normand-esante.fr>`);
    expect(mail.headers).toMatchObject({
      'auto-submitted': 'auto-generated',
      'x-auto-response-suppress': 'All',
      'content-language': 'fr',
      to: 'Jean Dupont <jean.dupont@ch-rouen.fr>',
    });
    expect(mail.headers.from).toMatch(new RegExp(`^.+ <${mailFrom}>$`));
    expect(Number.isNaN(Date.parse(mail.headers.date!))).toBe(false);
    expect(mail.raw).toContain('Content-Type: multipart/alternative');
    expect(server.messages).toHaveLength(1);
    expect(results).toEqual(['sent']);
  });

  it('has its secret encrypted while it waits, and forgotten afterwards', async () => {
    const id = await queueMail(test.database);
    const { rows } = await test.database.pool.query('SELECT m::text AS mail FROM mail m');
    const queued = await test.database.pool.query(
      'SELECT j::text AS job FROM graphile_worker._private_jobs j',
    );
    expect((await row(id)).secret_encrypted).toBeInstanceOf(Buffer);
    const everything = JSON.stringify([rows, queued.rows]);
    expect(everything).not.toContain(SECRET);
    expect(everything).not.toContain(Buffer.from(SECRET).toString('hex'));

    await start();
    await until(async () => (await row(id)).state === 'sent');
    expect(await row(id)).toMatchObject({
      secret_encrypted: null,
      lease_until: null,
      last_error: null,
      attempts: 1,
    });
  });

  it('leaves no job behind', async () => {
    await start();
    await queueMail(test.database);
    await server.waitForMessage();
    await until(async () => {
      const { rows } = await test.database.pool.query(
        "SELECT 1 FROM graphile_worker.jobs WHERE task_identifier = 'send-mail'",
      );
      return rows.length === 0;
    });
    expect(server.messages).toHaveLength(1);
  });
});

describe('a transaction that is rolled back', () => {
  it('sends nothing', async () => {
    await start();
    const failing = test.database.transaction(async (transaction) => {
      await queueMail(
        { ...test.database, transaction: (work) => work(transaction) },
        { to: 'nobody@ch-rouen.fr' },
      );
      throw new Error('later in the transaction');
    });
    await expect(failing).rejects.toThrow('later in the transaction');
    await queueMail(test.database, { to: 'after@ch-rouen.fr' });
    await server.waitForMessage(({ to }) => to[0] === 'after@ch-rouen.fr');

    expect(server.messages).toHaveLength(1);
    const { rows } = await test.database.pool.query(
      "SELECT 1 FROM mail WHERE address = 'nobody@ch-rouen.fr'",
    );
    expect(rows).toEqual([]);
  });
});

describe('a mail that fails', () => {
  it('is tried again after a 4xx answer, as the same mail', async () => {
    server.answer = 451;
    server.refusal = 'try again later';
    await start();
    const id = await queueMail(test.database);
    await until(() => results.includes('retried'));
    const waiting = await row(id);
    expect(waiting).toMatchObject({ state: 'queued', lease_until: null });
    expect(waiting.last_error).toContain('try again later');
    expect(waiting.secret_encrypted).not.toBeNull();

    server.answer = 'accept';
    const mail = await server.waitForMessage();
    expect(mail.messageId).toBe(waiting.message_id);
    await until(() => results.at(-1) === 'sent');
    expect(await row(id)).toMatchObject({ state: 'sent', attempts: results.length });
  });

  it('is a dead letter after a 5xx answer, with the reason and without the secret', async () => {
    server.answer = 550;
    server.refusal = `no such mailbox; your text "${SECRET}" was refused`;
    await start();
    const id = await queueMail(test.database);
    await until(() => results.length > 0);

    expect(results).toEqual(['dead']);
    expect(await row(id)).toMatchObject({ state: 'dead', secret_encrypted: null });
    const [letter] = await listUnsentMails(test.database);
    expect(letter).toMatchObject({
      id,
      address: 'jean.dupont@ch-rouen.fr',
      template: 'account-created',
      attempts: 1,
    });
    expect(letter!.lastError).toMatch(/550.*no such mailbox/);
    expect(letter!.lastError).not.toContain(SECRET);

    server.answer = 'accept';
    await queueMail(test.database, { to: 'after@ch-rouen.fr' });
    await server.waitForMessage();
    expect(server.messages.map(({ to }) => to[0])).toEqual(['after@ch-rouen.fr']);
  });

  it('leaves when the operator has it tried again, but not without the secret that it was written around', async () => {
    server.answer = 550;
    await start();
    const notice = await queueMail(test.database, { template: 'password-changed', params: {} });
    const welcome = await queueMail(test.database);
    await until(() => results.length === 2);
    expect(results).toEqual(['dead', 'dead']);

    server.answer = 'accept';
    expect(await retryMails(test.database, undefined)).toEqual([notice]);
    await server.waitForMessage(({ subject }) => subject === 'Votre mot de passe a été modifié');
    await until(() => results.at(-1) === 'sent');
    expect(await row(notice)).toMatchObject({ state: 'sent', last_error: null });
    expect(await row(welcome)).toMatchObject({ state: 'dead' });
    expect(await retryMails(test.database, notice)).toEqual([]);
    expect(server.messages).toHaveLength(1);
  });

  it('leaves now, and not when it was planned, when the operator asks', async () => {
    server.answer = 450;
    await start();
    const id = await queueMail(test.database);
    await until(() => results.length === 1);
    await test.database.pool.query(
      `UPDATE mail SET next_attempt_at = now() + interval '1 hour' WHERE id = $1`,
      [id],
    );
    server.answer = 'accept';
    expect(await retryMails(test.database, id)).toEqual([id]);
    await until(() => results.at(-1) === 'sent');
  });

  it('waits for a server that is away and leaves soon after its return', async () => {
    await server.down();
    await start();
    const id = await queueMail(test.database);
    await until(() => results.length >= 2);
    expect(await row(id)).toMatchObject({ state: 'queued' });
    expect((await row(id)).last_error).toMatch(/ECONNREFUSED/);

    await server.up();
    await server.waitForMessage();
    await until(() => results.at(-1) === 'sent');
  });

  it('is not tried before its time by a second job', async () => {
    server.answer = 451;
    await start();
    const id = await queueMail(test.database);
    await until(() => results.length > 0);
    await test.database.pool.query(
      "SELECT graphile_worker.add_job('send-mail', json_build_object('id', $1::text))",
      [id],
    );
    await until(async () => {
      const { rows } = await test.database.pool.query(
        "SELECT 1 FROM graphile_worker.jobs WHERE task_identifier = 'send-mail' AND key IS NULL",
      );
      return rows.length === 0;
    });
    expect(results).toEqual(['retried']);
    expect(await row(id)).toMatchObject({ attempts: 1 });
  });

  it('is given up after three days', async () => {
    server.answer = 451;
    const id = await queueMail(test.database);
    await test.database.pool.query("UPDATE mail SET created_at = now() - interval '73 hours'");
    await start();
    await until(() => results.length > 0);
    expect(results).toEqual(['dead']);
    expect(await row(id)).toMatchObject({ state: 'dead', secret_encrypted: null });
  });

  it('waits for the repair of our own mistake: a key that is missing', async () => {
    const id = await queueMail(test.database);
    await test.database.pool.query(
      "UPDATE mail SET secret_encrypted = decode('00112233445566778899aabbccddeeff00112233445566778899aabb', 'hex')",
    );
    await start();
    await until(() => results.length > 0);
    expect(results).toEqual(['retried']);
    expect(await row(id)).toMatchObject({
      state: 'queued',
      last_error: expect.stringContaining('IDP_SECRET_KEY'),
    });
  });
});

describe('a mail whose link or password has expired', () => {
  it('is not sent', async () => {
    const id = await queueMail(test.database, { expiresAt: new Date(Date.now() - 1000) });
    const valid = await queueMail(test.database, {
      to: 'after@ch-rouen.fr',
      expiresAt: new Date(Date.now() + 60_000),
    });
    await start();
    await until(async () => (await row(valid)).state === 'sent' && (await row(id)).state === 'dead');

    expect(await row(id)).toMatchObject({
      secret_encrypted: null,
      last_error: 'expired before it could be sent',
    });
    expect(server.messages.map(({ to }) => to[0])).toEqual(['after@ch-rouen.fr']);
  });
});

describe('while the mail server takes its time', () => {
  it('no connection of the database is held', async () => {
    server.delay = 2000;
    const small = openDatabase({
      connection: { ...test.connection, max: 2 },
      prepared: test.prepared,
      onError: () => undefined,
    });
    const office = await startOffice(small, server.url);
    try {
      for (let n = 0; n < 4; n++) await queueMail(test.database, { to: `n${n}@ch-rouen.fr` });
      await until(() => server.arrived === 4);
      // The queue listens on one of the two; the other is free although four mails are on their way.
      for (let n = 0; n < 20; n++) await small.query('mail/list-unsent');
      expect(server.messages).toHaveLength(0);
      await until(() => server.messages.length === 4);
    } finally {
      await office.stop();
      await small.close();
    }
  });
});

describe('injection', () => {
  const evil = 'Jean\r\nBcc: evil@evil.tld\r\n\r\n<script>alert(1)</script>';

  it('is impossible through names and other values', async () => {
    await start();
    await queueMail(test.database, {
      params: {
        identifier: `jdupont\r\nBcc: evil@evil.tld\0`,
        name: `${evil}", evil@evil.tld, <x@evil.tld>`,
      },
    });
    const mail = await server.waitForMessage();

    expect(mail.to).toEqual(['jean.dupont@ch-rouen.fr']);
    expect(mail.headers).not.toHaveProperty('bcc');
    expect(mail.headers).not.toHaveProperty('cc');
    expect(mail.raw).not.toMatch(/^Bcc:/im);
    expect(mail.text).toContain('Votre identifiant de connexion : jdupont Bcc: evil@evil.tld\n');
  });

  it.each(['a@b.fr\r\nBcc: evil@evil.tld', 'a@b.fr\0', 'a@b.fr, evil@evil.tld', '"a b"@b.fr', 'A <a@b.fr>'])(
    'is impossible through the address %j',
    async (to) => {
      await expect(queueMail(test.database, { to })).rejects.toThrow('not a mail address');
      expect((await test.database.pool.query('SELECT 1 FROM mail')).rows).toEqual([]);
    },
  );

  it('is impossible through an address that came into the table another way', async () => {
    const id = await queueMail(test.database);
    await test.database.pool.query('UPDATE mail SET address = $1', ['a@b.fr,evil@evil.tld']);
    await start();
    await until(async () => (await row(id)).state === 'dead');
    expect(server.arrived).toBe(0);
  });
});

describe('the log', () => {
  it('tells what became of a mail and neither its address nor its secret', async () => {
    const { logger, lines } = recordingLogger();
    server.answer = 451;
    server.refusal = `<jean.dupont@ch-rouen.fr> ${SECRET} greylisted`;
    jobs = await startOffice(test.database, server.url, { onMail, logger });
    const id = await queueMail(test.database);
    await until(() => results.includes('retried'));
    server.answer = 'accept';
    await until(() => results.includes('sent'));

    const log = lines.join('');
    expect(log).toContain(id);
    expect(log).toContain('greylisted');
    expect(log).toContain('mail sent');
    expect(log).toContain('j•••••••••t@ch-rouen.fr');
    expect(log).not.toContain('jean.dupont');
    expect(log).not.toContain(SECRET);
  });
});

describe('stopping', () => {
  it('takes less than a second when nothing is being sent', async () => {
    await start();
    await queueMail(test.database);
    await until(() => results.includes('sent'));
    await sleep(200);
    const started = performance.now();
    await jobs!.stop();
    expect(performance.now() - started).toBeLessThan(1000);
    jobs = undefined;
  });

  it('lets a mail finish that is being sent', async () => {
    server.delay = 1000;
    await start();
    const id = await queueMail(test.database);
    await until(() => server.arrived === 1);
    await jobs!.stop();
    jobs = undefined;
    expect(await row(id)).toMatchObject({ state: 'sent' });
    expect(server.messages).toHaveLength(1);
  });

  it('gives a mail back to the queue when the server takes too long', async () => {
    server.delay = 20_000;
    await start();
    const id = await queueMail(test.database);
    await until(() => server.arrived === 1);
    const started = performance.now();
    await jobs!.stop();
    expect(performance.now() - started).toBeLessThan(6000);
    expect(await row(id)).toMatchObject({ state: 'queued', lease_until: null });

    server.delay = 0;
    await start();
    await server.waitForMessage();
    await until(() => results.includes('sent'));
    expect(server.messages).toHaveLength(1);
  });
});

describe('the purge of mails', () => {
  it('keeps what waits and what is younger than thirty days', async () => {
    const ids = [];
    for (let n = 0; n < 4; n++) ids.push(await queueMail(test.database));
    const [oldSent, oldDead, oldQueued, youngSent] = ids;
    const set = (id: string | undefined, state: string, age: string) =>
      test.database.pool.query(
        'UPDATE mail SET state = $2, secret_encrypted = NULL, created_at = now() - $3::interval WHERE id = $1',
        [id, state, age],
      );
    await set(oldSent, 'sent', '31 days');
    await set(oldDead, 'dead', '31 days');
    await set(oldQueued, 'queued', '31 days');
    await set(youngSent, 'sent', '29 days');

    expect(await purgeMails(test.database)).toBe(2);
    const { rows } = await test.database.pool.query('SELECT id FROM mail');
    expect(rows.map(({ id }) => id).sort()).toEqual([oldQueued, youngSent].sort());
  });
});
