import { Worker } from 'node:worker_threads';
import { drawChallenge } from '../../../src/domain/captcha/challenge.ts';
import { PICTURE_SIZE } from '../../../src/domain/captcha/picture.ts';
import type { Attack, AttackOrder } from './attack.ts';
import { decodePng, features, pointAtOdd } from './attackers.ts';
import { seededRandom } from './seeded-random.ts';

const CHALLENGES = 400;

function runAttack(order: AttackOrder): Promise<Attack> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./attack.ts', import.meta.url), { workerData: order });
    worker.once('message', resolve).once('error', reject);
  });
}

let attack: Attack;
beforeAll(async () => {
  attack = await runAttack({ challenges: CHALLENGES, seed: 20_220_701 });
});

describe('captcha challenge', () => {
  it('draws five PNG pictures of one size', () => {
    const { images } = drawChallenge(seededRandom(1));
    expect(images).toHaveLength(5);
    for (const image of images) {
      expect([image.readUInt32BE(16), image.readUInt32BE(20)]).toEqual([PICTURE_SIZE, PICTURE_SIZE]);
    }
  });

  it('depends on nothing but its source of chance', () => {
    const once = drawChallenge(seededRandom(7));
    expect(drawChallenge(seededRandom(7))).toEqual(once);
    expect(drawChallenge(seededRandom(8))).not.toEqual(once);
  });

  it('puts the odd picture at each of the five positions about equally often', () => {
    const shares = attack.positions.map((count) => count / CHALLENGES);
    expect(Math.min(...shares)).toBeGreaterThan(0.14);
    expect(Math.max(...shares)).toBeLessThan(0.26);
  });

  it('never draws the same bytes twice, in a row or between rows', () => {
    expect(attack.repeated).toBe(0);
  });

  it('keeps a page light: the five pictures weigh less than 32 KB', () => {
    expect(attack.heaviestRow).toBeLessThan(32 * 1024);
  });

  it('keeps dark ink on light paper in every picture', () => {
    expect(attack.darkestPaper).toBeGreaterThan(215);
    expect(attack.palestInk).toBeLessThan(115);
  });
});

describe('a machine that sees no shapes guesses hardly better than chance (20 %) from the', () => {
  it.each(Object.keys(features))('%s', (name) => {
    const { farthest, loneliest } = attack.hits[name]!;
    expect(farthest / CHALLENGES).toBeLessThan(0.3);
    expect(loneliest / CHALLENGES).toBeLessThan(0.3);
  });
});

describe('the machines of this test', () => {
  const { images } = drawChallenge(seededRandom(3));
  const pictures = images.map(decodePng);

  it.each(['sorted pixel values', 'colour histogram', 'mean colour'])(
    'find a copy that is darker than the others by the %s',
    (name) => {
      const spoilt = pictures.map((picture, i) =>
        i === 2
          ? {
              ...picture,
              rgb: picture.rgb.map((value) => value >> 1),
              grey: picture.grey.map((value) => value / 2),
            }
          : picture,
      );
      const lists = spoilt.map((picture, i) => features[name]!(picture, images[i]!));
      expect(pointAtOdd(lists)).toEqual({ farthest: 2, loneliest: 2 });
    },
  );

  it.each([
    'mean ink coverage',
    'count of dark pixels',
    'histogram, colours evened out',
    'length of the outline',
  ])('find a copy with half of its ink gone by the %s', (name) => {
    const spoilt = pictures.map((picture, i) =>
      i === 4
        ? { ...picture, darkness: picture.darkness.map((value, at) => (at % picture.size < 48 ? 0 : value)) }
        : picture,
    );
    const lists = spoilt.map((picture, i) => features[name]!(picture, images[i]!));
    expect(pointAtOdd(lists).farthest).toBe(4);
  });
});
