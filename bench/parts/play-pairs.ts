// Short rounds of two things to compare, in turn, until there are enough that the rest of the machine left alone.
import { medianRatio, type Round, rateOf } from '../figures.ts';

export type Pairs = {
  first: Round[];
  second: Round[] /** Throughput of the first as a share of the second's. */;
  ratio: number;
};

/** Of one core; more than this by others and a pair counts only if there is nothing better. */
const DISTURBED = 0.15;
const MOST_ATTEMPTS = 2;

/** @param count how many pairs are kept; at most twice as many are played */
export async function playPairs(
  count: number,
  first: () => Promise<Round>,
  second: () => Promise<Round>,
): Promise<Pairs> {
  const pairs: { first: Round; second: Round; disturbance: number }[] = [];
  const quiet = () => pairs.filter(({ disturbance }) => disturbance <= DISTURBED).length;
  while (quiet() < count && pairs.length < count * MOST_ATTEMPTS) {
    // First, second, second, first: a drift of the machine favours neither.
    const isOdd = pairs.length % 2 === 1;
    const before = isOdd ? await second() : undefined;
    const one = await first();
    const other = before ?? (await second());
    pairs.push({ first: one, second: other, disturbance: Math.max(one.othersShare, other.othersShare) });
  }
  const kept = pairs.toSorted((a, b) => a.disturbance - b.disturbance).slice(0, count);
  const [ones, others] = [kept.map((pair) => pair.first), kept.map((pair) => pair.second)];
  return { first: ones, second: others, ratio: medianRatio(ones.map(rateOf), others.map(rateOf)) };
}
