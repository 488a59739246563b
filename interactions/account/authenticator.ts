// /account/strong/new — an authenticator application more, in « Mon compte »: the form of /account/strong leads to its QR code.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { enrolAuthenticator } from '../../src/actions/enrol-factor.ts';
import type { FormErrors } from '../../src/http/render.ts';
import { translator } from '../../src/http/translate.ts';
import { describeEnrolment } from '../enrolments.ts';
import {
  beginEnrolling,
  type Enrolling,
  type EnrollingDeps,
  findEnrolling,
  finishEnrolling,
} from './enrolling.ts';
import { STRONG_PAGE } from './show-strong.ts';
import { viewerOf } from './signed-in.ts';

/** `title` of the product: what authenticator applications show. */
export type AuthenticatorDeps = EnrollingDeps & { title: string };

const NEW = `${STRONG_PAGE}/new`;

export function authenticator(router: Router, deps: AuthenticatorDeps): void {
  router.post(STRONG_PAGE, (ctx) => beginEnrolling(deps, ctx, 'authenticators', NEW));

  router.get(NEW, async (ctx) => {
    const enrolling = await findEnrolling(deps, ctx, 'authenticators');
    if (enrolling) await show(ctx, enrolling);
  });

  router.post(NEW, (ctx) =>
    finishEnrolling(deps, ctx, {
      kind: 'authenticators',
      fallbackName: translator(ctx.state.locale)('strong.defaultName'),
      enrol: (factor, form) => enrolAuthenticator(deps, { ...factor, typedCode: form.get('code') }),
      showAgain: (enrolling, code, name) => show(ctx, enrolling, { code }, name),
    }),
  );

  async function show(
    ctx: Context,
    { signedIn: { account }, enrolment }: Enrolling,
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
