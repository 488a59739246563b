// Makes a new mail address good, by its link: one transaction with the notices to both addresses, the trail, and the end of every
// link that was mailed to the one of before. Called by interactions/account/email.ts.
import { holdAccount, isEmailTaken, setEmail } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database, Queryable } from '../db/database.ts';
import { consumeEmailChange, findAwaitedEmail, findEmailChange } from '../db/email-change.ts';
import type { Account } from '../domain/account.ts';
import { hashLinkToken } from '../domain/link-token.ts';
import { isMailAddress, maskForStranger } from '../domain/mail-address.ts';
import type { Outcome } from '../domain/outcome.ts';
import { enqueueMail, type MailDeps } from './enqueue-mail.ts';
import { voidMailLinks } from './void-mail-links.ts';

export type ConfirmEmailChangeDeps = { database: Database; mail: MailDeps };

export type EmailConfirmation = { account: Account; token: string; address: string };

/** Whose link this is, and the new address, while it is good. Uses nothing up. */
export async function findEmailLink(
  { database }: Pick<ConfirmEmailChangeDeps, 'database'>,
  token: string,
): Promise<{ accountId: string; email: string } | undefined> {
  const tokenHash = hashLinkToken(token);
  return tokenHash && findEmailChange(database, tokenHash);
}

/** The address that waits for its link to be opened. */
export function awaitedEmail(database: Queryable, accountId: string): Promise<string | undefined> {
  return findAwaitedEmail(database, accountId);
}

/** Failure code: `email.linkDead`, also when the address went to another account meanwhile. */
export async function confirmEmailChange(
  { database, mail }: ConfirmEmailChangeDeps,
  { account, token, address }: EmailConfirmation,
): Promise<Outcome> {
  const tokenHash = hashLinkToken(token);
  const isChanged =
    tokenHash !== undefined &&
    (await database
      .transaction(async (transaction) => {
        await holdAccount(transaction, account.id);
        const email = await consumeEmailChange(transaction, tokenHash, account.id);
        const updated = email && (await setEmail(transaction, account.id, email));
        if (!updated) return false;
        await voidMailLinks(transaction, account.id);
        for (const to of [account.email, updated.email].filter(isMailAddress))
          await enqueueMail(transaction, mail, {
            template: 'email-changed',
            to,
            accountId: account.id,
            locale: account.locale,
            params: { newAddress: updated.email },
          });
        await recordAudit(transaction, {
          event: 'email.changed',
          accountId: account.id,
          address,
          detail: { from: maskForStranger(account.email), to: maskForStranger(updated.email) },
        });
        return true;
      })
      .catch((error) => {
        if (isEmailTaken(error)) return false;
        throw error;
      }));
  return isChanged ? { ok: true } : { ok: false, code: 'email.linkDead' };
}
