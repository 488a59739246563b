// Waits for something that another process or a later moment brings about; never for a fixed time.
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again, and throws when it is not so after `timeoutMs`. */
export async function waitUntil(isSo: () => Promise<boolean> | boolean, timeoutMs = 15_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not so after ${timeoutMs} ms`);
    await sleep(20);
  }
}
