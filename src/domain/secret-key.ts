// What protects secrets at rest, as those who store them see it; crypto/secret-key.ts is the one that exists.

export type SecretKey = {
  /** Under the first key of the list. `context` is authenticated: the value cannot be moved to another row. */
  encrypt(plaintext: string, context: string): Buffer;
  /** Tries every key of the list. Throws when none opens it. */
  decrypt(sealed: Buffer, context: string): string;
  /** It opens, but not under the first key: it is time to encrypt it anew. */
  isStale(sealed: Buffer, context: string): boolean;
  /** 32 bytes per key of the list, the first key's first. */
  derive(purpose: string): Buffer[];
};
