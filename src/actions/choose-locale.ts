// The language that a person's mails are written in. Called by interactions/account/language.ts.
import { setLocale } from '../db/account.ts';
import type { Queryable } from '../db/database.ts';
import type { Account } from '../domain/account.ts';

export function chooseLocale(
  database: Queryable,
  accountId: string,
  locale: Account['locale'],
): Promise<void> {
  return setLocale(database, accountId, locale);
}
