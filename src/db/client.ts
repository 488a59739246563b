// The table of applications. The provider asks for one at nearly every step, so a row is remembered for a second: a
// change is in force everywhere within that time.
import type { ClientMetadata } from 'oidc-provider';
import { isClientId } from '../domain/client-id.ts';
import type { SecretKey } from '../domain/secret-key.ts';
import type { Queryable } from './database.ts';

export type Client = { clientId: string; metadata: ClientMetadata; firstParty: boolean };

type ClientRow = {
  client_id: string;
  metadata: ClientMetadata;
  secret_encrypted: Buffer | null;
  first_party: boolean;
};

/** A reader that remembers. */
export type Clients = {
  /** With its secret. Undefined when there is none. */
  find(clientId: string): Promise<Client | undefined>;
};

const REMEMBERED_MS = 1_000;
const MOST_REMEMBERED = 1_000;

export function clients(database: Queryable, secretKey: SecretKey): Clients {
  const remembered = new Map<string, { client: Promise<Client | undefined>; until: number }>();

  return {
    async find(clientId) {
      if (!isClientId(clientId)) return undefined;
      const now = performance.now();
      const known = remembered.get(clientId);
      if (known && known.until > now) return known.client;
      const client = findClient(database, secretKey, clientId);
      client.catch(() => remembered.delete(clientId));
      // Names that do not exist are remembered too, so the map is kept small.
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(clientId, { client, until: now + REMEMBERED_MS });
      return client;
    },
  };
}

/** As the database has it now. */
export async function findClient(
  on: Queryable,
  secretKey: SecretKey,
  clientId: string,
): Promise<Client | undefined> {
  const [row] = await on.query<ClientRow>('client/find', [clientId]);
  return row && toClient(row, secretKey);
}

export async function listClients(on: Queryable, secretKey: SecretKey): Promise<Client[]> {
  return (await on.query<ClientRow>('client/list')).map((row) => toClient(row, secretKey));
}

export async function insertClient(on: Queryable, secretKey: SecretKey, client: Client): Promise<void> {
  const { client_id: clientId, client_secret: secret, ...metadata } = client.metadata;
  const sealed = secret === undefined ? null : secretKey.encrypt(secret, `client:${clientId}`);
  await on.query('client/insert', [clientId, metadata, sealed, client.firstParty]);
}

/** False when there was none. */
export async function deleteClient(on: Queryable, clientId: string): Promise<boolean> {
  return (await on.query('client/delete', [clientId])).length === 1;
}

function toClient(row: ClientRow, secretKey: SecretKey): Client {
  const secret = row.secret_encrypted && secretKey.decrypt(row.secret_encrypted, `client:${row.client_id}`);
  return {
    clientId: row.client_id,
    metadata: {
      ...row.metadata,
      client_id: row.client_id,
      ...(secret === null ? {} : { client_secret: secret }),
    },
    firstParty: row.first_party,
  };
}
