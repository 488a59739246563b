// The page « Mon compte », which the forms on it come back to with their errors.
import type { Context } from 'koa';
import { awaitedEmail } from '../../src/actions/confirm-email-change.ts';
import { listActivity } from '../../src/actions/list-activity.ts';
import { listApplications } from '../../src/actions/list-applications.ts';
import { listSessions } from '../../src/actions/list-sessions.ts';
import type { BrowserName } from '../../src/domain/browser-name.ts';
import { methodOf } from '../../src/domain/login-methods.ts';
import type { PasswordPolicy } from '../../src/domain/password-policy.ts';
import { toParisTime } from '../../src/http/paris-time.ts';
import type { FormErrors, Render } from '../../src/http/render.ts';
import { type Translate, translator } from '../../src/http/translate.ts';
import { describedScopes } from '../../src/oidc/grant-consent.ts';
import { type SignedIn, type SignedInDeps, viewerOf } from './signed-in.ts';

export type ShowHomeDeps = SignedInDeps & { render: Render; policy: PasswordPolicy };

/** `values`: what was typed into a form that has `errors`. */
export async function showHome(
  deps: ShowHomeDeps,
  ctx: Context,
  { account, session, isRecent }: SignedIn,
  errors: FormErrors = {},
  values: Record<string, string> = {},
): Promise<void> {
  const t = translator(ctx.state.locale);
  const sessions = await listSessions(deps.database, account.id);
  const applications = await listApplications(deps.database, account.id);
  const entries = await listActivity(deps.database, account.id);
  deps.render(ctx, 'account/home', {
    viewer: await viewerOf(deps, account),
    account,
    sessions: sessions.map(({ uid, amr, browser, signedInAt, services }) => ({
      uid,
      isCurrent: uid === session.uid,
      browser: describeBrowser(browser, t),
      method: methodOf(amr),
      ...toParisTime(signedInAt),
      services,
    })),
    applications: applications.map(({ clientId, name, isFirstParty, scopes, claims, since }) => ({
      clientId,
      name,
      isFirstParty,
      scopes: describedScopes(scopes, claims),
      since: toParisTime(since).date,
    })),
    activity: entries.map(({ at, ...entry }) => ({ ...entry, ...toParisTime(at) })),
    awaitedEmail: await awaitedEmail(deps.database, account.id),
    policy: deps.policy,
    isRecent,
    values: { identifier: account.identifier, ...values },
    errors,
  });
}

function describeBrowser({ name, system }: BrowserName, t: Translate): string {
  if (name && system) return t('account.home.sessions.browser', { name, system });
  return name ?? system ?? t('account.home.sessions.unknownBrowser');
}
