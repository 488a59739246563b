// Random values made once for an installation, encrypted under IDP_SECRET_KEY but not derived from it: they survive the
// change of its first key.
import { randomBytes } from 'node:crypto';
import type { SecretKey } from '../domain/secret-key.ts';
import type { Queryable } from './database.ts';

/** 32 bytes, the same on every process. Throws when IDP_SECRET_KEY does not open the stored one. */
export async function loadInstallationSecret(
  on: Queryable,
  secretKey: SecretKey,
  name: string,
): Promise<Buffer> {
  const context = `installation-secret:${name}`;
  const find = () => on.query<{ value_encrypted: Buffer }>('installation-secret/find', [name]);
  let [row] = await find();
  if (!row) {
    const value = randomBytes(32).toString('base64url');
    await on.query('installation-secret/insert', [name, secretKey.encrypt(value, context)]);
    // Another process may have been faster: what is stored counts.
    [row] = await find();
  }
  return Buffer.from(secretKey.decrypt(row!.value_encrypted, context), 'base64url');
}
