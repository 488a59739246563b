// « Mot de passe oublié »: mails a link to a new password, or does not, and nobody can tell which: unknown, locked and
// flooded accounts take the same steps and get the same answer. Called by interactions/account/forgot.ts, after the captcha.
import { findAccountByIdentifier } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database, Queryable } from '../db/database.ts';
import { withdrawMails } from '../db/mail.ts';
import { insertPasswordReset, lockPasswordResets, type ResetLimits } from '../db/password-reset.ts';
import type { Account } from '../domain/account.ts';
import { makeDecoyAddress } from '../domain/decoy-address.ts';
import { normaliseIdentifier } from '../domain/identifier.ts';
import { isMailAddress, maskMailAddress } from '../domain/mail-address.ts';
import { networkOf } from '../domain/network.ts';
import { hashResetToken, makeResetToken } from '../domain/reset-token.ts';
import { enqueueMail, type MailDeps } from './enqueue-mail.ts';

export type RequestPasswordResetDeps = {
  database: Database;
  mail: MailDeps;
  /** Links in mails are built from it and nothing else. */
  issuer: string;
  resetLimits: ResetLimits;
  decoy: { key: Buffer; domains: string[] };
};

export type PasswordResetRequest = { identifier: string; address: string };

/** Returns the masked address to show: the account's, or the decoy of an identifier that nobody has. */
export async function requestPasswordReset(
  deps: RequestPasswordResetDeps,
  { identifier, address }: PasswordResetRequest,
): Promise<string> {
  const account = await findAccountByIdentifier(deps.database, identifier);
  const token = makeResetToken();
  const network = networkOf(address);
  await deps.database.transaction(async (transaction) => {
    await lockPasswordResets(transaction, account?.id, network);
    const expiresAt = await insertPasswordReset(
      transaction,
      {
        tokenHash: hashResetToken(token)!,
        accountId: account && isMailAddress(account.email) ? account.id : undefined,
        network,
      },
      deps.resetLimits,
    );
    if (account && expiresAt) await mailLink(transaction, deps, account, token, expiresAt);
    await recordAudit(transaction, {
      event: 'password.reset-requested',
      accountId: account?.id,
      address,
      detail: { result: expiresAt ? 'mailed' : toReason(account) },
    });
  });
  return shownAddress(deps, identifier, account);
}

async function mailLink(
  transaction: Queryable,
  { mail, issuer }: RequestPasswordResetDeps,
  account: Account,
  token: string,
  expiresAt: Date,
): Promise<void> {
  // One that still waits holds a link that is dead by now.
  await withdrawMails(transaction, account.id, ['reset-requested']);
  await enqueueMail(transaction, mail, {
    template: 'reset-requested',
    to: account.email,
    accountId: account.id,
    locale: account.locale,
    params: {},
    secret: `${issuer}/account/reset?token=${token}`,
    expiresAt,
  });
}

/** For the operator who is asked why no mail came. */
function toReason(account: Account | undefined): string {
  if (!account) return 'unknown';
  return account.lockedAt ? 'locked' : 'limited';
}

function shownAddress(
  { decoy }: Pick<RequestPasswordResetDeps, 'decoy'>,
  identifier: string,
  account: Account | undefined,
): string {
  // Made for everybody: it takes the same time.
  const made = makeDecoyAddress(decoy.key, normaliseIdentifier(identifier), decoy.domains);
  return account ? maskMailAddress(account.email) : made;
}
