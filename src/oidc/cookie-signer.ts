// Signs the provider's cookies and checks them: HMAC-SHA-256 under the first key, any key of the list accepted. Stands in
// for the library's Keygrip, whose every check makes three keys and costs more than the query behind it.
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Of the shape that the package `cookies` expects of its `keys`. */
export class CookieSigner {
  private readonly keys: KeyObject[];

  constructor(keys: Buffer[]) {
    this.keys = keys.map((key) => createSecretKey(key));
  }

  sign(data: string): string {
    return mac(data, this.keys[0]!).toString('base64url');
  }

  verify(data: string, signature: string): boolean {
    return this.index(data, signature) >= 0;
  }

  /** Which key signed it; -1 when none did. Above 0, the cookie is signed again under the first. */
  index(data: string, signature: string): number {
    const given = Buffer.from(signature, 'base64url');
    return this.keys.findIndex((key) => {
      const right = mac(data, key);
      return given.length === right.length && timingSafeEqual(given, right);
    });
  }
}

function mac(data: string, key: KeyObject): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
