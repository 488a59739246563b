// (b) Complete password logins — authorize, dispatcher, page, form, resume, code, token; a new browser each —
// against what the argon2 parameters alone allow. Both have both cores: argon2 runs in threads, so a server on one core
// would be measured by half of what it does. Load generator and database share those two cores with the server.
import { summarise } from '../figures.ts';
import type { LoadResult } from '../load/run-at-once.ts';
import { ENVIRONMENT, YOUNG_GENERATION } from '../production.ts';
import type { PartResult } from '../targets.ts';
import { playPairs } from './play-pairs.ts';
import { measure, playRound, warmUp } from './play-round.ts';
import type { Stage } from './stage.ts';

const AT_ONCE = 16;

export async function logins(stage: Stage): Promise<PartResult> {
  const product = await stage.addProduct('product', await stage.addDatabase());
  const argon2 = await stage.addChild({
    file: './servers/argon2-limit.ts',
    nodeOptions: YOUNG_GENERATION,
    environment: ENVIRONMENT,
  });
  const generator = await stage.addGenerator();
  // A few logins a second would take an hour to warm the code: everything around the password is warmed without it.
  await warmUp(stage, generator, [product], ['visit', 'signed-in', 'login'], AT_ONCE);
  await argon2.ask('verify', { seconds: 1 });

  if (stage.profile) await product.server.ask('startProfile');
  const seconds = stage.byLength(1.25, 1);
  const { first, second, ratio } = await playPairs(
    stage.byLength(15, 2),
    () => playRound(generator, product, 'login', { atOnce: AT_ONCE, seconds }),
    () => measure({ server: argon2 }, undefined, () => argon2.ask<LoadResult>('verify', { seconds })),
  );
  if (stage.profile)
    await product.server.ask('stopProfile', { folder: stage.profile, name: 'login-16-product' });
  return {
    rows: [
      { what: 'complete password login', atOnce: AT_ONCE, side: 'product', summary: summarise(first) },
      { what: 'argon2 verification', atOnce: 2, side: 'argon2 alone', summary: summarise(second) },
    ],
    targets: [
      {
        name: '(b) password logins, 16 at once: share of what argon2 allows',
        figure: ratio,
        unit: '',
        atLeast: 0.65,
      },
    ],
    notes: ['logins: server, load generator and database share all cores, as argon2 alone does'],
  };
}
