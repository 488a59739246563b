// The table of everything the provider library stores. Parallel calls of one kind share a statement (db/batch.ts);
// every one-time use is decided by the statement itself. Called by oidc/adapter.ts and by actions that end sessions.
import { hash } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import type { AccountRow } from './account.ts';
import type { AuditEntry } from './audit.ts';
import { batch } from './batch.ts';
import type { Database, Queryable } from './database.ts';
import { isTakenUid } from './faults.ts';
import { enqueueLogouts, listDueNotices } from './logout-notice.ts';

export type StoredArtefact = {
  payload: AdapterPayload;
  /** What the same request reads next, when it is a token or a session. */
  session: AdapterPayload | null;
  grant: AdapterPayload | null;
  grantId: string | null;
  account: AccountRow | null;
};

export type NewArtefact = {
  model: string;
  id: string;
  payload: AdapterPayload;
  accountId: string | undefined;
  /** Seconds; undefined: for ever. */
  ttlSeconds: number | undefined;
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
/** Tries to find a session that is renamed again and again; one that was ended is never found. */
const MOST_FOLLOWS = 3;

type Lookup = { id: string; clientId: string | undefined };

/** An artefact ready to be written. */
export type ArtefactRow = { model: string; id: string; json: string };

/** What a login leaves in the account and in the trail. */
export type CompletedLogin = {
  accountId: string;
  /** Milliseconds since 1970: of the password that was proved. */
  passwordSetAt: number;
  clientId: string;
  address: string;
  detail: NonNullable<AuditEntry['detail']>;
};

/** What is used up by the writing: `rows` are stored only if it is won. */
export type Use = { model: string; id: string };

/** A login or consent that comes back to the provider: what else its use changes. */
export type Resumption = {
  /** Recorded with it; lost when the account was locked or its password changed meanwhile. */
  login: CompletedLogin | undefined;
  /** The id of the session that goes on under another one. */
  formerSessionId: string | undefined;
};

/** What is written together. */
export type ArtefactWrite = {
  use?: Use | undefined;
  rows: ArtefactRow[];
  resumption?: Resumption | undefined;
};

/**
 * `lost`: what it uses was used before, by however little; nothing is stored. `late`: its session has another id by now, or was
 * ended.
 */
export type Written = 'done' | 'lost' | 'late';

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

/** An escape for U+0000 or half a surrogate pair, as `JSON.stringify` writes them: PostgreSQL stores neither. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** A request carried text that is no text. Thrown by `toArtefactRow`. */
export class UnstorableText extends Error {
  constructor() {
    super('a value holds U+0000 or half a surrogate pair');
    this.name = 'UnstorableText';
  }
}

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

  const writer = () =>
    batch<{ usedId: string | undefined; rows: ArtefactRow[] }, Written>({
      keyOf: ({ usedId, rows }) => rows.map(({ id }) => id).concat(usedId ?? []),
      run: async (units) => {
        const usedIds = units.flatMap(({ usedId }) => usedId ?? []).sort();
        // Sorted, so that two processes never wait for each other.
        const rows = units.flatMap(({ usedId, rows }) =>
          rows.map(({ model, id, json }) => ({ model, id, json: requiring(json, usedId) })),
        );
        rows.sort(byId);
        const answer = await database.query<{ id: string; is_late: boolean }>('artefact/write', [
          usedIds,
          toJsonArray(rows),
          rows.flatMap(({ model, id }) => (model === 'Session' ? id : [])),
        ]);
        const winners = new Set<string>();
        const lateIds = new Set<string>();
        for (const { id, is_late: isLate } of answer) (isLate ? lateIds : winners).add(id);
        if (lateIds.size > 0) await follow(rows.filter(({ id }) => lateIds.has(id)));
        return units.map(({ usedId, rows }) => {
          if (usedId !== undefined && !winners.has(usedId)) return 'lost';
          return rows.some(({ id }) => lateIds.has(id)) ? 'late' : 'done';
        });
      },
    });

  const write = writer();
  // Logins under way are saved apart: these rows are used up by others, and no statement may hold some while it waits for
  // another that another statement holds.
  const save = writer();

  async function resume(usedId: string, rows: ArtefactRow[], resumption: Resumption): Promise<Written> {
    const { login, formerSessionId } = resumption;
    const [won] = await database.query<{ written: number }>('artefact/resume', [
      usedId,
      toJsonArray(rows.toSorted(byId)),
      login?.accountId ?? null,
      login?.clientId ?? null,
      login?.address ?? null,
      login?.detail ?? {},
      login?.passwordSetAt ?? null,
      formerSessionId === undefined ? null : rowId('Session', formerSessionId),
    ]);
    if (!won) return 'lost';
    return won.written < rows.length ? 'late' : 'done';
  }

  /** Sessions that were given another id while their request was under way: what it opened is added where they go on. */
  async function follow(late: ArtefactRow[]): Promise<void> {
    let left = late;
    for (let tries = 0; tries < MOST_FOLLOWS && left.length > 0; tries++) {
      const followed = await database.query<{ id: string }>('artefact/follow-session', [
        left.map(({ id }) => id),
        left.map(
          ({ json }) => (JSON.parse(json) as { payload: AdapterPayload }).payload.authorizations ?? {},
        ),
      ]);
      const done = new Set(followed.map(({ id }) => id));
      left = left.filter(({ id }) => !done.has(id));
    }
  }

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
    write: ({ use, rows, resumption }) => {
      if (use && resumption) return resume(rowId(use.model, use.id), rows, resumption);
      const unit = { usedId: use && rowId(use.model, use.id), rows };
      return use === undefined && rows.every(({ model }) => model === 'Interaction')
        ? save(unit)
        : write(unit);
    },
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

/** What goes on when the rest of an account's is ended. */
export type Kept = { sessionUid?: string | undefined; interactionUid?: string | undefined };

/**
 * Ends every session, grant, token and waiting interaction of an account, but for those in `kept`; applications that want to
 * hear of it are told. Called in a transaction that holds the account: what a login writes in between is seen.
 */
export async function endArtefactsOf(on: Queryable, accountId: string, kept: Kept = {}): Promise<void> {
  const interaction = kept.interactionUid === undefined ? null : rowId('Interaction', kept.interactionUid);
  const end = async () => {
    await enqueueLogouts(on, await listDueNotices(on, accountId, { keptUid: kept.sessionUid }));
    await on.query('artefact/end-for-account', [accountId, kept.sessionUid ?? null, interaction]);
  };
  await end();
  // A login that was just becoming a session: the first statement waited for it, the second sees what it made.
  await end();
}

/** Deletes every code, token and grant of an application: one that is given the same name later inherits nothing. */
export async function endArtefactsOfClient(on: Queryable, clientId: string): Promise<void> {
  await on.query('artefact/end-for-client', [clientId]);
}

/** Deletes every code, token and grant that an application has of an account. False when it had none. */
export async function endArtefactsOfAccountAtClient(
  on: Queryable,
  accountId: string,
  clientId: string,
): Promise<boolean> {
  return (await on.query('artefact/end-for-account-and-client', [accountId, clientId])).length > 0;
}

/** Once more where a row that was not there yet stood in the way (unique violation). */
async function again<T>(attempt: () => Promise<T>): Promise<T> {
  return attempt().catch((error) => {
    if (!isTakenUid(error)) throw error;
    return attempt();
  });
}

/** The row of a value: a digest, so that the table does not hold what opens a session. */
export function rowId(model: string, id: string): string {
  return model === 'Grant' ? `Grant:${id}` : hash('sha256', `${model}:${id}`, 'base64url');
}

/** Throws `UnstorableText`. */
export function toArtefactRow({ model, id, payload, accountId, ttlSeconds }: NewArtefact): ArtefactRow {
  // The value itself stays out of the row; oidc/adapter.ts puts it back from what was asked for.
  const row = {
    id: rowId(model, id),
    model,
    payload: { ...payload, jti: undefined },
    uid: payload.uid,
    // A waiting login knows the grant of the session it began in; it does not end with it.
    grant_id: model === 'Grant' ? id : model === 'Interaction' ? undefined : payload.grantId,
    user_code: payload.userCode,
    account_id: accountId,
    ttl: ttlSeconds,
  };
  const json = JSON.stringify(row);
  if (json.includes('\\u') && UNSTORABLE.test(json)) throw new UnstorableText();
  return { model, id: row.id, json };
}

const byId = (a: ArtefactRow, b: ArtefactRow) => (a.id < b.id ? -1 : 1);

function toJsonArray(rows: ArtefactRow[]): string {
  return `[${rows.map(({ json }) => json).join(',')}]`;
}

function requiring(json: string, usedId: string | undefined): string {
  return usedId === undefined ? json : `${json.slice(0, -1)},"requires":"${usedId}"}`;
}
