// Sign-outs that applications are still to be told of: jobs of the queue. Put in by oidc/backchannel-logout.ts and by whatever ends
// sessions (db/end-artefacts.ts, db/session.ts) or takes access away, worked off by jobs/tell-logout.ts.
import type { LogoutNotice } from '../domain/logout-notice.ts';
import type { Queryable } from './database.ts';

export async function enqueueLogouts(on: Queryable, notices: LogoutNotice[]): Promise<void> {
  if (notices.length === 0) return;
  await on.query('logout-notice/enqueue', [
    notices.map(({ clientId }) => clientId),
    notices.map(({ accountId }) => accountId),
    notices.map(({ sid }) => sid),
  ]);
}

/** Which sessions end: all but the one of `keptUid`, or that of `onlyUid`; at all applications or at one. */
export type EndOfSessions = { keptUid?: string | undefined; onlyUid?: string; clientId?: string };

/** Who is to be told of the end of sessions of an account. */
export async function listDueNotices(
  on: Queryable,
  accountId: string,
  { keptUid, onlyUid, clientId }: EndOfSessions,
): Promise<LogoutNotice[]> {
  const rows = await on.query<{ client_id: string; sid: string }>('logout-notice/list-due', [
    accountId,
    keptUid ?? null,
    onlyUid ?? null,
    clientId ?? null,
  ]);
  return rows.map((row) => ({ clientId: row.client_id, accountId, sid: row.sid }));
}
