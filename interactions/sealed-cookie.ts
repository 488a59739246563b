// A cookie that carries to the next page what neither the browser nor anybody else may read or change: encrypted, bound to
// the login or session it was made in, good for minutes. Nothing of it is stored.
import type { Context } from 'koa';
import type { SecretKey } from '../src/domain/secret-key.ts';
import { shortCookie } from '../src/http/short-cookie.ts';

export type SealedCookie<T> = {
  /** Undefined when there is none, when it was made for another subject, or its time is over. */
  read(ctx: Context, subject: string): T | undefined;
  write(ctx: Context, subject: string, value: T): void;
  clear(ctx: Context): void;
};

export type SealedCookieOptions = { name: string; path: string; secure: boolean; seconds: number };

/** `subject`: whose it is, as the one who reads it knows them. */
export function sealedCookie<T>(seal: SecretKey, options: SealedCookieOptions): SealedCookie<T> {
  const { name, path, secure, seconds } = options;
  const cookie = shortCookie({ name, path, secure, maxAgeMs: 1000 * seconds });
  const contextOf = (subject: string) => `${name}:${subject}`;

  return {
    read(ctx, subject) {
      const sealed = cookie.read(ctx);
      if (sealed === undefined) return undefined;
      try {
        const opened = seal.decrypt(Buffer.from(sealed, 'base64url'), contextOf(subject));
        const { until, value } = JSON.parse(opened) as { until: number; value: T };
        return Date.now() < until ? value : undefined;
      } catch {
        // Of another subject, or made by somebody else: as good as none.
        return undefined;
      }
    },
    write(ctx, subject, value) {
      const text = JSON.stringify({ until: Date.now() + 1000 * seconds, value });
      cookie.write(ctx, seal.encrypt(text, contextOf(subject)).toString('base64url'));
    },
    clear: cookie.clear,
  };
}
