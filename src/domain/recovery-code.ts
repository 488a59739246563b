// Codes for the day when the device is lost: ten, each good once, of 65 bits in letters and digits that cannot be mistaken
// (Crockford's base32).
import { createHmac, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 13;
const HOW_MANY = 10;

/** The digest of no code. */
export const NO_RECOVERY_CODE = Buffer.alloc(32);

/** « 7m2k-9qwx-4c0tz ». */
export function makeRecoveryCodes(): string[] {
  return Array.from({ length: HOW_MANY }, () => {
    const letters = Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
    return `${letters.slice(0, 4)}-${letters.slice(4, 8)}-${letters.slice(8)}`;
  });
}

/**
 * A digest under a key that the database holds encrypted only. Undefined for what cannot be a code; case, spaces and hyphens do not
 * matter, nor an O, I or L typed for 0 and 1.
 */
export function hashRecoveryCode(key: Buffer, typed: string): Buffer | undefined {
  const letters = typed.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
  const isCode = letters.length === LENGTH && [...letters].every((letter) => ALPHABET.includes(letter));
  return isCode ? createHmac('sha256', key).update(letters).digest() : undefined;
}
