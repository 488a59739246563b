// /account/language — « Langue », a section of « Mon compte »: of the pages in this browser, and of the person's mails.
import type Router from 'koa-router';
import { chooseLocale } from '../../src/actions/choose-locale.ts';
import { readForm } from '../../src/http/form-body.ts';
import { rememberLocale } from '../../src/http/locale.ts';
import { RequestRefused } from '../../src/http/request-refused.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { LOCALES } from '../../src/http/translate.ts';
import type { Notices } from './notice.ts';
import { ownerOf, requireSignedIn, type SignedInDeps } from './signed-in.ts';

const SECTION = '/account#language';

export type LanguageDeps = SignedInDeps & {
  database: Parameters<typeof chooseLocale>[0];
  notices: Notices;
};

export function language(router: Router, deps: LanguageDeps): void {
  router.get('/account/language', (ctx) => seeOther(ctx, SECTION));

  router.post('/account/language', async (ctx) => {
    const form = await readForm(ctx);
    const signedIn = await requireSignedIn(deps, ctx);
    if (!signedIn) return;
    const chosen = LOCALES.find((locale) => locale === form.get('locale'));
    if (!chosen) throw new RequestRefused('invalid-request', 'not a language of ours');
    rememberLocale(ctx, chosen);
    if (await chooseLocale(deps.database, ownerOf(signedIn), chosen))
      deps.notices.write(ctx, 'language-saved');
    seeOther(ctx, '/account');
  });
}
