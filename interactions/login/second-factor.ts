// What the steps otp and recovery share: whose code is asked for, and what comes of it.
import type { Context } from 'koa';
import type { CodeAttempt } from '../../src/actions/verify-code.ts';
import { type Account, minimumAcrOf } from '../../src/domain/account.ts';
import { isAtLeast, PASSWORD_ACR, STRONG_ACR } from '../../src/domain/acr.ts';
import { isStillGood, type LoginProgress, nextLoginStep, PROOF_LIFE } from '../../src/domain/login-flow.ts';
import type { Failure } from '../../src/domain/outcome.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { findMeanwhile, refuseInteraction } from '../../src/oidc/interaction.ts';
import type { LoginDeps, LoginStepContext } from './login-step.ts';

export type SecondFactor = Pick<CodeAttempt, 'identifier' | 'account' | 'isPasswordRight'> & {
  /** Milliseconds since 1970. */
  passwordSetAt: number;
  sharedComputer: boolean;
  /** The password is proved already, and more is asked. */
  isDemanded: boolean;
  /** The account itself asks for more than that, whatever the service does. */
  isOfAccount: boolean;
};

/** In the query of the page that asks for identifier and password: once more, and why. */
export const LATE = 'late';

/** What a page that asks for a code says. */
export type CodeRequest = Pick<SecondFactor, 'isDemanded' | 'isOfAccount' | 'sharedComputer'>;

/** Undefined where no code is due: the dispatcher knows what is. */
export async function findCodeRequest(
  deps: LoginDeps,
  ctx: Context,
  step: LoginStepContext,
): Promise<CodeRequest | undefined> {
  const claim = deps.claims.read(ctx, step);
  // Whose it is, and whether it is right, does not matter before the code is typed.
  if (claim) return { isDemanded: false, isOfAccount: false, sharedComputer: claim.sharedComputer };
  return findSecondFactor(deps, ctx, step);
}

/** Undefined where no code is due. */
export async function findSecondFactor(
  deps: LoginDeps,
  ctx: Context,
  step: LoginStepContext,
): Promise<SecondFactor | undefined> {
  const { progress, request } = step.interaction;
  const claim = deps.claims.read(ctx, step);
  if (claim) {
    const { identifier, passwordSetAt, sharedComputer } = claim;
    const account = await deps.findAccount(claim.accountId);
    const isSame = account?.passwordChangedAt.getTime() === passwordSetAt;
    const isPasswordRight = claim.isPasswordRight && isSame;
    const isAsked = { isDemanded: false, isOfAccount: false };
    return { identifier, account, isPasswordRight, passwordSetAt, sharedComputer, ...isAsked };
  }
  const account = progress && (await deps.findAccount(progress.accountId));
  if (nextLoginStep(request, progress, account, new Date()).step !== 'strengthen') return undefined;
  const { passwordSetAt, sharedComputer } = progress!;
  return {
    identifier: account!.identifier,
    account,
    isPasswordRight: isStillGood(progress!, account!),
    passwordSetAt,
    sharedComputer,
    isDemanded: true,
    isOfAccount: !isAtLeast(PASSWORD_ACR, minimumAcrOf(account!, request.strongRoles)),
  };
}

/** What a right code has proved. */
export function strongProgress(
  { passwordSetAt, sharedComputer }: Pick<SecondFactor, 'passwordSetAt' | 'sharedComputer'>,
  { id: accountId }: Account,
): LoginProgress {
  return {
    accountId,
    method: 'strong',
    acr: STRONG_ACR,
    amr: ['pwd', 'otp', 'mfa'],
    provedAt: Math.floor(Date.now() / 1000),
    passwordSetAt,
    sharedComputer,
  };
}

/** True where a click of before has led further: nothing is tried again. */
export function leadFurther(
  ctx: Context,
  { interaction: { raw, progress }, url }: LoginStepContext,
): boolean {
  if (raw.result?.login !== undefined) seeOther(ctx, raw.returnTo);
  else if (progress?.method === 'strong' && Date.now() / 1000 - progress.provedAt < PROOF_LIFE)
    seeOther(ctx, url());
  else return false;
  return true;
}

/**
 * True when there is an answer already: another click has used the code, and led further or finished the login; or that was one wrong
 * code too many, the login is over and the service told.
 */
export async function answerFailure(
  { provider }: Pick<LoginDeps, 'provider'>,
  ctx: Context,
  { interaction, url }: LoginStepContext,
  { code }: Failure,
): Promise<boolean> {
  if (code !== 'login.incorrect' && code !== 'login.ended') return false;
  const { finishedAt, progress } = await findMeanwhile(provider, interaction);
  if (finishedAt !== undefined) seeOther(ctx, finishedAt);
  else if (progress?.method === 'strong') seeOther(ctx, progress.recovered ? url('recovery') : url());
  else if (code === 'login.ended')
    seeOther(ctx, await refuseInteraction(interaction, 'access_denied', 'too many wrong codes'));
  else return false;
  return true;
}

/** A code was sent where none is due: what was typed before has had its time, unless another click has led further. */
export function leaveLate(ctx: Context, { interaction: { progress }, url }: LoginStepContext): void {
  const isLate = !progress || Date.now() / 1000 - progress.provedAt >= PROOF_LIFE;
  seeOther(ctx, isLate ? `${url('strong')}?${LATE}` : url());
}
