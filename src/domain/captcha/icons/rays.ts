// Family: what turns or shines around a centre.
import { arc, around, circle, type Drawing, line, star } from '../strokes.ts';

export const rays: readonly Drawing[] = [
  // sun
  [circle(0, 0, 0.42), ...around(8, line(0, -0.66, 0, -0.98))],
  // snowflake
  [...around(6, line(0, 0, 0, -0.96), line(-0.2, -0.84, 0, -0.6, 0.2, -0.84))],
  // daisy
  [circle(0, 0, 0.26), ...around(6, arc(0, -0.62, 0.3, 0.34, 130, 410))],
  // windmill
  [...around(4, line(0, 0, 0, -0.95, 0.5, -0.5, 0, 0))],
  // cogwheel
  [
    circle(0, 0, 0.3),
    ...around(6, line(-0.36, -0.62, -0.2, -0.66, -0.2, -0.95, 0.2, -0.95, 0.2, -0.66, 0.36, -0.62)),
  ],
  // compass rose
  [star(4, 1, 0.3), ...around(4, line(0.4, -0.4, 0.62, -0.62))],
];
