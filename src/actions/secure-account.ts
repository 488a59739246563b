// « Ce n'était pas moi »: closes every session, and no password signs anybody in until a reset. The person and the support
// are told. Called by interactions/account/activity.ts.
import { randomBytes } from 'node:crypto';
import type { PasswordHasher } from '../crypto/password-hasher.ts';
import { replacePassword } from '../db/account.ts';
import { endArtefactsOf } from '../db/artefact.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import type { Account } from '../domain/account.ts';
import { enqueueMail, type MailDeps } from './enqueue-mail.ts';
import { voidMailLinks } from './void-mail-links.ts';

export type SecureAccountDeps = {
  database: Database;
  hasher: PasswordHasher;
  mail: MailDeps;
  supportMail: string;
};

export async function secureAccount(
  { database, hasher, mail, supportMail }: SecureAccountDeps,
  account: Account,
  address: string,
): Promise<void> {
  // Nobody's password: only a reset leads back.
  const passwordHash = await hasher.hash(randomBytes(32).toString('base64url'));
  await database.transaction(async (transaction) => {
    if (!(await replacePassword(transaction, account.id, passwordHash))) return;
    await voidMailLinks(transaction, account.id);
    const { id: accountId, identifier, email, locale } = account;
    await enqueueMail(transaction, mail, {
      template: 'account-alarm',
      to: email,
      accountId,
      locale,
      params: {},
    });
    await enqueueMail(transaction, mail, {
      template: 'alarm-for-support',
      to: supportMail,
      accountId,
      locale: 'fr',
      params: { identifier },
    });
    await recordAudit(transaction, { event: 'account.secured', accountId, address });
    await endArtefactsOf(transaction, accountId);
  });
}
