// « Authentification forte »: an authenticator application is added once it has shown a right code, with ten recovery codes where the
// account has none left. Its owner is told by mail. Whoever calls has asked for the password.
import { holdAccount } from '../db/account.ts';
import { deleteAuthenticatorsOf, insertAuthenticator, listAuthenticators } from '../db/authenticator.ts';
import type { Database } from '../db/database.ts';
import { countRecoveryCodes, holdsRecoveryCodes, replaceRecoveryCodes } from '../db/recovery-code.ts';
import { holdSignedIn } from '../db/session.ts';
import { ENROLMENT_LIFE, type Enrolment, toFactorName } from '../domain/enrolment.ts';
import type { Outcome } from '../domain/outcome.ts';
import { hashRecoveryCode } from '../domain/recovery-code.ts';
import type { SecretKey } from '../domain/secret-key.ts';
import { findStep, readCode } from '../domain/totp.ts';
import type { MailDeps } from './enqueue-mail.ts';
import { tellOfFactor } from './second-factors.ts';
import { takeOnce } from './take-once.ts';
import { totpContext } from './verify-code.ts';

export type EnrolDeps = { database: Database; seal: SecretKey; recoveryKey: Buffer; mail: MailDeps };

export type NewAuthenticator = {
  accountId: string;
  /** Where it was begun in one: nothing is added once that is closed. */
  sessionUid?: string | undefined;
  enrolment: Enrolment;
  typedCode: string;
  /** As it was typed. */
  name: string;
  fallbackName: string;
  /** The others are lost, and go. */
  replaces: boolean;
  address: string;
};

export const MOST_AUTHENTICATORS = 5;
const OVER = { ok: false, code: 'strong.over' } as const;

/**
 * `recoveryCodes`: to be shown now and never again; empty where the account has some left. The second of two clicks gets the same
 * answer as the first.
 * Failure codes: `strong.codeWrong`, `strong.tooMany`; `strong.over`: this enrolment was used, or is good no more.
 */
export async function confirmAuthenticator(
  deps: EnrolDeps,
  { accountId, sessionUid, enrolment, typedCode, name, fallbackName, replaces, address }: NewAuthenticator,
): Promise<Outcome<{ recoveryCodes: string[] }>> {
  const { id, secret, recoveryCodes, proof } = enrolment;
  const code = readCode(typedCode);
  const lastStep = code && findStep(secret, code, 0, new Date());
  if (!lastStep) return { ok: false, code: 'strong.codeWrong' };
  const hashes = recoveryCodes.map((text) => hashRecoveryCode(deps.recoveryKey, text)!);

  return deps.database.transaction(async (transaction) => {
    const account = sessionUid
      ? await holdSignedIn(transaction, { accountId, sessionUid })
      : await holdAccount(transaction, accountId);
    if (!account || account.lockedAt !== undefined) return OVER;
    const others = await listAuthenticators(transaction, accountId);
    if (!(await takeOnce(transaction, `enrolment ${id}`, new Date(Date.now() + 1000 * ENROLMENT_LIFE)))) {
      if (!others.some((other) => other.id === id)) return OVER;
      return {
        ok: true,
        recoveryCodes: (await holdsRecoveryCodes(transaction, accountId, hashes)) ? recoveryCodes : [],
      };
    }
    // Begun with the password alone, and somebody was faster.
    if (proof === 'password' && others.length > 0) return OVER;
    if (replaces) await deleteAuthenticatorsOf(transaction, accountId);
    const names = replaces ? [] : others.map((other) => other.name);
    const authenticator = {
      id,
      accountId,
      name: toFactorName(name, fallbackName, names),
      secretEncrypted: deps.seal.encrypt(secret, totpContext(accountId)),
      lastStep,
    };
    if (!(await insertAuthenticator(transaction, authenticator, MOST_AUTHENTICATORS)))
      return { ok: false, code: 'strong.tooMany' };
    await tellOfFactor(transaction, deps.mail, account, 'authenticator.added', address);
    if (!replaces && (await countRecoveryCodes(transaction, accountId)) > 0)
      return { ok: true, recoveryCodes: [] };
    await replaceRecoveryCodes(transaction, accountId, hashes);
    return { ok: true, recoveryCodes };
  });
}
