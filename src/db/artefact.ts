// The table of everything the provider library stores. Parallel calls of one kind share a statement (db/batch.ts);
// every one-time use is decided by the statement itself. Called by oidc/adapter.ts and
// oidc/request-writes.ts.
import type { AdapterPayload } from 'oidc-provider';
import type { AccountRow } from './account.ts';
import { type NewArtefact, rowId } from './artefact-row.ts';
import { type ArtefactWrite, artefactWriter, type Written } from './artefact-writer.ts';
import { batch } from './batch.ts';
import type { Database } from './database.ts';
import { isTakenUid } from './faults.ts';

export type StoredArtefact = {
  payload: AdapterPayload;
  /** What the same request reads next, when it is a token or a session. */
  session: AdapterPayload | null;
  grant: AdapterPayload | null;
  grantId: string | null;
  account: AccountRow | null;
};

/** As `find.sql` writes it. */
type Found = [
  n: number,
  payload: AdapterPayload,
  consumed: boolean,
  session: AdapterPayload | null,
  grant: AdapterPayload | null,
  grantId: string | null,
  account: AccountRow | null,
];
type Lookup = { id: string; clientId: string | undefined };

export type Artefacts = {
  /** Undefined when there is none, or it has expired or ended. */
  find(model: string, id: string, clientId?: string): Promise<StoredArtefact | undefined>;
  /** Whether a session of this id goes on under another one. */
  isRenamed(id: string): Promise<boolean>;
  findByUid(uid: string): Promise<AdapterPayload | undefined>;
  findByUserCode(userCode: string): Promise<AdapterPayload | undefined>;
  write(unit: ArtefactWrite): Promise<Written>;
  /** False when a mark of this id is already there. */
  insertOnce(artefact: NewArtefact): Promise<boolean>;
  destroy(model: string, id: string): Promise<void>;
  /** Ends the session that has, or had a moment ago, this id. */
  endSession(id: string): Promise<void>;
  /** The session goes on under another id. */
  releaseSessionId(id: string): Promise<void>;
  revokeGrant(grantId: string): Promise<void>;
  revokeGrantOf(model: string, id: string): Promise<void>;
  /** Deletes at most 1,000 expired rows; returns how many. */
  purge(): Promise<number>;
};

export function artefacts(database: Database): Artefacts {
  const find = batch<Lookup, StoredArtefact | undefined>({
    keyOf: ({ id }) => [id],
    run: async (lookups) => {
      const [row] = await database.query<{ found: Found[] | null }>('artefact/find', [
        lookups.map(({ id }) => id),
        lookups.map(({ clientId }) => clientId ?? null),
      ]);
      const results: (StoredArtefact | undefined)[] = new Array(lookups.length).fill(undefined);
      for (const [n, payload, consumed, session, grant, grantId, account] of row?.found ?? []) {
        if (consumed) payload.consumed = true;
        results[n - 1] = { payload, session, grant, grantId, account };
      }
      return results;
    },
  });

  const destroy = batch<string, undefined>({
    keyOf: (id) => [id],
    run: async (ids) => {
      await database.query('artefact/destroy', [ids.toSorted()]);
      return [];
    },
  });

  return {
    find: (model, id, clientId) => find({ id: rowId(model, id), clientId }),
    async isRenamed(id) {
      return (await database.query('artefact/find-renamed', [rowId('Session', id)])).length === 1;
    },
    async findByUid(uid) {
      const [row] = await database.query<{ payload: AdapterPayload }>('artefact/find-by-uid', [uid]);
      return row?.payload;
    },
    async findByUserCode(userCode) {
      const [row] = await database.query<{ payload: AdapterPayload; consumed: boolean }>(
        'artefact/find-by-user-code',
        [userCode],
      );
      return row && (row.consumed ? { ...row.payload, consumed: true } : row.payload);
    },
    write: artefactWriter(database),
    async insertOnce({ model, id, payload, ttlSeconds }) {
      const rows = await database.query('artefact/insert-once', [
        rowId(model, id),
        model,
        payload,
        ttlSeconds,
      ]);
      return rows.length === 1;
    },
    destroy: (model, id) => destroy(rowId(model, id)),
    async endSession(id) {
      // The other of two racing statements may just have taken the uid: seen then, it is ended too.
      await again(() => database.query('artefact/end-session', [rowId('Session', id)]));
    },
    async releaseSessionId(id) {
      await database.query('artefact/release-session-id', [rowId('Session', id)]);
    },
    async revokeGrant(grantId) {
      await database.query('artefact/revoke-grant', [grantId]);
    },
    async revokeGrantOf(model, id) {
      await database.query('artefact/revoke-grant-of', [rowId(model, id)]);
    },
    purge: async () => (await database.query('artefact/purge')).length,
  };
}

/** Once more where a row that was not there yet stood in the way (unique violation). */
async function again<T>(attempt: () => Promise<T>): Promise<T> {
  return attempt().catch((error) => {
    if (!isTakenUid(error)) throw error;
    return attempt();
  });
}
