// Makes every link void that was mailed to an account, sent or still waiting: part of whatever changes how it is signed in to.
import type { Queryable } from '../db/database.ts';
import { endEmailChanges } from '../db/email-change.ts';
import { deleteEnrolmentLinkOf } from '../db/enrolment-link.ts';
import { withdrawMails } from '../db/mail.ts';
import { endPasswordResets } from '../db/password-reset.ts';

/**
 * In the caller's transaction.
 * @param keepsEnrolment the link to a first second factor stays: it wants the password too, which its owner has just changed
 */
export async function voidMailLinks(
  transaction: Queryable,
  accountId: string,
  { keepsEnrolment = false } = {},
): Promise<void> {
  await endPasswordResets(transaction, accountId);
  await endEmailChanges(transaction, accountId);
  await withdrawMails(transaction, accountId, ['reset-requested', 'email-change-requested']);
  if (keepsEnrolment) return;
  await deleteEnrolmentLinkOf(transaction, accountId);
  await withdrawMails(transaction, accountId, ['strong-invited']);
}
