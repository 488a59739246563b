// A database of the benchmark's own: a new one on the server of DATABASE_URL, else a new embedded one. Seeded, and
// dropped at the end.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { readSettings } from '../../src/config.ts';
import { createLogger } from '../../src/http/logger.ts';
import { openStorage } from '../../src/storage.ts';
import { seed } from './seed.ts';

export type BenchDatabase = {
  /** Settings that lead the product to it. */
  environment: Record<string, string>;
  /** 'PostgreSQL 15.1', or 'embedded'. */
  label: string;
  /** Processes of the database server where they run on this machine, the postmaster first; else none. */
  processIds: number[];
  /**
   * What autovacuum does within a minute: until then the plans that PostgreSQL keeps are those of an empty table. The
   * embedded database keeps none.
   */
  settle(): Promise<void>;
  drop(): Promise<void>;
};

/** Settings that every server of a run shares. */
export const COMMON_ENVIRONMENT = {
  IDP_SECRET_KEY: randomBytes(32).toString('base64url'),
  IDP_SMTP_URL: 'smtp://127.0.0.1:9',
  IDP_MAIL_FROM: 'bench@exemple.fr',
  IDP_LOG_LEVEL: 'warn',
  IDP_TRUSTED_PROXIES: '127.0.0.1',
};

export async function createBenchDatabase({
  artefactRows,
}: {
  artefactRows: number;
}): Promise<BenchDatabase> {
  const server = process.env.DATABASE_URL;
  const opened = server ? await createOnServer(server) : createEmbedded();
  const settings = readSettings({ ...COMMON_ENVIRONMENT, ...opened.environment });
  try {
    const storage = await openStorage(settings, createLogger('warn'));
    try {
      await seed(storage, artefactRows);
    } finally {
      await storage.close();
    }
  } catch (error) {
    await opened.drop();
    throw error;
  }
  return opened;
}

async function createOnServer(server: string): Promise<BenchDatabase> {
  const name = `bench_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE ${name}`);
    const { rows } = await admin.query<{ version: string; pids: number[] }>(
      "SELECT current_setting('server_version') AS version, (SELECT array_agg(pid) FROM pg_stat_activity) AS pids",
    );
    const { rows: own } = await admin.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const url = new URL(server);
    url.pathname = name;
    return {
      environment: { DATABASE_URL: url.href },
      label: `PostgreSQL ${rows[0]!.version.split(' ')[0]}`,
      processIds: findLocalProcesses(own[0]!.pid, rows[0]!.pids),
      settle: () => runOn(url.href, 'VACUUM (ANALYZE)'),
      drop: () => runOn(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
    };
  } finally {
    await admin.end();
  }
}

/** The backend of our own connection tells whether the server is here: its process says that it is PostgreSQL's. */
function findLocalProcesses(backend: number, others: number[]): number[] {
  try {
    if (!readFileSync(`/proc/${backend}/cmdline`, 'utf8').startsWith('postgres:')) return [];
    const postmaster = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${backend}/status`, 'utf8'))?.[1]);
    return [postmaster, ...others.filter((pid) => pid !== backend)];
  } catch {
    return [];
  }
}

function createEmbedded(): BenchDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'idp-bench-'));
  return {
    environment: { IDP_DATA_DIR: folder },
    label: 'embedded',
    processIds: [],
    settle: async () => undefined,
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function runOn(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
