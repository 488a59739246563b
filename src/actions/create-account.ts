// Registers a professional: a provisional password is made, hashed and mailed, and nobody here ever sees it.
// Called by the command line and the demo.
import { randomInt } from 'node:crypto';
import type { PasswordHasher } from '../crypto/password-hasher.ts';
import { insertAccount, isEmailTaken } from '../db/account.ts';
import { recordAudit } from '../db/audit.ts';
import type { Database } from '../db/database.ts';
import type { Account } from '../domain/account.ts';
import { isIdentifier, normaliseIdentifier } from '../domain/identifier.ts';
import { isMailAddress } from '../domain/mail-address.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { PasswordPolicy } from '../domain/password-policy.ts';
import { isProfession, toSubjectRole } from '../domain/profession.ts';
import { makeProvisionalPassword } from '../domain/provisional-password.ts';
import { isRpps } from '../domain/rpps.ts';
import { enqueueMail, type MailDeps } from './enqueue-mail.ts';

export type CreateAccountDeps = {
  database: Database;
  hasher: PasswordHasher;
  policy: PasswordPolicy;
  provisionalTtlSeconds: number;
  mail: MailDeps;
};

export type AccountRequest = {
  identifier: string;
  email: string;
  givenName: string;
  familyName: string;
  rpps?: string | undefined;
  roles?: string[];
  organization?: string | undefined;
  organizationId?: string | undefined;
  locale?: 'fr' | 'en';
};

/** Failure codes: `account.invalid` with `faults` (field → what is wrong); `account.taken` with `field`. */
export async function createAccount(
  deps: CreateAccountDeps,
  request: AccountRequest,
): Promise<Outcome<{ account: Account }>> {
  const faults = findFaults(request);
  if (Object.keys(faults).length > 0) return { ok: false, code: 'account.invalid', faults };

  const plainPassword = makeProvisionalPassword(deps.policy, randomInt);
  const passwordHash = await deps.hasher.hash(plainPassword);
  try {
    const account = await deps.database.transaction(async (transaction) => {
      const created = await insertAccount(transaction, {
        ...request,
        roles: (request.roles ?? []).map(toSubjectRole),
        locale: request.locale ?? 'fr',
        passwordHash,
        provisionalTtlSeconds: deps.provisionalTtlSeconds,
      });
      await mailProvisionalPassword(transaction, deps.mail, created, plainPassword);
      await recordAudit(transaction, { event: 'account.created', accountId: created.id });
      return created;
    });
    return { ok: true, account };
  } catch (error) {
    const field = takenField(error);
    if (field === undefined) throw error;
    return { ok: false, code: 'account.taken', field };
  }
}

/** M1, in the caller's transaction. */
export async function mailProvisionalPassword(
  transaction: Parameters<typeof enqueueMail>[0],
  mail: MailDeps,
  account: Account,
  plainPassword: string,
): Promise<void> {
  await enqueueMail(transaction, mail, {
    template: 'account-created',
    to: account.email,
    accountId: account.id,
    locale: account.locale,
    params: { identifier: account.identifier },
    secret: plainPassword,
    ...(account.provisionalExpiresAt && { expiresAt: account.provisionalExpiresAt }),
  });
}

function findFaults(request: AccountRequest): Record<string, string> {
  const faults: Record<string, string> = {};
  const isName = (text: string) => /^[^\p{Cc}]{1,100}$/u.test(text) && text.trim() !== '';
  if (!isIdentifier(request.identifier) || normaliseIdentifier(request.identifier).length < 2) {
    faults.identifier = 'is not 2 to 64 letters, digits, dots, hyphens, underscores or @';
  }
  if (!isMailAddress(request.email)) faults.email = 'is not a mail address';
  if (!isName(request.givenName)) faults.givenName = 'is not 1 to 100 characters';
  if (!isName(request.familyName)) faults.familyName = 'is not 1 to 100 characters';
  for (const field of ['organization', 'organizationId'] as const) {
    if (request[field] !== undefined && !isName(request[field])) faults[field] = 'is not 1 to 100 characters';
  }
  if (request.rpps !== undefined && !isRpps(request.rpps))
    faults.rpps = 'is not 11 digits with a right check digit';
  if (!(request.roles ?? []).every(isProfession))
    faults.role = 'is not a profession code (10, 21, 40, 60, 70, 80 …)';
  return faults;
}

function takenField(error: unknown): string | undefined {
  if (isEmailTaken(error)) return 'email';
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code !== '23505') return undefined;
  return constraint === 'account_rpps_key' ? 'rpps' : 'identifier';
}
