// Sign-outs that applications are still to be told of: jobs of the queue. Put in by oidc/backchannel-logout.ts, worked off
// by jobs/tell-logout.ts.
import type { LogoutNotice } from '../domain/logout-notice.ts';
import type { Queryable } from './database.ts';

export async function enqueueLogout(
  on: Queryable,
  { clientId, accountId, sid }: LogoutNotice,
): Promise<void> {
  await on.query('logout-notice/enqueue', [clientId, accountId, sid]);
}
