// Fills a fresh database of the benchmark: its people, its applications and, where asked for, the rows of a busy day.
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { totpContext } from '../../src/actions/verify-code.ts';
import { createPasswordHasher } from '../../src/crypto/password-hasher.ts';
import { insertClient } from '../../src/db/client.ts';
import type { Storage } from '../../src/storage.ts';
import { ACCOUNTS, PASSWORD, TOTP_SECRET } from './accounts.ts';
import { clientMetadata } from './applications.ts';

const ROWS_AT_ONCE = 10_000;
/** Settling a large table takes longer than any statement of the product may. */
const PATIENCE_MS = 240_000;

export async function seed({ database, secretKey }: Storage, artefactRows: number): Promise<void> {
  const hasher = await createPasswordHasher();
  await database.pool.query(read('accounts.sql'), [ACCOUNTS, await hasher.hash(PASSWORD)]);
  const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM account');
  const ids = rows.map(({ id }) => id);
  const secrets = ids.map((id) => secretKey.encrypt(TOTP_SECRET, totpContext(id)));
  await database.pool.query(read('authenticators.sql'), [ids, secrets]);
  for (const metadata of clientMetadata()) {
    await insertClient(database, secretKey, { clientId: metadata.client_id, metadata, firstParty: true });
  }

  const client = await database.pool.connect();
  const run = (text: string, values: unknown[] = []) => {
    return client.query({ text, values, query_timeout: PATIENCE_MS } as pg.QueryConfig);
  };
  try {
    await run('SET statement_timeout = 0');
    const artefacts = read('artefacts.sql');
    for (let first = 1; first <= artefactRows; first += ROWS_AT_ONCE) {
      await run(artefacts, [first, Math.min(artefactRows, first + ROWS_AT_ONCE - 1)]);
    }
    // What autovacuum would do in its own time, in the middle of the measurement. An empty table is left alone, as it
    // leaves a new one: statistics that say « empty » would be believed until the next look, a minute of full scans.
    await run(`VACUUM (ANALYZE) account, authenticator, client${artefactRows > 0 ? ', artefact' : ''}`);
    await run('CHECKPOINT').catch(() => undefined);
  } finally {
    client.release(true);
  }
}

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}
