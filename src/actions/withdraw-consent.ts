// Takes back what a person gave to a third-party application: it is asked for anew next time, and what the application holds
// is void at once. Called by interactions/account/applications.ts.
import { endArtefactsOfAccountAtClient } from '../db/artefact.ts';
import { recordAudit } from '../db/audit.ts';
import { deleteConsent } from '../db/consent.ts';
import type { Database } from '../db/database.ts';

/** Does nothing where nothing was given. */
export async function withdrawConsent(
  database: Database,
  { accountId, clientId, address }: { accountId: string; clientId: string; address: string },
): Promise<void> {
  await database.transaction(async (transaction) => {
    if (!(await deleteConsent(transaction, accountId, clientId))) return;
    await recordAudit(transaction, { event: 'consent.withdrawn', accountId, clientId, address });
    await endArtefactsOfAccountAtClient(transaction, accountId, clientId);
  });
}
