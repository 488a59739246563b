// The login that waits while somebody repairs their password: the way back to the service that sent them. A cookie carries
// its name; it opens nothing, since the login has a cookie of its own.
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import { useLocale } from '../../src/http/locale.ts';
import { type ShortCookie, shortCookie } from '../../src/http/short-cookie.ts';
import { serviceNameOf, stepUrl } from '../login/login-step.ts';

const UID = /^[\w-]{20,64}$/;
/** A login is over by then (oidc/lifetimes.ts). */
const LONGEST_WAIT_MS = 60 * 60 * 1000;

export type WaitingLogin = { continueUrl: string; serviceName: string };

/** Where « Mot de passe oublié » leads from a login page. */
export function forgotUrl(uid: string): string {
  return `/account/forgot?interaction=${uid}`;
}

export type WaitingLogins = {
  /**
   * The login that the address names, which is remembered, or the one of the pages before, in whose language the answer
   * is. Undefined when none waits, or waits no more.
   */
  find(ctx: Context): Promise<WaitingLogin | undefined>;
};

export function waitingLogins(provider: Provider, secure: boolean): WaitingLogins {
  const cookie: ShortCookie = shortCookie({
    name: 'idp_waiting_login',
    path: '/account',
    secure,
    maxAgeMs: LONGEST_WAIT_MS,
  });

  return {
    async find(ctx) {
      const { interaction: named } = ctx.query;
      const isNamed = typeof named === 'string' && UID.test(named);
      if (isNamed) cookie.write(ctx, named);
      const uid = isNamed ? named : cookie.read(ctx);
      if (uid === undefined || !UID.test(uid)) return undefined;
      const interaction = await provider.Interaction.find(uid);
      const client = interaction && (await provider.Client.find(String(interaction.params.client_id)));
      if (!client) return undefined;
      const { ui_locales: uiLocales } = interaction.params;
      if (typeof uiLocales === 'string') useLocale(ctx, uiLocales);
      return { continueUrl: stepUrl(uid), serviceName: serviceNameOf(ctx, client) };
    },
  };
}
