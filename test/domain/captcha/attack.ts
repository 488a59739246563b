// The attack on many challenges, in a thread of its own: pixels by the million are forty times slower inside Jest's
// sandbox. Started by challenge.test.ts, which gets the facts back as one message.
import { parentPort, workerData } from 'node:worker_threads';
import { type CaptchaChallenge, drawChallenge } from '../../../src/domain/captcha/challenge.ts';
import { decodePng, features, type Guesses, pointAtOdd } from './attackers.ts';
import { seededRandom } from './seeded-random.ts';

export type Attack = {
  /** How often the odd picture stood at each position. */
  positions: number[];
  /** Pictures whose bytes occurred before. */
  repeated: number;
  heaviestRow: number;
  /** Luminance, 0 to 255: of the ink of the palest picture, of the paper of the darkest. */
  palestInk: number;
  darkestPaper: number;
  /** For each feature and way of guessing, how often the odd picture was found. */
  hits: Record<string, Guesses>;
};

export type AttackOrder = { challenges: number; seed: number };

function attack({ challenges, seed }: AttackOrder): Attack {
  const random = seededRandom(seed);
  const seen = new Set<string>();
  const facts: Attack = {
    positions: [0, 0, 0, 0, 0],
    repeated: 0,
    heaviestRow: 0,
    palestInk: 0,
    darkestPaper: 255,
    hits: Object.fromEntries(Object.keys(features).map((name) => [name, { farthest: 0, loneliest: 0 }])),
  };
  for (let i = 0; i < challenges; i++) examine(drawChallenge(random), facts, seen);
  return facts;
}

function examine({ answer, images }: CaptchaChallenge, facts: Attack, seen: Set<string>): void {
  facts.positions[answer]! += 1;
  facts.heaviestRow = Math.max(
    facts.heaviestRow,
    images.reduce((sum, image) => sum + image.length, 0),
  );
  for (const image of images) {
    const bytes = image.toString('latin1');
    if (seen.has(bytes)) facts.repeated += 1;
    seen.add(bytes);
  }

  const pictures = images.map(decodePng);
  for (const { grey } of pictures) {
    const order = grey.toSorted();
    facts.palestInk = Math.max(facts.palestInk, order[Math.floor(order.length * 0.01)]!);
    facts.darkestPaper = Math.min(facts.darkestPaper, order[Math.floor(order.length * 0.5)]!);
  }

  for (const [name, feature] of Object.entries(features)) {
    const guesses = pointAtOdd(pictures.map((picture, i) => feature(picture, images[i]!)));
    if (guesses.farthest === answer) facts.hits[name]!.farthest += 1;
    if (guesses.loneliest === answer) facts.hits[name]!.loneliest += 1;
  }
}

parentPort?.postMessage(attack(workerData as AttackOrder));
