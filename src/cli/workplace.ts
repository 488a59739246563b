// What commands work with: the settings, the database of the server (running or not) and its key.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Environment, readSettings, type Settings } from '../config.ts';
import { readGeneratedKey } from '../crypto/generated-key.ts';
import { createSecretKey } from '../crypto/secret-key.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { DataFolderInUse, embeddedConnection } from '../db/embedded.ts';
import { DatabaseUnavailable } from '../db/faults.ts';
import type { SecretKey } from '../domain/secret-key.ts';
import { createLogger } from '../http/logger.ts';
import { openStorage, type Storage } from '../storage.ts';

export type Workplace = Storage & { settings: Settings };

/** Mail is written here and sent by the server: its settings need not be repeated for a command. */
const DEFAULTS = { IDP_SMTP_URL: 'smtp://localhost:25', IDP_MAIL_FROM: 'ne-pas-repondre@normand-esante.fr' };
const STARTING_MS = 15_000;

/** Throws `SettingsFault`, or what openStorage throws. */
export async function openWorkplace(environment: Environment): Promise<Workplace> {
  const settings = readSettings({ ...DEFAULTS, ...environment });
  const end = Date.now() + STARTING_MS;
  for (;;) {
    try {
      return { settings, ...(await openStorage(settings, createLogger('fatal'))) };
    } catch (error) {
      if (!(error instanceof DataFolderInUse)) throw error;
    }
    try {
      return { settings, ...(await openRunning(settings)) };
    } catch (error) {
      // Whoever has the folder may still be starting; or is another command, which leaves it in a moment.
      if (!(error instanceof DatabaseUnavailable) || Date.now() > end) throw error;
    }
    await sleep(200);
  }
}

/** The embedded database of a running server, through its socket. */
async function openRunning(
  settings: Settings,
): Promise<{ database: Database; secretKey: SecretKey; close(): Promise<void> }> {
  const connection = { ...embeddedConnection(settings.IDP_DATA_DIR), max: 2 };
  const database = openDatabase({ connection, prepared: false, onError: () => undefined });
  try {
    await database.query('database/ping');
  } catch (error) {
    await database.close();
    throw error;
  }
  const keys = settings.IDP_SECRET_KEY ?? readGeneratedKey(settings.IDP_DATA_DIR);
  return { database, secretKey: createSecretKey(keys), close: database.close };
}
