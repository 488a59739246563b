// Arithmetic on what was measured. Medians throughout: a neighbour who takes the machine for a second must not decide.

export type Round = {
  flows: number;
  seconds: number;
  /** Processor milliseconds of the server, per flow. */
  cpuMsPerFlow: number;
  /** The same of the load generator and of the database (0 where there is none in sight), which share a core. */
  loadMsPerFlow: number;
  databaseMsPerFlow: number;
  statementsPerFlow: number;
  /** What everybody else took of the machine meanwhile, in cores. */
  othersShare: number;
  /** Time of one flow from the client's side, milliseconds. */
  medianMs: number;
  p95Ms: number;
};

export type Summary = Omit<Round, 'flows' | 'seconds'> & { flowsPerSecond: number; rounds: number };

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function rateOf({ flows, seconds }: Pick<Round, 'flows' | 'seconds'>): number {
  return flows / seconds;
}

export function summarise(rounds: Round[]): Summary {
  const of = (name: keyof Round) => median(rounds.map((round) => round[name]));
  return {
    flowsPerSecond: median(rounds.map(rateOf)),
    cpuMsPerFlow: of('cpuMsPerFlow'),
    loadMsPerFlow: of('loadMsPerFlow'),
    databaseMsPerFlow: of('databaseMsPerFlow'),
    statementsPerFlow: of('statementsPerFlow'),
    othersShare: of('othersShare'),
    medianMs: of('medianMs'),
    p95Ms: of('p95Ms'),
    rounds: rounds.length,
  };
}

/** The median of a/b over neighbouring rounds: each pair met the same noise. */
export function medianRatio(a: number[], b: number[]): number {
  return median(a.map((value, index) => value / b[index]!));
}
