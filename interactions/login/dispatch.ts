// /interaction/:uid — shows nothing: asks domain/login-flow for the next step and sends the browser there, or back to
// the application. The only file that finishes a login. A step that has proved something hands over to `proceed` itself:
// one redirect less for a person who waits.
import type { Context } from 'koa';
import type Router from 'koa-router';
import { hasStrong } from '../../src/actions/second-factors.ts';
import { isTrusted } from '../../src/actions/trust-browser.ts';
import type { Account } from '../../src/domain/account.ts';
import { type LoginProgress, type LoginRequest, nextLoginStep } from '../../src/domain/login-flow.ts';
import { firstMethod } from '../../src/domain/login-methods.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { grantConsent } from '../../src/oidc/grant-consent.ts';
import {
  endOtherSession,
  finishConsent,
  type LoginInteraction,
  refuseInteraction,
  saveProgress,
  writeLogin,
} from '../../src/oidc/interaction.ts';
import { beginStep, type LoginDeps, type LoginStepContext } from './login-step.ts';

export function dispatch(router: Router, deps: LoginDeps): void {
  router.get('/interaction/:uid', async (ctx) => proceed(deps, ctx, await beginStep(deps, ctx)));
}

/**
 * @param proved by the step that calls, and not saved yet, with the account that it read. Whether that still holds is
 * looked at once more when the session is made (sql/queries/artefact/resume.sql).
 */
export async function proceed(
  deps: LoginDeps,
  ctx: Context,
  { interaction, url }: LoginStepContext,
  proved?: { progress: LoginProgress; account: Account },
): Promise<void> {
  const { request, client } = interaction;
  const progress = proved?.progress ?? interaction.progress;
  const account = proved?.account ?? (progress && (await deps.findAccount(progress.accountId)));
  const next = nextLoginStep(request, progress, account, new Date());
  switch (next.step) {
    case 'authenticate':
      return seeOther(ctx, url(firstMethod(deps.methods, request.acr)));
    case 'first-change':
      if (proved) await saveProgress(interaction, proved.progress);
      return seeOther(ctx, url('first-change'));
    case 'strengthen': {
      const trusted = await findTrusted(deps, ctx, request, progress!, account!);
      if (trusted) return finish(deps, ctx, interaction, trusted);
      if (proved) await saveProgress(interaction, proved.progress);
      return seeOther(ctx, url((await hasStrong(deps.database, account!.id)) ? 'otp' : 'enrol'));
    }
    case 'consent':
      // Only an application that itself asked for the page (`prompt=consent`) comes here as a first-party one.
      if (!(await deps.isFirstParty(client.clientId))) return seeOther(ctx, url('consent'));
      return seeOther(
        ctx,
        await finishConsent(interaction, await grantConsent(deps, interaction, ctx.state.address)),
      );
    case 'refuse':
      return seeOther(
        ctx,
        await refuseInteraction(
          interaction,
          next.error,
          'no enabled method reaches the level that is needed',
        ),
      );
    case 'finish':
      return finish(deps, ctx, interaction, progress!);
  }
}

async function finish(
  deps: LoginDeps,
  ctx: Context,
  interaction: LoginInteraction,
  progress: LoginProgress,
): Promise<void> {
  await endOtherSession(deps, ctx, interaction, progress.accountId);
  seeOther(ctx, await writeLogin(interaction, progress));
}

/** Where only the account demands a code, and trusts this browser: the password is enough, and the tokens say so. */
async function findTrusted(
  { trust, database }: LoginDeps,
  ctx: Context,
  request: LoginRequest,
  proved: LoginProgress,
  account: Account,
): Promise<LoginProgress | undefined> {
  const token = trust?.read(ctx);
  if (token === undefined) return undefined;
  const progress = { ...proved, trustedBrowser: true };
  const next = nextLoginStep(request, progress, account, new Date());
  if (next.step !== 'finish' || !(await isTrusted(database, account.id, token))) return undefined;
  return progress;
}
