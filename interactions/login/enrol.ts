// /interaction/:uid/enrol — an authenticator application is added on the way: after the password, where more is asked than the account
// has; or after a recovery code, in place of the lost device. IDP_STRONG_SELF_ENROLMENT=no leaves the first one to the administrators.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { enrolAuthenticator } from '../../src/actions/enrol-factor.ts';
import { describeStrong, hasStrong } from '../../src/actions/second-factors.ts';
import type { Account } from '../../src/domain/account.ts';
import type { Enrolment } from '../../src/domain/enrolment.ts';
import { type LoginProgress, nextLoginStep } from '../../src/domain/login-flow.ts';
import { readForm } from '../../src/http/form-body.ts';
import type { FormErrors } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { translator } from '../../src/http/translate.ts';
import { refuseInteraction, saveProgress } from '../../src/oidc/interaction.ts';
import { describeEnrolment } from '../enrolments.ts';
import { markDone } from '../second-clicks.ts';
import { beginStep, type LoginDeps, type LoginStepContext } from './login-step.ts';
import { leaveLate, strongProgress } from './second-factor.ts';

/** Who may add one here. */
type Newcomer = {
  account: Account;
  progress: LoginProgress;
  /** `forbidden`: only an administrator's link leads to the first one. `late`: perhaps it is added already. */
  may: Enrolment['proof'] | 'forbidden' | 'late';
};

export function enrol(router: Router, deps: LoginDeps): void {
  if (!deps.methods.includes('strong')) return;

  router.get('/interaction/:uid/enrol', async (ctx) => {
    const step = await beginStep(deps, ctx);
    const newcomer = await findNewcomer(step);
    if (!newcomer || newcomer.may === 'late') return seeOther(ctx, step.url());
    if (newcomer.may === 'forbidden') return deps.render(ctx, 'login/enrol-forbidden', step.locals);
    const subject = subjectOf(step, newcomer);
    const begun = deps.enrolments.find(ctx, subject);
    // One of before a recovery code, by the password alone, adds nothing any more.
    const enrolment =
      begun?.proof === newcomer.may ? begun : deps.enrolments.begin(ctx, subject, newcomer.may);
    show(ctx, step, newcomer, enrolment, { replaces: newcomer.progress.recovered });
  });

  router.post('/interaction/:uid/enrol', async (ctx) => {
    const step = await beginStep(deps, ctx);
    const newcomer = await findNewcomer(step);
    if (newcomer?.may === 'forbidden') return seeOther(ctx, await refuse(step));
    if (!newcomer) return leaveLate(ctx, step);
    const form = await readForm(ctx);
    const t = translator(ctx.state.locale);
    const { account, progress } = newcomer;
    const values = { name: form.get('name'), replaces: form.has('replaces') };
    const subject = subjectOf(step, newcomer);
    const enrolment = deps.enrolments.find(ctx, subject);
    if (!enrolment || (newcomer.may !== 'late' && enrolment.proof !== newcomer.may)) {
      if (newcomer.may === 'late') return seeOther(ctx, step.url());
      ctx.status = 422;
      const fresh = deps.enrolments.begin(ctx, subject, newcomer.may);
      return show(ctx, step, newcomer, fresh, values, { form: t('strong.renewed') });
    }
    const outcome = await enrolAuthenticator(deps, {
      accountId: account.id,
      passwordSetAt: progress.passwordSetAt,
      enrolment,
      typedCode: form.get('code'),
      name: values.name,
      fallbackName: t('strong.defaultName'),
      replaces: values.replaces && progress.recovered === true,
      address: ctx.state.address,
    });
    if (!outcome.ok) {
      if (outcome.code === 'strong.over')
        return deps.render(ctx, 'login/enrolled', { ...step.locals, isOver: true, continueUrl: step.url() });
      ctx.status = 422;
      return show(ctx, step, newcomer, enrolment, values, { code: t(outcome.code) });
    }
    deps.enrolments.finish(ctx, subject, form.get('formId'));
    if (newcomer.may !== 'late') await saveProgress(step.interaction, strongProgress(progress, account));
    markDone(ctx);
    if (outcome.recoveryCodes.length === 0) {
      const { unusedRecoveryCodes } = await describeStrong(deps.database, account.id);
      const locals = { unusedRecoveryCodes, languageUrl: undefined, continueUrl: step.url() };
      return deps.render(ctx, 'login/enrolled', { ...step.locals, ...locals });
    }
    deps.render(ctx, 'login/recovery-codes', {
      ...step.locals,
      codes: outcome.recoveryCodes,
      languageUrl: undefined,
      continueUrl: step.url(),
    });
  });

  /** Undefined where nothing is proved, or not any more. */
  async function findNewcomer({ interaction }: LoginStepContext): Promise<Newcomer | undefined> {
    const { progress, request } = interaction;
    const account = progress && (await deps.findAccount(progress.accountId));
    const { step } = nextLoginStep(request, progress, account, new Date());
    if (!progress || !account || (step !== 'strengthen' && step !== 'finish')) return undefined;
    if (progress.recovered) return { account, progress, may: 'second-factor' };
    if (step === 'finish' || (await hasStrong(deps.database, account.id)))
      return { account, progress, may: 'late' };
    return { account, progress, may: deps.enrolsItself ? 'password' : 'forbidden' };
  }

  function refuse({ interaction }: LoginStepContext): Promise<string> {
    const reason = 'the person has no second factor yet';
    return refuseInteraction(interaction, 'unmet_authentication_requirements', reason);
  }

  function show(
    ctx: Context,
    { locals }: LoginStepContext,
    { account, progress }: Newcomer,
    enrolment: Enrolment,
    values: Record<string, unknown>,
    errors: FormErrors = {},
  ): void {
    deps.render(ctx, 'login/enrol', {
      ...locals,
      ...describeEnrolment(deps.title, account, enrolment),
      hasLost: progress.recovered === true,
      values,
      errors,
    });
  }
}

const subjectOf = ({ interaction, url }: LoginStepContext, { account }: Newcomer) => ({
  kind: 'authenticators' as const,
  path: url(),
  uid: interaction.uid,
  accountId: account.id,
});
