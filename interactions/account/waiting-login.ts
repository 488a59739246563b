// The login that waits while somebody repairs their password: the way back to the service that sent them. A cookie carries
// its name; it opens nothing, since the login has a cookie of its own.
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import { type ShortCookie, shortCookie } from '../../src/http/short-cookie.ts';
import { stepUrl } from '../login/login-step.ts';

const UID = /^[\w-]{20,64}$/;
/** As long as a link to a new password is good. */
const LONGEST_WAIT_MS = 60 * 60 * 1000;

export type WaitingLogin = { continueUrl: string; serviceName: string };

/** Where « Mot de passe oublié » leads from a login page. */
export function forgotUrl(uid: string): string {
  return `/account/forgot?interaction=${uid}`;
}

export type WaitingLogins = {
  /** Keeps the login that the address names. */
  remember(ctx: Context): void;
  /** Undefined when none waits, or waits no more. */
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
    remember(ctx) {
      const { interaction } = ctx.query;
      if (typeof interaction !== 'string' || !UID.test(interaction)) return;
      cookie.write(ctx, interaction);
      ctx.state.waitingLogin = interaction;
    },
    async find(ctx) {
      const uid = ctx.state.waitingLogin ?? cookie.read(ctx);
      if (uid === undefined || !UID.test(uid)) return undefined;
      const interaction = await provider.Interaction.find(uid);
      const client = interaction && (await provider.Client.find(String(interaction.params.client_id)));
      return client && { continueUrl: stepUrl(uid), serviceName: client.clientName ?? client.clientId };
    },
  };
}
