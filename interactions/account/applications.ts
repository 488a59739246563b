// /account/applications — « Mes applications », a section of « Mon compte » and a page of its own: what was given to whom, taken back.
import type Router from 'koa-router';
import { listApplications } from '../../src/actions/list-applications.ts';
import { withdrawAccess } from '../../src/actions/withdraw-access.ts';
import { readForm } from '../../src/http/form-body.ts';
import { toParisTime } from '../../src/http/paris-time.ts';
import type { Render } from '../../src/http/render.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { describedScopes } from '../../src/oidc/grant-consent.ts';
import type { Notices } from './notice.ts';
import { ownerOf, requireSignedIn, type SignedIn, type SignedInDeps, viewerOf } from './signed-in.ts';

export type ApplicationsDeps = SignedInDeps & {
  database: Parameters<typeof withdrawAccess>[0];
  render: Render;
  notices: Notices;
};

const PAGE = '/account/applications';

export function applications(router: Router, deps: ApplicationsDeps): void {
  router.get(PAGE, async (ctx) => {
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    deps.render(ctx, 'account/applications', {
      viewer: await viewerOf(deps, signedIn.account),
      notice: deps.notices.take(ctx),
      applications: await describeApplications(deps, signedIn),
    });
  });

  router.post(PAGE, async (ctx) => {
    const form = await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    const isWithdrawn = await withdrawAccess(deps.database, {
      ...ownerOf(signedIn),
      clientId: form.get('clientId'),
      address: ctx.state.address,
    });
    if (isWithdrawn) deps.notices.write(ctx, 'access-withdrawn');
    seeOther(ctx, PAGE);
  });
}

/** The locals of the section. */
export async function describeApplications(
  { database }: Pick<SignedInDeps, 'database'>,
  { account }: Pick<SignedIn, 'account'>,
) {
  const given = await listApplications(database, account.id);
  return given.map(({ scopes, claims, since, ...application }) => ({
    ...application,
    scopes: describedScopes(scopes, claims),
    since: toParisTime(since).date,
  }));
}
