// Lets a value count once, on whichever process: the second request that one page allows, were it sent by copies of its cookie.
import { createHash } from 'node:crypto';
import { insertProof } from '../db/captcha.ts';
import type { Queryable } from '../db/database.ts';

/** True for the first call with this value. @param expiresAt nobody accepts the value after it */
export function takeOnce(database: Queryable, value: string, expiresAt: Date): Promise<boolean> {
  return insertProof(database, createHash('sha256').update(value).digest(), expiresAt);
}
