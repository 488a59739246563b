// What S7 shows and may do again, carried from S3 in a sealed cookie: the address bar tells nobody who asked for a new
// password, nor does the cookie, whose length is always the same for one identifier.
import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import { takeOnce } from '../../src/actions/take-once.ts';
import type { SecretKey } from '../../src/domain/secret-key.ts';
import { shortCookie } from '../../src/http/short-cookie.ts';

/** Milliseconds. */
const LIFE = 60 * 60 * 1000;
const CONTEXT = 'password reset request';
/** Of a masked address: RFC 5321 allows 254 octets. */
const LONGEST_ADDRESS = 270;

export type SentRequest = {
  identifier: string;
  /** Masked. */
  shownAddress: string;
  /** The one that « Vous n'avez rien reçu ? » allows has been made. */
  isSecond: boolean;
  /** Milliseconds since 1970. */
  madeAt: number;
  /** What allows the second request, once. */
  permission: string;
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
  write(ctx: Context, request: Omit<SentRequest, 'madeAt' | 'permission'>): void;
  forget(ctx: Context): void;
  /** Seconds until the second request is allowed. */
  waitOf(request: SentRequest): number;
  /** False when the second request was made before, were it by a copy of the cookie. */
  takeSecond(request: SentRequest): Promise<boolean>;
};

export function sentRequests({ database, seal, secure, againAfterSeconds }: SentRequestDeps): SentRequests {
  const cookie = shortCookie({ name: 'idp_reset_request', path: '/account/forgot', secure, maxAgeMs: LIFE });

  return {
    read(ctx) {
      const sealed = cookie.read(ctx);
      const request = sealed === undefined ? undefined : open(sealed);
      return request && Date.now() < request.madeAt + LIFE ? request : undefined;
    },
    write(ctx, { shownAddress, ...request }) {
      const all: SentRequest = {
        ...request,
        shownAddress: shownAddress.padEnd(LONGEST_ADDRESS),
        madeAt: Date.now(),
        permission: randomBytes(16).toString('base64url'),
      };
      cookie.write(ctx, seal.encrypt(JSON.stringify(all), CONTEXT).toString('base64url'));
    },
    forget: (ctx) => cookie.clear(ctx),
    waitOf: ({ madeAt }) => Math.max(0, againAfterSeconds - Math.floor((Date.now() - madeAt) / 1000)),
    takeSecond: async ({ isSecond, madeAt, permission }) =>
      !isSecond && takeOnce(database, permission, new Date(madeAt + LIFE)),
  };

  /** Undefined for what is not ours. */
  function open(sealed: string): SentRequest | undefined {
    try {
      const request = JSON.parse(seal.decrypt(Buffer.from(sealed, 'base64url'), CONTEXT)) as SentRequest;
      return { ...request, shownAddress: request.shownAddress.trimEnd() };
    } catch {
      return undefined;
    }
  }
}
