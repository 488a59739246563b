// Gives up a change of the mail address that waits for its link. Called by interactions/account/email.ts.
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import { endEmailChanges, findAwaitedEmail } from '../db/email-change.ts';
import { withdrawMails } from '../db/mail.ts';
import { holdSignedIn } from '../db/session.ts';
import type { Owner } from '../domain/account.ts';

/**
 * False where nothing waited any more, or another change than the one that the page showed.
 * @param awaited the new address that the page showed; undefined: whatever waits
 */
export function cancelEmailChange(
  database: Database,
  { accountId, sessionUid, awaited, address }: Owner & { awaited: string | undefined; address: string },
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    if (!(await holdSignedIn(transaction, { accountId, sessionUid }))) return false;
    if (awaited !== undefined && awaited !== (await findAwaitedEmail(transaction, accountId))) return false;
    if (!(await endEmailChanges(transaction, accountId))) return false;
    await withdrawMails(transaction, accountId, ['email-change-requested']);
    await recordAudit(transaction, { event: 'email.change-cancelled', accountId, address });
    return true;
  });
}
