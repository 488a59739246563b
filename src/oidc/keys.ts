// The keys that tokens are signed with: made at first start, RS256 for everyone and ES256 for applications that ask.
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'oidc-provider';
import type { Database } from '../db/database.ts';
import { insertCurrentSigningKey, listSigningKeys, type SigningKey } from '../db/signing-key.ts';
import type { SecretKey } from '../domain/secret-key.ts';

const ALGORITHMS = ['RS256', 'ES256'];

/** The private JWKs of the database, made first where there is none. The same on every process. */
export async function loadSigningKeys(database: Database, secretKey: SecretKey): Promise<JWK[]> {
  const existing = new Set((await listSigningKeys(database, secretKey)).map(({ alg }) => alg));
  for (const alg of ALGORITHMS.filter((name) => !existing.has(name))) {
    await insertCurrentSigningKey(database, secretKey, await makeSigningKey(alg));
  }
  return (await listSigningKeys(database, secretKey)).map(({ jwk }) => jwk);
}

async function makeSigningKey(alg: string): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
  const kid = randomUUID();
  return { kid, alg, jwk: { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' } as JWK };
}
