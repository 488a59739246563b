// Sessions of a demo site: in memory, under a random cookie of the browser. What an answer of the provider must match
// (state, nonce, PKCE) is kept here, so that no other browser can bring it. Used by site.ts.
import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import type { Pending, SignedIn } from './relying-party.ts';

export type Visit = {
  /** Sign-ins under way, by `state`: several tabs may have one each. */
  pending: Map<string, Pending>;
  person?: SignedIn | undefined;
  /** Shown once on the next page. */
  notice?: string | undefined;
};

const MOST_VISITS = 1_000;
const MOST_PENDING = 10;

export function createVisits(cookie: string, secure: boolean) {
  const visits = new Map<string, Visit>();
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure, signed: false } as const;

  const start = (ctx: Context, visit: Visit): Visit => {
    const id = randomBytes(32).toString('base64url');
    if (visits.size >= MOST_VISITS) visits.delete(visits.keys().next().value!);
    visits.set(id, visit);
    ctx.cookies.set(cookie, id, options);
    return visit;
  };
  const idOf = (ctx: Context) => ctx.cookies.get(cookie, { signed: false }) ?? '';
  const find = (ctx: Context): Visit | undefined => visits.get(idOf(ctx));

  return {
    find,
    begin(ctx: Context, pending: Pending): void {
      const visit = find(ctx) ?? start(ctx, { pending: new Map() });
      if (visit.pending.size >= MOST_PENDING) visit.pending.delete(visit.pending.keys().next().value!);
      visit.pending.set(pending.state, pending);
    },
    /** The sign-in that an answer belongs to; each is answered once. */
    take(ctx: Context, state: unknown): Pending | undefined {
      const pending = find(ctx)?.pending;
      const found = pending?.get(String(state));
      pending?.delete(String(state));
      return found;
    },
    /** A new cookie: the one from before signing in may be known to somebody else. */
    signIn(ctx: Context, person: SignedIn): void {
      const pending = find(ctx)?.pending ?? new Map();
      visits.delete(idOf(ctx));
      start(ctx, { pending, person });
    },
    /** Wherever somebody is signed in by this session of the provider. */
    endSession(sid: string, notice: string): void {
      for (const [id, { pending, person }] of visits)
        if (person?.claims.sid === sid) visits.set(id, { pending, notice });
    },
    signOut(ctx: Context, notice: string): void {
      visits.delete(idOf(ctx));
      start(ctx, { pending: new Map(), notice });
    },
  };
}
