// Gives up a change of the mail address that waits for its link. Called by interactions/account/email.ts.
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import { endEmailChanges } from '../db/email-change.ts';
import { withdrawMails } from '../db/mail.ts';
import { holdSignedIn } from '../db/session.ts';
import type { Owner } from '../domain/account.ts';

/** False where nothing waited any more. */
export function cancelEmailChange(
  database: Database,
  { accountId, sessionUid, address }: Owner & { address: string },
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    if (!(await holdSignedIn(transaction, { accountId, sessionUid }))) return false;
    if (!(await endEmailChanges(transaction, accountId))) return false;
    await withdrawMails(transaction, accountId, ['email-change-requested']);
    await recordAudit(transaction, { event: 'email.change-cancelled', accountId, address });
    return true;
  });
}
