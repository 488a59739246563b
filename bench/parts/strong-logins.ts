// (g) Complete logins by password and one-time code — authorize, page, form, code page, code, resume, code, token; a new browser each —
// against those by password alone on the same server, with all cores for both.
import { summarise } from '../figures.ts';
import type { PartResult } from '../targets.ts';
import { playPairs } from './play-pairs.ts';
import { playRound, warmUp } from './play-round.ts';
import type { Stage } from './stage.ts';

const AT_ONCE = 16;

export async function strongLogins(stage: Stage): Promise<PartResult> {
  const product = await stage.addProduct('product', await stage.addDatabase());
  const generator = await stage.addGenerator();
  await warmUp(stage, generator, [product], ['visit', 'signed-in', 'login', 'strong-login'], AT_ONCE);
  if (stage.profile) await product.server.ask('startProfile');
  const seconds = stage.byLength(1.25, 1);
  const { first, second, ratio } = await playPairs(
    stage.byLength(15, 2),
    () => playRound(generator, product, 'strong-login', { atOnce: AT_ONCE, seconds }),
    () => playRound(generator, product, 'login', { atOnce: AT_ONCE, seconds }),
  );
  if (stage.profile)
    await product.server.ask('stopProfile', { folder: stage.profile, name: 'strong-login-16-product' });
  return {
    rows: [
      { what: 'login by password and code', atOnce: AT_ONCE, side: 'product', summary: summarise(first) },
      { what: 'login by password', atOnce: AT_ONCE, side: 'product', summary: summarise(second) },
    ],
    targets: [
      {
        name: '(g) strong logins, 16 at once: share of password logins',
        figure: ratio,
        unit: '',
        atLeast: 0.9,
      },
    ],
    notes: ['strong logins: server, load generator and database share all cores'],
  };
}
