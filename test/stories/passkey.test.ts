// « Clé d'accès » in a real browser, with Chromium's own virtual authenticator.
import type { CDPSession, Page } from 'playwright-core';
import { PASSWORD } from '../support/server.ts';
import { useStage } from './stage.ts';

const stage = useStage();

/** A device that verifies its owner, and keeps the keys. */
async function plugIn(page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, authenticatorId };
}

it('a professional adds a passkey and signs in by it, without typing anything', async () => {
  const { server, portal, tell } = stage;
  const { identifier } = await server.addAccount();
  await tell(async (visitor) => {
    const { page } = visitor;
    const { cdp, authenticatorId } = await plugIn(page);
    await visitor.goToLogin(portal);
    await visitor.logIn({ identifier, password: PASSWORD });
    await visitor.arrives();
    await page.getByRole('link', { name: 'Mon compte' }).click();
    await visitor.reaches('Mon compte');
    await page.getByRole('link', { name: 'Ajouter une application ou une clé' }).click();
    await visitor.reaches('Authentification forte');
    await visitor.fill({ currentPassword: PASSWORD });
    await visitor.press("Ajouter une clé d'accès");
    await visitor.reaches("Ajouter une clé d'accès");
    await visitor.fill({ name: 'Ordinateur du cabinet' });
    await visitor.press("Créer la clé d'accès");
    await visitor.reaches('Codes de récupération');
    await page.getByRole('link', { name: 'Continuer' }).click();
    await visitor.reaches('Authentification forte');
    expect(await page.innerText('main')).toContain('Ordinateur du cabinet');
    await page.locator('details.viewer summary').click();
    await visitor.press('Se déconnecter');
    await visitor.reaches('Déconnexion');

    await visitor.goToLogin(portal);
    await page.getByRole('link', { name: 'Authentification forte' }).click();
    await page.waitForURL(/\/strong$/);
    // The owner does not show who they are: the page says so, and goes on.
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await visitor.press("Me connecter avec une clé d'accès");
    await page.getByText("La clé d'accès n'a pas servi.").waitFor();
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await visitor.press("Me connecter avec une clé d'accès");
    await visitor.arrives();
    expect(await visitor.told('acr')).toContain('eidas2');
    expect(await visitor.told('amr')).toContain('user');
  });
});

it('without scripts no passkey is offered', async () => {
  const { portal, tell } = stage;
  await tell(
    async (visitor) => {
      await visitor.goToLogin(portal);
      await visitor.page.getByRole('link', { name: 'Authentification forte' }).click();
      await visitor.page.waitForURL(/\/strong$/);
      await visitor.reaches('Je me connecte');
      expect(
        await visitor.page.getByRole('button', { name: "Me connecter avec une clé d'accès" }).count(),
      ).toBe(0);
    },
    { javaScriptEnabled: false },
  );
});
