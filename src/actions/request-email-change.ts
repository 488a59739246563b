// Mails a link to a new mail address, and a notice to the one of before: nothing changes until somebody who is signed in opens the
// link. Called by interactions/account/email.ts.
import { findAccountByEmail } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import { type EmailChangeLimits, insertEmailChange } from '../db/email-change.ts';
import { withdrawMails } from '../db/mail.ts';
import { holdSignedIn } from '../db/session.ts';
import type { Account } from '../domain/account.ts';
import { hashLinkToken, makeLinkToken } from '../domain/link-token.ts';
import { isMailAddress, maskForStranger } from '../domain/mail-address.ts';
import type { Outcome } from '../domain/outcome.ts';
import { enqueueMail, type MailDeps } from './enqueue-mail.ts';

export type RequestEmailChangeDeps = {
  database: Database;
  mail: MailDeps;
  /** Links in mails are built from it and nothing else. */
  issuer: string;
  linkLimits: EmailChangeLimits;
};

export type EmailChangeRequest = { account: Account; sessionUid: string; email: string; address: string };

/** Failure codes: `email.invalid`, `email.same`, `email.tooMany`; `account.signedOut`: meanwhile. Whether somebody has the address already is told to its owner only. */
export async function requestEmailChange(
  { database, mail, issuer, linkLimits }: RequestEmailChangeDeps,
  { account, sessionUid, email, address }: EmailChangeRequest,
): Promise<Outcome> {
  if (!isMailAddress(email)) return { ok: false, code: 'email.invalid' };
  if (email.toLowerCase() === account.email.toLowerCase()) return { ok: false, code: 'email.same' };
  const token = makeLinkToken();
  const { id: accountId, locale } = account;
  const isAsked = await database.transaction(async (transaction) => {
    const held = await holdSignedIn(transaction, { accountId, sessionUid });
    if (!held) return undefined;
    const change = { tokenHash: hashLinkToken(token)!, accountId, email };
    const expiresAt = await insertEmailChange(transaction, change, linkLimits);
    if (!expiresAt) return false;
    // One that still waits holds a link that is dead by now.
    await withdrawMails(transaction, accountId, ['email-change-requested']);
    const owner = await findAccountByEmail(transaction, email);
    const common = { accountId, locale, params: {} };
    if (owner === undefined || owner.id === accountId) {
      const secret = `${issuer}/account/email?token=${token}`;
      const order = { template: 'email-change-requested', to: email, secret, expiresAt } as const;
      await enqueueMail(transaction, mail, { ...common, ...order });
    } else
      await enqueueMail(transaction, mail, {
        template: 'email-in-use',
        to: owner.email,
        accountId: owner.id,
        locale: owner.locale,
        params: {},
      });
    if (isMailAddress(held.email))
      await enqueueMail(transaction, mail, {
        ...common,
        template: 'email-change-notice',
        to: held.email,
        params: { newAddress: email },
      });
    await recordAudit(transaction, {
      event: 'email.change-requested',
      accountId,
      address,
      detail: { to: maskForStranger(email) },
    });
    return true;
  });
  if (isAsked === undefined) return { ok: false, code: 'account.signedOut' };
  return isAsked ? { ok: true } : { ok: false, code: 'email.tooMany' };
}
