// Records a login that is complete: the account's last login, and the trail. Called by the dispatcher alone, before it
// makes the login good: a reset or a lock that is under way is waited for, and wins.
import { recordLogin } from '../db/account.ts';
import type { Database } from '../db/database.ts';
import type { LoginProgress } from '../domain/login-flow.ts';

export type FinishLoginDeps = { database: Database };

/** False, and nothing recorded, when the account is locked or gone by now, or its password another. */
export async function finishLogin(
  { database }: FinishLoginDeps,
  { progress, clientId, address }: { progress: LoginProgress; clientId: string; address: string },
): Promise<boolean> {
  const { accountId, passwordSetAt, method, acr, sharedComputer } = progress;
  const detail = { method, acr, sharedComputer };
  return recordLogin(database, accountId, passwordSetAt, { clientId, address, detail });
}
