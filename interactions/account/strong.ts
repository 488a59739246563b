// /account/strong — « Authentification forte » in « Mon compte »: the applications that show one's codes, one more, one less, and new
// recovery codes. Each change wants a login not older than five minutes, the password, and a code where there is one to give.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { type EnrolDeps, enrolAuthenticator } from '../../src/actions/enrol-factor.ts';
import {
  describeStrong,
  MOST_FACTORS,
  removeFactor,
  renewRecoveryCodes,
} from '../../src/actions/second-factors.ts';
import type { Enrolment } from '../../src/domain/enrolment.ts';
import { readForm } from '../../src/http/form-body.ts';
import type { FormErrors } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { translator } from '../../src/http/translate.ts';
import { describeEnrolment, type Enrolments } from '../enrolments.ts';
import { markDone } from '../second-clicks.ts';
import { type ProveAgainDeps, proveAgain } from './prove-again.ts';
import { type ShowStrongDeps, STRONG_PAGE, showStrong } from './show-strong.ts';
import { ownerOf, requireSignedIn, type SignedIn, viewerOf } from './signed-in.ts';

export type StrongDeps = ProveAgainDeps &
  EnrolDeps &
  ShowStrongDeps & {
    enrolments: Enrolments;
    /** Of the product: what authenticator applications show. */
    title: string;
  };

const PAGE = STRONG_PAGE;
const NEW = `${PAGE}/new`;

export function strong(router: Router, deps: StrongDeps): void {
  const show = (ctx: Context, signedIn: SignedIn, errors?: FormErrors) =>
    showStrong(deps, ctx, signedIn, errors);

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
    if (authenticators.length >= MOST_FACTORS) {
      ctx.status = 422;
      return show(ctx, signedIn, { form: translator(ctx.state.locale)('strong.tooMany') });
    }
    deps.enrolments.begin(ctx, subjectOf(signedIn), proof);
    markDone(ctx);
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
    const outcome = await enrolAuthenticator(deps, {
      ...ownerOf(signedIn),
      enrolment,
      typedCode: form.get('code'),
      name: form.get('name'),
      fallbackName: t('strong.defaultName'),
      address: ctx.state.address,
    });
    if (!outcome.ok) {
      if (outcome.code === 'strong.over') return seeOther(ctx, PAGE);
      ctx.status = 422;
      return showNew(ctx, signedIn, enrolment, { code: t(outcome.code) }, form.get('name'));
    }
    deps.enrolments.forget(ctx, subjectOf(signedIn));
    await showAdded(deps, ctx, signedIn, outcome.recoveryCodes);
  });

  router.get(`${PAGE}/remove`, (ctx) => seeOther(ctx, PAGE));

  router.post(`${PAGE}/remove`, async (ctx) => {
    const proved = await proveAgain(deps, ctx, PAGE, show);
    if (!proved) return;
    await removeFactor(deps, {
      ...ownerOf(proved.signedIn),
      id: proved.form.get('factor'),
      address: ctx.state.address,
    });
    markDone(ctx);
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
    markDone(ctx);
    await showCodes(deps, ctx, signedIn, codes);
  });

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
}

/** After a factor was added: its recovery codes, where there are any to show. */
export async function showAdded(
  deps: ShowStrongDeps,
  ctx: Context,
  signedIn: SignedIn,
  codes: string[],
): Promise<void> {
  markDone(ctx);
  deps.notices.write(ctx, 'factor-added');
  if (codes.length === 0) return seeOther(ctx, PAGE);
  await showCodes(deps, ctx, signedIn, codes);
}

async function showCodes(
  deps: ShowStrongDeps,
  ctx: Context,
  { account }: SignedIn,
  codes: string[],
): Promise<void> {
  deps.render(ctx, 'account/recovery-codes', {
    viewer: await viewerOf(deps, account),
    codes,
    continueUrl: PAGE,
  });
}

/** Whose enrolment it is: of this session. */
export const subjectOf = ({ session, account }: SignedIn) => ({
  path: PAGE,
  uid: session.uid,
  accountId: account.id,
});
