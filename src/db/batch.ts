// Merges the calls that concurrent requests make in the same turn of the event loop into few statements, two in flight
// per kind: with one, all requests would end up in step, and the process and the database would wait for each other in
// turn. Calls stay independent: a row that the database refuses fails alone.
import { isConnectionFault, isTimeout } from './faults.ts';

export type BatchOptions<Item, Result> = {
  /** Runs one statement for all items; results in the order of the items. */
  run: (items: Item[]) => Promise<Result[]>;
  /** Items that have a key in common never share a statement: the second must see what the first did. */
  keyOf: (item: Item) => string | string[];
  maxSize?: number;
};

type Waiting<Item, Result> = {
  item: Item;
  keys: string[];
  done: (result: Result) => void;
  fail: (error: unknown) => void;
};

const LANES = 2;
/** Fewer calls than this are not worth a second statement: they wait for the first to end, a millisecond or two. */
const SMALLEST_SHARE = 6;

/** Returns a function that answers one item. Rejects with the statement's error, or with its own row's. */
export function batch<Item, Result>({ run, keyOf, maxSize = 200 }: BatchOptions<Item, Result>) {
  let waiting: Waiting<Item, Result>[] = [];
  let busyLanes = 0;
  let scheduled = false;
  const inFlight = new Set<string>();

  /** Up to `size` calls that have no key in common, nor with what is in flight; in order where they do. */
  function takeNext(size: number): Waiting<Item, Result>[] {
    const next: Waiting<Item, Result>[] = [];
    const later: Waiting<Item, Result>[] = [];
    // Those of a call that waits too, so that none overtakes it.
    const passedOver = new Set<string>();
    for (const call of waiting) {
      const isFree = next.length < size && !call.keys.some((key) => inFlight.has(key) || passedOver.has(key));
      if (isFree) next.push(call);
      else later.push(call);
      for (const key of call.keys) (isFree ? inFlight : passedOver).add(key);
    }
    waiting = later;
    return next;
  }

  async function answer(calls: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await run(calls.map(({ item }) => item));
      for (const [index, { done }] of calls.entries()) done(results[index] as Result);
    } catch (error) {
      if (calls.length === 1 || isConnectionFault(error)) {
        for (const { fail } of calls) fail(error);
        if (isTimeout(error)) failWaiting(error);
        return;
      }
      // The statement was rolled back whole: run again, each on its own, so that only the bad row fails.
      for (const call of calls) await answer([call]);
    }
  }

  /** Those who have waited for a statement that timed out would wait as long for their own. */
  function failWaiting(error: unknown): void {
    for (const { fail } of waiting.splice(0)) fail(error);
  }

  async function runLane(calls: Waiting<Item, Result>[]): Promise<void> {
    busyLanes += 1;
    await answer(calls);
    busyLanes -= 1;
    for (const { keys } of calls) for (const key of keys) inFlight.delete(key);
    schedule();
  }

  /** At the end of this turn of the event loop, when all that asks in it has asked. */
  function schedule(): void {
    if (scheduled || waiting.length === 0 || busyLanes === LANES) return;
    scheduled = true;
    setImmediate(drain);
  }

  /** Shares what waits among the lanes that are free. */
  function drain(): void {
    scheduled = false;
    while (busyLanes < LANES && (busyLanes === 0 || waiting.length >= SMALLEST_SHARE)) {
      const share = Math.ceil(waiting.length / (LANES - busyLanes));
      const calls = takeNext(Math.min(maxSize, Math.max(SMALLEST_SHARE, share)));
      if (calls.length === 0) return;
      runLane(calls);
    }
  }

  return (item: Item): Promise<Result> =>
    new Promise((done, fail) => {
      const key = keyOf(item);
      waiting.push({ item, keys: typeof key === 'string' ? [key] : key, done, fail });
      schedule();
    });
}
