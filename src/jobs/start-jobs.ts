// Everything that happens without anyone asking: mails leave, lost ones are found again, old rows go. Started by start.ts
// in every process; the queue and the rows' leases share the work out.
import { setTimeout as sleep } from 'node:timers/promises';
import { type JobHelpers, run } from 'graphile-worker';
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import { clearJobs, purgeMails, sweepMails } from '../db/mail.ts';
import type { TellLogout } from '../domain/logout-notice.ts';
import type { SecretKey } from '../domain/secret-key.ts';
import type { MailBranding } from '../mail/render.ts';
import { openMailTransport } from '../mail/transport.ts';
import type { Templates } from '../pug/load.ts';
import { keepRunning } from './keep-running.ts';
import { type Purge, purge } from './purge.ts';
import { createMailSender, type MailResult } from './send-mail.ts';
import { createLogoutTeller } from './tell-logout.ts';
import { createWorkerLogger } from './worker-logger.ts';

export type JobsOptions = {
  /** Its pool lends one connection for good (LISTEN): at least two. */
  database: Database;
  secretKey: SecretKey;
  smtpUrl: string;
  mailFrom: string;
  branding: MailBranding;
  templates: Templates;
  logger: Logger;
  /** Run each minute, beside the purge of mails, until they delete fewer than 1,000 rows. */
  purges: Purge[];
  onMail?: (result: MailResult) => void;
  /** Tells an application of a sign-out. */
  tellLogout: TellLogout;
};

export type Jobs = {
  /** Under a second when idle; a mail being sent gets three, then goes back to the queue. */
  stop(): Promise<void>;
};

const CONCURRENCY = 4;
/** Milliseconds. A new job is announced by the database; this is for those that become due. */
const POLL_INTERVAL = 1000;
const GRACE = 3000;
const GRACE_WHEN_IDLE = 700;
const GRACE_AFTER_ABORT = 1500;

/** A job with a key: one is waiting at most, however many processes ask. */
const CRONTAB = `
* * * * * sweep-mail ?jobKey=sweep-mail
* * * * * purge ?jobKey=purge
`;

export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const { database, logger, onMail = () => undefined } = options;
  const stopping = new AbortController();
  const transport = openMailTransport({ url: options.smtpUrl, connections: CONCURRENCY });
  const sendMail = createMailSender({ ...options, transport, onMail, stopping: stopping.signal });
  const purges = [() => purgeMails(database), ...options.purges];
  const running = new Set<Promise<void>>();

  const tellLogout = createLogoutTeller(options.tellLogout, logger);

  const taskList = {
    'tell-logout': (payload: unknown, helpers: JobHelpers) => track(tellLogout(payload, helpers)),
    'send-mail': (payload: unknown) => track(sendMail((payload as { id: string }).id)),
    'sweep-mail': () => track(sweep()),
    purge: () => track(purge(purges, logger, stopping.signal)),
  };

  async function sweep() {
    const revived = await sweepMails(database);
    if (revived > 0) logger.info({ mails: revived }, 'mails without a job are queued again');
    await clearJobs(database, Object.keys(taskList));
  }

  function track(job: Promise<void>): Promise<void> {
    const tracked = job.finally(() => running.delete(tracked));
    running.add(tracked);
    return tracked;
  }

  const worker = await keepRunning(async (events) => {
    const runner = await run({
      pgPool: database.pool,
      taskList,
      crontab: CRONTAB,
      concurrency: CONCURRENCY,
      pollInterval: POLL_INTERVAL,
      noHandleSignals: true,
      // The connections of the embedded database share one session.
      noPreparedStatements: true,
      logger: createWorkerLogger(logger),
      events,
      // Without batches the end of a job is written unawaited: a database that is away would end the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    });
    // What a killed process left behind does not wait for the next minute.
    runner.addJob('sweep-mail', {}, { jobKey: 'sweep-mail' }).catch(() => undefined);
    return runner;
  }, logger);

  return {
    async stop() {
      const stopped = worker.stop();
      const idle = running.size === 0;
      await Promise.race([stopped, pause(idle ? GRACE_WHEN_IDLE : GRACE)]);
      stopping.abort();
      await Promise.race([Promise.allSettled([...running, stopped]), pause(idle ? 0 : GRACE_AFTER_ABORT)]);
      transport.close();
    },
  };
}

const pause = (milliseconds: number) => sleep(milliseconds, undefined, { ref: false });
