// (e) The signed-in flow with the rows of a busy day in the artefact table, against the same server with none. Two
// databases, two servers, rounds in turn.
import type { PartResult } from '../targets.ts';
import { compare } from './compare.ts';
import { warmUp } from './play-round.ts';
import type { Stage } from './stage.ts';

export async function million(stage: Stage): Promise<PartResult> {
  const rows = stage.byLength(1_000_000, 100_000);
  const none = await stage.addProduct('no rows', await stage.addDatabase());
  const many = await stage.addProduct(`${rows.toLocaleString('en')} rows`, await stage.addDatabase(rows));
  const generator = await stage.addGenerator();

  const result: PartResult = { rows: [], targets: [], notes: [] };
  for (const atOnce of [16, 64]) {
    await warmUp(stage, generator, [none, many], ['signed-in'], atOnce);
    const compared = await compare(stage, generator, [many, none], {
      what: 'signed-in flow',
      scenario: 'signed-in',
      atOnce,
    });
    result.rows.push(...compared.rows);
    result.targets.push({
      name: `(e) signed-in flow, ${atOnce} at once, ${many.name}: share of none`,
      figure: compared.ratio,
      unit: '',
      atLeast: 0.9,
    });
  }
  return result;
}
