// Measures two servers under the same load.
import type { ChildProcess } from '../child-process.ts';
import { summarise } from '../figures.ts';
import type { Scenario } from '../load/generator.ts';
import type { PartResult } from '../targets.ts';
import { playPairs } from './play-pairs.ts';
import { playRound } from './play-round.ts';
import type { Side, Stage } from './stage.ts';

export type Comparison = { what: string; scenario: Scenario; atOnce: number };

const SECONDS = 0.8;

/** The figures of both sides, and the first's throughput as a share of the second's. */
export async function compare(
  { profile, byLength }: Stage,
  generator: ChildProcess,
  [first, second]: [Side, Side],
  { what, scenario, atOnce }: Comparison,
): Promise<{ rows: PartResult['rows']; ratio: number }> {
  const sides = [first, second];
  // In new sessions each time: the library's own store walks through all that a grant ever got at each new token, which
  // would flatter the product in long rounds.
  const play = async (side: Side) => {
    await generator.ask('prepare', { target: side.target, people: atOnce });
    return playRound(generator, side, scenario, { atOnce, seconds: SECONDS });
  };
  if (profile) for (const { server } of sides) await server.ask('startProfile');
  const pairs = await playPairs(
    byLength(10, 2),
    () => play(first),
    () => play(second),
  );
  if (profile) {
    for (const { server, name } of sides) {
      await server.ask('stopProfile', {
        folder: profile,
        name: `${scenario}-${atOnce}-${name}`.replaceAll(' ', '-'),
      });
    }
  }
  return {
    rows: [
      { what, atOnce, side: first.name, summary: summarise(pairs.first) },
      { what, atOnce, side: second.name, summary: summarise(pairs.second) },
    ],
    ratio: pairs.ratio,
  };
}
