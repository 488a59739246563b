// /account/strong/passkey — « Clé d'accès » in « Mon compte »: one more. The browser makes it, on a page that the form of
// /account/strong leads to after password and code.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { enrolPasskey } from '../../src/actions/enrol-factor.ts';
import { describeStrong } from '../../src/actions/second-factors.ts';
import { toChallenge } from '../../src/domain/enrolment.ts';
import { ALGORITHMS } from '../../src/domain/passkey.ts';
import type { FormErrors } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { translator } from '../../src/http/translate.ts';
import {
  beginEnrolling,
  type Enrolling,
  type EnrollingDeps,
  findEnrolling,
  finishEnrolling,
} from './enrolling.ts';
import { STRONG_PAGE } from './show-strong.ts';
import { viewerOf } from './signed-in.ts';

const PAGE = `${STRONG_PAGE}/passkey`;
const NEW = `${PAGE}/new`;

export function passkey(router: Router, deps: EnrollingDeps): void {
  router.post(PAGE, (ctx) => beginEnrolling(deps, ctx, 'passkeys', PAGE));

  router.get(PAGE, async (ctx) => {
    const enrolling = await findEnrolling(deps, ctx, 'passkeys');
    if (enrolling) await show(ctx, enrolling);
  });

  router.get(NEW, (ctx) => seeOther(ctx, PAGE));

  router.post(NEW, (ctx) =>
    finishEnrolling(deps, ctx, {
      kind: 'passkeys',
      fallbackName: translator(ctx.state.locale)('passkey.defaultName'),
      enrol: (factor, form) => enrolPasskey(deps, { ...factor, attestation: form.get('attestation') }),
      showAgain: (enrolling, sentence, name) => show(ctx, enrolling, { form: sentence }, name),
    }),
  );

  async function show(
    ctx: Context,
    { signedIn: { account }, enrolment }: Enrolling,
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
