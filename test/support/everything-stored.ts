// Every row of every table of a database as text, ours and the job queue's: for tests that look for what must not be
// kept in clear.
import type { Queryable } from '../../src/db/database.ts';

type Pool = { query(text: string): Promise<{ rows: Record<string, string>[] }> };

/** Table name → its rows, each as JSON (bytes as hexadecimal). */
export async function readEverythingStored({
  pool,
}: Queryable & { pool: Pool }): Promise<Map<string, string>> {
  const { rows: tables } = await pool.query(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const stored = new Map<string, string>();
  for (const { name } of tables) {
    const { rows } = await pool.query(
      `SELECT coalesce(string_agg(to_jsonb(t)::text, E'\\n'), '') AS text FROM ${name} t`,
    );
    stored.set(name!, rows[0]!.text!);
  }
  return stored;
}
