// Opens the database that the settings name, at this version's schema, with the key that protects its secrets. Called
// by the server and by the command line.
import type { Logger } from 'pino';
import type { Settings } from './config.ts';
import { loadGeneratedKey, readGeneratedKey } from './crypto/generated-key.ts';
import { createSecretKey } from './crypto/secret-key.ts';
import { type Database, openDatabase } from './db/database.ts';
import { openEmbeddedDatabase } from './db/embedded.ts';
import { migrate } from './db/migrate.ts';
import { hasSigningKeys } from './db/signing-key.ts';
import type { SecretKey } from './domain/secret-key.ts';

export type Storage = { database: Database; secretKey: SecretKey; close(): Promise<void> };

/** Throws `DataFolderInUse`, or what `pg` says of a server that cannot be reached. */
export async function openStorage(settings: Settings, logger: Logger): Promise<Storage> {
  const embedded =
    settings.DATABASE_URL === undefined
      ? await openEmbeddedDatabase(settings.IDP_DATA_DIR, () => {
          // Only a new process can open it again; whoever watches over this one starts it.
          logger.fatal('the embedded database has ended');
          process.exit(1);
        })
      : undefined;
  const connection = embedded?.connection ?? { connectionString: settings.DATABASE_URL };
  const database = openDatabase({
    connection: { max: settings.IDP_DATABASE_POOL, ...connection },
    prepared: !embedded,
    onError: (error) => logger.warn({ err: error }, 'an idle database connection was lost'),
  });
  const close = async () => {
    await database.close();
    await embedded?.close();
  };
  try {
    await migrate(database, connection);
    const keys = settings.IDP_SECRET_KEY ?? (await generatedKey(database, settings.IDP_DATA_DIR));
    return { database, secretKey: createSecretKey(keys), close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function generatedKey(database: Database, folder: string): Promise<Buffer[]> {
  return (await hasSigningKeys(database)) ? readGeneratedKey(folder) : loadGeneratedKey(folder);
}
