// What happened to an account lately, for its owner: « Activité ».
import { type ActivityEntry, listActivity as readActivity } from '../db/audit.ts';
import type { Queryable } from '../db/database.ts';
import { ACCOUNT_CLIENT_ID, ACCOUNT_CLIENT_NAME } from '../domain/client-id.ts';

const SHOWN = 30;

export async function listActivity(database: Queryable, accountId: string): Promise<ActivityEntry[]> {
  const entries = await readActivity(database, accountId, SHOWN);
  // Which no table of applications names.
  return entries.map(({ service, ...entry }) => ({
    ...entry,
    service: service === ACCOUNT_CLIENT_ID ? ACCOUNT_CLIENT_NAME : service,
  }));
}
