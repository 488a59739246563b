// /interaction/:uid — shows nothing: asks domain/login-flow for the next step and sends the browser there, or back to
// the application. The only file that finishes a login.
import type Router from 'koa-router';
import { finishLogin } from '../../src/actions/finish-login.ts';
import { nextLoginStep } from '../../src/domain/login-flow.ts';
import { grantConsent } from '../../src/oidc/grant-consent.ts';
import { endOtherSession, finishConsent, refuseInteraction, writeLogin } from '../../src/oidc/interaction.ts';
import { beginStep, type LoginDeps, seeOther } from './login-step.ts';

export function dispatch(router: Router, deps: LoginDeps): void {
  router.get('/interaction/:uid', async (ctx) => {
    const { interaction, url } = await beginStep(deps, ctx);
    const { progress, request, client } = interaction;
    const account = progress && (await deps.findAccount(progress.accountId));
    const next = nextLoginStep(request, progress, account, new Date());

    switch (next.step) {
      case 'authenticate':
        return seeOther(ctx, url(deps.methods[0]));
      case 'first-change':
        return seeOther(ctx, url('first-change'));
      case 'consent':
        // Only an application that itself asked for the page (`prompt=consent`) comes here as a first-party one.
        if (!(await deps.isFirstParty(client.clientId))) return seeOther(ctx, url('consent'));
        return seeOther(
          ctx,
          await finishConsent(deps.provider, ctx, await grantConsent(deps, interaction, ctx.state.address)),
        );
      case 'refuse':
        return seeOther(
          ctx,
          await refuseInteraction(
            deps.provider,
            ctx,
            next.error,
            'no enabled method reaches the level asked for',
          ),
        );
      case 'finish': {
        await endOtherSession(deps.provider, ctx, interaction, progress!.accountId);
        const returnTo = await writeLogin(deps.provider, ctx, progress!);
        await finishLogin(deps, {
          progress: progress!,
          clientId: client.clientId,
          address: ctx.state.address,
        });
        return seeOther(ctx, returnTo);
      }
    }
  });
}
