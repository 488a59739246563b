// The pen of the captcha drawings: every icon is a handful of polylines in a square from -1 to 1, y pointing down.
// Used by the files of icons/; picture.ts turns the result into pixels.

export type Point = readonly [x: number, y: number];
export type Stroke = readonly Point[];
export type Drawing = readonly Stroke[];

/** Straight segments through the points given as x, y, x, y … */
export function line(...coordinates: number[]): Stroke {
  const points: Point[] = [];
  for (let i = 0; i + 1 < coordinates.length; i += 2) points.push([coordinates[i]!, coordinates[i + 1]!]);
  return points;
}

/** The same, back to its first point. */
export function closed(...coordinates: number[]): Stroke {
  return line(...coordinates, coordinates[0]!, coordinates[1]!);
}

/** Part of an ellipse, angles in degrees, clockwise on screen from three o'clock. */
export function arc(x: number, y: number, rx: number, ry: number, from: number, to: number): Stroke {
  const steps = Math.max(3, Math.ceil((Math.abs(to - from) / 360) * (Math.max(rx, ry) > 0.3 ? 26 : 12)));
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

export function circle(x: number, y: number, radius: number): Stroke {
  return arc(x, y, radius, radius, 0, 360);
}

export function ellipse(x: number, y: number, rx: number, ry: number): Stroke {
  return arc(x, y, rx, ry, 0, 360);
}

/** A point of ink, as wide as the pen. */
export function dot(x: number, y: number): Stroke {
  return [
    [x, y],
    [x, y + 0.01],
  ];
}

/** A cubic Bézier curve through its two ends, pulled by two handles. */
export function curve(
  x0: number,
  y0: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  x1: number,
  y1: number,
): Stroke {
  const steps = 12;
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const t = i / steps;
    const u = 1 - t;
    const at = (a: number, b: number, c: number, d: number) =>
      u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d;
    return [at(x0, ax, bx, x1), at(y0, ay, by, y1)];
  });
}

/** The strokes joined end to end, without lifting the pen. */
export function joined(...strokes: Stroke[]): Stroke {
  return strokes.flat();
}

/** The strokes and their reflection in the vertical axis. */
export function mirrored(...strokes: Stroke[]): Drawing {
  return strokes.flatMap((stroke) => [stroke, stroke.map(([x, y]): Point => [-x, y])]);
}

/** A closed outline whose corners alternate between two radii: a star. Equal radii give a regular polygon. */
export function star(points: number, outer: number, inner: number): Stroke {
  return Array.from({ length: points * 2 + 1 }, (_, i): Point => {
    const angle = (i * Math.PI) / points - Math.PI / 2;
    const radius = i % 2 === 0 ? outer : inner;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** Copies of the strokes turned evenly around the centre. */
export function around(count: number, ...strokes: Stroke[]): Drawing {
  return Array.from({ length: count }, (_, i) => (i * 2 * Math.PI) / count).flatMap((angle) =>
    strokes.map((stroke) =>
      stroke.map(
        ([x, y]): Point => [
          x * Math.cos(angle) - y * Math.sin(angle),
          x * Math.sin(angle) + y * Math.cos(angle),
        ],
      ),
    ),
  );
}
