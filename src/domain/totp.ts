// One-time codes of an authenticator application (RFC 6238): six digits, 30 seconds, SHA-1, a secret of 160 bits. A code of the step
// before or after is taken too (§5.2), each at most once.
import { generateSecret, generateURI, verifySync } from 'otplib';

/** Seconds. */
const STEP = 30;

/** Base32. */
export function makeTotpSecret(): string {
  return generateSecret();
}

/** Six ASCII digits, spaces left out; undefined for anything else. */
export function readCode(typed: string): string | undefined {
  const code = typed.replace(/\s/g, '');
  return /^[0-9]{6}$/.test(code) ? code : undefined;
}

/**
 * The time step of a right code; undefined when it is wrong, or not newer than `lastStep`.
 * @param code as `readCode` returns it
 */
export function findStep(secret: string, code: string, lastStep: number, now: Date): number | undefined {
  const epoch = Math.floor(now.getTime() / 1000);
  const result = verifySync({ secret, token: code, epoch, epochTolerance: STEP });
  const step = result.valid && 'timeStep' in result ? result.timeStep : undefined;
  return step !== undefined && step > lastStep ? step : undefined;
}

/** What a QR code says to an authenticator application. */
export function toKeyUri(secret: string, issuer: string, identifier: string): string {
  // A colon divides issuer and label.
  return generateURI({ issuer: issuer.replaceAll(':', ' '), label: identifier.replaceAll(':', ' '), secret });
}

/** « JBSW Y3DP … », to be typed by hand. */
export function inGroups(secret: string): string {
  return secret.replace(/.{4}(?=.)/g, '$& ');
}
