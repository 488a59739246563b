// The provider's session outside of the protocol: who is signed in, and its end. Used by « Mon compte » and by a login that
// replaces somebody else's.
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC, Session } from 'oidc-provider';

/** What the library's type leaves out. */
type Listener = {
  backchannelLogoutUri?: string;
  backchannelLogout(accountId: string, sid: string | undefined): Promise<void>;
};

/** The session of this browser; undefined where nobody is signed in. */
export async function findSession(
  provider: Provider,
  ctx: Context,
): Promise<(Session & { accountId: string }) | undefined> {
  const session = await provider.Session.get(ctx as unknown as KoaContextWithOIDC);
  return session.accountId === undefined ? undefined : (session as Session & { accountId: string });
}

/**
 * With everything that was issued under it, but what an application may use while the person is away. Applications that
 * want to know are told (oidc/backchannel-logout.ts).
 */
export async function endSession(provider: Provider, session: Session): Promise<void> {
  for (const [clientId, { grantId, sid }] of Object.entries(session.authorizations ?? {})) {
    const client = (await provider.Client.find(clientId)) as Listener | undefined;
    if (client?.backchannelLogoutUri !== undefined && session.accountId !== undefined)
      await client.backchannelLogout(session.accountId, sid);
    // Whatever was issued under it: the adapter makes no difference between the models.
    if (grantId && !session.authorizationFor(clientId)?.persistsLogout)
      await provider.AccessToken.revokeByGrantId(grantId);
  }
  await session.destroy();
}
