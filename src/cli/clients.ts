// esante-idp clients create|list|show|delete
import { readFileSync } from 'node:fs';
import type { ClientMetadata } from 'oidc-provider';
import { createClient } from '../actions/create-client.ts';
import { deleteClient } from '../actions/delete-client.ts';
import { type Client, findClient, listClients } from '../db/client.ts';
import { createMetadataValidator } from '../oidc/client-metadata.ts';
import { loadSigningKeys } from '../oidc/keys.ts';
import { type Command, CommandFailure, type Commands, readWords, required, UsageFault } from './command.ts';
import type { Workplace } from './workplace.ts';

const text = { type: 'string' as const };
const texts = { type: 'string' as const, multiple: true as const };

const create: Command = (words) => {
  const { values } = readWords(words, {
    name: text,
    'redirect-uri': texts,
    'post-logout-redirect-uri': texts,
    metadata: text,
    'third-party': { type: 'boolean' as const },
  });
  const file = values.metadata === undefined ? {} : readMetadata(values.metadata);
  const metadata: Partial<ClientMetadata> = {
    ...file,
    client_name: file.client_name ?? required(values.name, 'name'),
    ...(values.name !== undefined && { client_name: values.name }),
    ...(values['redirect-uri'] && { redirect_uris: values['redirect-uri'] }),
    ...(values['post-logout-redirect-uri'] && {
      post_logout_redirect_uris: values['post-logout-redirect-uri'],
    }),
  };
  if (metadata.redirect_uris === undefined) throw new UsageFault('--redirect-uri is missing');
  return {
    json: values.json === true,
    async work({ database, secretKey, settings }) {
      const findMetadataFault = createMetadataValidator(
        settings,
        secretKey,
        await loadSigningKeys(database, secretKey),
      );
      const outcome = await createClient(
        { database, secretKey, issuer: settings.IDP_ISSUER, findMetadataFault },
        { metadata, firstParty: values['third-party'] !== true },
      );
      if (!outcome.ok) throw new CommandFailure((outcome.faults as string[]).join('\n'));
      return toResult(outcome.client.metadata);
    },
  };
};

const list: Command = (words) => {
  const { values } = readWords(words, {});
  return {
    json: values.json === true,
    async work({ database, secretKey }) {
      const all = await listClients(database, secretKey);
      return {
        document: all.map(({ metadata }) => withoutSecret(metadata)),
        text: all
          .map(
            ({ clientId, metadata, firstParty }) =>
              `${clientId}  ${metadata.client_name}${firstParty ? '' : '  (third party)'}`,
          )
          .join('\n'),
      };
    },
  };
};

const show: Command = (words) => {
  const { values, positionals } = readWords(words, {}, ['CLIENT_ID']);
  return {
    json: values.json === true,
    work: async (workplace) =>
      toResult(withoutSecret((await getClient(workplace, positionals[0]!)).metadata)),
  };
};

const remove: Command = (words) => {
  const { values, positionals } = readWords(words, {}, ['CLIENT_ID']);
  return {
    json: values.json === true,
    async work(workplace) {
      const client = await getClient(workplace, positionals[0]!);
      await deleteClient(workplace.database, client.clientId);
      return {
        document: withoutSecret(client.metadata),
        text: `${client.clientId} (${client.metadata.client_name}) is deleted, with every code, token and grant of it`,
      };
    },
  };
};

export const clientCommands: Commands = { create, list, show, delete: remove };

async function getClient({ database, secretKey }: Workplace, clientId: string): Promise<Client> {
  const client = await findClient(database, secretKey, clientId);
  if (!client) throw new CommandFailure(`there is no application « ${clientId} »`);
  return client;
}

function readMetadata(file: string): Partial<ClientMetadata> {
  try {
    const metadata = JSON.parse(readFileSync(file, 'utf8'));
    if (metadata === null || typeof metadata !== 'object' || Array.isArray(metadata))
      throw new Error('not a JSON object');
    return metadata;
  } catch (error) {
    throw new UsageFault(`--metadata ${file}: ${(error as Error).message}`);
  }
}

function withoutSecret({ client_secret: _secret, ...metadata }: ClientMetadata): ClientMetadata {
  return metadata;
}

function toResult(metadata: ClientMetadata) {
  const lines = Object.entries(metadata).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return { document: metadata, text: lines.join('\n') };
}
