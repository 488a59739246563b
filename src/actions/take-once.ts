// Lets something be done once, on whichever process: the second request that S7 allows.
import { hash } from 'node:crypto';
import type { Queryable } from '../db/database.ts';
import { insertTaken } from '../db/taken-once.ts';

/**
 * True for the first call with this permission.
 * @param permission a value that has one spelling only
 * @param expiresAt nobody accepts it after that
 */
export function takeOnce(database: Queryable, permission: string, expiresAt: Date): Promise<boolean> {
  return insertTaken(database, hash('sha256', permission, 'buffer'), expiresAt);
}
