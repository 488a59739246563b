// A captcha row: five pictures, four of one thing and one of another from the same family. Pure: every choice comes
// from `random`. Called by actions/issue-captcha.ts.
import { families } from './icons/families.ts';
import { drawPicture, type Random } from './picture.ts';
import type { Drawing } from './strokes.ts';
import { visibleLength } from './visible-length.ts';

export const PICTURES = 5;

export type CaptchaChallenge = {
  /** Position of the odd picture, 0 to 4. Never leaves the server. */
  answer: number;
  /** Five PNG files, from left to right. */
  images: Buffer[];
};

// Two drawings of very different line length could be told apart by their size alone.
const MOST_UNEQUAL = 1.35;

/** Ordered pairs [the four, the odd one] that a row may show. */
export const pairs: readonly (readonly [common: Drawing, odd: Drawing])[] = families.flatMap((family) =>
  family.flatMap((common) =>
    family
      .filter((odd) => odd !== common && isComparable(visibleLength(common), visibleLength(odd)))
      .map((odd) => [common, odd] as const),
  ),
);

function isComparable(a: number, b: number): boolean {
  return Math.max(a, b) / Math.min(a, b) <= MOST_UNEQUAL;
}

export function drawChallenge(random: Random): CaptchaChallenge {
  const [common, odd] = pairs[Math.floor(random() * pairs.length)]!;
  const answer = Math.floor(random() * PICTURES);
  // One wished length for the whole row: that both drawings fill a picture well.
  const lineLength = ((visibleLength(common) + visibleLength(odd)) / 2) * 30;
  const images = Array.from({ length: PICTURES }, (_, position) =>
    drawPicture(position === answer ? odd : common, lineLength, random),
  );
  return { answer, images };
}
