// Replaces a password by one that its owner chose, knowing the old one: the forced change of a provisional password,
// and « Changer mon mot de passe ». One transaction: password, everything else under way ended, mail, trail.
import type { PasswordHasher } from '../crypto/password-hasher.ts';
import { setPassword } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database, Queryable } from '../db/database.ts';
import { endArtefactsOf, type Kept } from '../db/end-artefacts.ts';
import { withdrawMails } from '../db/mail.ts';
import { holdSignedIn } from '../db/session.ts';
import type { Account } from '../domain/account.ts';
import type { Outcome } from '../domain/outcome.ts';
import { findPasswordFaults, type PasswordFault, type PasswordPolicy } from '../domain/password-policy.ts';
import { enqueueNotice, type MailDeps } from './enqueue-mail.ts';
import type { Throttle } from './throttled.ts';
import { distrustAll } from './trust-browser.ts';
import { voidMailLinks } from './void-mail-links.ts';

export type ChangePasswordDeps = {
  database: Database;
  hasher: PasswordHasher;
  throttle: Throttle;
  policy: PasswordPolicy;
  /** Title and organisation: no password is made of them. */
  productWords: string[];
  mail: MailDeps;
};

export type PasswordChange = {
  /** Whose current password was verified a moment ago. */
  account: Account;
  currentPassword: string;
  newPassword: string;
  address: string;
  /** The session or login that goes on; all others of the account end. */
  kept: Kept;
  reason: 'first-login' | 'own-choice';
};

/** Failure codes: `password.refused` with `faults`; `password.changedMeanwhile`, or the session that goes on was closed. */
export async function changePassword(
  deps: ChangePasswordDeps,
  { account, currentPassword, newPassword, address, kept, reason }: PasswordChange,
): Promise<Outcome<{ account: Account }>> {
  const faults = findFaults(deps, account, currentPassword, newPassword);
  if (faults.length > 0) return { ok: false, code: 'password.refused', faults };

  const passwordHash = await deps.hasher.hash(newPassword);
  const changed = await deps.database.transaction(async (transaction) => {
    const { sessionUid } = kept;
    if (sessionUid && !(await holdSignedIn(transaction, { accountId: account.id, sessionUid })))
      return undefined;
    const updated = await setPassword(transaction, account.id, passwordHash, account.passwordChangedAt);
    if (!updated) return undefined;
    await endWhatWasOpen(transaction, deps, updated, { address, reason, kept });
    return updated;
  });
  return changed ? { ok: true, account: changed } : { ok: false, code: 'password.changedMeanwhile' };
}

/**
 * The rest of what belongs to a new password, in its transaction: what hung on the one of before goes, its owner is told.
 * Ends with the artefacts (see `endArtefactsOf`).
 */
export async function endWhatWasOpen(
  transaction: Queryable,
  { throttle, mail }: Pick<ChangePasswordDeps, 'throttle' | 'mail'>,
  account: Account,
  { address, reason, kept = {} }: { address: string; reason: string; kept?: Kept },
): Promise<void> {
  await voidMailLinks(transaction, account.id, { keepsEnrolment: reason !== 'reset' });
  await distrustAll(transaction, account.id);
  await withdrawMails(transaction, account.id, ['account-created']);
  await throttle.clear(transaction, account.identifier);
  await enqueueNotice(transaction, mail, account, 'password-changed');
  await recordAudit(transaction, {
    event: 'password.changed',
    accountId: account.id,
    address,
    detail: { reason },
  });
  await endArtefactsOf(transaction, account.id, kept);
}

/** Everything that is wrong with a new password, for the page to tell at once. */
export function findFaults(
  { policy, productWords }: Pick<ChangePasswordDeps, 'policy' | 'productWords'>,
  account: Account,
  currentPassword: string,
  newPassword: string,
): PasswordFault[] {
  return findPasswordFaults(newPassword, policy, {
    personalWords: personalWordsOf(account, productWords),
    formerPasswords: [currentPassword],
  });
}

/** Whether it was blocked as stolen (« Ce n'était pas moi »). Asked last: an answer is a guess at it. */
export async function isBlockedPassword(
  { hasher }: Pick<ChangePasswordDeps, 'hasher'>,
  { blockedPasswordHash }: Account,
  newPassword: string,
): Promise<boolean> {
  return blockedPasswordHash !== undefined && hasher.verify(blockedPasswordHash, newPassword);
}

/** What no password of this account is made of. */
export function personalWordsOf(
  { identifier, givenName, familyName }: Account,
  productWords: string[],
): string[] {
  return [identifier, givenName, familyName, ...productWords];
}
