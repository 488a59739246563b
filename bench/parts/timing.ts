// (f) The time of an answer tells nobody who has an account: « Mot de passe oublié » and a refused login, for accounts
// that exist and that do not. Medians of 300 tries each, in turn, may differ by 5 ms or 5 %.
import type { Medians, Question } from '../load/timing.ts';
import type { PartResult } from '../targets.ts';
import { COMMON_ENVIRONMENT } from '../world/bench-database.ts';
import type { Stage } from './stage.ts';

const MOST_MS = 5;
const MOST_SHARE = 0.05;
const WHAT = { forgot: 'forgotten password', login: 'refused login' };

export async function timing(stage: Stage): Promise<PartResult> {
  const database = await stage.addDatabase();
  const asker = await stage.addChild({
    file: './load/timing.ts',
    environment: { ...COMMON_ENVIRONMENT, ...database.environment },
  });
  const environment = { ...database.environment, IDP_SMTP_URL: await asker.ask<string>('mailUrl') };
  const product = await stage.addProduct('product', { ...database, environment });
  const ask = (kind: Question['kind'], tries: number) =>
    asker.ask<Medians>('measure', { issuer: product.target.issuer, kind, tries } satisfies Question);

  const result: PartResult = { rows: [], targets: [], notes: [] };
  for (const kind of ['forgot', 'login'] as const) {
    const medians = await ask(kind, stage.byLength(300, 40));
    const values = Object.values(medians);
    const [fastest, slowest] = [Math.min(...values), Math.max(...values)];
    result.notes.push(
      `${WHAT[kind]}, median ms: ${Object.entries(medians)
        .map(([name, ms]) => `${name} ${ms.toFixed(2)}`)
        .join(', ')}`,
    );
    result.targets.push({
      name: `(f) ${WHAT[kind]}: slowest case less the fastest`,
      figure: slowest - fastest,
      unit: 'ms',
      atMost: Math.max(MOST_MS, MOST_SHARE * slowest),
    });
  }
  return result;
}
