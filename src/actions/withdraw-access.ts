// Takes back what an application was given about a person: what it holds is void at once, and it hears of that where it
// wants to. A third party has to ask for it anew; an
// application of the organisation gets it again when the person next opens it. Called by interactions/account/applications.ts.
import { recordAudit } from '../db/audit.ts';
import { deleteConsent } from '../db/consent.ts';
import type { Database } from '../db/database.ts';
import { endArtefactsOfAccountAtClient } from '../db/end-artefacts.ts';
import { enqueueLogouts, listDueNotices } from '../db/logout-notice.ts';
import { holdSignedIn } from '../db/session.ts';
import type { Owner } from '../domain/account.ts';

/** False where nothing was given. */
export async function withdrawAccess(
  database: Database,
  { accountId, sessionUid, clientId, address }: Owner & { clientId: string; address: string },
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    if (!(await holdSignedIn(transaction, { accountId, sessionUid }))) return false;
    const due = await listDueNotices(transaction, accountId, { clientId });
    const hadConsent = await deleteConsent(transaction, accountId, clientId);
    const hadTokens = await endArtefactsOfAccountAtClient(transaction, accountId, clientId);
    if (!hadConsent && !hadTokens) return false;
    await enqueueLogouts(transaction, due);
    await recordAudit(transaction, { event: 'consent.withdrawn', accountId, clientId, address });
    return true;
  });
}
