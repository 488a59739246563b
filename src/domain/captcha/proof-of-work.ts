// Settings of the proof of work that replaces the pictures (ALTCHA, PBKDF2 with a hidden counter). Shared by
// actions/issue-proof-of-work, verify-proof-of-work and whoever binds a captcha to a browser.
import { createHash } from 'node:crypto';

export const ALGORITHM = 'PBKDF2/SHA-256';

// The counter hides anywhere up to the highest: 750 keys of 5,000 rounds on average, half a second on one core of a
// server, 1 to 2 s on a phone. The server derives one key.
export const KEY_ROUNDS = 5_000;
export const COUNTER_MAX = 1_500;

/** Long enough for a slow form; the page solves anew before it runs out. */
export const PROOF_TTL_SECONDS = 600;

/** What is stored or signed in place of the browser's cookie value. */
export function hashBinding(binding: string): Buffer {
  return createHash('sha256').update(binding).digest();
}

/** The two secrets altcha-lib asks for, from one derived key: one signs challenges, the other their solutions. */
export function toProofSecrets(key: Buffer) {
  const text = key.toString('base64url');
  return { hmacSignatureSecret: `challenge.${text}`, hmacKeySignatureSecret: `solution.${text}` };
}
