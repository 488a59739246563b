// What adding an application and adding a passkey have in common in « Mon compte »: password and code first, then a page that makes the
// factor, then its recovery codes.
import type { Context } from 'koa';
import type { EnrolDeps, Enrolled, NewFactor } from '../../src/actions/enrol-factor.ts';
import { describeStrong, MOST_FACTORS } from '../../src/actions/second-factors.ts';
import type { Enrolment } from '../../src/domain/enrolment.ts';
import { type Form, readForm } from '../../src/http/form-body.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { translator } from '../../src/http/translate.ts';
import type { Enrolments, FactorKind } from '../enrolments.ts';
import { markDone } from '../second-clicks.ts';
import { type ProveAgainDeps, proveAgain } from './prove-again.ts';
import { type ShowStrongDeps, STRONG_PAGE, showRecoveryCodes, showStrong } from './show-strong.ts';
import { ownerOf, requireSignedIn, type SignedIn } from './signed-in.ts';

export type EnrollingDeps = ProveAgainDeps & EnrolDeps & ShowStrongDeps & { enrolments: Enrolments };
export type Enrolling = { signedIn: SignedIn; enrolment: Enrolment };

/** After the form of /account/strong. @param next the page that makes the factor */
export async function beginEnrolling(
  deps: EnrollingDeps,
  ctx: Context,
  kind: FactorKind,
  next: string,
): Promise<void> {
  const proved = await proveAgain(deps, ctx, STRONG_PAGE, (...page) => showStrong(deps, ...page));
  if (!proved) return;
  const { signedIn, proof } = proved;
  if (proof === 'password' && !deps.enrolsItself) return seeOther(ctx, STRONG_PAGE);
  const { [kind]: factors } = await describeStrong(deps.database, signedIn.account.id);
  if (factors.length >= MOST_FACTORS) {
    ctx.status = 422;
    return showStrong(deps, ctx, signedIn, { form: translator(ctx.state.locale)('strong.tooMany') });
  }
  // Another tab may show its key already.
  const subject = subjectOf(signedIn, kind);
  if (deps.enrolments.find(ctx, subject)?.proof !== proof) deps.enrolments.begin(ctx, subject, proof);
  markDone(ctx);
  seeOther(ctx, next);
}

/** Undefined after sending elsewhere whoever has begun none, or a while ago. */
export async function findEnrolling(
  deps: EnrollingDeps,
  ctx: Context,
  kind: FactorKind,
): Promise<Enrolling | undefined> {
  const signedIn = await requireSignedIn(deps, ctx);
  if (!signedIn) return undefined;
  const subject = subjectOf(signedIn, kind);
  const enrolment = deps.enrolments.find(ctx, subject);
  if (enrolment) return { signedIn, enrolment };
  const isAsked = ctx.method === 'POST';
  if (isAsked && !deps.enrolments.hasFinished(ctx, subject, (await readForm(ctx)).get('formId')))
    sayOver(deps, ctx);
  else seeOther(ctx, STRONG_PAGE);
  return undefined;
}

/** Nothing is added: whoever has scanned a code must know. */
function sayOver({ notices }: EnrollingDeps, ctx: Context): void {
  notices.write(ctx, 'factor-over');
  seeOther(ctx, STRONG_PAGE);
}

export type FactorForm = {
  kind: FactorKind;
  /** Where the person gave it no name. */
  fallbackName: string;
  enrol(factor: NewFactor, form: Form): Promise<Enrolled>;
  /** The page once more, with this sentence and what was typed for a name. */
  showAgain(enrolling: Enrolling, sentence: string, name: string): Promise<void>;
};

/** The form of the page that makes the factor was sent. */
export async function finishEnrolling(
  deps: EnrollingDeps,
  ctx: Context,
  { kind, fallbackName, enrol, showAgain }: FactorForm,
): Promise<void> {
  const form = await readForm(ctx);
  const enrolling = await findEnrolling(deps, ctx, kind);
  if (!enrolling) return;
  const { signedIn, enrolment } = enrolling;
  const name = form.get('name');
  const factor = { ...ownerOf(signedIn), enrolment, name, fallbackName, address: ctx.state.address };
  const outcome = await enrol(factor, form);
  if (!outcome.ok) {
    if (outcome.code === 'strong.over') return sayOver(deps, ctx);
    ctx.status = 422;
    return showAgain(enrolling, translator(ctx.state.locale)(outcome.code), name);
  }
  deps.enrolments.finish(ctx, subjectOf(signedIn, kind), form.get('formId'));
  markDone(ctx);
  deps.notices.write(ctx, 'factor-added');
  if (outcome.recoveryCodes.length === 0) return seeOther(ctx, STRONG_PAGE);
  await showRecoveryCodes(deps, ctx, signedIn, outcome.recoveryCodes);
}

/** Whose enrolment it is: of this session. */
const subjectOf = ({ session, account }: SignedIn, kind: FactorKind) => ({
  kind,
  path: STRONG_PAGE,
  uid: session.uid,
  accountId: account.id,
});
