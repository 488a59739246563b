// Calls that share a statement.
import { batch } from '../../src/db/batch.ts';
import { DatabaseUnavailable } from '../../src/db/faults.ts';

const together = (run: (items: string[]) => Promise<string[]>) => {
  const ask = batch<string, string>({ keyOf: (item) => item, run });
  return Promise.allSettled(['a', 'b', 'c'].map((item) => ask(item)));
};

it('fails alone that the database refuses, and answers the others', async () => {
  const runs: string[][] = [];
  const settled = await together(async (items) => {
    runs.push(items);
    if (items.includes('b')) throw new Error('refused');
    return items.map((item) => item.toUpperCase());
  });
  expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : 'refused'))).toEqual([
    'A',
    'refused',
    'C',
  ]);
  expect(runs).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
});

it('runs nothing again while the database is away: it may have been done', async () => {
  let runs = 0;
  const settled = await together(async () => {
    runs += 1;
    throw new DatabaseUnavailable(new Error('Connection terminated'));
  });
  expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
  expect(runs).toBe(1);
});
