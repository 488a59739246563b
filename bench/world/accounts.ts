// The people of the benchmark: how many, and what they type. Addresses differ, as those of people do; the throttle
// counts per address.
import type { Account } from '../load/person.ts';

export const ACCOUNTS = 1_000;
export const PASSWORD = 'Tournesol-42!';
/** Of everybody's authenticator application. */
export const TOTP_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

export function people(): Account[] {
  return Array.from({ length: ACCOUNTS }, (_, index) => ({
    identifier: identifierOf(index),
    plainPassword: PASSWORD,
    totpSecret: TOTP_SECRET,
    address: `10.1.${Math.floor(index / 250)}.${(index % 250) + 1}`,
  }));
}

/** @param index from 0 */
export function identifierOf(index: number): string {
  return `personne${index + 1}`;
}
