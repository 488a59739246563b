// The two applications of the benchmark, the same on both sides: ES256, a secret, first-party; with refresh tokens and
// without.
import type { ClientMetadata } from 'oidc-provider';
import type { ApplicationOptions } from '../load/application.ts';

const COMMON = {
  clientSecret: 'a-secret-that-opens-nothing-but-a-benchmark',
  redirectUri: 'http://127.0.0.1:9/callback',
  scope: 'openid profile email health',
};

export const plainApplication: ApplicationOptions = { clientId: 'bench-plain', ...COMMON };
export const refreshingApplication: ApplicationOptions = { clientId: 'bench-refreshing', ...COMMON };

export function clientMetadata(): ClientMetadata[] {
  return [plainApplication, refreshingApplication].map(({ clientId, clientSecret, redirectUri }) => ({
    client_id: clientId,
    client_secret: clientSecret,
    client_name: 'Portail pro',
    redirect_uris: [redirectUri],
    response_types: ['code'],
    grant_types:
      clientId === refreshingApplication.clientId
        ? ['authorization_code', 'refresh_token']
        : ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'ES256',
  }));
}
