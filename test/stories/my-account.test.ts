// J3 and J4 of the guide: a password is changed in « Mon compte », and somebody signs out.
import { PASSWORD } from '../support/server.ts';
import { useStage } from './stage.ts';

const NEW_PASSWORD = 'Cerisier-58!';
const stage = useStage();

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('%s', (_, javaScriptEnabled) => {
  it('a professional changes the password, and signs out', async () => {
    const { server, portal, tell } = stage;
    const { identifier, email } = await server.addAccount({ givenName: 'Jeanne', familyName: 'Martin' });

    await tell(
      async (visitor) => {
        const { page } = visitor;
        await visitor.goToLogin(portal);
        await visitor.logIn({ identifier, password: PASSWORD });
        await visitor.arrives();

        // From the service, without typing anything again.
        await page.goto(`${server.issuer}/account`);
        await visitor.reaches('Mon compte');
        await page.locator('details.viewer summary').click();
        expect(await page.locator('.viewer-menu').innerText()).toContain('Première connexion');
        await page.getByRole('link', { name: 'Mon compte' }).click();
        await visitor.reaches('Mon compte');
        expect(await page.locator('#identifier').inputValue()).toBe(identifier);

        await visitor.fill({ currentPassword: 'faux-1!aa', newPassword: 'x', newPasswordConfirmation: 'y' });
        await visitor.press('Valider');
        await page.locator('#error-summary').waitFor();
        await visitor.reaches('Mon compte');
        await visitor.fill({
          currentPassword: PASSWORD,
          newPassword: NEW_PASSWORD,
          newPasswordConfirmation: NEW_PASSWORD,
        });
        await visitor.press('Valider');
        await visitor.reaches('Confirmation');
        expect(await visitor.text()).toContain(
          'Votre changement de mot de passe est effectué. Vous allez recevoir un e-mail de confirmation.',
        );
        await server.mail.waitForMessage(
          ({ to, subject }) => to.includes(email) && subject === 'Votre mot de passe a été modifié',
        );
        await page.getByRole('link', { name: 'Continuer vers Mon compte' }).click();
        await visitor.reaches('Mon compte');

        await page.locator('details.viewer summary').click();
        await visitor.press('Se déconnecter');
        await visitor.reaches('Déconnexion');
        expect(await visitor.text()).toContain('Vous êtes déconnecté.');

        await page.goto(`${server.issuer}/account`);
        await visitor.reaches('Je me connecte');
        await visitor.logIn({ identifier, password: NEW_PASSWORD });
        await visitor.reaches('Mon compte');
      },
      { javaScriptEnabled },
    );
  });
});
