// A second factor that is being added, from the page that shows its secret to the one that confirms it. Travels in an
// encrypted cookie (interactions/enrolments.ts); nothing is stored before it is confirmed.
import { randomUUID } from 'node:crypto';
import { makeRecoveryCodes } from './recovery-code.ts';
import { toSingleLine } from './single-line.ts';
import { makeTotpSecret } from './totp.ts';

export type Enrolment = {
  /** Of the factor that it becomes. */
  id: string;
  /** Of the authenticator application. */
  secret: string;
  /** Given out where the account has none left; here, so that the second of two clicks is answered like the first. */
  recoveryCodes: string[];
  /** What was proved for it. Without a second factor it is void once the account has one. */
  proof: 'password' | 'second-factor';
};

/** Seconds from the QR code to its first code. */
export const ENROLMENT_LIFE = 10 * 60;

export function beginEnrolment(proof: Enrolment['proof']): Enrolment {
  return { id: randomUUID(), secret: makeTotpSecret(), recoveryCodes: makeRecoveryCodes(), proof };
}

const LONGEST_NAME = 40;

/** As it was typed, or the fallback; with a number where another has that name. */
export function toFactorName(typed: string, fallback: string, others: string[]): string {
  const name = [...toSingleLine(typed)].slice(0, LONGEST_NAME).join('').trim() || fallback;
  let unique = name;
  for (let n = 2; others.includes(unique); n++) unique = `${name} ${n}`;
  return unique;
}
