// A provisional password opens one door, that of its own replacement: whoever was handed it cannot use it to get in.
import { useStage } from './stage.ts';
import type { Visitor } from './visitor.ts';

const stage = useStage();
const S2 = 'Changement de mot de passe';

/** At S2, with a provisional password just proved. */
async function reachForcedChange(visitor: Visitor): Promise<{ interaction: string }> {
  const { identifier, provisionalPassword } = await stage.server.addNewAccount();
  await visitor.goToLogin(stage.portal);
  await visitor.logIn({ identifier, password: provisionalPassword });
  await visitor.reaches(S2);
  return { interaction: visitor.page.url().replace(/\/first-change$/, '') };
}

/** No site has let this browser in, and the provider knows of no session. */
async function isNowhereSignedIn({ context }: Visitor): Promise<void> {
  const page = await context.newPage();
  for (const site of [stage.portal, stage.agenda]) {
    await page.goto(`${site}/login?prompt=none`);
    await page.getByRole('heading', { name: 'Connexion nécessaire' }).waitFor();
    expect(await page.locator('code').innerText()).toBe('login_required');
    await page.goto(site);
    expect(await page.getByRole('button', { name: 'Se déconnecter' }).count()).toBe(0);
  }
  await page.close();
}

describe('after the provisional password, before the forced change', () => {
  it.each(['', '/password', '/consent', '/first-change'])(
    'the address …%s leads to the change or to the login',
    async (step) => {
      await stage.tell(async (visitor) => {
        const { interaction } = await reachForcedChange(visitor);
        await visitor.page.goto(`${interaction}${step}`);
        await visitor.reaches(step === '/password' ? 'Je me connecte' : S2);
        await isNowhereSignedIn(visitor);
      });
    },
  );

  it('the address that a finished login returns to begins the login again', async () => {
    await stage.tell(async (visitor) => {
      const { interaction } = await reachForcedChange(visitor);
      const { origin, pathname } = new URL(interaction);
      const [, , uid] = pathname.split('/');
      await visitor.page.goto(`${origin}/auth/${uid}`);
      await visitor.reaches('Je me connecte');
      await isNowhereSignedIn(visitor);
    });
  });

  it('a second tab has to log in, and ends at the change as well', async () => {
    const { identifier, provisionalPassword } = await stage.server.addNewAccount();
    await stage.tell(async (visitor) => {
      await visitor.goToLogin(stage.portal);
      await visitor.logIn({ identifier, password: provisionalPassword });
      await visitor.reaches(S2);
      const back = await visitor.openTab();
      await visitor.goToLogin(stage.portal);
      await visitor.logIn({ identifier, password: provisionalPassword });
      await visitor.reaches(S2);
      back();
      await visitor.page.reload();
      await visitor.reaches(S2);
      await isNowhereSignedIn(visitor);
    });
  });

  it('another application asks for the password again, then for the change', async () => {
    const { identifier, provisionalPassword } = await stage.server.addNewAccount();
    await stage.tell(async (visitor) => {
      await visitor.goToLogin(stage.portal);
      await visitor.logIn({ identifier, password: provisionalPassword });
      await visitor.reaches(S2);
      await visitor.goToLogin(stage.agenda);
      await visitor.logIn({ identifier, password: provisionalPassword });
      await visitor.reaches(S2);
      await isNowhereSignedIn(visitor);
    });
  });

  it('the back button shows the login again, and forward the change', async () => {
    await stage.tell(async (visitor) => {
      await reachForcedChange(visitor);
      await visitor.page.goBack();
      await visitor.reaches('Je me connecte');
      await visitor.page.goForward();
      await visitor.reaches(S2);
      await isNowhereSignedIn(visitor);
    });
  });

  it('« Revenir au service » goes back without a session', async () => {
    await stage.tell(async (visitor) => {
      await reachForcedChange(visitor);
      await visitor.press('Revenir au service');
      await visitor.reaches('Connexion abandonnée');
      expect(await visitor.text()).toContain('access_denied');
      await isNowhereSignedIn(visitor);
    });
  });

  it('a form of the next steps, sent by hand, opens nothing', async () => {
    await stage.tell(async (visitor) => {
      const { interaction } = await reachForcedChange(visitor);
      for (const step of ['/consent', '/first-change']) {
        const answer = await visitor.context.request.post(`${interaction}${step}`, {
          form: { newPassword: 'Cerisier-58!', newPasswordConfirmation: 'Cerisier-58!' },
          headers: { 'Sec-Fetch-Site': 'same-origin' },
        });
        expect(answer.url()).toMatch(/\/first-change$/);
      }
      await isNowhereSignedIn(visitor);
    });
  });
});
