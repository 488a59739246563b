// The OpenID Connect side of a demo site, by `openid-client` alone: what any application written for the provider does.
// Discovery, authorization code with PKCE, state and nonce, userinfo, refresh, RP-initiated logout; logout tokens, which it does
// not know, by `jose`. Used by site.ts.
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as openid from 'openid-client';

export type RelyingPartyOptions = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Of this site, without a final slash. */
  siteUrl: string;
  scope: string;
};

/** A sign-in that was begun, kept in the browser's session until its answer comes. */
export type Pending = { state: string; nonce: string; verifier: string; maxAge: number | undefined };

export type SignedIn = {
  idToken: string;
  refreshToken: string | undefined;
  /** Of the ID token, verified. */
  claims: Record<string, unknown>;
  userinfo: Record<string, unknown>;
};

export type RelyingParty = {
  /** @param wishes parameters of the authorization request that a visitor chose */
  begin(wishes: Record<string, string>): Promise<{ url: string; pending: Pending }>;
  /** Throws what `openid-client` says is wrong with an answer, or that it is a refusal. */
  finish(currentUrl: URL, pending: Pending): Promise<SignedIn>;
  refresh(person: SignedIn): Promise<SignedIn>;
  logoutUrl(person: SignedIn): Promise<string>;
  /** The session that a logout token ends (OpenID Connect Back-Channel Logout 1.0 §2.6). Throws when it is none of the provider's. */
  readLogoutToken(token: string): Promise<string>;
};

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

export function createRelyingParty(options: RelyingPartyOptions): RelyingParty {
  let discovered: Promise<openid.Configuration> | undefined;
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;

  /** At the first use, since the provider may start after us; a failure is tried again. */
  const configure = () => {
    // The demo is on loopback; anywhere else only https will do.
    const execute = options.issuer.startsWith('http:') ? [openid.allowInsecureRequests] : [];
    discovered ??= openid
      .discovery(new URL(options.issuer), options.clientId, options.clientSecret, undefined, { execute })
      .catch((error) => {
        discovered = undefined;
        throw error;
      });
    return discovered;
  };

  const toSignedIn = async (
    configuration: openid.Configuration,
    tokens: openid.TokenEndpointResponse & openid.TokenEndpointResponseHelpers,
    before?: SignedIn,
  ): Promise<SignedIn> => {
    const claims = tokens.claims() ?? before?.claims;
    if (!claims) throw new Error('no ID token was issued');
    const userinfo = await openid.fetchUserInfo(configuration, tokens.access_token, String(claims.sub));
    return {
      idToken: tokens.id_token ?? before!.idToken,
      refreshToken: tokens.refresh_token ?? before?.refreshToken,
      claims,
      userinfo,
    };
  };

  return {
    async begin(wishes) {
      const configuration = await configure();
      const maxAge = wishes.max_age === undefined ? undefined : Number(wishes.max_age);
      const verifier = openid.randomPKCECodeVerifier();
      const pending = { state: openid.randomState(), nonce: openid.randomNonce(), verifier, maxAge };
      const url = openid.buildAuthorizationUrl(configuration, {
        ...wishes,
        redirect_uri: `${options.siteUrl}/callback`,
        scope: options.scope,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, pending };
    },
    async finish(currentUrl, { state, nonce, verifier, maxAge }) {
      const configuration = await configure();
      const tokens = await openid.authorizationCodeGrant(configuration, currentUrl, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
        ...(maxAge !== undefined && { maxAge }),
      });
      return toSignedIn(configuration, tokens);
    },
    async refresh(person) {
      const configuration = await configure();
      const tokens = await openid.refreshTokenGrant(configuration, person.refreshToken ?? '');
      return toSignedIn(configuration, tokens, person);
    },
    async logoutUrl({ idToken }) {
      const url = openid.buildEndSessionUrl(await configure(), {
        id_token_hint: idToken,
        post_logout_redirect_uri: `${options.siteUrl}/`,
      });
      return url.href;
    },
    async readLogoutToken(token) {
      const { issuer, jwks_uri: jwksUri } = (await configure()).serverMetadata();
      keys ??= createRemoteJWKSet(new URL(jwksUri!));
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: options.clientId,
        typ: 'logout+jwt',
        requiredClaims: ['iat', 'exp', 'jti', 'sid'],
      });
      const events = payload.events as Record<string, unknown> | undefined;
      if (events?.[LOGOUT_EVENT] === undefined || payload.nonce !== undefined)
        throw new Error('not a logout token');
      return String(payload.sid);
    },
  };
}
