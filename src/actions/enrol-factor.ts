// A second factor is added to an account: an authenticator application once it has shown a right code, a passkey once it has signed; with
// ten recovery codes where the account has none left. Its owner is told by mail. Whoever calls has asked for the password.
import { holdAccount } from '../db/account.ts';
import { deleteAuthenticatorsOf, insertAuthenticator } from '../db/authenticator.ts';
import type { Database, Queryable } from '../db/database.ts';
import { consumeEnrolmentLink, deleteEnrolmentLinkOf, findEnrolmentLink } from '../db/enrolment-link.ts';
import { findPasskey, insertPasskey } from '../db/passkey.ts';
import { holdsRecoveryCodes, replaceRecoveryCodes } from '../db/recovery-code.ts';
import { holdSignedIn } from '../db/session.ts';
import type { Account } from '../domain/account.ts';
import { ENROLMENT_LIFE, type Enrolment, toChallenge, toFactorName } from '../domain/enrolment.ts';
import { hashLinkToken } from '../domain/link-token.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { RelyingParty } from '../domain/passkey.ts';
import { hashRecoveryCode } from '../domain/recovery-code.ts';
import type { SecretKey } from '../domain/secret-key.ts';
import { findStep, readCode } from '../domain/totp.ts';
import type { MailDeps } from './enqueue-mail.ts';
import { readAttestation } from './passkey-signature.ts';
import { describeStrong, type FactorEvent, MOST_FACTORS, tellOfFactor } from './second-factors.ts';
import { takeOnce } from './take-once.ts';
import { distrustAll } from './trust-browser.ts';
import { totpContext } from './verify-code.ts';

export type EnrolDeps = {
  database: Database;
  seal: SecretKey;
  recoveryKey: Buffer;
  mail: MailDeps;
  relyingParty: RelyingParty;
};

export type NewFactor = {
  accountId: string;
  /** Where it was begun in one: nothing is added once that is closed. */
  sessionUid?: string | undefined;
  /** Else the password that was proved, set then (milliseconds since 1970): nothing is added after a change of it. */
  passwordSetAt?: number | undefined;
  enrolment: Enrolment;
  /** As it was typed. */
  name: string;
  fallbackName: string;
  /** The other applications are lost, and go. */
  replaces?: boolean;
  address: string;
};

/** `recoveryCodes`: to be shown now and never again; empty where the account has some left. */
export type Enrolled = Outcome<{ recoveryCodes: string[] }>;

const OVER = { ok: false, code: 'strong.over' } as const;

/**
 * The second of two clicks gets the same answer as the first.
 * Failure codes: `strong.codeWrong`, `strong.tooMany`; `strong.over`: this enrolment was used, or is good no more.
 */
export async function enrolAuthenticator(
  deps: EnrolDeps,
  { typedCode, ...factor }: NewFactor & { typedCode: string },
): Promise<Enrolled> {
  const { id, secret } = factor.enrolment;
  const code = readCode(typedCode);
  const lastStep = code && findStep(secret, code, 0, new Date());
  if (!lastStep) return { ok: false, code: 'strong.codeWrong' };
  const secretEncrypted = deps.seal.encrypt(secret, totpContext(factor.accountId));
  return enrol(deps, factor, 'authenticator.added', (transaction, accountId, name) =>
    insertAuthenticator(transaction, { id, accountId, name, secretEncrypted, lastStep }, MOST_FACTORS),
  );
}

/**
 * @param attestation what the browser's `navigator.credentials.create` answered, as JSON (WebAuthn §5.1)
 * Failure codes: `passkey.refused`, `strong.tooMany`, `strong.over`.
 */
