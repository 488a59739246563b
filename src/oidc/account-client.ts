// « Mon compte » as an application of its own provider: it signs people in like every other, and needs no answer but that
// they are. app.ts puts it beside those of the database.
import type { ClientMetadata } from 'oidc-provider';
import type { Client, Clients } from '../db/client.ts';
import { ACCOUNT_CLIENT_ID, ACCOUNT_CLIENT_NAME } from '../domain/client-id.ts';

/** `response_type=none` (OAuth 2.0 Multiple Response Type Encoding Practices §4): neither code nor token leaves. */
export function withAccountClient(clients: Clients, issuer: string): Clients {
  const client: Client = {
    clientId: ACCOUNT_CLIENT_ID,
    firstParty: true,
    metadata: {
      client_id: ACCOUNT_CLIENT_ID,
      client_name: ACCOUNT_CLIENT_NAME,
      redirect_uris: [accountUrl(issuer)],
      response_types: ['none'],
      response_modes: ['query'],
      grant_types: [],
      token_endpoint_auth_method: 'none',
    } satisfies ClientMetadata,
  };
  return {
    find: async (clientId) => (clientId === ACCOUNT_CLIENT_ID ? client : clients.find(clientId)),
  };
}

/**
 * The authorization request that leads to « Mon compte ».
 * @param maxAgeSeconds of the login; undefined: any session will do
 */
export function accountLoginPath(issuer: string, maxAgeSeconds?: number): string {
  return `/auth?${new URLSearchParams({
    client_id: ACCOUNT_CLIENT_ID,
    response_type: 'none',
    redirect_uri: accountUrl(issuer),
    scope: 'openid',
    ...(maxAgeSeconds !== undefined && { max_age: String(maxAgeSeconds) }),
  })}`;
}

function accountUrl(issuer: string): string {
  return `${issuer}/account`;
}
