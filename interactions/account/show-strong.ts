// The page « Authentification forte » of « Mon compte », which the forms on it come back to with their errors.
import type { Context } from 'koa';
import { describeStrong } from '../../src/actions/second-factors.ts';
import { toParisTime } from '../../src/http/paris-time.ts';
import type { FormErrors, Render } from '../../src/http/render.ts';
import type { Notices } from './notice.ts';
import { wantsCode } from './prove-again.ts';
import { type SignedIn, type SignedInDeps, viewerOf } from './signed-in.ts';

export type ShowStrongDeps = SignedInDeps & {
  render: Render;
  notices: Notices;
  /** Whether the password alone lets somebody have their first second factor. */
  enrolsItself: boolean;
};

export const STRONG_PAGE = '/account/strong';

export async function showStrong(
  deps: ShowStrongDeps,
  ctx: Context,
  signedIn: SignedIn,
  errors: FormErrors = {},
): Promise<void> {
  const { account, isRecent } = signedIn;
  const has = await describeStrong(deps.database, account.id);
  const { authenticators, passkeys, unusedRecoveryCodes } = has;
  const factors = [
    ...authenticators.map((factor) => ({ kind: 'authenticator', ...factor })),
    ...passkeys.map((factor) => ({ kind: 'passkey', ...factor })),
  ];
  deps.render(ctx, 'account/strong', {
    viewer: await viewerOf(deps, account),
    notice: deps.notices.take(ctx),
    factors: factors.map(({ id, kind, name, createdAt, lastUsedAt }) => ({
      id,
      kind,
      name,
      since: toParisTime(createdAt).date,
      lastUse: lastUsedAt && toParisTime(lastUsedAt),
    })),
    unusedRecoveryCodes,
    mayBegin: deps.enrolsItself || factors.length > 0,
    wantsCode: wantsCode(signedIn, has),
    isRecent,
    errors,
  });
}

/** Once, and never again. */
export async function showRecoveryCodes(
  deps: ShowStrongDeps,
  ctx: Context,
  { account }: SignedIn,
  codes: string[],
): Promise<void> {
  deps.render(ctx, 'account/recovery-codes', {
    viewer: await viewerOf(deps, account),
    codes,
    // A page in the other language would show none.
    languageUrl: undefined,
    continueUrl: STRONG_PAGE,
  });
}
