// Is this the password of this account? One neutral answer and the same work for unknown, locked and wrong; throttled.
// Called by the login steps that take a password.
import type { PasswordHasher } from '../crypto/password-hasher.ts';
import { findAccountByIdentifier, rehashPassword } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import { type Account, hasExpiredProvisionalPassword } from '../domain/account.ts';
import type { Outcome } from '../domain/outcome.ts';
import { PASSWORD_MAX_LENGTH, toComparablePassword } from '../domain/password-policy.ts';
import type { Throttle } from './throttled.ts';

export type VerifyPasswordDeps = { database: Database; hasher: PasswordHasher; throttle: Throttle };

export type PasswordAttempt = {
  identifier: string;
  plainPassword: string;
  address: string;
  clientId: string | undefined;
  now: Date;
};

/**
 * Failure codes: `login.incorrect`; `throttled` with `waitSeconds`; `login.provisionalExpired`, told only to someone
 * who typed the expired password right.
 */
export async function verifyPassword(
  deps: VerifyPasswordDeps,
  attempt: PasswordAttempt,
): Promise<Outcome<{ account: Account }>> {
  const { identifier, address } = attempt;
  const outcome = await deps.throttle.guard({ identifier, address }, () => compare(deps, attempt));
  if (outcome.ok && hasExpiredProvisionalPassword(outcome.account, attempt.now)) {
    return { ok: false, code: 'login.provisionalExpired' };
  }
  return outcome;
}

async function compare(
  deps: VerifyPasswordDeps,
  { identifier, plainPassword, address, clientId }: PasswordAttempt,
): Promise<Outcome<{ account: Account }>> {
  const { account, matches } = await comparePassword(deps, identifier, plainPassword);
  if (account && matches) return { ok: true, account };
  const reason = !account ? 'unknown' : account.lockedAt ? 'locked' : 'wrong';
  const detail = { method: 'password', reason };
  await recordAudit(deps.database, {
    event: 'login.failed',
    accountId: account?.id,
    clientId,
    address,
    detail,
  });
  return { ok: false, code: 'login.incorrect' };
}

/**
 * The same work for whatever is typed; counts and tells nothing: the code that follows does (actions/verify-code.ts).
 * @returns the account of the identifier, and whether the password opens it
 */
export async function comparePassword(
  { database, hasher }: Pick<VerifyPasswordDeps, 'database' | 'hasher'>,
  identifier: string,
  plainPassword: string,
): Promise<{ account: Account | undefined; matches: boolean }> {
  const account = await findAccountByIdentifier(database, identifier);
  const usable =
    account &&
    account.lockedAt === undefined &&
    [...toComparablePassword(plainPassword)].length <= PASSWORD_MAX_LENGTH;
  const matches = await hasher.verify(usable ? account.passwordHash : undefined, plainPassword);
  if (account && matches && hasher.needsRehash(account.passwordHash)) {
    await rehashPassword(database, account.id, await hasher.hash(plainPassword), account.passwordHash);
  }
  return { account, matches };
}
