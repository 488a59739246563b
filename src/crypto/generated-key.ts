// The secret key of a machine that was given none: made once in the data folder, beside the database it protects.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSecretKeys } from './secret-key.ts';

/**
 * Reads `<folder>/secret-key`, or makes it. The caller holds the folder's lock. Throws when what is there is no key.
 */
export function loadGeneratedKey(folder: string): Buffer[] {
  const file = join(folder, 'secret-key');
  try {
    return parseSecretKeys(readFileSync(file, 'utf8').trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new Error(`${file}: ${(error as Error).message}`);
  }
  const key = randomBytes(32);
  writeFileSync(file, `${key.toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  return [key];
}
