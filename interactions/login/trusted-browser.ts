// The cookie of a browser that its owner trusts. It goes to the pages of logins only.
import type { Context } from 'koa';
import { shortCookie } from '../../src/http/short-cookie.ts';

export type TrustCookie = {
  read(ctx: Context): string | undefined;
  write(ctx: Context, token: string): void;
};

const DAY_MS = 24 * 60 * 60 * 1000;

/** @param days 0: no browser is trusted, whatever it brings */
export function trustCookie({ secure, days }: { secure: boolean; days: number }): TrustCookie | undefined {
  if (days === 0) return undefined;
  return shortCookie({ name: 'idp_trusted', path: '/interaction', secure, maxAgeMs: days * DAY_MS });
}
