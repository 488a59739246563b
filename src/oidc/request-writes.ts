// What one request of the protocol writes, in one statement: the code with the session that has just been used for it
// and the end of the login behind it, the new tokens with the use of the code or refresh token that they are issued for.
// The library awaits each by itself; here all but the last are answered at once, and the last, or the end of the request,
// waits for all. Called by adapter.ts; app.ts puts `finish` around the provider.
import type { Context, Next } from 'koa';
import Provider, { errors } from 'oidc-provider';
import type { Artefacts } from '../db/artefact.ts';
import type { ArtefactRow } from '../db/artefact-row.ts';
import type { CompletedLogin, Use } from '../db/artefact-writer.ts';
import { withdrawSessionCookie } from '../http/session-cookies.ts';

const UNIT = Symbol('unit');
const emptyUnit = (): Unit => ({ use: undefined, rows: [], done: undefined });

/** A request's context. */
type HasUnit = { [UNIT]?: Unit };
type Unit = {
  use: Use | undefined;
  rows: ArtefactRow[];
  done: Promise<void> | undefined;
};

export type RequestWrites = {
  /**
   * A code, a refresh token, or the login that becomes a session. When it was used before, or was ended meanwhile,
   * nothing is stored; throws `InvalidGrant` or `SessionNotFound`, here or with the last row. To end a login that nothing
   * comes of is no use: it may be over already.
   */
  use(use: Use): Promise<void>;
  /** `use` of an interaction that a request takes up, with the login that it ends with, if it is one. */
  resume(interactionId: string, login: CompletedLogin | undefined): Promise<void>;
  /** The session gets another id, by the row that is stored next. */
  releaseSession(id: string): Promise<void>;
  store(model: string, row: ArtefactRow): Promise<void>;
  /** Koa middleware around the provider: writes what waits for more that never came, before the answer leaves. */
  finish(ctx: Context, next: Next): Promise<void>;
};

export function requestWrites(artefacts: Artefacts): RequestWrites {
  function unitOf(ctx: HasUnit): Unit {
    ctx[UNIT] ??= emptyUnit();
    return ctx[UNIT];
  }

  function write(unit: Unit): Promise<void> {
    unit.done ??= settle(unit);
    return unit.done;
  }

  async function settle({ use, rows }: Unit): Promise<void> {
    const written = await artefacts.write({ use, rows });
    // Its cookie would be an old one.
    if (written === 'late' && Provider.ctx) Provider.ctx.state.isSessionLate = true;
    if (written !== 'lost' || use === undefined) return;
    if (use.model === 'Interaction') {
      if (rows.length === 0) return;
      throw new errors.SessionNotFound('the login was finished or ended meanwhile');
    }
    // A code or refresh token presented twice: whatever the winner obtained goes too (RFC 6749 §4.1.2, RFC 9700 §4.14).
    await artefacts.revokeGrantOf(use.model, use.id);
    throw new errors.InvalidGrant(`${use.model} was used before`);
  }

  return {
    async use(use) {
      const ctx = Provider.ctx;
      if (ctx?.oidc.route !== 'token' || (ctx as HasUnit)[UNIT]) return settle({ ...emptyUnit(), use });
      unitOf(ctx as HasUnit).use = use;
    },
    async resume(interactionId, login) {
      const ctx = Provider.ctx;
      const use = { model: 'Interaction', id: interactionId };
      if (ctx?.oidc.route !== 'resume' || (ctx as HasUnit)[UNIT]) return settle({ ...emptyUnit(), use });
      unitOf(ctx as HasUnit).use = { ...use, resumption: { login, formerSessionId: undefined } };
    },
    async releaseSession(id) {
      const unit = (Provider.ctx as HasUnit | undefined)?.[UNIT];
      const resumption = unit?.use?.resumption;
      if (!unit || !resumption) return artefacts.releaseSessionId(id);
      // After a failure the library stores the session once more: the one of before stays as it is.
      if (unit.done !== undefined) return unit.done;
      resumption.formerSessionId = id;
    },
    async store(model, row) {
      const ctx = Provider.ctx;
      if (ctx && isFollowed(model)) {
        const unit = unitOf(ctx as HasUnit);
        if (unit.done === undefined) {
          unit.rows.push(row);
          return;
        }
      }
      const begun = (ctx as HasUnit | undefined)?.[UNIT];
      if (begun === undefined) return settle({ ...emptyUnit(), rows: [row] });
      if (begun.done === undefined) {
        // Should the use be lost: the library first makes a redirect of the error, then stores the session once more,
        // which is refused like the first time, and http/errors.ts answers.
        begun.rows.push(row);
        return write(begun);
      }
      // On its way already: what it uses up must be won before anything is issued for it.
      await begun.done;
      return settle({ ...emptyUnit(), rows: [row] });
    },
    async finish(ctx, next) {
      await next();
      if (ctx.state.isSessionLate) withdrawSessionCookie(ctx);
      const unit = (ctx as HasUnit)[UNIT];
      // Of a request that failed nothing is used up: it can be sent again.
      if (unit === undefined || unit.done !== undefined || ctx.status >= 500) return;
      await write(unit).catch((error) => {
        // Nothing was issued for it, and the answer is a refusal already.
        if (!(error instanceof errors.InvalidGrant) || ctx.status < 400) throw error;
      });
    },
  };
}

/** Whether the library writes something else after this one before it answers; where it does not, `finish` does. */
function isFollowed(model: string): boolean {
  const { route, params } = Provider.ctx!.oidc;
  // By the session, at the latest.
  if (model === 'AuthorizationCode' || model === 'Grant')
    return route === 'authorization' || route === 'resume';
  // A further question, such as the consent, after a login: the session comes with it.
  if (model === 'Interaction') return route === 'resume';
  // By the access token.
  return model === 'RefreshToken' && route === 'token' && params?.grant_type === 'refresh_token';
}
