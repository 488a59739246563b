// Makes a new mail address good, by the link that was mailed to it. Called by interactions/account/email.ts.
import { isEmailTaken } from '../db/account.ts';
import type { Database } from '../db/database.ts';
import {
  consumeEmailChange,
  endEmailChanges,
  isEmailChangeUsed,
  undoEmailChanges,
} from '../db/email-change.ts';
import { holdSignedIn } from '../db/session.ts';
import type { Owner } from '../domain/account.ts';
import { hashLinkToken } from '../domain/link-token.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { MailDeps } from './enqueue-mail.ts';
import { replaceEmail } from './replace-email.ts';

export type ConfirmEmailChangeDeps = { database: Database; mail: MailDeps };

export type EmailConfirmation = Owner & { token: string; address: string };

/**
 * Ok too for the second of two clicks. Failure code: `email.linkDead`, also when the address went to another account meanwhile;
 * the link is dead then; `account.signedOut`: meanwhile.
 */
export async function confirmEmailChange(
  { database, mail }: ConfirmEmailChangeDeps,
  { accountId, sessionUid, token, address }: EmailConfirmation,
): Promise<Outcome> {
  const dead: Outcome = { ok: false, code: 'email.linkDead' };
  const tokenHash = hashLinkToken(token);
  if (!tokenHash) return dead;
  try {
    const isChanged = await database.transaction(async (transaction) => {
      const account = await holdSignedIn(transaction, { accountId, sessionUid });
      if (!account) return undefined;
      const email = await consumeEmailChange(transaction, tokenHash, account);
      if (email === undefined) return isEmailChangeUsed(transaction, tokenHash, accountId);
      await undoEmailChanges(transaction, accountId, email);
      return replaceEmail(transaction, mail, account, email, { address, reason: 'confirmed' });
    });
    if (isChanged === undefined) return { ok: false, code: 'account.signedOut' };
    return isChanged ? { ok: true } : dead;
  } catch (error) {
    if (!isEmailTaken(error)) throw error;
    await endEmailChanges(database, accountId);
    return dead;
  }
}
