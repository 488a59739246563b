// Machines that look for the odd picture without seeing it. Each turns a picture into a list of numbers that does not
// depend on where the ink lies, then points at the picture farthest from the four others.
import { inflateSync } from 'node:zlib';

export type Pixels = {
  size: number;
  rgb: Uint8Array;
  /** Luminance of each pixel, 0 (black) to 255. */
  grey: Float64Array;
  /** From 0 (the picture's own paper) to 1 (its own ink): blind to each copy's colours. */
  darkness: Float64Array;
};

export function decodePng(file: Buffer): Pixels {
  const size = file.readUInt32BE(16);
  let palette = Buffer.alloc(0);
  let packed = Buffer.alloc(0);
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const data = file.subarray(at + 8, at + 8 + length);
    if (type === 'PLTE') palette = Buffer.from(data);
    if (type === 'IDAT') packed = Buffer.from(data);
    at += 12 + length;
  }
  const rows = inflateSync(packed);
  const rgb = new Uint8Array(size * size * 3);
  const grey = new Float64Array(size * size);
  for (let i = 0; i < size * size; i++) {
    const colour = rows[Math.floor(i / size) * (size + 1) + 1 + (i % size)]! * 3;
    rgb.set(palette.subarray(colour, colour + 3), i * 3);
    grey[i] = 0.299 * palette[colour]! + 0.587 * palette[colour + 1]! + 0.114 * palette[colour + 2]!;
  }
  return { size, rgb, grey, darkness: toDarkness(grey) };
}

export type Feature = (picture: Pixels, file: Buffer) => ArrayLike<number>;

const sorted = (values: Float64Array) => Float64Array.from(values).sort();

function toDarkness(grey: Float64Array): Float64Array {
  const order = sorted(grey);
  const [ink, paper] = [order[Math.floor(order.length * 0.01)]!, order[Math.floor(order.length * 0.5)]!];
  return grey.map((value) => Math.min(1, Math.max(0, (paper - value) / (paper - ink))));
}

function histogram(values: ArrayLike<number>, bins: number, top: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.min(bins - 1, Math.floor((values[i]! / top) * bins));
    counts[bin] = counts[bin]! + 1;
  }
  return counts;
}

export const features: Record<string, Feature> = {
  'sorted pixel values': ({ grey }) => sorted(grey),
  'sorted pixel values, colours evened out': (picture) => sorted(picture.darkness),
  'colour histogram': ({ rgb }) =>
    [0, 1, 2].flatMap((channel) =>
      histogram(
        rgb.filter((_, i) => i % 3 === channel),
        16,
        256,
      ),
    ),
  'histogram, colours evened out': (picture) => histogram(picture.darkness, 12, 1.0001),
  'mean ink coverage': (picture) => [picture.darkness.reduce((sum, value) => sum + value, 0)],
  'count of dark pixels': (picture) => [picture.darkness.filter((value) => value > 0.5).length],
  'length of the outline': (picture) => {
    const dark = picture.darkness;
    let edges = 0;
    for (let i = picture.size; i < dark.length; i++) {
      edges += Math.abs(dark[i]! - dark[i - 1]!) > 0.35 ? 1 : 0;
      edges += Math.abs(dark[i]! - dark[i - picture.size]!) > 0.35 ? 1 : 0;
    }
    return [edges];
  },
  'mean colour': ({ rgb }) =>
    [0, 1, 2].map((c) => rgb.reduce((sum, value, i) => (i % 3 === c ? sum + value : sum), 0)),
  'number of colours': ({ rgb }) => [
    new Set(
      Array.from(
        { length: rgb.length / 3 },
        (_, i) => (rgb[i * 3]! << 16) | (rgb[i * 3 + 1]! << 8) | rgb[i * 3 + 2]!,
      ),
    ).size,
  ],
  'size of the file': (_, file) => [file.length],
};

export type Guesses = { farthest: number; loneliest: number };

/** The position farthest from the others together, and the one whose nearest neighbour is the farthest away. */
export function pointAtOdd(lists: ArrayLike<number>[]): Guesses {
  const distances = lists.map((a, i) => lists.filter((_, j) => j !== i).map((b) => distance(a, b)));
  const atMost = (scores: number[]) => scores.indexOf(Math.max(...scores));
  return {
    farthest: atMost(distances.map((row) => row.reduce((sum, value) => sum + value, 0))),
    loneliest: atMost(distances.map((row) => Math.min(...row))),
  };
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum;
}
