// (c) Refresh tokens, each rotated at every use, 16 and 64 at once. Against the library in memory.
import type { PartResult } from '../targets.ts';
import { compare } from './compare.ts';
import { warmUp } from './play-round.ts';
import type { Stage } from './stage.ts';

export async function refresh(stage: Stage): Promise<PartResult> {
  const product = await stage.addProduct('product', await stage.addDatabase());
  const inMemory = await stage.addInMemory();
  const generator = await stage.addGenerator();
  await warmUp(stage, generator, [product, inMemory], ['refresh']);

  const result: PartResult = { rows: [], targets: [], notes: [] };
  for (const atOnce of [16, 64]) {
    const { rows, ratio } = await compare(stage, generator, [product, inMemory], {
      what: 'refresh',
      scenario: 'refresh',
      atOnce,
    });
    result.rows.push(...rows);
    result.targets.push({
      name: `(c) refresh, ${atOnce} at once: share of in memory`,
      figure: ratio,
      unit: '',
      atLeast: 0.75,
    });
  }
  return result;
}
