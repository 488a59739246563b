// Demands strong authentication of one account for every service, or leaves that to the services again. Called by the command line.
import { holdAccount, setMinimumAcr } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import { endArtefactsOf } from '../db/end-artefacts.ts';
import type { Account } from '../domain/account.ts';
import { STRONG_ACR } from '../domain/acr.ts';

/** Sessions end where it is demanded from now on: they may have been opened by a password alone. Undefined where the account is gone. */
export function requireStrong(
  database: Database,
  accountId: string,
  isRequired: boolean,
): Promise<Account | undefined> {
  return database.transaction(async (transaction) => {
    const account = await holdAccount(transaction, accountId);
    const minimumAcr = isRequired ? STRONG_ACR : undefined;
    if (!account || account.minimumAcr === minimumAcr) return account;
    const changed = await setMinimumAcr(transaction, accountId, minimumAcr);
    await recordAudit(transaction, { event: isRequired ? 'strong.required' : 'strong.optional', accountId });
    if (isRequired) await endArtefactsOf(transaction, accountId);
    return changed;
  });
}
