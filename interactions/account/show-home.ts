// The page « Mon compte », which the forms on it come back to with their errors.
import type { Context } from 'koa';
import { listActivity } from '../../src/actions/list-activity.ts';
import { listConsents } from '../../src/actions/list-consents.ts';
import type { PasswordPolicy } from '../../src/domain/password-policy.ts';
import { toParisTime } from '../../src/http/paris-time.ts';
import type { FormErrors, Render } from '../../src/http/render.ts';
import { type SignedIn, type SignedInDeps, viewerOf } from './signed-in.ts';

export type ShowHomeDeps = SignedInDeps & { render: Render; policy: PasswordPolicy };

export async function showHome(
  deps: ShowHomeDeps,
  ctx: Context,
  { account, isRecent }: SignedIn,
  errors: FormErrors = {},
): Promise<void> {
  const consents = await listConsents(deps.database, account.id);
  const entries = await listActivity(deps.database, account.id);
  deps.render(ctx, 'account/home', {
    viewer: await viewerOf(deps, account),
    account,
    applications: consents.map((consent) => ({ ...consent, since: toParisTime(consent.grantedAt).date })),
    activity: entries.map(({ at, ...entry }) => ({ ...entry, ...toParisTime(at) })),
    policy: deps.policy,
    isRecent,
    values: { identifier: account.identifier },
    errors,
  });
}
