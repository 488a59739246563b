// The page « Mon compte », which the forms on it come back to with their errors.
import type { Context } from 'koa';
import { awaitedEmail } from '../../src/actions/find-email-change.ts';
import { listActivity } from '../../src/actions/list-activity.ts';
import { describeStrong } from '../../src/actions/second-factors.ts';
import { restorableEmail, SUSPECT_DAYS } from '../../src/actions/secure-account.ts';
import { ACCOUNT_CLIENT_NAME } from '../../src/domain/client-id.ts';
import { maskForStranger } from '../../src/domain/mail-address.ts';
import type { PasswordPolicy } from '../../src/domain/password-policy.ts';
import { toParisTime } from '../../src/http/paris-time.ts';
import type { FormErrors, Render } from '../../src/http/render.ts';
import { translator } from '../../src/http/translate.ts';
import { isStrongSession } from '../../src/oidc/session.ts';
import { describeApplications } from './applications.ts';
import type { Notices } from './notice.ts';
import { describeSessions, describeTrusted } from './sessions.ts';
import { type SignedIn, type SignedInDeps, viewerOf } from './signed-in.ts';
import { clearUndone, isUndone } from './undone.ts';

export type ShowHomeDeps = SignedInDeps & {
  render: Render;
  policy: PasswordPolicy;
  notices: Notices;
  /** « Authentification forte » is one of the ways to sign in here. */
  hasStrong: boolean;
  /** Whether the password alone lets somebody have their first second factor. */
  enrolsItself: boolean;
};

/** `values`: what was typed into a form that has `errors`. */
export async function showHome(
  deps: ShowHomeDeps,
  ctx: Context,
  signedIn: SignedIn,
  errors: FormErrors = {},
  values: Record<string, string> = {},
): Promise<void> {
  const t = translator(ctx.state.locale);
  const { account, isRecent } = signedIn;
  const formerAddress = await restorableEmail(deps.database, account);
  const entries = await listActivity(deps.database, account.id);
  const { authenticators, passkeys } = await describeStrong(deps.database, account.id);
  const factors = [...authenticators, ...passkeys];
  const suspectSince = new Date(Date.now() - SUSPECT_DAYS * 24 * 60 * 60 * 1000);
  deps.render(ctx, 'account/home', {
    viewer: await viewerOf(deps, account),
    account,
    notice: deps.notices.take(ctx),
    undone: isUndone(ctx),
    factorCount: deps.hasStrong ? factors.length : undefined,
    enrolsItself: deps.enrolsItself,
    takesFactors: isRecent && isStrongSession(signedIn.session),
    recentFactorCount: factors.filter(({ createdAt }) => createdAt > suspectSince).length,
    sessions: await describeSessions(deps, ctx, signedIn),
    trustedBrowsers: await describeTrusted(deps, ctx, signedIn),
    applications: await describeApplications(deps, signedIn),
    activity: entries.map(({ at, event, service }) => ({
      event,
      // Without an application it was no login: a page of « Mon compte » asked.
      isHere: event === 'login.failed' && service === undefined,
      ...toParisTime(at),
      service: service === ACCOUNT_CLIENT_NAME ? t('account.home.title') : service,
    })),
    formerAddress: formerAddress && maskForStranger(formerAddress),
    awaitedEmail: await awaitedEmail(deps.database, account.id),
    policy: deps.policy,
    isRecent,
    values: { identifier: account.identifier, ...values },
    errors,
  });
  if (isUndone(ctx)) clearUndone(ctx);
}
