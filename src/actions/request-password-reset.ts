// « Mot de passe oublié »: mails a link to a new password, or does not, and nobody can tell which: unknown, locked, mail-less
// and flooded accounts get the same answer after nearly the same work (the benchmark measures the difference). Called by
// interactions/account/forgot.ts, after the captcha.
import { findAccountByIdentifier } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database, Queryable } from '../db/database.ts';
import { withdrawMails } from '../db/mail.ts';
import { insertPasswordReset, lockPasswordResets, type ResetLimits } from '../db/password-reset.ts';
import type { Account } from '../domain/account.ts';
import { makeDecoyAddress } from '../domain/decoy-address.ts';
import { normaliseIdentifier } from '../domain/identifier.ts';
import { hashLinkToken, makeLinkToken } from '../domain/link-token.ts';
import { isMailAddress, maskForStranger } from '../domain/mail-address.ts';
import { networkOf } from '../domain/network.ts';
import type { DecoyDomains } from './decoy-domains.ts';
import { enqueueMail, type MailDeps } from './enqueue-mail.ts';

export type RequestPasswordResetDeps = {
  database: Database;
  mail: MailDeps;
  /** Links in mails are built from it and nothing else. */
  issuer: string;
  linkLimits: ResetLimits;
  decoy: { key: Buffer; domains: DecoyDomains };
};

/** At least, and at most twice. */
const SEND_AFTER_SECONDS = 0.5;

export type PasswordResetRequest = { identifier: string; address: string };

/** Returns the masked address to show: the account's, or the decoy of an identifier that nobody has. */
export async function requestPasswordReset(
  deps: RequestPasswordResetDeps,
  { identifier, address }: PasswordResetRequest,
): Promise<string> {
  const found = await findAccountByIdentifier(deps.database, identifier);
  const name = normaliseIdentifier(identifier);
  // Made for everybody: it takes its time.
  const decoy = makeDecoyAddress(deps.decoy.key, name, await deps.decoy.domains());
  const token = makeLinkToken();
  const network = networkOf(address);
  return deps.database.transaction(async (transaction) => {
    // As it is now: its address may have been changed since it was found.
    const account = await lockPasswordResets(transaction, found?.id, network, name);
    const hasAddress = account !== undefined && isMailAddress(account.email);
    const expiresAt = await insertPasswordReset(
      transaction,
      {
        tokenHash: hashLinkToken(token)!,
        accountId: hasAddress ? account.id : undefined,
        network,
      },
      deps.linkLimits,
    );
    if (account && expiresAt) await mailLink(transaction, deps, account, token, expiresAt);
    await recordAudit(transaction, {
      event: 'password.reset-requested',
      accountId: account?.id,
      address,
      detail: { result: expiresAt ? 'mailed' : toReason(account) },
    });
    return hasAddress ? maskForStranger(account.email) : decoy;
  });
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
    // Whoever asked and looks at the clock has gone by then: sending takes this process some time.
    delaySeconds: SEND_AFTER_SECONDS * (1 + Math.random()),
  });
}

/** For the operator who is asked why no mail came. */
function toReason(account: Account | undefined): string {
  if (!account) return 'unknown';
  if (account.lockedAt) return 'locked';
  return isMailAddress(account.email) ? 'limited' : 'no-address';
}
