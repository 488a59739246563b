// (c) Refresh tokens, each rotated at every use, 16 at once. Against the library in memory.
import type { PartResult } from '../targets.ts';
import { compare } from './compare.ts';
import { warmUp } from './play-round.ts';
import type { Stage } from './stage.ts';

const AT_ONCE = 16;

export async function refresh(stage: Stage): Promise<PartResult> {
  const product = await stage.addProduct('product', await stage.addDatabase());
  const inMemory = await stage.addInMemory();
  const generator = await stage.addGenerator();
  await warmUp(stage, generator, [product, inMemory], ['refresh'], AT_ONCE);

  const { rows, ratio } = await compare(stage, generator, [product, inMemory], {
    what: 'refresh',
    scenario: 'refresh',
    atOnce: AT_ONCE,
  });
  return {
    rows,
    targets: [
      { name: '(c) refresh, 16 at once: share of in memory', figure: ratio, unit: '', atLeast: 0.75 },
    ],
    notes: [],
  };
}
