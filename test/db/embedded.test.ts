// The embedded database serves many connections over one session: none may see another's answers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { DataFolderInUse, openEmbeddedDatabase, openMemoryDatabase } from '../../src/db/embedded.ts';

it('answers every query with its own rows, whatever transactions run beside it', async () => {
  const embedded = await openMemoryDatabase();
  const pool = new pg.Pool({ ...embedded.connection, max: 8 });
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    const plain = async (n: number) =>
      expect((await pool.query('SELECT $1::int AS n', [n])).rows).toEqual([{ n }]);
    const failing = (n: number) =>
      expect(pool.query('SELECT $1::int / 0', [n])).rejects.toMatchObject({ code: '22012' });
    const inTransaction = async (n: number, end: 'COMMIT' | 'ROLLBACK') => {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        expect((await client.query('SELECT $1::int AS n', [n])).rows).toEqual([{ n }]);
        await client.query(end);
      } finally {
        client.release();
      }
    };
    const goneInTransaction = async () => {
      const client = new pg.Client(embedded.connection);
      client.on('error', () => undefined);
      await client.connect();
      await client.query('BEGIN');
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    };
    const kinds = [
      plain,
      failing,
      (n: number) => inTransaction(n, 'COMMIT'),
      (n: number) => inTransaction(n, 'ROLLBACK'),
      goneInTransaction,
    ];
    await Promise.all(
      Array.from({ length: 7 }, async (_, worker) => {
        for (let i = 0; i < 60; i++) await kinds[(worker + i) % kinds.length]!(worker * 1000 + i);
      }),
    );
  } finally {
    await pool.end();
    await embedded.close();
  }
});

it('passes notifications on to who listens', async () => {
  const embedded = await openMemoryDatabase();
  const [listener, speaker] = [new pg.Client(embedded.connection), new pg.Client(embedded.connection)];
  try {
    await Promise.all([listener.connect(), speaker.connect()]);
    await listener.query('LISTEN news');
    const heard = new Promise((done) => listener.on('notification', ({ payload }) => done(payload)));
    await speaker.query("SELECT pg_notify('news', 'hello')");
    expect(await heard).toBe('hello');
  } finally {
    await Promise.all([listener.end(), speaker.end()]);
    await embedded.close();
  }
});

it('keeps what was written, and its folder for one process at a time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'idp-test-'));
  try {
    const first = await openEmbeddedDatabase(folder);
    await withClient(first.connection, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS n'));
    await expect(openEmbeddedDatabase(folder)).rejects.toThrow(DataFolderInUse);
    await first.close();
    const second = await openEmbeddedDatabase(folder);
    await withClient(second.connection, async (client) => {
      expect((await client.query('SELECT n FROM kept')).rows).toEqual([{ n: 42 }]);
    });
    await second.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function withClient(
  connection: pg.ClientConfig,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
