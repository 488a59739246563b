// Removes an application, with the consents and everything issued to it. Called by the command line.

import { recordAudit } from '../db/audit.ts';
import { deleteClient as removeClient } from '../db/client.ts';
import type { Database } from '../db/database.ts';
import { endArtefactsOfClient } from '../db/end-artefacts.ts';

/** False when there was none. */
export async function deleteClient(database: Database, clientId: string): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const existed = await removeClient(transaction, clientId);
    if (existed) await endArtefactsOfClient(transaction, clientId);
    if (existed) await recordAudit(transaction, { event: 'client.deleted', clientId });
    return existed;
  });
}
