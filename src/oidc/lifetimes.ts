// How long everything that the provider issues lives, in seconds (security.md, « Sessions, tokens »).
import type { Configuration, Grant, RefreshToken, Session } from 'oidc-provider';
import type { Settings } from '../config.ts';

const MINUTE = 60;
const DAY = 24 * 3600;
/** With `offline_access` an application works while the person is away. */
const OFFLINE = 30 * DAY;

export function lifetimes(settings: Settings) {
  const isOffline = (scope: unknown) =>
    typeof scope === 'string' && scope.split(' ').includes('offline_access');

  return {
    AuthorizationCode: MINUTE,
    AccessToken: 10 * MINUTE,
    IdToken: 10 * MINUTE,
    Interaction: 60 * MINUTE,
    // Idle time, cut by the absolute end, which counts from the login.
    Session(_ctx: unknown, session: Session) {
      const idle = session.transient ? settings.IDP_SHARED_COMPUTER_IDLE_TTL : settings.IDP_SESSION_IDLE_TTL;
      const age = session.loginTs === undefined ? 0 : now() - session.loginTs;
      return Math.max(1, Math.min(idle, settings.IDP_SESSION_TTL - age));
    },
    // Rotation moves no end: it counts from the first of the family.
    RefreshToken(_ctx: unknown, token: RefreshToken) {
      const total = isOffline(token.scope) ? OFFLINE : settings.IDP_SESSION_TTL;
      return Math.max(1, total - (token.iiat === undefined ? 0 : now() - token.iiat));
    },
    // Longer than all that is issued under it, or people would be asked for consent again.
    Grant(_ctx: unknown, grant: Grant) {
      return isOffline(grant.getOIDCScope()) ? OFFLINE + DAY : 2 * settings.IDP_SESSION_TTL + DAY;
    },
  } satisfies Configuration['ttl'];
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
