// Makes every link void that was mailed to an account, sent or still waiting: part of whatever changes how it is signed in to.
import type { Queryable } from '../db/database.ts';
import { endEmailChanges } from '../db/email-change.ts';
import { withdrawMails } from '../db/mail.ts';
import { endPasswordResets } from '../db/password-reset.ts';

/** In the caller's transaction. */
export async function voidMailLinks(transaction: Queryable, accountId: string): Promise<void> {
  await endPasswordResets(transaction, accountId);
  await endEmailChanges(transaction, accountId);
  await withdrawMails(transaction, accountId, ['reset-requested', 'email-change-requested']);
}
