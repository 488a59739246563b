// Writes what one request stores, and uses up what it stores that for: one statement, which parallel requests share but for the end
// of a login or consent. Part of db/artefact.ts.
import type { AdapterPayload } from 'oidc-provider';
import { type ArtefactRow, rowId } from './artefact-row.ts';
import type { AuditEntry } from './audit.ts';
import { batch } from './batch.ts';
import type { Database } from './database.ts';

/** Tries to find a session that is renamed again and again; one that was ended is never found. */
const MOST_FOLLOWS = 3;

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
export type Use = { model: string; id: string; resumption?: Resumption | undefined };

/** A login or consent that comes back to the provider: what else its use changes. */
export type Resumption = {
  /** Recorded with it; lost when the account was locked or its password changed meanwhile. */
  login: CompletedLogin | undefined;
  /** The id of the session that goes on under another one. */
  formerSessionId: string | undefined;
};

/** What is written together. */
export type ArtefactWrite = { use?: Use | undefined; rows: ArtefactRow[] };

/**
 * `lost`: what it uses was used before, by however little; nothing is stored. `late`: its session has another id by now, or was
 * ended.
 */
export type Written = 'done' | 'lost' | 'late';

export function artefactWriter(database: Database): (unit: ArtefactWrite) => Promise<Written> {
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
        const isLost = ({ usedId }: { usedId: string | undefined }) =>
          usedId !== undefined && !winners.has(usedId);
        const stored = units.filter((unit) => !isLost(unit)).flatMap((unit) => unit.rows);
        await follow(stored.filter(({ id }) => lateIds.has(id)));
        return units.map((unit) => {
          if (isLost(unit)) return 'lost';
          const { rows } = unit;
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

  return ({ use, rows }) => {
    if (use?.resumption) return resume(rowId(use.model, use.id), rows, use.resumption);
    const unit = { usedId: use && rowId(use.model, use.id), rows };
    return use === undefined && rows.every(({ model }) => model === 'Interaction') ? save(unit) : write(unit);
  };
}

const byId = (a: ArtefactRow, b: ArtefactRow) => (a.id < b.id ? -1 : 1);

function toJsonArray(rows: ArtefactRow[]): string {
  return `[${rows.map(({ json }) => json).join(',')}]`;
}

function requiring(json: string, usedId: string | undefined): string {
  return usedId === undefined ? json : `${json.slice(0, -1)},"requires":"${usedId}"}`;
}
