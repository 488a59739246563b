// Where a person is signed in at this moment: « Mes connexions ».
import type { Queryable } from '../db/database.ts';
import { type OpenSession, listSessions as readSessions } from '../db/session.ts';

/** Whoever has more closes them all. */
const SHOWN = 50;

export function listSessions(database: Queryable, accountId: string, ownUid: string): Promise<OpenSession[]> {
  return readSessions(database, accountId, { ownUid, most: SHOWN });
}
