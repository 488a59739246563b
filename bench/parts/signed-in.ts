// (a) Somebody who is signed in comes from an application: authorize, token, userinfo, with PKCE and ES256. Against the
// library in memory, at 16 and at 64 at once.
import type { PartResult } from '../targets.ts';
import { compare } from './compare.ts';
import { warmUp } from './play-round.ts';
import type { Stage } from './stage.ts';

export async function signedIn(stage: Stage): Promise<PartResult> {
  const product = await stage.addProduct('product', await stage.addDatabase());
  const inMemory = await stage.addInMemory();
  const generator = await stage.addGenerator();
  await warmUp(stage, generator, [product, inMemory], ['signed-in']);

  const result: PartResult = { rows: [], targets: [], notes: [] };
  for (const [atOnce, atLeast] of [
    [16, 0.75],
    [64, 0.9],
  ] as const) {
    const { rows, ratio } = await compare(stage, generator, [product, inMemory], {
      what: 'signed-in flow',
      scenario: 'signed-in',
      atOnce,
    });
    result.rows.push(...rows);
    result.targets.push({
      name: `(a) signed-in flow, ${atOnce} at once: share of in memory`,
      figure: ratio,
      unit: '',
      atLeast,
    });
  }
  return result;
}
