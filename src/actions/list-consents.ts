// Which third-party applications a person gave what: for « Mes applications ».
import { type Consent, listConsents as readConsents } from '../db/consent.ts';
import type { Queryable } from '../db/database.ts';

export function listConsents(database: Queryable, accountId: string): Promise<Consent[]> {
  return readConsents(database, accountId);
}
