// /account/strong — « Authentification forte » in « Mon compte »: the applications that show one's codes, one more, one less, and new
// recovery codes. Each change wants a login not older than five minutes, the password, and a code where there is one to give.
import type { Context } from 'koa';
import type Router from 'koa-router';
import {
  confirmAuthenticator,
  type EnrolDeps,
  MOST_AUTHENTICATORS,
} from '../../src/actions/enrol-authenticator.ts';
import { describeStrong, removeAuthenticator, renewRecoveryCodes } from '../../src/actions/second-factors.ts';
import type { Enrolment } from '../../src/domain/enrolment.ts';
import { readForm } from '../../src/http/form-body.ts';
import { toParisTime } from '../../src/http/paris-time.ts';
import type { FormErrors, Render } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { translator } from '../../src/http/translate.ts';
import { describeEnrolment, type Enrolments } from '../enrolments.ts';
import type { Notices } from './notice.ts';
import { type ProveAgainDeps, proveAgain } from './prove-again.ts';
import { ownerOf, requireSignedIn, type SignedIn, viewerOf } from './signed-in.ts';

export type StrongDeps = ProveAgainDeps &
  EnrolDeps & {
    render: Render;
    enrolments: Enrolments;
    notices: Notices;
    /** Of the product: what authenticator applications show. */
    title: string;
    /** Whether the password alone lets somebody have their first second factor. */
    enrolsItself: boolean;
  };

const PAGE = '/account/strong';
const NEW = `${PAGE}/new`;

export function strong(router: Router, deps: StrongDeps): void {
  router.get(PAGE, async (ctx) => {
    const signedIn = await requireSignedIn(deps, ctx);
    if (signedIn) await show(ctx, signedIn);
  });

  router.post(PAGE, async (ctx) => {
    const proved = await proveAgain(deps, ctx, PAGE, show);
    if (!proved) return;
    const { signedIn, proof } = proved;
    const { authenticators } = await describeStrong(deps.database, signedIn.account.id);
    if (proof === 'password' && !deps.enrolsItself) return seeOther(ctx, PAGE);
    if (authenticators.length >= MOST_AUTHENTICATORS) {
      ctx.status = 422;
      return show(ctx, signedIn, { form: translator(ctx.state.locale)('strong.tooMany') });
    }
    deps.enrolments.begin(ctx, subjectOf(signedIn), proof);
    seeOther(ctx, NEW);
  });

  router.get(NEW, async (ctx) => {
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    const enrolment = deps.enrolments.find(ctx, subjectOf(signedIn));
    if (enrolment === undefined) return seeOther(ctx, PAGE);
    await showNew(ctx, signedIn, enrolment);
  });

  router.post(NEW, async (ctx) => {
    const form = await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    const enrolment = deps.enrolments.find(ctx, subjectOf(signedIn));
    if (enrolment === undefined) return seeOther(ctx, PAGE);
    const t = translator(ctx.state.locale);
    const outcome = await confirmAuthenticator(deps, {
      ...ownerOf(signedIn),
      enrolment,
      typedCode: form.get('code'),
      name: form.get('name'),
      fallbackName: t('strong.defaultName'),
      replaces: false,
      address: ctx.state.address,
    });
    if (!outcome.ok) {
      if (outcome.code === 'strong.over') return seeOther(ctx, PAGE);
      ctx.status = 422;
      return showNew(ctx, signedIn, enrolment, { code: t(outcome.code) }, form.get('name'));
    }
    deps.enrolments.forget(ctx, subjectOf(signedIn));
    deps.notices.write(ctx, 'factor-added');
    if (outcome.recoveryCodes.length === 0) return seeOther(ctx, PAGE);
    await showCodes(ctx, signedIn, outcome.recoveryCodes);
  });

  router.get(`${PAGE}/remove`, (ctx) => seeOther(ctx, PAGE));

  router.post(`${PAGE}/remove`, async (ctx) => {
    const proved = await proveAgain(deps, ctx, PAGE, show);
    if (!proved) return;
    await removeAuthenticator(deps, {
      ...ownerOf(proved.signedIn),
      id: proved.form.get('authenticator'),
      address: ctx.state.address,
    });
    deps.notices.write(ctx, 'factor-removed');
    seeOther(ctx, PAGE);
  });

  router.get(`${PAGE}/codes`, (ctx) => seeOther(ctx, PAGE));

  router.post(`${PAGE}/codes`, async (ctx) => {
    const proved = await proveAgain(deps, ctx, PAGE, show);
    if (!proved) return;
    const { signedIn } = proved;
    const codes = await renewRecoveryCodes(deps, {
      ...ownerOf(signedIn),
      address: ctx.state.address,
    });
    if (codes === undefined) return seeOther(ctx, PAGE);
    await showCodes(ctx, signedIn, codes);
  });

  async function show(ctx: Context, { account, isRecent }: SignedIn, errors: FormErrors = {}): Promise<void> {
    const { authenticators, unusedRecoveryCodes } = await describeStrong(deps.database, account.id);
    deps.render(ctx, 'account/strong', {
      viewer: await viewerOf(deps, account),
      notice: deps.notices.take(ctx),
      authenticators: authenticators.map(({ id, name, createdAt, lastUsedAt }) => ({
        id,
        name,
        since: toParisTime(createdAt).date,
        lastUse: lastUsedAt && toParisTime(lastUsedAt),
      })),
      unusedRecoveryCodes,
      mayBegin: deps.enrolsItself || authenticators.length > 0,
      isRecent,
      errors,
    });
  }

  async function showNew(
    ctx: Context,
    { account }: SignedIn,
    enrolment: Enrolment,
    errors: FormErrors = {},
    name = '',
  ): Promise<void> {
    deps.render(ctx, 'account/strong-new', {
      viewer: await viewerOf(deps, account),
      ...describeEnrolment(deps.title, account, enrolment),
      values: { name },
      errors,
    });
  }

  async function showCodes(ctx: Context, { account }: SignedIn, codes: string[]): Promise<void> {
    deps.render(ctx, 'account/recovery-codes', {
      viewer: await viewerOf(deps, account),
      codes,
      continueUrl: PAGE,
    });
  }
}

const subjectOf = ({ session, account }: SignedIn) => ({
  path: PAGE,
  uid: session.uid,
  accountId: account.id,
});
