// The OpenID Connect provider: the settings of the library that does the protocol. app.ts hands in what it needs and
// puts the pages on top; what the library does by itself is left to it.
import { createHmac } from 'node:crypto';
import Provider, {
  type Account,
  type Adapter,
  type Configuration,
  type JWK,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import type { Settings } from '../config.ts';
import { toAcrRequest, toGrantedAcr } from '../domain/acr.ts';
import type { SecretKey } from '../domain/secret-key.ts';
import { sessionCookieNames, sessionCookieOptions } from '../http/session-cookies.ts';
import { CLAIMS_BY_SCOPE, SCOPES } from './claims.ts';
import { CookieSigner } from './cookie-signer.ts';
import { lifetimes } from './lifetimes.ts';
import { outgoingFetch } from './outgoing-fetch.ts';
import { createPolicy } from './policy.ts';

export type ProviderPages = {
  renderError: NonNullable<Configuration['renderError']>;
  /** « Se déconnecter ? » */
  confirmLogout(ctx: KoaContextWithOIDC): void;
  /** « Vous êtes déconnecté. », or that one is still signed in. */
  loggedOut(ctx: KoaContextWithOIDC): Promise<void>;
};

export type ProviderDeps = {
  settings: Settings;
  secretKey: SecretKey;
  signingKeys: JWK[];
  /** What pairwise subjects are made from. */
  pairwiseSalt: Buffer;
  adapter: (model: string) => Adapter;
  findAccount: (sub: string) => Promise<Account | undefined>;
  loadExistingGrant: NonNullable<Configuration['loadExistingGrant']>;
  isFirstParty: (clientId: string) => Promise<boolean>;
  /** Levels that the enabled login methods can reach. */
  acrValues: string[];
  pages: ProviderPages;
};

/** Throws when the library refuses its settings. */
export function createProvider(deps: ProviderDeps): Provider {
  const { settings, secretKey } = deps;
  const secure = settings.IDP_ISSUER.startsWith('https:');
  const off = { enabled: false };

  const configuration: Configuration = {
    adapter: deps.adapter,
    jwks: { keys: deps.signingKeys },
    findAccount: async (_ctx, sub) => deps.findAccount(sub),
    loadExistingGrant: deps.loadExistingGrant,
    interactions: {
      policy: createPolicy(deps.isFirstParty, deps.acrValues),
      url: (_ctx, { uid }) => `/interaction/${uid}`,
    },
    renderError: deps.pages.renderError,

    acrValues: deps.acrValues,
    claims: CLAIMS_BY_SCOPE,
    scopes: SCOPES,
    // The second for « Mon compte » alone (oidc/account-client.ts).
    responseTypes: ['code', 'none'],
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: (_ctx, accountId, client) =>
      createHmac('sha256', deps.pairwiseSalt)
        .update(`${client.sectorIdentifier}:${accountId}`)
        .digest('base64url'),
    pkce: { required: () => true },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
    clientDefaults: {
      grant_types: ['authorization_code'],
      response_types: ['code'],
      id_token_signed_response_alg: 'RS256',
    },
    clockTolerance: 5,
    // Scripts of a public application, from where it is registered to live; userinfo for any application likewise.
    clientBasedCORS: (ctx, origin, client) =>
      (ctx.oidc.route === 'userinfo' || client.clientAuthMethod === 'none') &&
      (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin && origin !== 'null'),
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    ttl: lifetimes(settings),
    fetch: outgoingFetch(settings.IDP_ISSUER, settings.IDP_INTERNAL_HOSTS),

    cookies: {
      // Its type knows lists of texts only; anything that signs and verifies serves.
      keys: new CookieSigner(secretKey.derive('cookies')) as never,
      names: sessionCookieNames(secure),
      long: sessionCookieOptions(secure),
      short: { httpOnly: true, sameSite: 'lax', signed: true, secure },
    },

    features: {
      devInteractions: off,
      claimsParameter: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: deps.pages.confirmLogout,
        postLogoutSuccessSource: deps.pages.loggedOut,
      },
      backchannelLogout: { enabled: true },
      // Each comes on when it is documented and tested with a real application.
      pushedAuthorizationRequests: off,
      requestObjects: off,
      resourceIndicators: off,
      dPoP: off,
    },
  };

  const provider = new Provider(settings.IDP_ISSUER, configuration);
  pinToIssuer(provider, settings.IDP_ISSUER);
  sayGrantedAcr(provider, deps.acrValues);
  return provider;
}

/**
 * Every address that the library builds starts with the issuer, whatever a request or a proxy says. http/guard.ts
 * refuses other hosts before; this makes a mistake there harmless, and needs no trusted X-Forwarded-Proto.
 */
function pinToIssuer(provider: Provider, issuer: string): void {
  const { protocol, host, hostname } = new URL(issuer);
  for (const [name, value] of Object.entries({ protocol: protocol.slice(0, -1), host, hostname })) {
    Object.defineProperty(provider.request, name, { get: () => value });
  }
}

/**
 * A token says the level that its request asks for, where a session has proved more than exactly that; the session keeps what was proved.
 * @param reachable levels that the enabled login methods can reach
 */
function sayGrantedAcr(provider: Provider, reachable: string[]): void {
  Object.defineProperty(provider.OIDCContext.prototype, 'acr', {
    get(this: KoaContextWithOIDC['oidc']) {
      const proven = this.session?.acr;
      if (proven === undefined) return undefined;
      const request = toAcrRequest(this.params ?? {}, this.client?.defaultAcrValues ?? [], reachable);
      return toGrantedAcr(proven, request) ?? proven;
    },
  });
}
