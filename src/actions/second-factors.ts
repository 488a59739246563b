// What an account has beside its password: looked at, removed, its recovery codes made anew. Each change is told by mail. Whoever
// calls for a change has asked for the password and a code.
import { type AuditEntry, recordAudit } from '../db/audit.ts';
import { type Authenticator, deleteAuthenticator, listAuthenticators } from '../db/authenticator.ts';
import type { Database, Queryable } from '../db/database.ts';
import { countRecoveryCodes, deleteRecoveryCodesOf, replaceRecoveryCodes } from '../db/recovery-code.ts';
import { holdSignedIn } from '../db/session.ts';
import type { Account, Owner } from '../domain/account.ts';
import type { MailTemplate } from '../domain/mail.ts';
import { isMailAddress } from '../domain/mail-address.ts';
import { hashRecoveryCode, makeRecoveryCodes } from '../domain/recovery-code.ts';
import { enqueueMail, type MailDeps } from './enqueue-mail.ts';

export type SecondFactorDeps = { database: Database; recoveryKey: Buffer; mail: MailDeps };

export type SecondFactors = { authenticators: Authenticator[]; unusedRecoveryCodes: number };

/** What is told of by mail, and in the trail. */
export type FactorEvent = Extract<
  AuditEntry['event'],
  'authenticator.added' | 'authenticator.removed' | 'recovery-codes.renewed'
>;

const MAILS: Record<FactorEvent, MailTemplate> = {
  'authenticator.added': 'authenticator-added',
  'authenticator.removed': 'authenticator-removed',
  'recovery-codes.renewed': 'recovery-codes-renewed',
};

export async function describeStrong(on: Queryable, accountId: string): Promise<SecondFactors> {
  return {
    authenticators: await listAuthenticators(on, accountId),
    unusedRecoveryCodes: await countRecoveryCodes(on, accountId),
  };
}

export async function hasStrong(on: Queryable, accountId: string): Promise<boolean> {
  return (await listAuthenticators(on, accountId)).length > 0;
}

/** With the last one go the recovery codes. Does nothing where the account has none of this id. */
export async function removeAuthenticator(
  { database, mail }: SecondFactorDeps,
  { accountId, sessionUid, id, address }: Owner & { id: string; address: string },
): Promise<void> {
  await database.transaction(async (transaction) => {
    const account = await holdSignedIn(transaction, { accountId, sessionUid });
    if (!account || (await deleteAuthenticator(transaction, accountId, id)) === undefined) return;
    if (!(await hasStrong(transaction, accountId))) await deleteRecoveryCodesOf(transaction, accountId);
    await tellOfFactor(transaction, mail, account, 'authenticator.removed', address);
  });
}

/** Those of before are void. To be shown now and never again; undefined where the account has no second factor by now, or the session was
 * closed. */
export function renewRecoveryCodes(
  { database, recoveryKey, mail }: SecondFactorDeps,
  { accountId, sessionUid, address }: Owner & { address: string },
): Promise<string[] | undefined> {
  const codes = makeRecoveryCodes();
  const hashes = codes.map((code) => hashRecoveryCode(recoveryKey, code)!);
  return database.transaction(async (transaction) => {
    const account = await holdSignedIn(transaction, { accountId, sessionUid });
    if (!account || !(await hasStrong(transaction, accountId))) return undefined;
    await replaceRecoveryCodes(transaction, accountId, hashes);
    await tellOfFactor(transaction, mail, account, 'recovery-codes.renewed', address);
    return codes;
  });
}

/** In the transaction of what it tells. */
export async function tellOfFactor(
  transaction: Queryable,
  mail: MailDeps,
  { id: accountId, email, locale }: Account,
  event: FactorEvent,
  address: string,
): Promise<void> {
  if (isMailAddress(email))
    await enqueueMail(transaction, mail, {
      template: MAILS[event],
      to: email,
      accountId,
      locale,
      params: {},
    });
  await recordAudit(transaction, { event, accountId, address });
}
