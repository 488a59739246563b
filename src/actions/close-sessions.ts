// Signs a person out elsewhere: in one browser, or in all others. Works at once on every process, and applications that want
// to hear of it are told. Called by interactions/account/sessions.ts.
import { holdAccount } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import { endArtefactsOf } from '../db/end-artefacts.ts';
import { endSessionOf, isSessionOpen, listSessions } from '../db/session.ts';

export type SessionsToClose = {
  accountId: string;
  /** Of the browser that asks. */
  ownUid: string;
  address: string;
};

/** False where the account has no such session. */
export async function closeSession(
  database: Database,
  { accountId, address, uid }: SessionsToClose & { uid: string },
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    await holdAccount(transaction, accountId);
    if (!(await endSessionOf(transaction, accountId, uid))) return false;
    await recordAudit(transaction, { event: 'session.closed', accountId, address });
    return true;
  });
}

/** With every login under way, and what applications may use while the person is away. Nothing, when the own one was closed meanwhile. */
export async function closeOtherSessions(
  database: Database,
  { accountId, ownUid, address }: SessionsToClose,
): Promise<void> {
  await database.transaction(async (transaction) => {
    await holdAccount(transaction, accountId);
    if (!(await isSessionOpen(transaction, accountId, ownUid))) return;
    const open = await listSessions(transaction, accountId, { ownUid, most: 2 });
    // A trail that can be filled with nothing hides what matters.
    if (open.some(({ uid }) => uid !== ownUid))
      await recordAudit(transaction, { event: 'sessions.closed', accountId, address });
    await endArtefactsOf(transaction, accountId, { sessionUid: ownUid });
  });
}
