// Gives an account another mail address, in the caller's transaction: both addresses are told, and every link that was mailed to the
// one of before is void. Called when a link was confirmed, when a change was not its owner's, and by the command line.
import { setEmail } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Queryable } from '../db/database.ts';
import type { Account } from '../domain/account.ts';
import { isMailAddress, maskForStranger } from '../domain/mail-address.ts';
import { enqueueMail, type MailDeps } from './enqueue-mail.ts';
import { voidMailLinks } from './void-mail-links.ts';

/**
 * False when the account is locked or gone. Throws what `isEmailTaken` (db/account.ts) knows when another account has the address.
 * @param address where the request came from; undefined: the command line
 */
export async function replaceEmail(
  transaction: Queryable,
  mail: MailDeps,
  account: Account,
  email: string,
  { address, reason }: { address?: string; reason: 'confirmed' | 'restored' | 'operator' },
): Promise<boolean> {
  if (!(await setEmail(transaction, account.id, email))) return false;
  await voidMailLinks(transaction, account.id);
  for (const to of new Set([account.email, email].filter(isMailAddress)))
    await enqueueMail(transaction, mail, {
      template: 'email-changed',
      to,
      accountId: account.id,
      locale: account.locale,
      params: { newAddress: email },
    });
  await recordAudit(transaction, {
    event: 'email.changed',
    accountId: account.id,
    address,
    detail: { from: maskForStranger(account.email), to: maskForStranger(email), reason },
  });
  return true;
}
