// A second factor that is being added, from the page that shows its secret to the one that confirms it. Travels in an
// encrypted cookie (interactions/enrolments.ts); nothing is stored before it is confirmed.
import { hash, randomUUID } from 'node:crypto';
import { makeRecoveryCodes } from './recovery-code.ts';
import { toSingleLine } from './single-line.ts';
import { makeTotpSecret } from './totp.ts';

export type Enrolment = {
  /** Of the factor that it becomes. */
  id: string;
  /** Of the authenticator application; the challenge of a passkey is made of it. */
  secret: string;
  /** Given out where the account has none left; here, so that the second of two clicks is answered like the first. */
  recoveryCodes: string[];
  /** What was proved for it. Without a second factor it is void once the account has one. */
  proof: 'password' | 'second-factor' | 'link';
  /** Digest of the administrator's link, in base64url, that is used up by it. */
  link?: string | undefined;
};

/** Seconds from the QR code to its first code. */
export const ENROLMENT_LIFE = 10 * 60;

export function beginEnrolment(proof: Enrolment['proof'], link?: string): Enrolment {
  return { id: randomUUID(), secret: makeTotpSecret(), recoveryCodes: makeRecoveryCodes(), proof, link };
}

/** What a passkey signs when it is made, in base64url. */
export function toChallenge({ secret }: Enrolment): string {
  return hash('sha256', `passkey ${secret}`, 'base64url');
}

const LONGEST_NAME = 40;

const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** As it was typed, or the fallback; with a number where another has that name. */
export function toFactorName(typed: string, fallback: string, others: string[]): string {
  const line = [...toSingleLine(typed)].slice(0, LONGEST_NAME).join('').trim();
  const name = VISIBLE.test(line) ? line : fallback;
  let unique = name;
  for (let n = 2; others.includes(unique); n++) unique = `${name} ${n}`;
  return unique;
}
