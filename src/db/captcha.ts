// Tables captcha (rows of pictures waiting for their one answer) and captcha_proof (proofs of work already counted).
// Used by actions/issue-captcha, verify-captcha and verify-proof-of-work, and by the purge job.
import type { Queryable } from './database.ts';

export type NewCaptcha = {
  id: string;
  /** Position of the odd picture, 0 to 4. */
  answer: number;
  form: string;
  bindingHash: Buffer;
  ttlSeconds: number;
};

export async function insertCaptcha(database: Queryable, captcha: NewCaptcha): Promise<void> {
  const { id, answer, form, bindingHash, ttlSeconds } = captcha;
  await database.query('captcha/insert', [id, answer, form, bindingHash, ttlSeconds]);
}

/** Spends the captcha and returns its answer; undefined when unknown, spent, expired, or shown elsewhere. */
export async function consumeCaptcha(
  database: Queryable,
  { id, form, bindingHash }: Pick<NewCaptcha, 'id' | 'form' | 'bindingHash'>,
): Promise<number | undefined> {
  const [row] = await database.query<{ answer: number }>('captcha/consume', [id, form, bindingHash]);
  return row?.answer;
}

/** Marks a proof as counted until `expiresAt`. False when it already was. */
export async function insertProof(database: Queryable, hash: Buffer, expiresAt: Date): Promise<boolean> {
  const rows = await database.query('captcha/insert-proof', [hash, expiresAt]);
  return rows.length === 1;
}

/** Deletes at most 1,000 expired rows of each table and returns how many went; call again while it is not 0. */
export async function purgeCaptchas(database: Queryable): Promise<number> {
  const [captchas] = await database.query<{ purged: number }>('captcha/purge');
  const [proofs] = await database.query<{ purged: number }>('captcha/purge-proofs');
  return captchas!.purged + proofs!.purged;
}
