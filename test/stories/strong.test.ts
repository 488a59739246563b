// « Authentification forte »: somebody adds an application, signs in with it, loses the device, and is led to a code by a service that
// demands one.
import { codeOf, forgetUsedCodes } from '../support/authenticator.ts';
import { PASSWORD } from '../support/server.ts';
import { useStage } from './stage.ts';

const stage = useStage();

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('%s', (_, javaScriptEnabled) => {
  it('a professional adds an application, signs in with its code, and with a recovery code when it is lost', async () => {
    const { server, portal, tell } = stage;
    const account = await server.addAccount();
    const { identifier } = account;

    await tell(
      async (visitor) => {
        const { page } = visitor;
        await visitor.goToLogin(portal);
        await visitor.logIn({ identifier, password: PASSWORD });
        await visitor.arrives();
        expect(await visitor.told('acr')).toContain('eidas1');
        await page.getByRole('link', { name: 'Mon compte' }).click();
        await visitor.reaches('Mon compte');
        await page.getByRole('link', { name: 'Ajouter une application ou une clé' }).click();
        await visitor.reaches('Authentification forte');
        await visitor.fill({ currentPassword: PASSWORD });
        await visitor.press('Ajouter une application');
        await visitor.reaches("Ajouter une application d'authentification");
        await page.getByText('Vous ne pouvez pas scanner le code ?').click();
        const secret = (await page.locator('.key code').innerText()).replaceAll(/\s/g, '');
        await visitor.fill({ code: '000000' });
        await visitor.press('Valider');
        await page.locator('#error-summary').waitFor();
        await visitor.reaches("Ajouter une application d'authentification");
        await visitor.fill({ code: codeOf(secret) });
        await visitor.press('Valider');
        await visitor.reaches('Codes de récupération');
        const [recoveryCode] = await page.locator('#recovery-codes code').allInnerTexts();
        const download = page.waitForEvent('download');
        await page.getByRole('link', { name: 'Télécharger' }).click();
        expect((await download).suggestedFilename()).toBe('codes-de-recuperation.txt');
        await page.getByRole('link', { name: 'Continuer' }).click();
        await visitor.reaches('Authentification forte');
        await page.locator('details.viewer summary').click();
        await visitor.press('Se déconnecter');
        await visitor.reaches('Déconnexion');

        await forgetUsedCodes(server, account);
        await visitor.goToLogin(portal);
        await page.getByRole('link', { name: 'Authentification forte' }).click();
        await page.waitForURL(/\/strong$/);
        await visitor.reaches('Je me connecte');
        await visitor.fill({ identifier, password: PASSWORD });
        await visitor.press('Continuer');
        await visitor.reaches('Code à usage unique');
        await visitor.fill({ code: '000000' });
        await visitor.press('Valider');
        await page.locator('#error-summary').waitFor();
        await visitor.reaches('Code à usage unique');
        await visitor.fill({ code: codeOf(secret) });
        await visitor.press('Valider');
        await visitor.arrives();
        expect(await visitor.told('acr')).toContain('eidas2');

        // The device is lost.
        await page.getByRole('link', { name: 'Mon compte' }).click();
        await visitor.reaches('Mon compte');
        await page.locator('details.viewer summary').click();
        await visitor.press('Se déconnecter');
        await visitor.reaches('Déconnexion');
        await visitor.goToLogin(portal);
        await page.getByRole('link', { name: 'Authentification forte' }).click();
        await page.waitForURL(/\/strong$/);
        await visitor.fill({ identifier, password: PASSWORD });
        await visitor.press('Continuer');
        await page.getByRole('link', { name: /utiliser un code de récupération/ }).click();
        await visitor.reaches('Code de récupération');
        await visitor.fill({ recoveryCode: recoveryCode! });
        await visitor.press('Valider');
        await visitor.reaches('Code de récupération accepté');
        await page.getByRole('link', { name: 'Ajouter une application' }).click();
        await visitor.reaches("Ajouter une application d'authentification");
        await page.getByText('Vous ne pouvez pas scanner le code ?').click();
        const newSecret = (await page.locator('.key code').innerText()).replaceAll(/\s/g, '');
        await visitor.fill({ code: codeOf(newSecret) });
        await visitor.press('Valider');
        await visitor.reaches('Codes de récupération');
        await page.getByRole('link', { name: 'Continuer vers' }).click();
        await visitor.arrives();
        expect(await visitor.told('acr')).toContain('eidas2');
      },
      { javaScriptEnabled },
    );
  });
});
