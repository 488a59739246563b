// Starts an account again: a new provisional password in a new M1, everything under way ended. For someone whose
// provisional password has expired, or whose password is known to others. Called by the command line.
import { randomInt } from 'node:crypto';
import { setProvisionalPassword } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import { endArtefactsOf } from '../db/end-artefacts.ts';
import { withdrawMails } from '../db/mail.ts';
import type { Account } from '../domain/account.ts';
import { makeProvisionalPassword } from '../domain/provisional-password.ts';
import { type CreateAccountDeps, mailProvisionalPassword } from './create-account.ts';
import type { Throttle } from './throttled.ts';
import { distrustAll } from './trust-browser.ts';
import { voidMailLinks } from './void-mail-links.ts';

export async function resetAccount(
  deps: CreateAccountDeps & { throttle: Throttle },
  account: Account,
): Promise<Account> {
  const plainPassword = makeProvisionalPassword(deps.policy, randomInt);
  const passwordHash = await deps.hasher.hash(plainPassword);
  return deps.database.transaction(async (transaction) => {
    const reset = await setProvisionalPassword(
      transaction,
      account.id,
      passwordHash,
      deps.provisionalTtlSeconds,
    );
    if (!reset) return account;
    await deps.throttle.clear(transaction, account.identifier);
    await voidMailLinks(transaction, account.id);
    await distrustAll(transaction, account.id);
    await withdrawMails(transaction, account.id, ['account-created']);
    await mailProvisionalPassword(transaction, deps.mail, reset, plainPassword);
    await recordAudit(transaction, { event: 'account.reset', accountId: account.id });
    await endArtefactsOf(transaction, account.id);
    return reset;
  });
}
