// What was typed at « Authentification forte », kept until the code comes: nobody has been told whether it is right, and
// neither the database nor the cookie's length tells.
import type { Context } from 'koa';
import { type Account, NOBODY } from '../../src/domain/account.ts';
import { PROOF_LIFE } from '../../src/domain/login-flow.ts';
import type { SecretKey } from '../../src/domain/secret-key.ts';
import { sealedCookie } from '../sealed-cookie.ts';
import { type LoginStepContext, stepUrl } from './login-step.ts';

export type PasswordClaim = {
  /** As it was typed. */
  identifier: string;
  /** Nobody's, where the identifier is. */
  accountId: string;
  isPasswordRight: boolean;
  /** Milliseconds since 1970: the password is the one set then. */
  passwordSetAt: number;
  sharedComputer: boolean;
};

export type PasswordClaims = {
  read(ctx: Context, step: LoginStepContext): PasswordClaim | undefined;
  write(
    ctx: Context,
    step: LoginStepContext,
    claim: Pick<PasswordClaim, 'identifier' | 'isPasswordRight' | 'sharedComputer'> & {
      account: Account | undefined;
    },
  ): void;
  clear(ctx: Context, step: LoginStepContext): void;
};

export function passwordClaims({ seal, secure }: { seal: SecretKey; secure: boolean }): PasswordClaims {
  const cookieOf = ({ interaction }: LoginStepContext) =>
    sealedCookie<{ is: 0 | 1 } & Omit<PasswordClaim, 'isPasswordRight'>>(seal, {
      name: 'idp_claim',
      path: stepUrl(interaction.uid),
      secure,
      seconds: PROOF_LIFE,
    });
  return {
    read(ctx, step) {
      const kept = cookieOf(step).read(ctx, step.interaction.uid);
      if (!kept) return undefined;
      const { is, ...claim } = kept;
      return { ...claim, isPasswordRight: is === 1 };
    },
    write(ctx, step, { account, identifier, isPasswordRight, sharedComputer }) {
      cookieOf(step).write(ctx, step.interaction.uid, {
        is: isPasswordRight ? 1 : 0,
        identifier,
        accountId: account?.id ?? NOBODY,
        passwordSetAt: account?.passwordChangedAt.getTime() ?? Date.now(),
        sharedComputer,
      });
    },
    clear: (ctx, step) => cookieOf(step).clear(ctx),
  };
}
