// OpenID Connect Back-Channel Logout 1.0: who signs out does not wait for applications to hear of it. The library tells them
// before it answers; here it is put down, and jobs/tell-logout.ts does it, again and again where it has to.
import type Provider from 'oidc-provider';
import type { LogoutNotice, TellLogout } from '../domain/logout-notice.ts';

type ClientPrototype = {
  clientId: string;
  backchannelLogout(accountId: string, sid: string): Promise<void>;
};

/** From now on `client.backchannelLogout` only calls `putDown`. Returns what really tells. */
export function deferBackchannelLogout(
  provider: Provider,
  putDown: (notice: LogoutNotice) => Promise<void>,
): TellLogout {
  const prototype = provider.Client.prototype as unknown as ClientPrototype;
  const tell = prototype.backchannelLogout;
  prototype.backchannelLogout = function backchannelLogout(accountId, sid) {
    return putDown({ clientId: this.clientId, accountId, sid });
  };

  return async ({ clientId, accountId, sid }) => {
    const client = await provider.Client.find(clientId);
    // Gone meanwhile, or does not want to know any more.
    if (client?.backchannelLogoutUri === undefined) return;
    await tell.call(client as unknown as ClientPrototype, accountId, sid);
  };
}
