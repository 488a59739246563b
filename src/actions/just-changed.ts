// The second of two clicks that set a password: the first did it, and the browser shows the answer to the second. Called by the pages
// that set one.
import type { Account } from '../domain/account.ts';
import { type VerifyPasswordDeps, verifyPassword } from './verify-password.ts';

/** Milliseconds. */
const A_MOMENT = 60_000;

/**
 * Whether this very password was set a moment ago. A wrong one counts like one at the login: this is no way to guess.
 * @param account as it is now
 */
export async function wasJustSet(
  deps: VerifyPasswordDeps,
  { identifier, passwordChangedAt }: Pick<Account, 'identifier' | 'passwordChangedAt'>,
  plainPassword: string,
  address: string,
): Promise<boolean> {
  const now = new Date();
  if (plainPassword === '' || now.getTime() - passwordChangedAt.getTime() > A_MOMENT) return false;
  const attempt = { identifier, plainPassword, address, clientId: undefined, now };
  return (await verifyPassword(deps, attempt)).ok;
}
