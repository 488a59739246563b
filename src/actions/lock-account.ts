// Keeps an account from signing in by any method, at once: what it has under way ends with it. And the way back.
// Called by the command line.
import { lockAccount as markLocked, unlockAccount as markUnlocked } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import { endArtefactsOf } from '../db/end-artefacts.ts';
import type { Account } from '../domain/account.ts';
import { distrustAll } from './trust-browser.ts';
import { voidMailLinks } from './void-mail-links.ts';

/** @param reason for the trail and the operator, never shown to the person */
export async function lockAccount(database: Database, account: Account, reason?: string): Promise<Account> {
  return database.transaction(async (transaction) => {
    const locked = await markLocked(transaction, account.id, reason);
    await voidMailLinks(transaction, account.id);
    await distrustAll(transaction, account.id);
    await recordAudit(transaction, { event: 'account.locked', accountId: account.id, detail: { reason } });
    await endArtefactsOf(transaction, account.id);
    return locked ?? account;
  });
}

/** Does nothing to an account that is not locked. */
export async function unlockAccount(database: Database, account: Account): Promise<Account> {
  return database.transaction(async (transaction) => {
    const unlocked = await markUnlocked(transaction, account.id);
    if (!unlocked) return account;
    await recordAudit(transaction, { event: 'account.unlocked', accountId: account.id });
    // A login that was under way when the account was locked may have ended after it.
    await endArtefactsOf(transaction, account.id);
    return unlocked;
  });
}
