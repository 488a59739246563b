// Runs one flow after the other on each of `atOnce` lines until the time is up, and tells how many there were and how
// long each took. The first failure ends it: figures of a server that fails are worth nothing.

export type Load = { atOnce: number; seconds: number /** At most. */; flows?: number | undefined };

export type LoadResult = { flows: number; seconds: number; medianMs: number; p95Ms: number };

/** @param flow gets the number of its line, 0 to `atOnce` - 1 */
export async function runAtOnce(
  { atOnce, seconds, flows = Number.POSITIVE_INFINITY }: Load,
  flow: (line: number) => Promise<void>,
): Promise<LoadResult> {
  const durations: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  let begun = 0;
  let stopped = false;

  async function runLine(line: number): Promise<void> {
    for (let now = performance.now(); now < end && begun < flows && !stopped; ) {
      begun += 1;
      await flow(line);
      const done = performance.now();
      durations.push(done - now);
      now = done;
    }
  }

  const lines = Array.from({ length: atOnce }, (_, line) =>
    runLine(line).catch((error) => {
      stopped = true;
      throw error;
    }),
  );
  await Promise.all(lines);
  const sorted = durations.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    flows: sorted.length,
    seconds: (performance.now() - start) / 1000,
    medianMs: at(0.5),
    p95Ms: at(0.95),
  };
}
