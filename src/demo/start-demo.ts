// Starts all that the demo shows, and stops it in the opposite order, so that the last mail still finds its server.
// Called by demo/main.ts and test/support/take-pictures.ts.
import { join } from 'node:path';
import type { Logger } from 'pino';
import { makeFolder } from '../db/embedded.ts';
import type { RunningServer } from '../start.ts';
import { openStorage } from '../storage.ts';
import type { DemoSettings } from './demo-settings.ts';
import { startMailbox } from './mailbox.ts';

export type RunningDemo = { server: RunningServer; stop(): Promise<void> };

type Close = () => Promise<void>;

/** Throws when a port is taken or the data folder is in use; nothing is left running then. */
export async function startDemo(demo: DemoSettings, logger: Logger): Promise<RunningDemo> {
  const opened: Close[] = [];
  const stop = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };

  makeFolder(demo.settings.IDP_DATA_DIR);
  // Two threads of their own; the code of the provider is loaded meanwhile, which takes as long.
  const [mailbox, storage, { serveDemo }] = await Promise.all([
    settle(openMailbox(demo)),
    settle(openStorage(demo.settings, logger)),
    import('./serve-demo.ts'),
  ]);
  if (mailbox.value) opened.push(mailbox.value);
  if (storage.value) opened.push(storage.value.close);

  try {
    // The folder's fault first: a second demo meets both, and this one says why.
    if (!storage.value) throw storage.error;
    if (!mailbox.value) throw mailbox.error;
    // From here on the provider closes the database, last of all that is its own.
    opened.pop();
    const server = await serveDemo(demo, logger, storage.value, opened);
    return { server, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openMailbox({ settings, smtpPort, inboxPort }: DemoSettings): Promise<Close> {
  if (smtpPort === undefined) return async () => undefined;
  return startMailbox({ smtpPort, inboxPort, folder: join(settings.IDP_DATA_DIR, 'mails') });
}

/** So that what did open can be closed when its neighbour did not. */
async function settle<T>(opening: Promise<T>): Promise<{ value?: T; error?: unknown }> {
  return opening.then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
}
