// Family: long things held in the hand.
import { arc, circle, closed, curve, type Drawing, line } from '../strokes.ts';

export const tools: readonly Drawing[] = [
  // key
  [circle(0, -0.56, 0.4), line(0, -0.16, 0, 0.98), line(0, 0.9, 0.4, 0.9), line(0, 0.52, 0.34, 0.52)],
  // pencil
  [closed(-0.28, -0.95, 0.28, -0.95, 0.28, 0.45, 0, 0.98, -0.28, 0.45), line(-0.28, -0.6, 0.28, -0.6)],
  // umbrella
  [
    arc(0, -0.02, 0.92, 0.88, 180, 360),
    line(-0.92, -0.02, 0.92, -0.02),
    line(0, -0.02, 0, 0.72),
    arc(-0.2, 0.72, 0.2, 0.22, 0, 180),
  ],
  // anchor
  [
    circle(0, -0.74, 0.22),
    line(0, -0.52, 0, 0.9),
    line(-0.4, -0.25, 0.4, -0.25),
    curve(-0.8, 0.2, -0.75, 1.1, 0.75, 1.1, 0.8, 0.2),
  ],
  // hammer
  [closed(-0.75, -0.9, 0.6, -0.9, 0.85, -0.45, -0.75, -0.45), line(-0.1, -0.45, -0.1, 0.98)],
  // magnifying glass
  [circle(-0.22, -0.22, 0.64), line(0.24, 0.24, 0.92, 0.92)],
];
