// What the product is measured against: the library alone, with the settings that count for speed equal to the
// product's (features, claims, lifetimes, signing algorithm, client authentication), everything in memory, and a login
// that asks for nothing. No pages, no checks of ours, no database.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type Configuration, type JWK, type KoaContextWithOIDC } from 'oidc-provider';
import { readSettings } from '../../src/config.ts';
import { CLAIMS_BY_SCOPE, SCOPES, toProviderAccount } from '../../src/oidc/claims.ts';
import { lifetimes } from '../../src/oidc/lifetimes.ts';
import { answerQuestions } from '../answer-questions.ts';
import { clientMetadata } from '../world/applications.ts';
import { memoryAccounts } from '../world/memory-accounts.ts';
import { libraryStore } from './library-store.ts';

const settings = readSettings(process.env);
const off = { enabled: false };
const accounts = memoryAccounts();

const configuration: Configuration = {
  adapter: await libraryStore(),
  clients: clientMetadata(),
  jwks: { keys: [await makeKey('RS256'), await makeKey('ES256')] },
  findAccount: async (_ctx, sub) => {
    const account = accounts.byId.get(sub);
    return account && toProviderAccount(account);
  },
  loadExistingGrant,
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  acrValues: ['eidas1'],
  claims: CLAIMS_BY_SCOPE,
  scopes: SCOPES,
  responseTypes: ['code'],
  subjectTypes: ['public', 'pairwise'],
  pairwiseIdentifier: (_ctx, accountId) => accountId,
  pkce: { required: () => true },
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
  clientDefaults: { id_token_signed_response_alg: 'RS256' },
  clockTolerance: 5,
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  ttl: lifetimes(settings),
  cookies: { keys: ['a key that protects nobody'], long: { signed: true }, short: { signed: true } },
  features: {
    devInteractions: off,
    claimsParameter: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    backchannelLogout: off,
    pushedAuthorizationRequests: off,
    requestObjects: off,
    resourceIndicators: off,
    dPoP: off,
  },
};

/** Like the product's: one grant a session and application. */
async function loadExistingGrant({ oidc }: KoaContextWithOIDC) {
  const { clientId } = oidc.client!;
  const knownId = oidc.session!.grantIdFor(clientId);
  if (knownId !== undefined) return oidc.provider.Grant.find(knownId);
  const grant = new oidc.provider.Grant({ accountId: oidc.account!.accountId, clientId });
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '));
  await grant.save();
  return grant;
}

async function makeKey(alg: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
  return { ...(await exportJWK(privateKey)), kid: alg, alg, use: 'sig' } as JWK;
}

const provider = new Provider(settings.IDP_ISSUER, configuration);
provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const { params } = await provider.interactionDetails(ctx.req, ctx.res);
  const account = accounts.byIdentifier.get(String(params.login_hint))!;
  ctx.redirect(
    await provider.interactionResult(ctx.req, ctx.res, {
      login: { accountId: account.id, acr: 'eidas1', amr: ['pwd'] },
    }),
  );
});

const server = createServer(provider.callback()).listen(
  Number(new URL(settings.IDP_ISSUER).port),
  '127.0.0.1',
);
await once(server, 'listening');
answerQuestions({});
