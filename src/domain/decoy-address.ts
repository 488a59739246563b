// The masked address shown for an identifier that nobody has: of the same shape as a real one, and the same each time, so
// that the page never tells who has an account.
import { createHmac } from 'node:crypto';
import { maskForStranger } from './mail-address.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** How real addresses end, now and then. */
const LAST = `${LETTERS}${LETTERS}${LETTERS}0123456789`;

export type Decoy = {
  /** The made-up address, masked. */
  address(domain: string): string;
  /** One of these, for good. */
  pick(domains: string[]): string;
  /** A place in the accounts: whoever stands there lends the domain. */
  place: string;
};

/** @param identifier normalised */
export function makeDecoy(key: Buffer, identifier: string): Decoy {
  const bytes = createHmac('sha256', key).update(identifier).digest();
  // Two bytes each: one would favour the first few.
  const number = (position: number, count: number) => bytes.readUInt16BE(2 * position) % count;
  const [first, last] = [LETTERS[number(0, LETTERS.length)], LAST[number(1, LAST.length)]];
  return {
    address: (domain) => maskForStranger(`${first}${last}@${domain}`),
    pick: (domains) => domains[number(2, domains.length)]!,
    place: bytes.toString('hex', 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
  };
}
