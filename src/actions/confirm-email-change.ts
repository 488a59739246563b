// Makes a new mail address good, by the link that was mailed to it, or gives the change up. Called by interactions/account/email.ts.
import { holdAccount, isEmailTaken } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database, Queryable } from '../db/database.ts';
import {
  consumeEmailChange,
  endEmailChanges,
  findAwaitedEmail,
  findEmailChange,
  isEmailChangeUsed,
  undoEmailChanges,
} from '../db/email-change.ts';
import { withdrawMails } from '../db/mail.ts';
import type { Account } from '../domain/account.ts';
import { hashLinkToken } from '../domain/link-token.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { MailDeps } from './enqueue-mail.ts';
import { replaceEmail } from './replace-email.ts';

export type ConfirmEmailChangeDeps = { database: Database; mail: MailDeps };

export type EmailConfirmation = { account: Account; token: string; address: string };

/** Whose link this is, and the new address, while it is good. Uses nothing up. */
export async function findEmailLink(
  { database }: Pick<ConfirmEmailChangeDeps, 'database'>,
  token: string,
): Promise<{ accountId: string; email: string } | undefined> {
  const tokenHash = hashLinkToken(token);
  return tokenHash && findEmailChange(database, tokenHash);
}

/** The address that waits for its link to be opened. */
export function awaitedEmail(database: Queryable, accountId: string): Promise<string | undefined> {
  return findAwaitedEmail(database, accountId);
}

/** « Annuler ». False where nothing waited any more. */
export function cancelEmailChange(database: Database, accountId: string, address: string): Promise<boolean> {
  return database.transaction(async (transaction) => {
    await holdAccount(transaction, accountId);
    if (!(await endEmailChanges(transaction, accountId))) return false;
    await withdrawMails(transaction, accountId, ['email-change-requested']);
    await recordAudit(transaction, { event: 'email.change-cancelled', accountId, address });
    return true;
  });
}

/**
 * Ok too for the second of two clicks. Failure code: `email.linkDead`, also when the address went to another account meanwhile;
 * the link is dead then.
 */
export async function confirmEmailChange(
  { database, mail }: ConfirmEmailChangeDeps,
  { account: { id }, token, address }: EmailConfirmation,
): Promise<Outcome> {
  const dead: Outcome = { ok: false, code: 'email.linkDead' };
  const tokenHash = hashLinkToken(token);
  if (!tokenHash) return dead;
  try {
    const isChanged = await database.transaction(async (transaction) => {
      const account = await holdAccount(transaction, id);
      if (!account) return false;
      const email = await consumeEmailChange(transaction, tokenHash, account);
      if (email === undefined) return isEmailChangeUsed(transaction, tokenHash, id);
      await undoEmailChanges(transaction, id, email);
      return replaceEmail(transaction, mail, account, email, { address, reason: 'confirmed' });
    });
    return isChanged ? { ok: true } : dead;
  } catch (error) {
    if (!isEmailTaken(error)) throw error;
    await endEmailChanges(database, id);
    return dead;
  }
}
