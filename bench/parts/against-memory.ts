// One scenario against the library in memory, at several numbers at once: the parts (a) and (c).
import type { Scenario } from '../load/generator.ts';
import type { PartResult } from '../targets.ts';
import { compare } from './compare.ts';
import { warmUp } from './play-round.ts';
import type { Stage } from './stage.ts';

export type AgainstMemory = {
  scenario: Scenario;
  /** In the table. */
  what: string;
  /** In the targets, with the letter of the part. */
  name: string;
  /** How many at once, and the least share of the in-memory throughput. */
  targets: { atOnce: number; atLeast: number }[];
};

export async function againstMemory(
  stage: Stage,
  { scenario, what, name, targets }: AgainstMemory,
): Promise<PartResult> {
  const product = await stage.addProduct('product', await stage.addDatabase());
  const inMemory = await stage.addInMemory();
  const generator = await stage.addGenerator();

  const result: PartResult = { rows: [], targets: [], notes: [] };
  for (const { atOnce, atLeast } of targets) {
    await warmUp(stage, generator, [product, inMemory], [scenario], atOnce);
    const { rows, ratio } = await compare(stage, generator, [product, inMemory], { what, scenario, atOnce });
    result.rows.push(...rows);
    result.targets.push({
      name: `${name}, ${atOnce} at once: share of in memory`,
      figure: ratio,
      unit: '',
      atLeast,
    });
  }
  return result;
}
