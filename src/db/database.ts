// The one way to the database: a pool of `pg` connections that runs the statements of sql/queries by name.
// Used by every table file in this folder; nothing else opens a connection.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import {
  DatabaseUnavailable,
  isConnectionFault,
  isReadOnly,
  isRolledBack,
  isTakenUid,
  isTimeout,
} from './faults.ts';
import { getStatement } from './statements.ts';

/** What a table file needs: the database itself, or one transaction of it. */
export type Queryable = {
  /** Runs `sql/queries/<name>.sql`. Throws `DatabaseUnavailable` when the server cannot be reached. */
  query<Row = Record<string, unknown>>(name: string, values?: unknown[]): Promise<Row[]>;
};

export type Database = Queryable & {
  /**
   * All or nothing. Never await anything but its own queries inside: the embedded database has one connection. Run
   * again from the start when the server asks for it (serialisation, deadlock), so it must have no effect elsewhere.
   */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  /** For libraries that bring their own statements (migrations, job queue). */
  readonly pool: pg.Pool;
  close(): Promise<void>;
};

export type DatabaseOptions = {
  connection: pg.PoolConfig;
  /** Server-side prepared statements; impossible on the embedded database, whose connections share one session. */
  prepared: boolean;
  onError: (error: Error) => void;
};

const TIMEOUTS = {
  connectionTimeoutMillis: 3_000,
  statement_timeout: 5_000,
  query_timeout: 5_000,
  idle_in_transaction_session_timeout: 10_000,
  keepAlive: true,
} satisfies pg.PoolConfig;

/**
 * A prepared statement keeps the plan of its first uses. Made while a table is small it would read the whole of it, and go on
 * doing so when the table has grown, until its statistics are renewed. What is read whole all the same seems dear then, and would be
 * compiled first.
 */
const PLANS = 'SET enable_seqscan = off; SET jit = off';

/** Opens a pool; no connection is made before the first query. */
export function openDatabase({ connection, prepared, onError }: DatabaseOptions): Database {
  const onConnect = async (client: pg.ClientBase) => {
    await client.query(PLANS);
  };
  const pool = new pg.Pool({
    max: 10,
    ...TIMEOUTS,
    application_name: 'esante-idp',
    onConnect,
    ...connection,
  });
  // Without this listener a connection that dies while idle would end the process (node-postgres#1075).
  pool.on('error', onError);
  // One that dies while in use fails its query, which says so; the event of its own needs a listener all the same.
  pool.on('connect', (client) => client.on('error', () => undefined));

  const run = async <Row>(on: pg.Pool | pg.PoolClient, name: string, values: unknown[]): Promise<Row[]> => {
    const text = getStatement(name);
    const result = await on.query(prepared ? { name, text, values } : { text, values });
    return result.rows as Row[];
  };

  const transact = async <T>(work: (transaction: Queryable) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work({ query: (name, values = []) => run(client, name, values) });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((rollbackError) => {
        broken = rollbackError;
      });
      if (isReadOnly(error)) broken = error as Error;
      throw error;
    } finally {
      client.release(broken);
    }
  };

  return {
    pool,
    query: (name, values = []) => persist(() => run(pool, name, values), isRead(name) ? isLost : never),
    // Sessions that are being ended may get a new id at the same moment: seen then, they are ended too.
    transaction: (work) => persist(() => transact(work), isTakenUid),
    close: () => pool.end(),
  };
}

const MOST_TRIES = 4;

/**
 * Tries again what the server rolled back by itself, and once more after an error that `mayRepeat` accepts. Anything
 * that may have been done is not done twice.
 */
async function persist<T>(attempt: () => Promise<T>, mayRepeat: (error: unknown) => boolean): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const again = isRolledBack(error) ? tries < MOST_TRIES : tries === 1 && mayRepeat(error);
      if (!again) throw isConnectionFault(error) ? new DatabaseUnavailable(error) : error;
      await sleep(Math.random() * 20 * tries);
    }
  }
}

const never = () => false;

/** Of a connection, say, that was idle while its server restarted. */
const isLost = (error: unknown) => isConnectionFault(error) && !isTimeout(error);

function isRead(name: string): boolean {
  return /\/(find|list)/.test(name);
}