export async function enrolPasskey(
  deps: EnrolDeps,
  { attestation, ...factor }: NewFactor & { attestation: string },
): Promise<Enrolled> {
  const { id } = factor.enrolment;
  const passkey = await readAttestation(deps.relyingParty, toChallenge(factor.enrolment), attestation);
  const owned = passkey && (await findPasskey(deps.database, passkey.credentialId));
  if (!passkey || (owned && owned.id !== id)) return { ok: false, code: 'passkey.refused' };
  return enrol(deps, factor, 'passkey.added', (transaction, accountId, name) =>
    insertPasskey(transaction, { ...passkey, id, accountId, name }, MOST_FACTORS),
  );
}

/** @param insert false where there is no room for it */
function enrol(
  deps: EnrolDeps,
  {
    accountId,
    sessionUid,
    passwordSetAt,
    enrolment,
    name,
    fallbackName,
    replaces = false,
    address,
  }: NewFactor,
  event: FactorEvent,
  insert: (transaction: Queryable, accountId: string, name: string) => Promise<boolean>,
): Promise<Enrolled> {
  const { id, recoveryCodes, proof, link } = enrolment;
  const hashes = recoveryCodes.map((text) => hashRecoveryCode(deps.recoveryKey, text)!);

  return deps.database.transaction(async (transaction) => {
    const account = sessionUid
      ? await holdSignedIn(transaction, { accountId, sessionUid })
      : await holdAccount(transaction, accountId);
    if (!account || account.lockedAt !== undefined) return OVER;
    if (passwordSetAt !== undefined && account.passwordChangedAt.getTime() !== passwordSetAt) return OVER;
    const { authenticators, passkeys, unusedRecoveryCodes } = await describeStrong(transaction, accountId);
    const others = [...authenticators, ...passkeys];
    const isAgain = others.some((other) => other.id === id);
    const ofKind = event === 'passkey.added' ? passkeys : authenticators;
    // Nothing is used up: one can be removed first.
    if (!isAgain && !replaces && ofKind.length >= MOST_FACTORS) return { ok: false, code: 'strong.tooMany' };
    if (!(await takeOnce(transaction, `enrolment ${id}`, new Date(Date.now() + 1000 * ENROLMENT_LIFE)))) {
      if (!isAgain) return OVER;
      const areTheirs = await holdsRecoveryCodes(transaction, accountId, hashes);
      return { ok: true, recoveryCodes: areTheirs ? recoveryCodes : [] };
    }
    // Begun with nothing but the password, or a link: somebody was faster.
    if (proof !== 'second-factor' && others.length > 0) return OVER;
    if (link && !(await consumeEnrolmentLink(transaction, accountId, Buffer.from(link, 'base64url'))))
      return OVER;
    if (replaces) {
      // The lost device may be one of them.
      await distrustAll(transaction, accountId);
      if ((await deleteAuthenticatorsOf(transaction, accountId)) > 0)
        await tellOfFactor(transaction, deps.mail, account, 'authenticator.removed', address);
    }
    const names = (replaces ? passkeys : others).map((other) => other.name);
    if (!(await insert(transaction, accountId, toFactorName(name, fallbackName, names)))) return OVER;
    await tellOfFactor(transaction, deps.mail, account, event, address);
    await deleteEnrolmentLinkOf(transaction, accountId);
    if (!replaces && unusedRecoveryCodes > 0) return { ok: true, recoveryCodes: [] };
    await replaceRecoveryCodes(transaction, accountId, hashes);
    return { ok: true, recoveryCodes };
  });
}

/** Whose link this is, while it is good and the account not locked. Uses nothing up. */
export async function findInvited(
  {
    database,
    findAccount,
  }: Pick<EnrolDeps, 'database'> & { findAccount: (id: string) => Promise<Account | undefined> },
  token: string | undefined,
): Promise<Account | undefined> {
  const tokenHash = token === undefined ? undefined : hashLinkToken(token);
  const accountId = tokenHash && (await findEnrolmentLink(database, tokenHash));
  const account = accountId === undefined ? undefined : await findAccount(accountId);
  return account?.lockedAt === undefined ? account : undefined;
}
