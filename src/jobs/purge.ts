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
  let unfinished = purges;
  // A batch of each in turn: a flood in one table must not keep the others from their turn.
  while (unfinished.length > 0) {
    const more: Purge[] = [];
    for (const deleteBatch of unfinished) {
      if (stopping.aborted || Date.now() > until) return;
      try {
        if ((await deleteBatch()) >= BATCH) more.push(deleteBatch);
      } catch (error) {
        logger.warn({ error: (error as Error).message }, 'a purge failed and will be tried again');
      }
    }
    unfinished = more;
    if (more.length > 0) await sleep(PAUSE_BETWEEN_BATCHES);
  }
}
