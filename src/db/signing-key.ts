// The table of signing keys, private parts encrypted under IDP_SECRET_KEY.
import type { JWK } from 'oidc-provider';
import type { SecretKey } from '../domain/secret-key.ts';
import type { Queryable } from './database.ts';

export type SigningKey = { kid: string; alg: string; jwk: JWK };

type Row = { kid: string; alg: string; jwk_encrypted: Buffer };

/** Current ones first. Throws when IDP_SECRET_KEY, or the generated key of the data folder, does not open them. */
export async function listSigningKeys(on: Queryable, secretKey: SecretKey): Promise<SigningKey[]> {
  const rows = await on.query<Row>('signing-key/list');
  return rows.map(({ kid, alg, jwk_encrypted }) => ({
    kid,
    alg,
    jwk: JSON.parse(secretKey.decrypt(jwk_encrypted, `signing-key:${kid}`)),
  }));
}

/** Whether anything was encrypted yet. */
export async function hasSigningKeys(on: Queryable): Promise<boolean> {
  return (await on.query('signing-key/list')).length > 0;
}

/** Does nothing when there is a current key of this algorithm. */
export async function insertCurrentSigningKey(
  on: Queryable,
  secretKey: SecretKey,
  { kid, alg, jwk }: SigningKey,
): Promise<void> {
  await on.query('signing-key/insert-current', [
    kid,
    alg,
    secretKey.encrypt(JSON.stringify(jwk), `signing-key:${kid}`),
  ]);
}
