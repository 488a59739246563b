// Keeps at a statement while the database is away. Used to write down what became of a mail: once the mail server has
// said yes, forgetting it would send the mail twice.
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnavailable } from '../db/faults.ts';

const PAUSE = 500;

/** Tries until the database answers; throws its absence once `signal` aborts. Any other error is thrown at once. */
export async function whileDatabaseAway<T>(statement: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await statement();
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || signal.aborted) throw error;
      await sleep(PAUSE, undefined, { signal }).catch(() => undefined);
    }
  }
}
