// J3 and J4 of the guide: a password is changed in « Mon compte », and somebody signs out.
import { Person } from '../support/person.ts';
import { PASSWORD } from '../support/server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { useStage } from './stage.ts';
import type { Visitor } from './visitor.ts';

const NEW_PASSWORD = 'Cerisier-58!';
const stage = useStage();

/** From the service that one is signed in to, without typing anything again. */
async function comeFromPortal(visitor: Visitor, identifier: string): Promise<void> {
  await visitor.goToLogin(stage.portal);
  await visitor.logIn({ identifier, password: PASSWORD });
  await visitor.arrives();
  await visitor.page.getByRole('link', { name: 'Mon compte' }).click();
  await visitor.reaches('Mon compte');
}

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
        await comeFromPortal(visitor, identifier);
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
        // The service has heard of it.
        await waitUntil(async () => {
          await page.goto(portal);
          return (await visitor.text()).includes('Votre session a été fermée par MES SERVICES E-SANTE.');
        });

        await page.goto(`${server.issuer}/account`);
        await visitor.reaches('Je me connecte');
        await visitor.logIn({ identifier, password: NEW_PASSWORD });
        await visitor.reaches('Mon compte');
      },
      { javaScriptEnabled },
    );
  });

  it('a professional closes a session that was left open, and changes the mail address', async () => {
    const { server, tell } = stage;
    const account = await server.addAccount({ givenName: 'Jeanne', familyName: 'Martin' });
    const { identifier } = account;
    const address = `jeanne.${javaScriptEnabled ? 'avec' : 'sans'}@exemple.fr`;
    const elsewhere = new Person(server.issuer);
    await elsewhere.open(`${server.issuer}/account`);
    await elsewhere.submit({ identifier, password: PASSWORD });

    await tell(
      async (visitor) => {
        const { page } = visitor;
        await comeFromPortal(visitor, identifier);
        expect(await visitor.text()).toMatch(/Chrome( Headless)? sur Linux Cette connexion/);
        await page.getByRole('button', { name: /^Fermer Navigateur inconnu/ }).click();
        await visitor.reaches('Mes connexions');
        expect(await visitor.text()).not.toContain('Navigateur inconnu');
        await elsewhere.open(`${server.issuer}/account`);
        expect(elsewhere.page!.url).toMatch(/\/password$/);

        await page.getByRole('link', { name: 'Revenir à « Mon compte »' }).click();
        await page.waitForURL(/\/account$/);
        await visitor.fill({ email: 'jeanne' });
        await visitor.press('Recevoir le mail de confirmation');
        await page.locator('#error-summary').waitFor();
        await visitor.reaches('Mon compte');
        await visitor.fill({ email: address });
        await visitor.press('Recevoir le mail de confirmation');
        await visitor.reaches('Mon compte');
        expect(await visitor.text()).toContain(`En attente de confirmation : ${address}.`);
        const mail = await server.mail.waitForMessage(({ to }) => to.includes(address));
        await page.goto(/https?:\S+/.exec(mail.text)![0]);
        await visitor.reaches("Confirmer l'adresse mail");
        await visitor.press('Confirmer cette adresse');
        await visitor.reaches('Mon compte');
        expect(await visitor.text()).toContain(`Adresse mail ${address}`);
        await page.goto(/https?:\S+/.exec(mail.text)![0]);
        await visitor.reaches('Lien non valable');
      },
      { javaScriptEnabled },
    );
  });
});
