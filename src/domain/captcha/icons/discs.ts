// Family: things drawn inside a circle.
import { arc, around, circle, closed, type Drawing, dot, ellipse, line, mirrored } from '../strokes.ts';

const rim = circle(0, 0, 0.9);

export const discs: readonly Drawing[] = [
  // clock
  [rim, line(0, -0.46, 0, 0, 0.34, 0), ...around(4, line(0, -0.9, 0, -0.72))],
  // smile
  [rim, ...mirrored(line(-0.32, -0.36, -0.32, -0.2)), arc(0, 0.08, 0.48, 0.42, 15, 165)],
  // target
  [rim, circle(0, 0, 0.42), dot(0, 0)],
  // steering wheel
  [rim, circle(0, 0, 0.2), ...around(3, line(0, -0.2, 0, -0.9))],
  // globe
  [rim, ellipse(0, 0, 0.42, 0.9), line(-0.9, 0, 0.9, 0)],
  // play
  [rim, closed(-0.26, -0.44, 0.5, 0, -0.26, 0.44)],
];
