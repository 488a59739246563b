// Brings the schema to this version at start: our migrations of sql/migrations, then those of the job queue.
// Several processes may call it at once: one works under an advisory lock, the others wait and find nothing to do.
import { join } from 'node:path';
import { runMigrations } from 'graphile-worker';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Database } from './database.ts';

const folder = join(import.meta.dirname, '../../sql/migrations');
const silent = { info() {}, warn() {}, error() {}, debug() {} };
const LOCK = 7_391_844_102;

/** Runs what is missing. Throws when a migration fails; the failed one is rolled back whole. */
export async function migrate(database: Database, connection: pg.ClientConfig): Promise<void> {
  // A connection of its own: the advisory lock belongs to a session, and a migration may outlast the pool's timeouts.
  const client = new pg.Client({ connectionTimeoutMillis: 10_000, ...connection });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      migrationsTable: 'migration',
      noLock: true,
      logger: silent,
    });
    await runMigrations({ pgPool: database.pool });
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
    await client.end();
  }
}
