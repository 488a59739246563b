// The secret key of a machine that was given none: made once in the data folder, beside the database it protects.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSecretKeys } from './secret-key.ts';

/** Reads `<folder>/secret-key`. Throws when there is none, or what is there is no key. */
export function readGeneratedKey(folder: string): Buffer[] {
  const key = findGeneratedKey(folder);
  if (key) return key;
  throw new Error(
    `IDP_SECRET_KEY is missing, and so is ${fileIn(folder)}: the database was encrypted with one of them`,
  );
}

/** Likewise, or makes it. The caller holds the folder's lock, and nothing was encrypted yet. */
export function loadGeneratedKey(folder: string): Buffer[] {
  const known = findGeneratedKey(folder);
  if (known) return known;
  const key = randomBytes(32);
  writeFileSync(fileIn(folder), `${key.toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  return [key];
}

const fileIn = (folder: string) => join(folder, 'secret-key');

function findGeneratedKey(folder: string): Buffer[] | undefined {
  const file = fileIn(folder);
  try {
    return parseSecretKeys(readFileSync(file, 'utf8').trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}
