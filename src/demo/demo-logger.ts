// The log of the demo: whole in a file of the data folder, where the reference of an error page is found; on the terminal
// only what goes wrong, so that the summary stays readable.
import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import type { Settings } from '../config.ts';
import { makeFolder } from '../db/embedded.ts';
import { createLogger } from '../http/logger.ts';

export function journalOf(settings: Settings): string {
  return join(settings.IDP_DATA_DIR, 'journal.log');
}

/** Throws when the data folder cannot be made. */
export function createDemoLogger(settings: Settings): Logger {
  makeFolder(settings.IDP_DATA_DIR);
  const file = pino.destination({ dest: journalOf(settings), sync: true });
  const terminal = pino.destination({ fd: 1, sync: true });
  for (const stream of [file, terminal]) stream.on('error', () => undefined);
  const level = settings.IDP_LOG_LEVEL;
  return createLogger(
    'info',
    pino.multistream([
      { level, stream: terminal },
      { level: 'info', stream: file },
    ]),
  );
}
