// /account/strong/passkey — « Clé d'accès » in « Mon compte »: one more. The browser makes it, on a page that the form of
// /account/strong leads to after password and code.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { enrolPasskey } from '../../src/actions/enrol-factor.ts';
import { describeStrong, MOST_FACTORS } from '../../src/actions/second-factors.ts';
import { type Enrolment, toChallenge } from '../../src/domain/enrolment.ts';
import { ALGORITHMS } from '../../src/domain/passkey.ts';
import { readForm } from '../../src/http/form-body.ts';
import type { FormErrors } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { translator } from '../../src/http/translate.ts';
import { markDone } from '../second-clicks.ts';
import { proveAgain } from './prove-again.ts';
import { STRONG_PAGE, showStrong } from './show-strong.ts';
import { ownerOf, requireSignedIn, type SignedIn, viewerOf } from './signed-in.ts';
import { type StrongDeps, showAdded, subjectOf } from './strong.ts';

const PAGE = `${STRONG_PAGE}/passkey`;
const NEW = `${PAGE}/new`;

export function passkey(router: Router, deps: StrongDeps): void {
  router.post(PAGE, async (ctx) => {
    const proved = await proveAgain(deps, ctx, STRONG_PAGE, (...page) => showStrong(deps, ...page));
    if (!proved) return;
    const { signedIn, proof } = proved;
    if (proof === 'password' && !deps.enrolsItself) return seeOther(ctx, STRONG_PAGE);
    const { passkeys } = await describeStrong(deps.database, signedIn.account.id);
    if (passkeys.length >= MOST_FACTORS) {
      ctx.status = 422;
      return showStrong(deps, ctx, signedIn, { form: translator(ctx.state.locale)('strong.tooMany') });
    }
    deps.enrolments.begin(ctx, subjectOf(signedIn), proof);
    markDone(ctx);
    seeOther(ctx, PAGE);
  });

  router.get(PAGE, async (ctx) => {
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    const enrolment = deps.enrolments.find(ctx, subjectOf(signedIn));
    if (enrolment === undefined) return seeOther(ctx, STRONG_PAGE);
    await show(ctx, signedIn, enrolment);
  });

  router.get(NEW, (ctx) => seeOther(ctx, PAGE));

  router.post(NEW, async (ctx) => {
    const form = await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    const enrolment = deps.enrolments.find(ctx, subjectOf(signedIn));
    if (enrolment === undefined) return seeOther(ctx, STRONG_PAGE);
    const t = translator(ctx.state.locale);
    const outcome = await enrolPasskey(deps, {
      ...ownerOf(signedIn),
      enrolment,
      attestation: form.get('attestation'),
      name: form.get('name'),
      fallbackName: t('passkey.defaultName'),
      address: ctx.state.address,
    });
    if (!outcome.ok) {
      if (outcome.code === 'strong.over') return seeOther(ctx, STRONG_PAGE);
      ctx.status = 422;
      return show(ctx, signedIn, enrolment, { form: t(outcome.code) }, form.get('name'));
    }
    deps.enrolments.forget(ctx, subjectOf(signedIn));
    await showAdded(deps, ctx, signedIn, outcome.recoveryCodes);
  });

  async function show(
    ctx: Context,
    { account }: SignedIn,
    enrolment: Enrolment,
    errors: FormErrors = {},
    name = '',
  ): Promise<void> {
    const { passkeys } = await describeStrong(deps.database, account.id);
    deps.render(ctx, 'account/passkey-new', {
      viewer: await viewerOf(deps, account),
      newUrl: NEW,
      // For `navigator.credentials.create` (WebAuthn §5.4); bytes in base64url.
      options: {
        challenge: toChallenge(enrolment),
        rp: { id: deps.relyingParty.id, name: deps.relyingParty.name },
        user: {
          id: Buffer.from(account.id).toString('base64url'),
          name: account.identifier,
          displayName: `${account.givenName} ${account.familyName}`,
        },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: {
          residentKey: 'required',
          requireResidentKey: true,
          userVerification: 'required',
        },
        attestation: 'none',
        excludeCredentials: passkeys.map(({ credentialId }) => ({
          type: 'public-key',
          id: credentialId.toString('base64url'),
        })),
      },
      values: { name },
      errors,
    });
  }
}
