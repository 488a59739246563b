// Keeps a graphile-worker runner alive: it gives up by itself when it cannot write to the database, and this starts
// another. Used by jobs/start-jobs.ts only.
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Runner, WorkerEvents } from 'graphile-worker';
import type { Logger } from 'pino';

export type StartRunner = (events: WorkerEvents) => Promise<Runner>;

const PAUSE = 1000;

/** Resolves after the first start, successful or not. `stop` resolves when the running jobs have ended. */
export async function keepRunning(start: StartRunner, logger: Logger): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  const { promise: isStarted, resolve: started } = Promise.withResolvers<void>();
  let runner: Runner | undefined;

  const runOne = async () => {
    const events = new EventEmitter() as WorkerEvents;
    runner = await start(events);
    started();
    // Both ends of a runner: its promise may stay pending for a minute after it took no more jobs.
    const ended = runner.promise.catch(() => undefined);
    await Promise.race([ended, once(events, 'pool:gracefulShutdown', { signal: stopping.signal })]);
    if (!stopping.signal.aborted) logger.warn('the job queue stopped by itself and is started again');
  };

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await runOne().catch((error: Error) => {
        if (!stopping.signal.aborted) logger.warn({ error: error.message }, 'the job queue could not start');
      });
      started();
      await sleep(PAUSE, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  await isStarted;

  return {
    async stop() {
      stopping.abort();
      await loop;
      // Refused by a runner that has stopped by itself.
      await runner?.stop().catch(() => undefined);
    },
  };
}
