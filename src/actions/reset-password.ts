// Sets the password that its owner chose by the link of a mail. One transaction: the link is used up, everything of the
// account under way ended, the failures forgotten, mail, trail. Called by interactions/account/reset.ts.
import { replacePassword } from '../db/account.ts';
import { consumePasswordReset, findPasswordReset, lockPasswordResets } from '../db/password-reset.ts';
import type { Account } from '../domain/account.ts';
import { isSameIdentifier } from '../domain/identifier.ts';
import { hashLinkToken } from '../domain/link-token.ts';
import type { Outcome } from '../domain/outcome.ts';
import { findPasswordFaults, type PasswordFault } from '../domain/password-policy.ts';
import {
  type ChangePasswordDeps,
  endWhatWasOpen,
  isBlockedPassword,
  personalWordsOf,
} from './change-password.ts';

export type ResetPasswordDeps = ChangePasswordDeps & {
  findAccount: (id: string) => Promise<Account | undefined>;
};

export type PasswordResetTry = {
  /** As it came from the browser; its link was found good for `account` a moment ago. */
  token: string;
  account: Account;
  identifier: string;
  newPassword: string;
  /** Typed twice the same. */
  isConfirmed: boolean;
  address: string;
};

/** The account that a link is for, while the link is good and the account not locked. Uses nothing up. */
export async function findResettable(
  { database, findAccount }: Pick<ResetPasswordDeps, 'database' | 'findAccount'>,
  token: string | undefined,
): Promise<Account | undefined> {
  const tokenHash = token === undefined ? undefined : hashLinkToken(token);
  const accountId = tokenHash && (await findPasswordReset(database, tokenHash));
  const account = accountId === undefined ? undefined : await findAccount(accountId);
  return account?.lockedAt === undefined ? account : undefined;
}

/**
 * Everything that is wrong, for the page to tell at once. `named` fails with `login.incorrect` when the identifier is not
 * the link's, or `throttled` with `waitSeconds`: who got hold of somebody else's mail must not find it by trying.
 */
export async function checkPasswordReset(
  deps: ResetPasswordDeps,
  { token, account, identifier, newPassword, isConfirmed }: PasswordResetTry,
): Promise<{ named: Outcome; faults: PasswordFault[] }> {
  const named = await checkName(deps, token, account, identifier);
  const faults = findPasswordFaults(newPassword, deps.policy, {
    personalWords: personalWordsOf(account, deps.productWords),
    formerPasswords: [],
  });
  // Last, and only where nothing else stands in the way: whoever guesses at the password of before this way has used up the
  // link with the first guess that is wrong.
  if (named.ok && isConfirmed && faults.length === 0) {
    const isCurrent = await deps.hasher.verify(account.passwordHash, newPassword);
    if (isCurrent || (await isBlockedPassword(deps, account, newPassword))) faults.push('same');
  }
  return { named, faults };
}

async function checkName(
  { throttle }: Pick<ResetPasswordDeps, 'throttle'>,
  token: string,
  account: Account,
  identifier: string,
): Promise<Outcome> {
  const wrong: Outcome = { ok: false, code: 'login.incorrect' };
  // Forgotten rather than guessed.
  if (identifier === '') return wrong;
  return throttle.guard({ identifier: `link ${token}`, address: undefined }, async () =>
    isSameIdentifier(identifier, account.identifier) ? { ok: true } : wrong,
  );
}

/** After `checkPasswordReset` found nothing. Failure code: `reset.linkDead`, when somebody was faster. */
export async function resetPassword(
  deps: ResetPasswordDeps,
  {
    token,
    account,
    newPassword,
    address,
  }: Pick<PasswordResetTry, 'token' | 'account' | 'newPassword' | 'address'>,
): Promise<Outcome> {
  const passwordHash = await deps.hasher.hash(newPassword);
  const isReset = await deps.database.transaction(async (transaction) => {
    await lockPasswordResets(transaction, account.id);
    if (!(await consumePasswordReset(transaction, hashLinkToken(token)!, account.id))) return false;
    const updated = await replacePassword(transaction, account.id, passwordHash);
    // Gone or locked, whoever did it and how: the link is spent, and nothing else happens.
    if (!updated) return false;
    await endWhatWasOpen(transaction, deps, updated, { address, reason: 'reset' });
    return true;
  });
  return isReset ? { ok: true } : { ok: false, code: 'reset.linkDead' };
}
