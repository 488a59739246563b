// /account/applications — « Mes applications », a section of « Mon compte »: what was given to whom, taken back.
import type Router from 'koa-router';
import { withdrawAccess } from '../../src/actions/withdraw-access.ts';
import { readForm } from '../../src/http/form-body.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { requireSignedIn, type SignedInDeps } from './signed-in.ts';

export type ApplicationsDeps = SignedInDeps & { database: Parameters<typeof withdrawAccess>[0] };

const SECTION = '/account#applications';

export function applications(router: Router, deps: ApplicationsDeps): void {
  router.get('/account/applications', (ctx) => seeOther(ctx, SECTION));

  router.post('/account/applications', async (ctx) => {
    const form = await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    await withdrawAccess(deps.database, {
      accountId: signedIn.account.id,
      clientId: form.get('clientId'),
      address: ctx.state.address,
    });
    seeOther(ctx, SECTION);
  });
}
