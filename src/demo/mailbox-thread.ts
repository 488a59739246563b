// The thread that mailbox.ts starts: maildev on loopback, its mails as files in the data folder, so that the next start
// shows them again.
import { parentPort, workerData } from 'node:worker_threads';
import { createLogger, createOrchestrator, getDefaultConfig } from 'maildev';
import type { MailboxOptions } from './mailbox.ts';

const { smtpPort, inboxPort, folder } = workerData as MailboxOptions;
/** The oldest go first; reading them all back is part of every start. */
const MOST_MAILS = 500;

const config = {
  ...getDefaultConfig(),
  smtp: smtpPort,
  ip: '127.0.0.1',
  web: inboxPort,
  webIp: '127.0.0.1',
  mailDirectory: folder,
  maxEmails: MOST_MAILS,
  silent: true,
};
const maildev = createOrchestrator({ config, logger: createLogger({ silent: true }) });

try {
  await maildev.start();
  parentPort!.postMessage(undefined);
} catch (error) {
  const { code, port, address, message } = error as NodeJS.ErrnoException & {
    port?: number;
    address?: string;
  };
  parentPort!.postMessage({ code, port, address, message });
}

parentPort!.once('message', async () => {
  await maildev.stop();
  process.exit(0);
});
