// « Ce n'était pas moi »: closes every session, and no password signs anybody in until a reset. The person and the support
// are told. A mail address that was changed in the last thirty days is put back: the link to a new password must not go to whoever
// changed it. Called by interactions/account/activity.ts.
import { randomBytes } from 'node:crypto';
import type { PasswordHasher } from '../crypto/password-hasher.ts';
import { findAccountByEmail, replacePassword } from '../db/account.ts';
import { endArtefactsOf } from '../db/artefact.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database, Queryable } from '../db/database.ts';
import { findFormerEmail, forgetFormerEmails } from '../db/email-change.ts';
import type { Account } from '../domain/account.ts';
import { isMailAddress } from '../domain/mail-address.ts';
import { enqueueMail, type MailDeps } from './enqueue-mail.ts';
import { replaceEmail } from './replace-email.ts';
import { voidMailLinks } from './void-mail-links.ts';

export type SecureAccountDeps = {
  database: Database;
  hasher: PasswordHasher;
  mail: MailDeps;
  supportMail: string;
};

/** Tells whether an earlier mail address was put back. */
export async function secureAccount(
  { database, hasher, mail, supportMail }: SecureAccountDeps,
  account: Account,
  address: string,
): Promise<{ isAddressRestored: boolean }> {
  // Nobody's password: only a reset leads back.
  const passwordHash = await hasher.hash(randomBytes(32).toString('base64url'));
  const isAddressRestored = await database.transaction(async (transaction) => {
    if (!(await replacePassword(transaction, account.id, passwordHash))) return false;
    await voidMailLinks(transaction, account.id);
    const { id: accountId, identifier, email, locale } = account;
    const restored = await restoreAddress(transaction, mail, account, address);
    for (const to of [email, restored ?? []].flat().filter(isMailAddress))
      await enqueueMail(transaction, mail, { template: 'account-alarm', to, accountId, locale, params: {} });
    await enqueueMail(transaction, mail, {
      template: 'alarm-for-support',
      to: supportMail,
      accountId,
      locale: 'fr',
      params: { identifier },
    });
    await recordAudit(transaction, { event: 'account.secured', accountId, address });
    await endArtefactsOf(transaction, accountId);
    return restored !== undefined;
  });
  return { isAddressRestored };
}

/** Returns the address that was put back. */
async function restoreAddress(
  transaction: Queryable,
  mail: MailDeps,
  account: Account,
  address: string,
): Promise<string | undefined> {
  const former = await findFormerEmail(transaction, account.id);
  if (former === undefined || former === account.email || !isMailAddress(former)) return undefined;
  const owner = await findAccountByEmail(transaction, former);
  if (owner && owner.id !== account.id) return undefined;
  await replaceEmail(transaction, mail, account, former, { address, reason: 'restored' });
  await forgetFormerEmails(transaction, account.id);
  return former;
}
