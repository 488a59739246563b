// graphile-worker's words in our log, one level quieter: what is an error to it (a database that is away) passes.
// Messages only: its details hold whole jobs. Given to the worker by jobs/start-jobs.ts.
import { Logger as WorkerLogger } from 'graphile-worker';
import type { Logger } from 'pino';

const LEVELS = { error: 'warn', warning: 'info', info: 'debug', debug: 'trace' } as const;

export function createWorkerLogger(logger: Logger): WorkerLogger {
  return new WorkerLogger(
    () => (level, message) => logger[LEVELS[level as keyof typeof LEVELS] ?? 'trace'](message),
  );
}
