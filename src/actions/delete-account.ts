// Removes a professional: the account, its consents and all it has under way. The trail keeps what happened; the `sub`
// is never given to anyone else. Called by the command line.
import { holdAccount, deleteAccount as removeAccount } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import { endArtefactsOf } from '../db/end-artefacts.ts';
import { withdrawMails } from '../db/mail.ts';
import type { Account } from '../domain/account.ts';

export async function deleteAccount(database: Database, account: Account): Promise<void> {
  await database.transaction(async (transaction) => {
    await holdAccount(transaction, account.id);
    await endArtefactsOf(transaction, account.id);
    await withdrawMails(transaction, account.id, [
      'account-created',
      'reset-requested',
      'email-change-requested',
    ]);
    await removeAccount(transaction, account.id);
    await recordAudit(transaction, { event: 'account.deleted', accountId: account.id });
  });
}
