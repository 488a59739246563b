// One copy of a drawing as a PNG, never the same twice: turned, stretched, shifted, with its own pen, inks and paper
// grain. Used by challenge.ts. What could be counted without seeing the shape (length of line, amount of ink, colours)
// is drawn from the same lottery for every copy of a row, whatever it shows.
import { encodePng, type Rgb } from './png.ts';
import { inkStrokes } from './raster.ts';
import { arc, type Drawing, type Point } from './strokes.ts';
import { visibleLength } from './visible-length.ts';

/** A number from 0 (included) to 1 (excluded), like `Math.random`; must be unpredictable in production. */
export type Random = () => number;

/** Pixels a side: shown at 64 CSS pixels, sharp on screens of one and a half pixels a point. */
export const PICTURE_SIZE = 96;

const MARGIN = 4;
const LEVELS = 64;

/** `lineLength` is the wished length of all strokes together, in pixels. */
export function drawPicture(drawing: Drawing, lineLength: number, random: Random): Buffer {
  const between = (low: number, high: number) => low + (high - low) * random();
  const ink = new Float32Array(PICTURE_SIZE * PICTURE_SIZE);

  for (let i = 0; i < 3; i++) {
    const [x, y, r, from] = [between(0, 96), between(0, 96), between(10, 45), between(0, 360)];
    const mark = arc(x, y, r, r * between(0.6, 1), from, from + between(40, 160));
    inkStrokes(ink, PICTURE_SIZE, [mark], between(1.5, 5), between(0.05, 0.13));
  }
  inkStrokes(ink, PICTURE_SIZE, place(drawing, lineLength * between(0.83, 1.17), between), between(4.4, 6.4));

  return encodePng(PICTURE_SIZE, PICTURE_SIZE, mixPalette(between), grain(ink, between, random));
}

type Between = (low: number, high: number) => number;

/** Turns by 8 to 60 degrees either way, so never by a multiple of 90, and keeps the drawing within the margins. */
function place(drawing: Drawing, lineLength: number, between: Between): Drawing {
  const angle = ((between(0, 1) < 0.5 ? -1 : 1) * between(8, 60) * Math.PI) / 180;
  const [stretch, shear] = [between(0.93, 1.07), between(-0.08, 0.08)];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned = drawing.map((stroke) =>
    stroke.map(([x, y]): Point => {
      const u = x * stretch + y * shear;
      const v = y / stretch;
      return [u * cos - v * sin, u * sin + v * cos];
    }),
  );

  const xs = turned.flatMap((stroke) => stroke.map(([x]) => x));
  const ys = turned.flatMap((stroke) => stroke.map(([, y]) => y));
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const room = PICTURE_SIZE - 2 * (MARGIN + 3);
  const scale = Math.min(lineLength / visibleLength(drawing), room / (right - left), room / (bottom - top));
  const shift = (low: number, high: number) => {
    const spare = Math.min(7, (room - (high - low) * scale) / 2);
    return PICTURE_SIZE / 2 - ((low + high) / 2) * scale + between(-spare, spare);
  };
  const [dx, dy] = [shift(left, right), shift(top, bottom)];
  return turned.map((stroke) => stroke.map(([x, y]): Point => [x * scale + dx, y * scale + dy]));
}

/** From paper, near white, to ink, a dark teal; contrast stays above 7:1. */
function mixPalette(between: Between): Rgb[] {
  const paper = [between(244, 252), between(249, 254), between(249, 254)];
  const ink = [between(4, 26), between(62, 92), between(74, 106)];
  return Array.from({ length: LEVELS }, (_, level): Rgb => {
    const mix = (channel: number) =>
      Math.round(paper[channel]! + ((ink[channel]! - paper[channel]!) * level) / (LEVELS - 1));
    return [mix(0), mix(1), mix(2)];
  });
}

/** Lays a slanting tint and a fine grain over the ink and gives each pixel its level. */
function grain(ink: Float32Array, between: Between, random: Random): Uint8Array {
  const slope = between(0, 2 * Math.PI);
  const depth = between(1, 4);
  const [across, down] = [Math.cos(slope) * depth, Math.sin(slope) * depth];
  const coarseness = between(2, 5);
  const pixels = new Uint8Array(ink.length);
  for (let at = 0; at < ink.length; at++) {
    const x = (at % PICTURE_SIZE) / PICTURE_SIZE - 0.5;
    const y = Math.floor(at / PICTURE_SIZE) / PICTURE_SIZE - 0.5;
    const tint = 3 + x * across + y * down + (random() - 0.5) * coarseness;
    // Ink fades the paper's tint but keeps its grain.
    pixels[at] = Math.min(LEVELS - 1, Math.max(0, Math.round(tint + ink[at]! * (LEVELS - 6))));
  }
  return pixels;
}
