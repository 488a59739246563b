// What an account has beside its password: looked at, removed, its recovery codes made anew. What a person changes is told by mail.
// Whoever calls for a change has asked for the password and a code.
import { type AuditEntry, recordAudit } from '../db/audit.ts';
import {
  type Authenticator,
  deleteAuthenticator,
  deleteAuthenticatorsOf,
  deleteRecentAuthenticators,
  listAuthenticators,
} from '../db/authenticator.ts';
import type { Database, Queryable } from '../db/database.ts';
import { endInteractionsOf } from '../db/end-artefacts.ts';
import { deleteEnrolmentLinkOf } from '../db/enrolment-link.ts';
import { withdrawMails } from '../db/mail.ts';
import {
  deletePasskey,
  deletePasskeysOf,
  deleteRecentPasskeys,
  listPasskeys,
  type Passkey,
} from '../db/passkey.ts';
import {
  countRecoveryCodes,
  deleteRecentRecoveryCodes,
  deleteRecoveryCodesOf,
  replaceRecoveryCodes,
} from '../db/recovery-code.ts';
import { holdSignedIn } from '../db/session.ts';
import type { Account, Owner } from '../domain/account.ts';
import type { MailTemplate } from '../domain/mail.ts';
import { hashRecoveryCode, makeRecoveryCodes } from '../domain/recovery-code.ts';
import { enqueueNotice, type MailDeps } from './enqueue-mail.ts';
import { distrustAll } from './trust-browser.ts';

export type SecondFactorDeps = { database: Database; recoveryKey: Buffer; mail: MailDeps };

export type SecondFactors = {
  authenticators: Authenticator[];
  passkeys: Passkey[];
  unusedRecoveryCodes: number;
};

/** What is told of by mail, and in the trail. */
export type FactorEvent = Extract<
  AuditEntry['event'],
  | 'authenticator.added'
  | 'authenticator.removed'
  | 'passkey.added'
  | 'passkey.removed'
  | 'recovery-codes.renewed'
>;

const MAILS: Record<FactorEvent, MailTemplate> = {
  'authenticator.added': 'authenticator-added',
  'authenticator.removed': 'authenticator-removed',
  'passkey.added': 'passkey-added',
  'passkey.removed': 'passkey-removed',
  'recovery-codes.renewed': 'recovery-codes-renewed',
};

/** Of each kind, for one account. */
export const MOST_FACTORS = 5;

export async function describeStrong(on: Queryable, accountId: string): Promise<SecondFactors> {
  return {
    authenticators: await listAuthenticators(on, accountId),
    passkeys: await listPasskeys(on, accountId),
    unusedRecoveryCodes: await countRecoveryCodes(on, accountId),
  };
}

export async function hasStrong(on: Queryable, accountId: string): Promise<boolean> {
  if ((await listAuthenticators(on, accountId)).length > 0) return true;
  return (await listPasskeys(on, accountId)).length > 0;
}

/** With the last one go the recovery codes. Does nothing where the account has none of this id. */
export async function removeFactor(
  { database, mail }: SecondFactorDeps,
  { accountId, sessionUid, id, address }: Owner & { id: string; address: string },
): Promise<void> {
  await database.transaction(async (transaction) => {
    const account = await holdSignedIn(transaction, { accountId, sessionUid });
    if (!account) return;
    const isAuthenticator = await deleteAuthenticator(transaction, accountId, id);
    if (!isAuthenticator && !(await deletePasskey(transaction, accountId, id))) return;
    await endInteractionsOf(transaction, accountId);
    if (!(await hasStrong(transaction, accountId))) await deleteRecoveryCodesOf(transaction, accountId);
    await distrustAll(transaction, accountId);
    const event = isAuthenticator ? 'authenticator.removed' : 'passkey.removed';
    await tellOfFactor(transaction, mail, account, event, address);
  });
}

/** All of them, with the recovery codes. Returns how many there were. */
export async function removeFactorsOf(transaction: Queryable, accountId: string): Promise<number> {
  await deleteRecoveryCodesOf(transaction, accountId);
  await deleteEnrolmentLinkOf(transaction, accountId);
  await withdrawMails(transaction, accountId, ['strong-invited']);
  await distrustAll(transaction, accountId);
  return (
    (await deleteAuthenticatorsOf(transaction, accountId)) + (await deletePasskeysOf(transaction, accountId))
  );
}

/** Those of so many days, with recovery codes that were made since; their owner is told. Returns how many there were. */
export async function removeRecentFactors(
  transaction: Queryable,
  mail: MailDeps,
  account: Account,
  days: number,
  address: string,
): Promise<number> {
  const authenticators = await deleteRecentAuthenticators(transaction, account.id, days);
  const passkeys = await deleteRecentPasskeys(transaction, account.id, days);
  await deleteRecentRecoveryCodes(transaction, account.id, days);
  if (!(await hasStrong(transaction, account.id))) await deleteRecoveryCodesOf(transaction, account.id);
  if (authenticators > 0) await tellOfFactor(transaction, mail, account, 'authenticator.removed', address);
  if (passkeys > 0) await tellOfFactor(transaction, mail, account, 'passkey.removed', address);
  return authenticators + passkeys;
}

/**
 * Those of before are void. To be shown now and never again; undefined where the account has no second factor by now, or the session was
 * closed.
 */
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
    // Somebody may have used one of before, and be about to add a factor by it.
    await endInteractionsOf(transaction, accountId);
    await tellOfFactor(transaction, mail, account, 'recovery-codes.renewed', address);
    return codes;
  });
}

/** In the transaction of what it tells. */
export async function tellOfFactor(
  transaction: Queryable,
  mail: MailDeps,
  account: Account,
  event: FactorEvent,
  address: string,
): Promise<void> {
  await enqueueNotice(transaction, mail, account, MAILS[event]);
  await recordAudit(transaction, { event, accountId: account.id, address });
}
