// The second factor: a one-time code, or a recovery code in its place. One neutral answer for whatever was wrong, the password before
// it included, after the same statements; throttled like the password. Called by the login steps otp and recovery, and by « Mon compte ».
import { recordAudit } from '../db/audit.ts';
import { consumeStep, listAuthenticators } from '../db/authenticator.ts';
import type { Database } from '../db/database.ts';
import { consumeRecoveryCode } from '../db/recovery-code.ts';
import { type Account, hasExpiredProvisionalPassword, NOBODY } from '../domain/account.ts';
import type { Outcome } from '../domain/outcome.ts';
import { hashRecoveryCode, NO_RECOVERY_CODE } from '../domain/recovery-code.ts';
import type { SecretKey } from '../domain/secret-key.ts';
import { findStep, readCode } from '../domain/totp.ts';
import { enqueueNotice, type MailDeps } from './enqueue-mail.ts';
import type { Throttle } from './throttled.ts';

export type VerifyCodeDeps = {
  database: Database;
  throttle: Throttle;
  seal: SecretKey;
  /** What digests of recovery codes are made with. */
  recoveryKey: Buffer;
  mail: MailDeps;
};

export type CodeAttempt = {
  /** As it was typed with the password. */
  identifier: string;
  /** Whose it is; undefined when nobody's. */
  account: Account | undefined;
  /** False: the password was wrong, and no code is right. */
  isPasswordRight: boolean;
  typedCode: string;
  address: string;
  /** The interaction in which it is typed: five wrong ones end it. Undefined in « Mon compte ». */
  login: string | undefined;
  clientId: string | undefined;
};

const DECOY_SECRET = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const NO_CODE = '000000';

/** The context of the seal of an account's secrets. */
export function totpContext(accountId: string): string {
  return `totp:${accountId}`;
}

/**
 * Failure codes: `login.incorrect`; `login.ended`: that was the fifth in this login; `throttled` with `waitSeconds`;
 * `login.provisionalExpired`, told only to someone who typed everything right.
 */
export function verifyCode(
  deps: VerifyCodeDeps,
  attempt: CodeAttempt,
): Promise<Outcome<{ account: Account }>> {
  return guardAttempt(deps, attempt, 'otp', async (accountId, mayPass) => {
    const right = await findRightCode(deps, accountId, attempt.typedCode);
    return mayPass && right !== undefined && consumeStep(deps.database, right);
  });
}

/** The same by a recovery code, which is used up; its owner is told by mail. */
export function verifyRecoveryCode(
  deps: VerifyCodeDeps,
  attempt: CodeAttempt,
): Promise<Outcome<{ account: Account }>> {
  const codeHash = hashRecoveryCode(deps.recoveryKey, attempt.typedCode) ?? NO_RECOVERY_CODE;
  return guardAttempt(deps, attempt, 'recovery', (accountId, mayPass) =>
    deps.database.transaction(async (transaction) => {
      if (!(await consumeRecoveryCode(transaction, mayPass ? accountId : NOBODY, codeHash))) return false;
      const { account, address } = attempt;
      await enqueueNotice(transaction, deps.mail, account!, 'recovery-code-used');
      await recordAudit(transaction, { event: 'recovery-code.used', accountId, address });
      return true;
    }),
  );
}

/** @param tryCode does the same work whoever asks; true when the code was right, and is used up */
async function guardAttempt(
  { database, throttle }: VerifyCodeDeps,
  { identifier, account, isPasswordRight, address, login, clientId }: CodeAttempt,
  method: string,
  tryCode: (accountId: string, mayPass: boolean) => Promise<boolean>,
): Promise<Outcome<{ account: Account }>> {
  const subject = { identifier, secret: 'code', address, login } as const;
  const outcome = await throttle.guard(subject, async () => {
    const mayPass = account !== undefined && account.lockedAt === undefined && isPasswordRight;
    if ((await tryCode(account?.id ?? NOBODY, mayPass)) && mayPass) return { ok: true, account };
    const reason = mayPass ? 'code' : !account ? 'unknown' : account.lockedAt ? 'locked' : 'wrong';
    await recordAudit(database, {
      event: 'login.failed',
      accountId: account?.id,
      clientId,
      address,
      detail: { method, reason },
    });
    return { ok: false, code: 'login.incorrect' };
  });
  const hasExpired = outcome.ok && hasExpiredProvisionalPassword(outcome.account, new Date());
  return hasExpired ? { ok: false, code: 'login.provisionalExpired' } : outcome;
}

type RightCode = { id: string; step: number; secretEncrypted: Buffer | undefined };

/** Undefined under a key that is not in the list: as good as none, and `doctor` tells of it. */
function openSecret(seal: SecretKey, sealed: Buffer, context: string): string | undefined {
  try {
    return seal.decrypt(sealed, context);
  } catch {
    return undefined;
  }
}

async function findRightCode(
  { database, seal }: Pick<VerifyCodeDeps, 'database' | 'seal'>,
  accountId: string,
  typedCode: string,
): Promise<RightCode | undefined> {
  const code = readCode(typedCode);
  const authenticators = await listAuthenticators(database, accountId);
  const now = new Date();
  const context = totpContext(accountId);
  let right: RightCode | undefined;
  for (const { id, secretEncrypted, lastStep } of authenticators) {
    const secret = openSecret(seal, secretEncrypted, context);
    const step = findStep(secret ?? DECOY_SECRET, code ?? NO_CODE, lastStep, now);
    if (step === undefined || code === undefined || secret === undefined) continue;
    // Under an older key of the list: encrypted anew on this occasion.
    const renewed = seal.isStale(secretEncrypted, context) ? seal.encrypt(secret, context) : undefined;
    right ??= { id, step, secretEncrypted: renewed };
  }
  if (authenticators.length === 0) findStep(DECOY_SECRET, NO_CODE, 0, now);
  return right;
}
