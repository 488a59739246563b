// An empty database in memory with the tables of the named migrations, for tests of one action or table file.
// It speaks to PGlite directly, one query at a time; tests of the pool and of transactions open the real thing.
import { readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import type { Queryable } from '../../src/db/database.ts';
import { getStatement } from '../../src/db/statements.ts';

export type PgliteQueryable = Queryable & {
  /** For what no statement of the product does: looking at a table, turning a clock back. */
  readonly pglite: PGlite;
  close(): Promise<void>;
};

/** `migrations`: file names without their ending, in order, e.g. `0002_captcha`. */
export async function openPglite(...migrations: string[]): Promise<PgliteQueryable> {
  const pglite = await PGlite.create();
  for (const name of migrations) await pglite.exec(upPart(name));
  return {
    pglite,
    async query<Row>(name: string, values: unknown[] = []) {
      const { rows } = await pglite.query<Row>(getStatement(name), values);
      return rows;
    },
    close: () => pglite.close(),
  };
}

function upPart(migration: string): string {
  const file = new URL(`../../sql/migrations/${migration}.sql`, import.meta.url);
  return readFileSync(file, 'utf8').split('-- Down Migration')[0]!;
}
