// Gives somebody a link to their first second factor: by mail, or for an administrator to show. What stands in a mail is good for
// nothing without the password. Called by the command line.
import { holdAccount } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import { replaceEnrolmentLink } from '../db/enrolment-link.ts';
import { withdrawMails } from '../db/mail.ts';
import { hashLinkToken, makeLinkToken } from '../domain/link-token.ts';
import { isMailAddress } from '../domain/mail-address.ts';
import type { Outcome } from '../domain/outcome.ts';
import { enqueueMail, type MailDeps } from './enqueue-mail.ts';
import { hasStrong } from './second-factors.ts';

export type InviteStrongDeps = {
  database: Database;
  mail: MailDeps;
  /** The link is built from it and nothing else. */
  issuer: string;
  ttlSeconds: number;
};

export const ENROLMENT_LINK_PATH = '/account/strong/link';

/** Failure codes: `account.locked`, `account.noAddress`; `account.hasStrong`: `resetStrong` comes first. */
export function inviteStrong(
  { database, mail, issuer, ttlSeconds }: InviteStrongDeps,
  accountId: string,
  { isMailed }: { isMailed: boolean },
): Promise<Outcome<{ link: string; expiresAt: Date }>> {
  const token = makeLinkToken();
  const link = `${issuer}${ENROLMENT_LINK_PATH}?token=${token}`;
  return database.transaction(async (transaction) => {
    const account = await holdAccount(transaction, accountId);
    if (!account || account.lockedAt !== undefined) return { ok: false, code: 'account.locked' };
    if (await hasStrong(transaction, accountId)) return { ok: false, code: 'account.hasStrong' };
    const { email, locale } = account;
    if (isMailed && !isMailAddress(email)) return { ok: false, code: 'account.noAddress' };
    const expiresAt = await replaceEnrolmentLink(transaction, accountId, hashLinkToken(token)!, ttlSeconds);
    // One that still waits holds a link that is dead by now.
    await withdrawMails(transaction, accountId, ['strong-invited']);
    if (isMailed)
      await enqueueMail(transaction, mail, {
        template: 'strong-invited',
        to: email,
        accountId,
        locale,
        params: {},
        secret: link,
        expiresAt,
      });
    await recordAudit(transaction, { event: 'strong.invited', accountId, detail: { isMailed } });
    return { ok: true, link, expiresAt };
  });
}
