// A fresh, migrated database for one test file: on the server of TEST_DATABASE_URL when there is one, else the embedded
// one in memory. Every test that needs the database opens it here.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { openMemoryDatabase } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';

export type TestDatabase = {
  database: Database;
  /** For a second pool, or another process where there is a real server. */
  connection: pg.PoolConfig;
  /** True with a real server: `openDatabase` may prepare its statements. */
  prepared: boolean;
  close(): Promise<void>;
};

export async function openTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const server = process.env.TEST_DATABASE_URL;
  const { connection, prepared, drop } = server ? await createDatabase(server) : await createMemoryDatabase();
  const database = openDatabase({ connection, prepared, onError: () => undefined });
  if (migrated) await migrate(database, connection);
  return {
    database,
    connection,
    prepared,
    async close() {
      await database.close();
      await drop();
    },
  };
}

async function createMemoryDatabase() {
  const { connection, close } = await openMemoryDatabase();
  return { connection, prepared: false, drop: close };
}

async function createDatabase(server: string) {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runOn(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = name;
  return {
    connection: { connectionString: url.href },
    prepared: true,
    drop: () => runOn(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function runOn(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
