// The next step of a login, from what was proved, the account, and what the application asks. Pure: the dispatcher
// (interactions/login/dispatch.ts) is the only one that acts on it, so there is one place to reason about bypasses.
import { type Account, hasExpiredProvisionalPassword, hasProvisionalPassword } from './account.ts';
import { type AcrRequest, satisfies } from './acr.ts';
import type { LoginMethod } from './login-methods.ts';

/** What a person has proved so far, kept in the provider's interaction. */
export type LoginProgress = {
  accountId: string;
  method: LoginMethod;
  acr: string;
  amr: string[];
  /** Seconds since 1970, when the last factor was proved. */
  provedAt: number;
  /** Milliseconds since 1970: the password that was proved is the one set then. */
  passwordSetAt: number;
  sharedComputer: boolean;
  /** A provisional password was replaced during this login. */
  changed?: boolean;
};

export type LoginRequest = {
  prompt: 'login' | 'consent';
  acr: AcrRequest;
  /** Levels that the enabled methods can reach. */
  reachable: string[];
};

export type LoginStep =
  | { step: 'authenticate' }
  | { step: 'first-change' }
  | { step: 'consent' }
  | { step: 'finish' }
  | { step: 'refuse'; error: string };

/** How long a proof waits for the rest of the login, in seconds. */
const PROOF_LIFE = 15 * 60;

export function nextLoginStep(
  request: LoginRequest,
  progress: LoginProgress | undefined,
  account: Account | undefined,
  now: Date,
): LoginStep {
  if (request.prompt === 'consent') return { step: 'consent' };
  if (request.acr.oneOf && !request.reachable.some((acr) => satisfies(acr, request.acr))) {
    return { step: 'refuse', error: 'unmet_authentication_requirements' };
  }
  if (!progress || !account || !isStillTrue(progress, account, now)) return { step: 'authenticate' };
  if (hasProvisionalPassword(account)) return { step: 'first-change' };
  return { step: 'finish' };
}

/** A proof ends with time, and with what it was made by. */
function isStillTrue(progress: LoginProgress, account: Account, now: Date): boolean {
  return (
    isStillGood(progress, account) &&
    now.getTime() / 1000 - progress.provedAt < PROOF_LIFE &&
    !hasExpiredProvisionalPassword(account, now)
  );
}

/**
 * Neither a lock nor a change of password came after a proof. Asked once more when the login is taken up (oidc/adapter.ts), and by
 * the statement that makes it a session (sql/queries/artefact/resume.sql).
 */
export function isStillGood(progress: LoginProgress, account: Account): boolean {
  return account.lockedAt === undefined && account.passwordChangedAt.getTime() === progress.passwordSetAt;
}
