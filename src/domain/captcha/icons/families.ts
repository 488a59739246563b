// The icon set, ours from the first stroke: families of look-alikes, so that the odd picture of a row is not the only
// animal among plants. Each family has its file; challenge.ts draws from this list.
import type { Drawing } from '../strokes.ts';
import { animals } from './animals.ts';
import { boxes } from './boxes.ts';
import { discs } from './discs.ts';
import { outlines } from './outlines.ts';
import { plants } from './plants.ts';
import { rays } from './rays.ts';
import { tools } from './tools.ts';
import { vessels } from './vessels.ts';

export const families: readonly (readonly Drawing[])[] = [
  animals,
  boxes,
  discs,
  outlines,
  plants,
  rays,
  tools,
  vessels,
];
