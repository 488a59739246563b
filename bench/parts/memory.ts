// (d) Resident memory of the server over 50,000 signed-in flows: at most 200 MB at the end, and flat — the median of
// the last third against that of the one before.
import { median, type Round, summarise } from '../figures.ts';
import type { PartResult } from '../targets.ts';
import { playRound } from './play-round.ts';
import type { Stage } from './stage.ts';

const AT_ONCE = 64;
const SAMPLES = 60;
/** A server too slow to get there is measured on what it did. */
const LONGEST_MS = 150_000;

export async function memory(stage: Stage): Promise<PartResult> {
  const product = await stage.addProduct('product', await stage.addDatabase());
  const generator = await stage.addGenerator();
  await generator.ask('prepare', { target: product.target, people: AT_ONCE });

  const flows = stage.byLength(50_000, 4_000);
  const rounds: Round[] = [];
  const residentMb: number[] = [];
  const end = performance.now() + LONGEST_MS;
  while (residentMb.length < SAMPLES && performance.now() < end) {
    const load = { atOnce: AT_ONCE, seconds: 30, flows: Math.ceil(flows / SAMPLES) };
    rounds.push(await playRound(generator, product, 'signed-in', load));
    residentMb.push(await product.server.ask<number>('residentMb'));
  }

  const third = Math.floor(residentMb.length / 3);
  const [middle, last] = [median(residentMb.slice(third, -third)), median(residentMb.slice(-third))];
  const done = rounds.reduce((sum, round) => sum + round.flows, 0);
  const after = `after ${done.toLocaleString('en')} flows`;
  return {
    rows: [
      {
        what: 'signed-in flow, without a pause',
        atOnce: AT_ONCE,
        side: 'product',
        summary: summarise(rounds),
      },
    ],
    targets: [
      {
        name: `(d) resident memory ${after}`,
        figure: Math.max(...residentMb.slice(-third)),
        unit: 'MB',
        atMost: 200,
      },
      {
        name: '(d) growth of the last third over the one before',
        figure: (100 * (last - middle)) / middle,
        unit: '%',
        atMost: 5,
      },
    ],
    notes: [
      `resident memory over time, MB: ${residentMb
        .filter((_, index) => index % 5 === 4)
        .map(Math.round)
        .join(' ')}`,
    ],
  };
}
