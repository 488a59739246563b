// Merges the calls that concurrent requests make in the same turn of the event loop into one statement, one in flight
// per kind. Calls stay independent: a row that the database refuses fails alone.
import { isConnectionFault } from './database-unavailable.ts';

export type BatchOptions<Item, Result> = {
  /** Runs one statement for all items; results in the order of the items. */
  run: (items: Item[]) => Promise<Result[]>;
  /** Items that have a key in common never share a statement: the second must see what the first did. */
  keyOf: (item: Item) => string | string[];
  maxSize?: number;
};

type Waiting<Item, Result> = { item: Item; done: (result: Result) => void; fail: (error: unknown) => void };

/** Returns a function that answers one item. Rejects with the statement's error, or with its own row's. */
export function batch<Item, Result>({ run, keyOf, maxSize = 200 }: BatchOptions<Item, Result>) {
  let waiting: Waiting<Item, Result>[] = [];
  let busy = false;

  function takeNext(): Waiting<Item, Result>[] {
    const keys = new Set<string>();
    const next: Waiting<Item, Result>[] = [];
    const later: Waiting<Item, Result>[] = [];
    for (const call of waiting) {
      const key = keyOf(call.item);
      const own = typeof key === 'string' ? [key] : key;
      if (next.length === maxSize || own.some((one) => keys.has(one))) later.push(call);
      else next.push(call);
      // Those of a call that waits too, so that none overtakes it.
      for (const one of own) keys.add(one);
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
        return;
      }
      // The statement was rolled back whole: run again, each on its own, so that only the bad row fails.
      for (const call of calls) await answer([call]);
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) await answer(takeNext());
    busy = false;
  }

  return (item: Item): Promise<Result> =>
    new Promise((done, fail) => {
      waiting.push({ item, done, fail });
      if (busy) return;
      busy = true;
      setImmediate(drain);
    });
}
