// J2 of the guide: a forgotten password is repaired by mail, and the waiting application is reached with the new one.
import { chooseOddPicture } from './odd-picture.ts';
import { useStage } from './stage.ts';

const NEW_PASSWORD = 'Cerisier-58!';
const stage = useStage();

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('%s', (_, javaScriptEnabled) => {
  it('a professional who forgot the password chooses another, and signs in with it', async () => {
    const { server, portal, tell } = stage;
    const account = await server.addAccount();
    const { identifier, email } = account;

    await tell(
      async (visitor) => {
        const { page } = visitor;
        await visitor.goToLogin(portal);
        await page.getByRole('link', { name: 'Mot de passe oublié' }).click();
        await page.getByText('Mot de passe oublié').waitFor();
        await visitor.reaches('Je me connecte');

        await visitor.press('Valider');
        await page.locator('#error-summary').waitFor();
        expect(await page.locator('#error-summary').innerText()).toContain('Renseignez votre identifiant.');
        await visitor.reaches('Je me connecte');
        await visitor.fill({ identifier });
        await chooseOddPicture(server, visitor);
        await visitor.press('Valider');
        await visitor.reaches('Confirmation');
        const masked = `${email[0]}•••••${email[email.indexOf('@') - 1]}`;
        expect(await visitor.text()).toContain(
          `Votre demande de changement de mot de passe est prise en compte. Vous allez recevoir un mail de confirmation à l'adresse ${masked}@exemple.fr.`,
        );

        const mail = await server.mail.waitForMessage(
          ({ to, subject }) => to.includes(email) && subject === 'Demande de changement de mot de passe',
        );
        await page.goto(/https?:\S+/.exec(mail.text)![0]);
        await visitor.reaches('Changement de mot de passe');
        expect(page.url()).toBe(`${server.issuer}/account/reset`);
        await visitor.fill({ identifier, newPassword: 'x', newPasswordConfirmation: 'y' });
        await visitor.press('Valider');
        await page.locator('#error-summary').waitFor();
        await visitor.reaches('Changement de mot de passe');
        await visitor.fill({ newPassword: NEW_PASSWORD, newPasswordConfirmation: NEW_PASSWORD });
        await visitor.press('Valider');
        await visitor.reaches('Confirmation');
        expect(await visitor.text()).toContain('Votre changement de mot de passe est effectué.');
        await server.mail.waitForMessage(
          ({ to, subject, text }) =>
            to.includes(email) &&
            subject === 'Votre mot de passe a été modifié' &&
            text.includes('a bien été pris en compte'),
        );

        // No login follows by itself.
        await page.getByRole('link', { name: 'Continuer vers Portail pro' }).click();
        await visitor.reaches('Je me connecte');
        await visitor.logIn({ identifier, password: NEW_PASSWORD });
        await visitor.arrives();

        // Somebody opens the mail again.
        await page.goto(/https?:\S+/.exec(mail.text)![0]);
        await visitor.reaches('Lien non valable');
        expect(await visitor.text()).toContain(
          "Ce lien n'est plus valable. Refaites une demande depuis « Mot de passe oublié ».",
        );
        await page.getByRole('link', { name: 'Mot de passe oublié' }).click();
        await visitor.reaches('Je me connecte');
      },
      { javaScriptEnabled },
    );
  });
});
