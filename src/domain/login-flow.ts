// The next step of a login, from what was proved, the account, and what the application asks. Pure: the dispatcher
// (interactions/login/dispatch.ts) is the only one that acts on it, so there is one place to reason about bypasses.
import {
  type Account,
  hasExpiredProvisionalPassword,
  hasProvisionalPassword,
  minimumAcrOf,
} from './account.ts';
import { type AcrRequest, isAtLeast, STRONG_ACR, toGrantedAcr } from './acr.ts';
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
  /** By a recovery code: a new application may be added on the way. */
  recovered?: boolean;
  /** In a browser that its owner trusts: the account asks for no code here. A service still may. */
  trustedBrowser?: boolean;
};

/** What the installation asks for, whatever the application says. */
export type LoginRules = {
  /** Levels that the enabled methods can reach. */
  reachable: string[];
  /** Professions whose members need strong authentication everywhere. */
  strongRoles: string[];
};

export type LoginRequest = LoginRules & { prompt: 'login' | 'consent'; acr: AcrRequest };

export type LoginStep =
  | { step: 'authenticate' }
  | { step: 'first-change' }
  /** A second factor is missing. */
  | { step: 'strengthen' }
  | { step: 'consent' }
  | { step: 'finish' }
  | { step: 'refuse'; error: string };

const UNMET: LoginStep = { step: 'refuse', error: 'unmet_authentication_requirements' };

/** How long a proof waits for the rest of the login, in seconds. */
export const PROOF_LIFE = 15 * 60;

export function nextLoginStep(
  request: LoginRequest,
  progress: LoginProgress | undefined,
  account: Account | undefined,
  now: Date,
): LoginStep {
  if (request.prompt === 'consent') return { step: 'consent' };
  const { acr, reachable } = request;
  if (!reachable.some((level) => toGrantedAcr(level, acr))) return UNMET;
  if (!progress || !account || !isStillTrue(progress, account, now)) return { step: 'authenticate' };
  if (hasProvisionalPassword(account)) return { step: 'first-change' };
  if (isGranted(request, progress, account)) return { step: 'finish' };
  const withCode = { ...progress, acr: STRONG_ACR };
  const helps = reachable.includes(STRONG_ACR) && !isAtLeast(progress.acr, STRONG_ACR);
  if (helps && isGranted(request, withCode, account)) return { step: 'strengthen' };
  // By another method, where one reaches what is missing.
  return isEnoughHere(request, progress, account) ? { step: 'authenticate' } : UNMET;
}

function isGranted(request: LoginRequest, progress: LoginProgress, account: Account): boolean {
  return isEnoughHere(request, progress, account) && toGrantedAcr(progress.acr, request.acr) !== undefined;
}

/** Nothing is enough that no enabled method would accept alone, nor what the account's own minimum excludes. */
function isEnoughHere(
  { reachable, strongRoles }: LoginRules,
  { acr, trustedBrowser }: LoginProgress,
  account: Account,
): boolean {
  const isMethod = reachable.some((lowest) => isAtLeast(acr, lowest));
  return isMethod && (trustedBrowser === true || isAtLeast(acr, minimumAcrOf(account, strongRoles)));
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
