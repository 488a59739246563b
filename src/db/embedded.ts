// The database of a machine that has none: PGlite in a thread of this process, kept in IDP_DATA_DIR, reached by the
// same `pg` code as a real PostgreSQL. The folder belongs to one process at a time; the kernel drops the lock with it.
import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

export type EmbeddedDatabase = {
  /** What `pg` needs to reach it. */
  connection: { host: string; port: number; user: string; database: string; max: number };
  close(): Promise<void>;
};

const PORT = 5432;
const SOCKET_FILE = `.s.PGSQL.${PORT}`;
/** `sun_path` holds 104 bytes on some systems (unix(7), unix(4)). */
const LONGEST_SOCKET_PATH = 100;

export class DataFolderInUse extends Error {
  constructor(folder: string) {
    super(`the data folder ${folder} is in use by another process`);
    this.name = 'DataFolderInUse';
  }
}

/** Where the running server of this data folder listens, for another process: the command line. */
export function embeddedConnection(dataFolder: string): EmbeddedDatabase['connection'] {
  return { host: socketFolderOf(dataFolder), port: PORT, user: 'postgres', database: 'postgres', max: 10 };
}

/**
 * Opens the folder. Throws `DataFolderInUse` when another process has it.
 * @param onLost called when the database ends by itself, which nothing here can mend
 */
export async function openEmbeddedDatabase(
  dataFolder: string,
  onLost: () => void = () => undefined,
): Promise<EmbeddedDatabase> {
  makeFolder(dataFolder);
  const unlock = lockFolder(dataFolder);
  try {
    const connection = embeddedConnection(dataFolder);
    makeOwnFolder(connection.host);
    const close = await startServer(join(dataFolder, 'database'), join(connection.host, SOCKET_FILE), onLost);
    return {
      connection,
      async close() {
        await close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** A database in memory that nobody else can reach, for tests. */
export async function openMemoryDatabase(): Promise<EmbeddedDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'idp-'));
  const close = await startServer(undefined, join(folder, SOCKET_FILE), () => undefined);
  return {
    connection: { host: folder, port: PORT, user: 'postgres', database: 'postgres', max: 10 },
    async close() {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(
  dataFolder: string | undefined,
  socketPath: string,
  onLost: () => void,
): Promise<() => Promise<void>> {
  // Left behind by a process that was killed; the folder's lock says that nobody listens on it.
  if (existsSync(socketPath)) rmSync(socketPath);
  const worker = new Worker(new URL('./embedded-server.ts', import.meta.url), {
    workerData: { dataFolder, socketPath },
  });
  let closing = false;
  const ended = new Promise<void>((done) => worker.once('exit', () => done()));
  await new Promise<void>((done, fail) => {
    worker.once('message', () => done());
    worker.once('error', fail);
    ended.then(() => fail(new Error('the embedded database did not start')));
  });
  worker.on('error', () => undefined);
  ended.then(() => !closing && onLost());
  worker.unref();
  return async () => {
    closing = true;
    worker.ref();
    worker.postMessage('close');
    await ended;
  };
}

/**
 * With its parents, for this user only. Step by step: under /proc, where nothing can be made, Node's own recursive
 * `mkdir` tries for ever.
 */
export function makeFolder(folder: string): void {
  const path = resolve(folder);
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** Throws when the folder is another user's: its owner could stand between us and the database. */
function makeOwnFolder(folder: string): void {
  makeFolder(folder);
  const { uid } = lstatSync(folder);
  if (process.getuid && uid !== process.getuid())
    throw new Error(`the folder ${folder} belongs to another user`);
}

/** SQLite's file lock is the one lock of Node.js that the kernel releases when a process dies. */
function lockFolder(dataFolder: string): () => void {
  const lock = new DatabaseSync(join(dataFolder, 'lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new DataFolderInUse(dataFolder);
  }
  return () => lock.close();
}

/** The data folder itself, or a short stand-in where its path is too long for a socket. */
function socketFolderOf(dataFolder: string): string {
  const folder = resolve(dataFolder);
  if (Buffer.byteLength(join(folder, SOCKET_FILE)) <= LONGEST_SOCKET_PATH) return folder;
  const digest = Buffer.from(folder)
    .reduce((hash, byte) => (hash * 31 + byte) >>> 0, 7)
    .toString(36);
  return join(tmpdir(), `esante-idp-${process.getuid?.() ?? 0}-${digest}`);
}
