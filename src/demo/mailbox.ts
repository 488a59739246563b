// The demo's mail server with a web inbox (maildev), in a thread of its own: it loads while the provider does, and what
// it prints stays off the terminal. Started by start-demo.ts.
import { Worker } from 'node:worker_threads';

export type MailboxOptions = { smtpPort: number; inboxPort: number; folder: string };

/** Mails are on disk before they are accepted, so a thread that hangs may be ended at any time. */
const STOP_MS = 1_000;

/** Returns how to stop it. Throws the system's error (EADDRINUSE …) when a port is taken. */
export async function startMailbox(options: MailboxOptions): Promise<() => Promise<void>> {
  const worker = new Worker(new URL('./mailbox-thread.ts', import.meta.url), {
    workerData: options,
    stdout: true,
  });
  worker.stdout.resume();
  const ended = new Promise<void>((done) => worker.once('exit', () => done()));
  try {
    await new Promise<void>((started, failed) => {
      worker.once('message', (fault?: object) => (fault ? failed(toError(fault)) : started()));
      worker.once('error', failed);
    });
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  // Its end must not be the provider's: mails wait in the queue and say so in the log.
  worker.on('error', (error) => console.error(`esante-idp: the demo's mail server ended: ${error.message}`));
  return async () => {
    const late = setTimeout(() => worker.terminate(), STOP_MS);
    worker.postMessage('stop');
    await ended;
    clearTimeout(late);
  };
}

function toError(fault: object): Error {
  return Object.assign(new Error(), fault);
}
