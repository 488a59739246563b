// /account/sessions — « Mes connexions », a section of « Mon compte »: where one is signed in, and the end of that.
import type Router from 'koa-router';
import { closeOtherSessions, closeSession } from '../../src/actions/close-sessions.ts';
import { readForm } from '../../src/http/form-body.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { requireSignedIn, type SignedInDeps } from './signed-in.ts';

export type SessionsDeps = SignedInDeps & { database: Parameters<typeof closeSession>[0] };

const SECTION = '/account#sessions';

export function sessions(router: Router, deps: SessionsDeps): void {
  router.get('/account/sessions', (ctx) => seeOther(ctx, SECTION));

  router.post('/account/sessions', async (ctx) => {
    const form = await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    const { account, session } = signedIn;
    const own = { accountId: account.id, ownUid: session.uid, address: ctx.state.address };
    if (form.has('others')) await closeOtherSessions(deps.database, own);
    else await closeSession(deps.database, { ...own, uid: form.get('session') });
    seeOther(ctx, SECTION);
  });
}
