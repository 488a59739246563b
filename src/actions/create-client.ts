// Registers an application: RFC 7591 metadata in, checked whole, with its secret made here and shown once. Called by the
// command line and the demo.
import { randomBytes } from 'node:crypto';
import type { ClientMetadata } from 'oidc-provider';
import { recordAudit } from '../db/audit.ts';
import { type Client, insertClient } from '../db/client.ts';
import type { Database } from '../db/database.ts';
import { ACCOUNT_CLIENT_ID, isClientId } from '../domain/client-id.ts';
import { findClientMetadataFaults } from '../domain/client-metadata.ts';
import type { Outcome } from '../domain/outcome.ts';
import { isLoopbackUrl } from '../domain/redirect-uri.ts';
import type { SecretKey } from '../domain/secret-key.ts';

export type CreateClientDeps = {
  database: Database;
  secretKey: SecretKey;
  issuer: string;
  /** What the provider library finds wrong with metadata, if anything (oidc/client-metadata.ts). */
  findMetadataFault: (metadata: ClientMetadata) => string | undefined;
};

export type ClientRequest = { metadata: Partial<ClientMetadata>; firstParty: boolean };

/** Failure code: `client.invalid` with `faults`, all of them. */
export async function createClient(
  deps: CreateClientDeps,
  request: ClientRequest,
): Promise<Outcome<{ client: Client }>> {
  const metadata = complete(request.metadata);
  const issuerIsLoopback = isLoopbackUrl(deps.issuer);
  const faults = findClientMetadataFaults(metadata, issuerIsLoopback);
  if (!isClientId(metadata.client_id))
    faults.push('client_id is not 1 to 200 printable ASCII characters without spaces');
  if (metadata.client_id === ACCOUNT_CLIENT_ID) faults.push('client_id belongs to « Mon compte »');
  const fault = deps.findMetadataFault(metadata);
  if (fault !== undefined && faults.length === 0) faults.push(fault);
  if (faults.length > 0) return { ok: false, code: 'client.invalid', faults };

  const client: Client = { clientId: metadata.client_id, metadata, firstParty: request.firstParty };
  try {
    await deps.database.transaction(async (transaction) => {
      await insertClient(transaction, deps.secretKey, client);
      await recordAudit(transaction, { event: 'client.created', clientId: client.clientId });
    });
  } catch (error) {
    if ((error as { code?: string }).code !== '23505') throw error;
    return { ok: false, code: 'client.invalid', faults: ['client_id belongs to another application'] };
  }
  return { ok: true, client };
}

/** Fills in what RFC 7591 lets the server choose. An identifier or secret that was asked for is kept (a migration). */
function complete(asked: Partial<ClientMetadata>): ClientMetadata {
  const method = asked.token_endpoint_auth_method ?? 'client_secret_basic';
  const needsSecret = method === 'client_secret_basic' || method === 'client_secret_post';
  return {
    ...asked,
    // No dash at its beginning, which a command line would take for an option.
    client_id: asked.client_id ?? randomBytes(16).toString('hex'),
    ...(needsSecret && { client_secret: asked.client_secret ?? randomBytes(32).toString('base64url') }),
    token_endpoint_auth_method: method,
    grant_types: asked.grant_types ?? ['authorization_code', 'refresh_token'],
    response_types: asked.response_types ?? ['code'],
  };
}
