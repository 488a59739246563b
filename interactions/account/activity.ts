// /account/activity — « Activité », a section of « Mon compte »: what happened lately, and « Ce n'était pas moi ».
import type { Context } from 'koa';
import type Router from 'koa-router';
import {
  type Alarm,
  restorableEmail,
  type SecureAccountDeps,
  type SecuredAddress,
  secureAccount,
} from '../../src/actions/secure-account.ts';
import { type Form, readForm } from '../../src/http/form-body.ts';
import type { Render } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { shortCookie } from '../../src/http/short-cookie.ts';
import { findSession, isStrongSession } from '../../src/oidc/session.ts';
import { isFormId, markDone } from '../second-clicks.ts';
import type { Notices } from './notice.ts';
import { requireSignedIn, type SignedInDeps } from './signed-in.ts';

export type ActivityDeps = SignedInDeps &
  SecureAccountDeps & {
    render: Render;
    /** Removes the session's cookie. */
    forgetSession(ctx: Context): void;
    secure: boolean;
    notices: Notices;
  };

const PAGE = '/account/activity';
const SECURED = `${PAGE}/secured`;
/** For a reload, and no longer: the page tells of what was done. */
const LIFE_MS = 5 * 60 * 1000;
const OUTCOMES: SecuredAddress[] = ['kept', 'restored', 'taken'];

export function activity(router: Router, deps: ActivityDeps): void {
  const done = shortCookie({ name: 'idp_secured', path: PAGE, secure: deps.secure, maxAgeMs: LIFE_MS });
  const outcomeOf = (ctx: Context) => OUTCOMES.find((outcome) => done.read(ctx)?.startsWith(`${outcome}.`));

  const isSecondClick = (ctx: Context, form: Form) =>
    isFormId(form.get('formId')) && done.read(ctx)?.endsWith(`.${form.get('formId')}`);

  router.get(PAGE, (ctx) => seeOther(ctx, '/account#activity'));

  router.post(PAGE, async (ctx) => {
    const form = await readForm(ctx);
    // Clicked once more, after it was done.
    if (isSecondClick(ctx, form) && !(await findSession(deps.provider, ctx))) return seeOther(ctx, SECURED);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    const { account, session, isRecent } = signedIn;
    const mailAddress = readAnswer(form);
    // To change the mail address wants a recent login, whichever way it is changed.
    if (mailAddress === 'restore' && !isRecent && (await restorableEmail(deps.database, account))) {
      deps.notices.write(ctx, 'alarm-waits');
      return seeOther(ctx, '/account');
    }
    const became = await secureAccount(deps, {
      account,
      sessionUid: session.uid,
      address: ctx.state.address,
      mailAddress,
      // As for any change of them: by somebody who has just shown one.
      takesFactors: isRecent && isStrongSession(session),
    });
    if (became === 'unanswered') {
      deps.notices.write(ctx, 'alarm-unanswered');
      return seeOther(ctx, '/account');
    }
    // Closed meanwhile: whoever is signed in next may raise it.
    if (became === undefined) return seeOther(ctx, '/account');
    deps.forgetSession(ctx);
    markDone(ctx);
    // With the form that did it: another alarm is none of that.
    done.write(ctx, `${became}.${isFormId(form.get('formId')) ? form.get('formId') : ''}`);
    seeOther(ctx, SECURED);
  });

  router.get(SECURED, (ctx) => {
    const mailAddress = outcomeOf(ctx);
    if (mailAddress === undefined) return seeOther(ctx, '/account');
    deps.render(ctx, 'account/secured', { forgotUrl: '/account/forgot', mailAddress });
  });
}

function readAnswer(form: Form): Alarm['mailAddress'] {
  switch (form.get('mailAddress')) {
    case 'former':
      return 'restore';
    case 'current':
      return { keep: form.get('currentAddress') };
    default:
      return undefined;
  }
}
