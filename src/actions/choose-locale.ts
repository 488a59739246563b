// The language that a person's mails are written in. Called by interactions/account/language.ts.
import { setLocale } from '../db/account.ts';
import type { Database } from '../db/database.ts';
import { holdSignedIn } from '../db/session.ts';
import type { Account, Owner } from '../domain/account.ts';

export function chooseLocale(database: Database, owner: Owner, locale: Account['locale']): Promise<void> {
  return database.transaction(async (transaction) => {
    if (await holdSignedIn(transaction, owner)) await setLocale(transaction, owner.accountId, locale);
  });
}
