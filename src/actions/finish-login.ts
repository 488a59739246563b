// Records a login that is complete: the account's last login, and the trail. Called by the dispatcher alone.
import { recordLogin } from '../db/account.ts';
import type { Database } from '../db/database.ts';
import type { LoginProgress } from '../domain/login-flow.ts';

export type FinishLoginDeps = { database: Database };

export async function finishLogin(
  { database }: FinishLoginDeps,
  { progress, clientId, address }: { progress: LoginProgress; clientId: string; address: string },
): Promise<void> {
  const { accountId, method, acr, sharedComputer } = progress;
  await recordLogin(database, accountId, { clientId, address, detail: { method, acr, sharedComputer } });
}
