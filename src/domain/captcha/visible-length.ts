// How long a drawing's line looks: measured on pixels, since lines that touch or cross lose part of their outline.
// Used by picture.ts and challenge.ts to give every copy of a row the same chances of a long or short line.
import { inkStrokes } from './raster.ts';
import type { Drawing, Point } from './strokes.ts';

const SCALE = 30;
const PEN = 5.4;
const SIZE = 96;

const measured = new WeakMap<Drawing, number>();

/** Half the outline of the inked drawing, in the drawing's own units. Remembered for each drawing. */
export function visibleLength(drawing: Drawing): number {
  let length = measured.get(drawing);
  if (length === undefined) {
    length = measure(drawing);
    measured.set(drawing, length);
  }
  return length;
}

function measure(drawing: Drawing): number {
  const ink = new Float32Array(SIZE * SIZE);
  const placed = drawing.map((stroke) =>
    stroke.map(([x, y]): Point => [SIZE / 2 + x * SCALE, SIZE / 2 + y * SCALE]),
  );
  inkStrokes(ink, SIZE, placed, PEN);
  // The total variation of a filled shape is its outline.
  let variation = 0;
  for (let at = SIZE; at < ink.length; at++) {
    variation += Math.hypot(ink[at]! - ink[at - 1]!, ink[at]! - ink[at - SIZE]!);
  }
  return variation / 2 / SCALE;
}
