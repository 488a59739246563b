// Turns strokes in pixel coordinates into ink: how much of each pixel the pen covers, from 0 to 1.
// Used by picture.ts. The distance to a segment gives round caps, round joins and smooth edges at once.
import type { Drawing } from './strokes.ts';

/** Lays the strokes on `ink` (`size` × `size`, row after row); where lines cross, the darker one stays. */
export function inkStrokes(
  ink: Float32Array,
  size: number,
  drawing: Drawing,
  penWidth: number,
  darkness = 1,
): void {
  const reach = penWidth / 2 + 0.5;
  for (const stroke of drawing) {
    for (let i = 1; i < stroke.length; i++) {
      const [ax, ay] = stroke[i - 1]!;
      const [bx, by] = stroke[i]!;
      const dx = bx - ax;
      const dy = by - ay;
      const squared = dx * dx + dy * dy || 1;
      const left = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
      const right = Math.min(size - 1, Math.ceil(Math.max(ax, bx) + reach));
      const top = Math.max(0, Math.floor(Math.min(ay, by) - reach));
      const bottom = Math.min(size - 1, Math.ceil(Math.max(ay, by) + reach));

      for (let y = top; y <= bottom; y++) {
        for (let x = left; x <= right; x++) {
          // Pixel centres lie at halves.
          const px = x + 0.5 - ax;
          const py = y + 0.5 - ay;
          const along = Math.min(1, Math.max(0, (px * dx + py * dy) / squared));
          const distance = Math.sqrt((px - along * dx) ** 2 + (py - along * dy) ** 2);
          const cover = Math.min(1, reach - distance) * darkness;
          const at = y * size + x;
          if (cover > ink[at]!) ink[at] = cover;
        }
      }
    }
  }
}
