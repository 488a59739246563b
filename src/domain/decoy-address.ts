// The masked address shown for an identifier that nobody has: of the same shape as a real one, and the same each time, so
// that the page never tells who has an account.
import { createHmac, createSecretKey } from 'node:crypto';
import { maskForStranger } from './mail-address.ts';

/** `accounts`: how many have an address there, or something in proportion. */
export type MailDomain = { domain: string; accounts: number };

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** How real addresses end, now and then. */
const LAST = `${LETTERS}${LETTERS}${LETTERS}0123456789`;

/**
 * The made-up address, masked. Its domain stays when others come and go, and comes up about as often as it does among the accounts: weighted
 * rendezvous hashing, by powers of two, so that one account more changes nothing.
 * @param identifier normalised
 * @param domains at least one
 */
export function makeDecoyAddress(key: Buffer, identifier: string, domains: MailDomain[]): string {
  // Made once: from bytes it would be made anew for every domain.
  const secret = createSecretKey(key);
  const digest = (text: string) => createHmac('sha256', secret).update(text).digest();
  const bytes = digest(identifier);
  // Two bytes each: one would favour the first few.
  const [first, last] = [
    LETTERS[bytes.readUInt16BE(0) % LETTERS.length],
    LAST[bytes.readUInt16BE(2) % LAST.length],
  ];
  const scored = domains.map(({ domain, accounts }) => {
    const chance = (digest(`${identifier}\0${domain}`).readUIntBE(0, 6) + 1) / (2 ** 48 + 1);
    return { domain, score: 2 ** Math.floor(Math.log2(accounts)) / -Math.log(chance) };
  });
  const { domain } = scored.reduce((best, other) => (other.score > best.score ? other : best));
  return maskForStranger(`${first}${last}@${domain}`);
}
