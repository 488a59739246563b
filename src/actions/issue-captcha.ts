// Draws a captcha « Code à recopier » for a form about to be shown and remembers its answer.
// Called by every interaction that renders the captcha mixin, and by interactions/captcha for « Autre choix ».
import { randomBytes, randomFillSync } from 'node:crypto';
import { insertCaptcha } from '../db/captcha.ts';
import type { Queryable } from '../db/database.ts';
import { drawChallenge } from '../domain/captcha/challenge.ts';
import { hashBinding } from '../domain/captcha/proof-of-work.ts';

export type IssueCaptchaDeps = { database: Queryable };

export type IssuedCaptcha = {
  captchaId: string;
  form: string;
  /** Five `data:image/png;base64,…` addresses, from left to right. */
  images: string[];
};

// Accessibility: people fill a whole form around it.
const CAPTCHA_TTL_SECONDS = 600;

/** `form` names the form it may be posted with; `binding` is a value that only this browser sends back (a cookie). */
export async function issueCaptcha(
  { database }: IssueCaptchaDeps,
  { form, binding }: { form: string; binding: string },
): Promise<IssuedCaptcha> {
  const { answer, images } = drawChallenge(secureRandom);
  const captchaId = randomBytes(16).toString('base64url');
  await insertCaptcha(database, {
    id: captchaId,
    answer,
    form,
    bindingHash: hashBinding(binding),
    ttlSeconds: CAPTCHA_TTL_SECONDS,
  });
  return { captchaId, form, images: images.map((png) => `data:image/png;base64,${png.toString('base64')}`) };
}

// The grain of the pictures shows what was drawn from this source: a generator whose state can be worked out from
// its output would give the answer away. A pool, because one challenge takes some 46,000 numbers.
const pool = new Uint32Array(16_384);
let drawn = pool.length;

function secureRandom(): number {
  if (drawn === pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  const value = pool[drawn]! / 2 ** 32;
  drawn += 1;
  return value;
}
