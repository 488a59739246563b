// « C'est fait »: said once, at the top of the page of « Mon compte » that comes after a change.
import type { Context } from 'koa';
import { type ShortCookie, shortCookie } from '../../src/http/short-cookie.ts';

const NOTICES = [
  'session-closed',
  'browser-distrusted',
  'sessions-closed',
  'access-withdrawn',
  'language-saved',
  'email-changed',
  'email-cancelled',
  'factor-added',
  'factor-removed',
  // Nothing was done: the page says why.
  'factor-over',
  'change-waits',
  'alarm-waits',
  'alarm-unanswered',
] as const;
export type Notice = (typeof NOTICES)[number];

/** Milliseconds, for the redirect between the two. */
const LIFE = 60_000;

export type Notices = {
  write(ctx: Context, notice: Notice): void;
  /** And forgets it. */
  take(ctx: Context): Notice | undefined;
};

export function createNotices(secure: boolean): Notices {
  const cookie: ShortCookie = shortCookie({ name: 'idp_notice', path: '/account', secure, maxAgeMs: LIFE });
  return {
    write: (ctx, notice) => cookie.write(ctx, notice),
    take(ctx) {
      const value = cookie.read(ctx);
      if (value === undefined) return undefined;
      cookie.clear(ctx);
      return NOTICES.find((notice) => notice === value);
    },
  };
}
