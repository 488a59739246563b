// The token of a link in a mail (a new password, a new mail address): 32 random bytes in base64url. The database has its digest only.
import { hash, randomBytes } from 'node:crypto';

const BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export function makeLinkToken(): string {
  return randomBytes(BYTES).toString('base64url');
}

/** Undefined for what cannot be one, such as the token of a link that a mail program broke. */
export function hashLinkToken(text: string): Buffer | undefined {
  // One spelling only: base64url has bits to spare in its last character.
  if (!TOKEN.test(text) || Buffer.from(text, 'base64url').toString('base64url') !== text) return undefined;
  return hash('sha256', text, 'buffer');
}

/** For a form: tells one link from another, and nothing else. */
export function nameOfLink(token: string): string {
  return hash('sha256', `form ${token}`, 'base64url').slice(0, 12);
}
