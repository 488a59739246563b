// The language that a person's mails are written in. Called by interactions/account/language.ts.
import { setLocale } from '../db/account.ts';
import type { Database } from '../db/database.ts';
import { holdSignedIn } from '../db/session.ts';
import type { Account, Owner } from '../domain/account.ts';

/** False where the session was closed meanwhile. */
export function chooseLocale(database: Database, owner: Owner, locale: Account['locale']): Promise<boolean> {
  return database.transaction(async (transaction) => {
    if (!(await holdSignedIn(transaction, owner))) return false;
    await setLocale(transaction, owner.accountId, locale);
    return true;
  });
}
