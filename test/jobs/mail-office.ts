// What the mail tests share: a mail server, the settings of a small organisation, the queue and a look at its rows.
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import { enqueueMail, type MailOrder } from '../../src/actions/enqueue-mail.ts';
import { createSecretKey } from '../../src/crypto/secret-key.ts';
import type { Database } from '../../src/db/database.ts';
import { type Jobs, type JobsOptions, startJobs } from '../../src/jobs/start-jobs.ts';
import { templates } from '../support/templates.ts';

export const branding = {
  title: 'MES SERVICES E-SANTE',
  organisation: "Normand'e-santé",
  portalUrl: 'https://www.norm-uni.fr/portail.pro/',
  supportMail: 'support@normand-esante.fr',
  supportPhone: '02 50 53 70 01',
};

export const mailFrom = 'ne-pas-repondre@normand-esante.fr';
export const secretKey = createSecretKey([Buffer.alloc(32, 7)]);
export const SECRET = 'Kp7#mTx4Rw9!vBnd';

export type MailRow = {
  id: string;
  state: 'queued' | 'sent' | 'dead';
  attempts: number;
  last_error: string | null;
  message_id: string;
  secret_encrypted: Buffer | null;
  lease_until: Date | null;
  params: Record<string, string>;
};

/** Queues a mail of its own transaction and returns its id. */
export function queueMail(database: Database, order: Partial<MailOrder> = {}): Promise<string> {
  return database.transaction((transaction) =>
    enqueueMail(
      transaction,
      { secretKey, mailFrom },
      {
        template: 'account-created',
        to: 'jean.dupont@ch-rouen.fr',
        accountId: undefined,
        locale: 'fr',
        params: { identifier: 'jdupont' },
        secret: SECRET,
        ...order,
      },
    ),
  );
}

export function startOffice(
  database: Database,
  smtpUrl: string,
  options: Partial<JobsOptions> = {},
): Promise<Jobs> {
  const logger = pino({ level: 'silent' });
  return startJobs({
    database,
    secretKey,
    smtpUrl,
    mailFrom,
    branding,
    templates,
    logger,
    purges: [],
    tellLogout: async () => undefined,
    ...options,
  });
}

/** A logger of everything, and the lines that it wrote. */
export function recordingLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const sink = new Writable({
    write(line, _, done) {
      lines.push(String(line));
      done();
    },
  });
  return { logger: pino({ level: 'trace' }, sink), lines };
}

export async function mailRow(database: Database, id: string): Promise<MailRow> {
  const { rows } = await database.pool.query('SELECT * FROM mail WHERE id = $1', [id]);
  return rows[0];
}

/** Waits for a condition, asked every 50 ms; throws after `timeoutMs`. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not in ${timeoutMs} ms: ${condition}`);
    await sleep(50);
  }
}

/** What two minutes do: the leases and locks of the processes that died by `death` grow old, and the sweep comes by. */
export async function letLeasesRunOut(database: Database, death: Date): Promise<void> {
  await database.pool.query(
    "UPDATE mail SET lease_until = now() WHERE state = 'queued' AND lease_until <= $1::timestamptz + interval '2 minutes'",
    [death],
  );
  await database.pool.query(
    "UPDATE graphile_worker._private_jobs SET locked_at = locked_at - interval '2 minutes' WHERE locked_at <= $1",
    [death],
  );
  await database.pool.query("SELECT graphile_worker.add_job('sweep-mail', job_key => 'sweep-mail')");
}
