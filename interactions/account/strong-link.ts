// /account/strong/link — an administrator's link to a first second factor: identifier and password, QR code, recovery codes. The link's
// token goes into a cookie at once; only the right code uses the link up: mail scanners open links.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { enrolAuthenticator, findInvited } from '../../src/actions/enrol-factor.ts';
import { ENROLMENT_LINK_PATH } from '../../src/actions/invite-strong.ts';
import { verifyPassword } from '../../src/actions/verify-password.ts';
import { type Account, hasProvisionalPassword } from '../../src/domain/account.ts';
import { LONGEST_TYPED_IDENTIFIER } from '../../src/domain/identifier.ts';
import { hashLinkToken, nameOfLink } from '../../src/domain/link-token.ts';
import { readForm } from '../../src/http/form-body.ts';
import type { FormErrors } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { shortCookie } from '../../src/http/short-cookie.ts';
import { translator } from '../../src/http/translate.ts';
import { describeEnrolment } from '../enrolments.ts';
import { showFailure } from '../failure.ts';
import { markDone } from '../second-clicks.ts';
import type { AuthenticatorDeps } from './authenticator.ts';
import { showDeadLink } from './link-dead.ts';

export type StrongLinkDeps = AuthenticatorDeps & {
  secure: boolean;
  /** How long a link is good. */
  strongLinkTtlSeconds: number;
};

const PAGE = ENROLMENT_LINK_PATH;
const NEW = `${PAGE}/new`;

export function strongLink(router: Router, deps: StrongLinkDeps): void {
  const cookie = shortCookie({
    name: 'idp_strong_link',
    path: PAGE,
    secure: deps.secure,
    maxAgeMs: 1000 * deps.strongLinkTtlSeconds,
  });

  router.get(PAGE, async (ctx) => {
    const { token } = ctx.query;
    if (token === undefined) {
      if (!(await findInvited(deps, cookie.read(ctx)))) return showDeadLink(deps.render, ctx, 'strong');
      return show(ctx, '');
    }
    // Another link may be open in another tab: its cookie stays.
    if (typeof token !== 'string' || !(await findInvited(deps, token)))
      return showDeadLink(deps.render, ctx, 'strong');
    cookie.write(ctx, token);
    seeOther(ctx, PAGE);
  });

  router.post(PAGE, async (ctx) => {
    const form = await readForm(ctx);
    const token = cookie.read(ctx);
    const account = await findInvited(deps, token);
    if (token === undefined || !account) return showDeadLink(deps.render, ctx, 'strong');
    const identifier = form.get('identifier').slice(0, LONGEST_TYPED_IDENTIFIER);
    const outcome = await verifyPassword(deps, {
      identifier,
      plainPassword: form.get('password'),
      address: ctx.state.address,
      clientId: undefined,
      now: new Date(),
    });
    if (!outcome.ok) return show(ctx, identifier, { form: showFailure(ctx, outcome) });
    const wrong = findFault(outcome.account, account);
    if (wrong) return show(ctx, identifier, { form: showFailure(ctx, { ok: false, code: wrong }) });
    const digest = hashLinkToken(token)!.toString('base64url');
    const subject = subjectOf(token, account);
    // Another tab may show its key already.
    if (!deps.enrolments.find(ctx, subject)) deps.enrolments.begin(ctx, subject, 'link', digest);
    seeOther(ctx, NEW);
  });

  router.get(NEW, async (ctx) => {
    const token = cookie.read(ctx);
    const account = await findInvited(deps, token);
    if (token === undefined || !account) return showDeadLink(deps.render, ctx, 'strong');
    const enrolment = deps.enrolments.find(ctx, subjectOf(token, account));
    if (!enrolment) return seeOther(ctx, PAGE);
    deps.render(ctx, 'account/strong-new', describeEnrolment(deps.title, account, enrolment));
  });

  router.post(NEW, async (ctx) => {
    const form = await readForm(ctx);
    const token = cookie.read(ctx);
    const account = await findInvited(deps, token);
    if (token === undefined || !account) return showDeadLink(deps.render, ctx, 'strong');
    const subject = subjectOf(token, account);
    const enrolment = deps.enrolments.find(ctx, subject);
    const t = translator(ctx.state.locale);
    if (!enrolment) {
      ctx.status = 422;
      return show(ctx, account.identifier, { form: t('login.strong.late') });
    }
    const outcome = await enrolAuthenticator(deps, {
      accountId: account.id,
      passwordSetAt: account.passwordChangedAt.getTime(),
      enrolment,
      typedCode: form.get('code'),
      name: form.get('name'),
      fallbackName: t('strong.defaultName'),
      address: ctx.state.address,
    });
    if (!outcome.ok) {
      if (outcome.code === 'strong.over') return showDeadLink(deps.render, ctx, 'strong');
      ctx.status = 422;
      return deps.render(ctx, 'account/strong-new', {
        ...describeEnrolment(deps.title, account, enrolment),
        values: { name: form.get('name') },
        errors: { code: t(outcome.code) },
      });
    }
    deps.enrolments.finish(ctx, subject, form.get('formId'));
    cookie.clear(ctx);
    markDone(ctx);
    deps.render(ctx, 'account/recovery-codes', {
      codes: outcome.recoveryCodes,
      languageUrl: undefined,
      continueUrl: '/account',
    });
  });

  function show(ctx: Context, identifier: string, errors: FormErrors = {}): void {
    deps.render(ctx, 'account/strong-link', { values: { identifier }, errors });
  }
}

/** Failure code; undefined where whoever typed the password may go on. */
function findFault(typed: Account, invited: Account): string | undefined {
  if (typed.id !== invited.id) return 'login.incorrect';
  return hasProvisionalPassword(typed) ? 'strong.link.provisional' : undefined;
}

/** With the password that was shown: another one is asked for again. */
const subjectOf = (token: string, { id: accountId, passwordChangedAt }: Account) => ({
  kind: 'authenticators' as const,
  path: PAGE,
  uid: `${nameOfLink(token)}:${passwordChangedAt.getTime()}`,
  accountId,
});
