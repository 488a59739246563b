// Signs a person out elsewhere: in one browser, or in all others. Works at once on every process, and applications that want
// to hear of it are told. Called by interactions/account/sessions.ts.
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import { endArtefactsOf } from '../db/end-artefacts.ts';
import { endSessionOf, holdSignedIn, listSessions } from '../db/session.ts';
import type { Owner } from '../domain/account.ts';

/** The session is the one of the browser that asks. */
export type SessionsToClose = Owner & { address: string };

/** False where the account has no such session. */
export async function closeSession(
  database: Database,
  { accountId, sessionUid, address, uid }: SessionsToClose & { uid: string },
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    if (!(await holdSignedIn(transaction, { accountId, sessionUid }))) return false;
    if (!(await endSessionOf(transaction, accountId, uid))) return false;
    await recordAudit(transaction, { event: 'session.closed', accountId, address });
    return true;
  });
}

/** With every login under way, and what applications may use while the person is away. False where the own one was closed meanwhile. */
export async function closeOtherSessions(
  database: Database,
  { accountId, sessionUid, address }: SessionsToClose,
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    if (!(await holdSignedIn(transaction, { accountId, sessionUid }))) return false;
    const open = await listSessions(transaction, accountId, { ownUid: sessionUid, most: 2 });
    // A trail that can be filled with nothing hides what matters.
    if (open.some(({ uid }) => uid !== sessionUid))
      await recordAudit(transaction, { event: 'sessions.closed', accountId, address });
    await endArtefactsOf(transaction, accountId, { sessionUid });
    return true;
  });
}
