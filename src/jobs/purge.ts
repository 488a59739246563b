// Deletes what is over, in batches small enough to hold no lock for long: tables of expired tokens are the classic
// outage. One job for the whole cluster, each minute; a rest is left to the next one.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

/** Deletes at most `BATCH` rows and tells how many it deleted. */
export type Purge = () => Promise<number>;

export const BATCH = 1000;
const LONGEST_RUN = 45_000;
const PAUSE_BETWEEN_BATCHES = 20;

export async function purge(purges: Purge[], logger: Logger, stopping: AbortSignal): Promise<void> {
  const until = Date.now() + LONGEST_RUN;
  for (const deleteBatch of purges) {
    try {
      while ((await deleteBatch()) >= BATCH) {
        await sleep(PAUSE_BETWEEN_BATCHES);
        if (stopping.aborted || Date.now() > until) return;
      }
    } catch (error) {
      logger.warn({ error: (error as Error).message }, 'a purge failed and will be tried again');
    }
    if (stopping.aborted) return;
  }
}
