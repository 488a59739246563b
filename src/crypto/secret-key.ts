// The key list of IDP_SECRET_KEY: encrypts what the database must not reveal (TOTP secrets, signing keys, the
// provisional password of a waiting mail) and derives every other key of the product from its purpose.
import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  type KeyObject,
  randomBytes,
  createSecretKey as toKeyObject,
} from 'node:crypto';
import type { SecretKey } from '../domain/secret-key.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Reads a comma-separated list of 32-byte base64url keys. Throws on any other length. */
export function parseSecretKeys(list: string): Buffer[] {
  return list.split(',').map((text) => {
    const key = Buffer.from(text.trim(), 'base64url');
    if (key.length !== 32) throw new Error('each key is 32 bytes in base64url (43 characters)');
    return key;
  });
}

/** AES-256-GCM under keys derived by HKDF-SHA-256 (RFC 5869), one for each purpose. */
export function createSecretKey(keys: Buffer[]): SecretKey {
  const derive = (key: Buffer, purpose: string) => Buffer.from(hkdfSync('sha256', key, '', purpose, 32));
  // Key objects: of bytes a new one would be made for each use.
  const sealingKeys = keys.map((key) => toKeyObject(derive(key, 'encryption')));

  return {
    encrypt(plaintext, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealingKeys[0]!, iv).setAAD(Buffer.from(context));
      return Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    decrypt(sealed, context) {
      for (const key of sealingKeys) {
        const plaintext = open(key, sealed, context);
        if (plaintext !== undefined) return plaintext;
      }
      throw new Error(
        `cannot be decrypted: IDP_SECRET_KEY (or secret-key in the data folder) is not the key it was encrypted with (${context})`,
      );
    },
    isStale: (sealed, context) => open(sealingKeys[0]!, sealed, context) === undefined,
    derive: (purpose) => keys.map((key) => derive(key, purpose)),
  };
}

/** Undefined when it was sealed under another key, or is not ours at all. */
function open(key: KeyObject, sealed: Buffer, context: string): string | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES))
      .setAAD(Buffer.from(context))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    return undefined;
  }
}
