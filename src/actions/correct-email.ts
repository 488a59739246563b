// Gives an account another mail address without a link: for somebody whose identity was proved otherwise. Called by the command line.
import { holdAccount, isEmailTaken } from '../db/account.ts';
import type { Database } from '../db/database.ts';
import { forgetFormerEmails } from '../db/email-change.ts';
import type { Account } from '../domain/account.ts';
import { isMailAddress } from '../domain/mail-address.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { MailDeps } from './enqueue-mail.ts';
import { replaceEmail } from './replace-email.ts';

/** Nothing before it is put back by « Ce n'était pas moi ». Failure codes: `email.invalid`, `account.emailTaken`, `account.locked`. */
export async function correctEmail(
  { database, mail }: { database: Database; mail: MailDeps },
  { id }: Account,
  email: string,
): Promise<Outcome> {
  if (!isMailAddress(email)) return { ok: false, code: 'email.invalid' };
  try {
    const isChanged = await database.transaction(async (transaction) => {
      const account = await holdAccount(transaction, id);
      if (!account || !(await replaceEmail(transaction, mail, account, email, { reason: 'operator' })))
        return false;
      await forgetFormerEmails(transaction, id);
      return true;
    });
    return isChanged ? { ok: true } : { ok: false, code: 'account.locked' };
  } catch (error) {
    if (isEmailTaken(error)) return { ok: false, code: 'account.emailTaken' };
    throw error;
  }
}
