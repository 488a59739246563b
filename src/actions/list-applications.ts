// Which applications were given what about a person: for « Mes applications ».
import { type GivenAccess, listGivenAccess } from '../db/consent.ts';
import type { Queryable } from '../db/database.ts';

export function listApplications(database: Queryable, accountId: string): Promise<GivenAccess[]> {
  return listGivenAccess(database, accountId);
}
