// Family: plain outlines with little inside.
import { arc, closed, curve, type Drawing, joined, star } from '../strokes.ts';

export const outlines: readonly Drawing[] = [
  // star
  [star(5, 1, 0.44)],
  // heart
  [
    joined(
      curve(0, 0.9, -0.5, 0.5, -0.95, 0.2, -0.95, -0.28),
      arc(-0.48, -0.3, 0.47, 0.5, 180, 350),
      arc(0.48, -0.3, 0.47, 0.5, 190, 360),
      curve(0.95, -0.28, 0.95, 0.2, 0.5, 0.5, 0, 0.9),
    ),
  ],
  // crescent
  [joined(arc(0, 0, 0.92, 0.92, 40, 300), curve(0.46, -0.8, -0.2, -0.5, -0.3, 0.55, 0.7, 0.59))],
  // lightning
  [closed(0.25, -1, -0.6, 0.15, -0.05, 0.15, -0.25, 1, 0.6, -0.2, 0.05, -0.2)],
  // cloud
  [
    joined(
      arc(-0.5, 0.15, 0.42, 0.42, 90, 250),
      arc(-0.05, -0.2, 0.5, 0.5, 190, 335),
      arc(0.55, 0.17, 0.4, 0.4, -80, 90),
      [[-0.5, 0.57]],
    ),
  ],
  // drop
  [
    joined(
      curve(0, -1, -0.2, -0.55, -0.65, -0.2, -0.65, 0.3),
      arc(0, 0.3, 0.65, 0.62, 180, 0),
      curve(0.65, 0.3, 0.65, -0.2, 0.2, -0.55, 0, -1),
    ),
    arc(0, 0.28, 0.36, 0.34, 80, 165),
  ],
];
