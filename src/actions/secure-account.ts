// « Ce n'était pas moi »: closes every session, and no password signs anybody in until a reset. The person and the support
// are told. A mail address that was changed in the last thirty days is put back where the person wants that: the link to a new
// password must not go to whoever changed it. Second factors that were added in that time go too. Called by
// interactions/account/activity.ts.
import { randomBytes } from 'node:crypto';
import type { PasswordHasher } from '../crypto/password-hasher.ts';
import { blockPassword, findAccountByEmail } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database, Queryable } from '../db/database.ts';
import { findFormerEmail, forgetFormerEmails } from '../db/email-change.ts';
import { endArtefactsOf } from '../db/end-artefacts.ts';
import { holdSignedIn } from '../db/session.ts';
import type { Account } from '../domain/account.ts';
import { isMailAddress } from '../domain/mail-address.ts';
import { enqueueMail, type MailDeps } from './enqueue-mail.ts';
import { replaceEmail } from './replace-email.ts';
import { removeRecentFactors } from './second-factors.ts';
import { distrustAll } from './trust-browser.ts';
import { voidMailLinks } from './void-mail-links.ts';

export type SecureAccountDeps = {
  database: Database;
  hasher: PasswordHasher;
  mail: MailDeps;
  supportMail: string;
};

export type Alarm = {
  account: Account;
  /** Of the browser that raises it: it ends with it. */
  sessionUid: string;
  address: string;
  /** What the person said of the mail address; undefined: their page knew of no change. */
  mailAddress: { keep: string } | 'restore' | undefined;
  /** They signed in by a second factor a moment ago. Nobody else may take one away: a mailbox, or an open session, must not be enough. */
  takesFactors: boolean;
};

/** What became of the mail address. */
export type SecuredAddress = 'kept' | 'restored' | 'taken';

/** Days: second factors younger than this may be an intruder's. */
export const SUSPECT_DAYS = 30;

/** The mail address of before the changes of thirty days, which the alarm would put back. */
export async function restorableEmail(
  on: Queryable,
  { id, email }: Pick<Account, 'id' | 'email'>,
): Promise<string | undefined> {
  const former = await findFormerEmail(on, id);
  const isOther = former !== undefined && former.toLowerCase() !== email.toLowerCase();
  return isOther && isMailAddress(former) ? former : undefined;
}

/**
 * Undefined when the session was closed meanwhile, by the first of two clicks or by somebody else. `unanswered`: nothing was done,
 * since the mail address has changed and the person has not said which to keep, or agreed to one that was replaced since. A thief's
 * must not be kept by a page that was older.
 */
export async function secureAccount(
  { database, hasher, mail, supportMail }: SecureAccountDeps,
  { account: { id: accountId }, sessionUid, address, mailAddress, takesFactors }: Alarm,
): Promise<SecuredAddress | 'unanswered' | undefined> {
  // Nobody's password: only a reset leads back.
  const passwordHash = await hasher.hash(randomBytes(32).toString('base64url'));
  return database.transaction(async (transaction) => {
    const account = await holdSignedIn(transaction, { accountId, sessionUid });
    const former = account && (await restorableEmail(transaction, account));
    const keepsThis = typeof mailAddress === 'object' && mailAddress.keep === account?.email;
    if (former !== undefined && mailAddress !== 'restore' && !keepsThis) return 'unanswered';
    if (!account || !(await blockPassword(transaction, accountId, passwordHash))) return undefined;
    await voidMailLinks(transaction, accountId);
    await distrustAll(transaction, accountId);
    const became =
      former !== undefined && mailAddress === 'restore'
        ? await restore(transaction, mail, account, former, address)
        : 'kept';
    const secondFactors = takesFactors
      ? await removeRecentFactors(transaction, mail, account, SUSPECT_DAYS, address)
      : 0;
    const { identifier, email, locale } = account;
    // Whoever raised it, and whoever had the address before: one of them is the owner.
    for (const to of [email, former ?? ''].filter(isMailAddress))
      await enqueueMail(transaction, mail, { template: 'account-alarm', to, accountId, locale, params: {} });
    await enqueueMail(transaction, mail, {
      template: 'alarm-for-support',
      to: supportMail,
      accountId,
      locale: 'fr',
      params: { identifier },
    });
    await recordAudit(transaction, {
      event: 'account.secured',
      accountId,
      address,
      detail: { mailAddress: became, secondFactors },
    });
    await endArtefactsOf(transaction, accountId);
    return became;
  });
}

async function restore(
  transaction: Queryable,
  mail: MailDeps,
  account: Account,
  former: string,
  address: string,
): Promise<'restored' | 'taken'> {
  const owner = await findAccountByEmail(transaction, former);
  if (owner && owner.id !== account.id) return 'taken';
  await replaceEmail(transaction, mail, account, former, { address, reason: 'restored' });
  await forgetFormerEmails(transaction, account.id);
  return 'restored';
}
