// The masked address shown for an identifier that nobody has: of the same shape as a real one, and the same each time, so
// that the page never tells who has an account.
import { createHmac } from 'node:crypto';
import { maskMailAddress } from './mail-address.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** Of the local part: « j.martin » to « marie-helene.lefebvre ». */
const SHORTEST = 6;
const LONGEST = 18;

/**
 * @param identifier normalised
 * @param domains at least one
 */
export function makeDecoyAddress(key: Buffer, identifier: string, domains: string[]): string {
  const bytes = createHmac('sha256', key).update(identifier).digest();
  // Two bytes each: one would favour the first few.
  const pick = (position: number, count: number) => bytes.readUInt16BE(2 * position) % count;
  const length = SHORTEST + pick(0, LONGEST - SHORTEST + 1);
  const [first, last] = [LETTERS[pick(1, LETTERS.length)], LETTERS[pick(2, LETTERS.length)]];
  return maskMailAddress(`${first}${'x'.repeat(length - 2)}${last}@${domains[pick(3, domains.length)]}`);
}
