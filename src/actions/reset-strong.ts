// Takes away every second factor of an account, for somebody who lost device and recovery codes and whose identity was proved out of
// band. Services that demand strong authentication take the account in again once it is enrolled anew. Called by the command line.
import { holdAccount } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import { endArtefactsOf } from '../db/end-artefacts.ts';
import { enqueueNotice, type MailDeps } from './enqueue-mail.ts';
import { removeFactorsOf } from './second-factors.ts';
import type { Throttle } from './throttled.ts';

export type ResetStrongDeps = { database: Database; mail: MailDeps; throttle: Throttle };

/** Returns how many there were; undefined where the account is gone. */
export function resetStrong(
  { database, mail, throttle }: ResetStrongDeps,
  accountId: string,
): Promise<number | undefined> {
  return database.transaction(async (transaction) => {
    const account = await holdAccount(transaction, accountId);
    if (!account) return undefined;
    const removed = await removeFactorsOf(transaction, accountId);
    await throttle.clear(transaction, account.identifier, 'code');
    await recordAudit(transaction, { event: 'strong.reset', accountId, detail: { removed } });
    await enqueueNotice(transaction, mail, account, 'strong-reset');
    await endArtefactsOf(transaction, accountId);
    return removed;
  });
}
