// What one request of the protocol writes, in one statement: the code with the session that has just been used for it,
// the new tokens with the use of the code or refresh token that they are issued for. The library awaits each by itself;
// here all but the last are answered at once, and the last waits for all. Called by adapter.ts.
import Provider, { errors } from 'oidc-provider';
import type { ArtefactRow, Artefacts } from '../db/artefact.ts';

type Use = { model: string; id: string };
const UNIT = Symbol('unit');

type Writer = { [UNIT]?: Unit };
type Unit = { use: Use | undefined; rows: ArtefactRow[]; done: Promise<void> | undefined };

export type RequestWrites = {
  /** Throws `InvalidGrant`, here or with the last row, when it was used before. */
  use(use: Use): Promise<void>;
  store(model: string, row: ArtefactRow): Promise<void>;
};

export function requestWrites(artefacts: Artefacts): RequestWrites {
  function unitOf(ctx: Writer): Unit {
    if (ctx[UNIT]) return ctx[UNIT];
    const unit: Unit = { use: undefined, rows: [], done: undefined };
    ctx[UNIT] = unit;
    // Written in this turn of the event loop even if the library, against its habit, has nothing more to write.
    setImmediate(() => write(unit).catch(() => undefined));
    return unit;
  }

  function write(unit: Unit): Promise<void> {
    unit.done ??= settle(unit);
    return unit.done;
  }

  async function settle({ use, rows }: Unit): Promise<void> {
    if ((await artefacts.write({ use, rows })) || use === undefined) return;
    // A code or refresh token presented twice: whatever the winner obtained goes too (RFC 6749 §4.1.2, RFC 9700 §4.14).
    await artefacts.revokeGrantOf(use.model, use.id);
    throw new errors.InvalidGrant(`${use.model} was used before`);
  }

  return {
    async use(use) {
      const ctx = Provider.ctx;
      if (ctx?.oidc.route !== 'token' || (ctx as Writer)[UNIT])
        return settle({ use, rows: [], done: undefined });
      unitOf(ctx as Writer).use = use;
    },
    async store(model, row) {
      const ctx = Provider.ctx;
      if (ctx && isFollowed(model)) {
        const unit = unitOf(ctx as Writer);
        if (unit.done === undefined) {
          unit.rows.push(row);
          return;
        }
      }
      const begun = (ctx as Writer | undefined)?.[UNIT];
      if (begun === undefined) return settle({ use: undefined, rows: [row], done: undefined });
      if (begun.done === undefined) {
        begun.rows.push(row);
        return write(begun);
      }
      // On its way already: what it uses up must be won before anything is issued for it.
      await begun.done;
      return settle({ use: undefined, rows: [row], done: undefined });
    },
  };
}

/** Whether the library always writes something else after this one, in the same turn, before it answers. */
function isFollowed(model: string): boolean {
  const { route, params } = Provider.ctx!.oidc;
  // By the session, at the latest.
  if (model === 'AuthorizationCode' || model === 'Grant')
    return route === 'authorization' || route === 'resume';
  // By the access token.
  return model === 'RefreshToken' && route === 'token' && params?.grant_type === 'refresh_token';
}
