// What S7 shows and may do again, carried from S3 in a sealed cookie: neither the address bar nor a shared computer tells
// who asked for a new password.
import type { Context } from 'koa';
import { takeOnce } from '../../src/actions/take-once.ts';
import type { SecretKey } from '../../src/domain/secret-key.ts';
import { shortCookie } from '../../src/http/short-cookie.ts';

/** Milliseconds. */
const LIFE = 60 * 60 * 1000;
const CONTEXT = 'password reset request';

export type SentRequest = {
  identifier: string;
  shownAddress: string;
  /** The one that « Vous n'avez rien reçu ? » allows has been made. */
  isSecond: boolean;
  /** Milliseconds since 1970. */
  madeAt: number;
};

export type SentRequestDeps = {
  database: Parameters<typeof takeOnce>[0];
  seal: SecretKey;
  secure: boolean;
  /** Until a second request is taken. */
  againAfterSeconds: number;
};

export type SentRequests = {
  read(ctx: Context): SentRequest | undefined;
  write(ctx: Context, request: Omit<SentRequest, 'madeAt'>): void;
  /** Seconds until the second request is allowed. */
  waitOf(request: SentRequest): number;
  /** False when the second request was made before, were it by a copy of the cookie. */
  takeSecond(ctx: Context, request: SentRequest): Promise<boolean>;
};

export function sentRequests({ database, seal, secure, againAfterSeconds }: SentRequestDeps): SentRequests {
  const cookie = shortCookie({ name: 'idp_reset_request', path: '/account/forgot', secure, maxAgeMs: LIFE });

  return {
    read(ctx) {
      const sealed = cookie.read(ctx);
      const request = sealed === undefined ? undefined : open(sealed);
      return request && Date.now() < request.madeAt + LIFE ? request : undefined;
    },
    write(ctx, request) {
      const text = JSON.stringify({ ...request, madeAt: Date.now() } satisfies SentRequest);
      cookie.write(ctx, seal.encrypt(text, CONTEXT).toString('base64url'));
    },
    waitOf: ({ madeAt }) => Math.max(0, againAfterSeconds - Math.floor((Date.now() - madeAt) / 1000)),
    async takeSecond(ctx, { isSecond, madeAt }) {
      return !isSecond && takeOnce(database, cookie.read(ctx)!, new Date(madeAt + LIFE));
    },
  };

  /** Undefined for what is not ours. */
  function open(sealed: string): SentRequest | undefined {
    try {
      return JSON.parse(seal.decrypt(Buffer.from(sealed, 'base64url'), CONTEXT));
    } catch {
      return undefined;
    }
  }
}
