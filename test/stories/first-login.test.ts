// J1 of the guide: from the mail with the provisional password to the application, signed in.
import { chooseOddPicture } from './odd-picture.ts';
import { useStage } from './stage.ts';

const NEW_PASSWORD = 'Cerisier-58!';
const stage = useStage();

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('%s', (_, javaScriptEnabled) => {
  it('a professional turns the password from the mail into one of their own, and is in the portal', async () => {
    const { server, portal, tell } = stage;
    const account = await server.addNewAccount({
      rpps: javaScriptEnabled ? '99700367917' : undefined,
      roles: ['10'],
    });
    const { identifier, provisionalPassword } = account;

    await tell(
      async (visitor) => {
        const { page } = visitor;
        await page.goto(portal);
        await visitor.reaches('Portail pro');
        await visitor.goToLogin(portal);
        await visitor.logIn({ identifier, password: provisionalPassword });
        await visitor.reaches('Changement de mot de passe');

        // Everything wrong at once: a short password, another one to confirm it, no picture.
        const rules = page.locator('#policy li');
        const met = page.locator('#policy li.met');
        expect(await rules.count()).toBe(4);
        await visitor.fill({ currentPassword: provisionalPassword });
        if (javaScriptEnabled) {
          expect(await met.count()).toBe(0);
          const newPassword = page.locator('#newPassword');
          for (const [typed, ticks] of [
            ['abc', 1],
            ['abc1', 2],
            ['abc1!', 3],
            ['abc1!defg', 4],
            ['', 0],
          ] as const) {
            await newPassword.fill('');
            await newPassword.pressSequentially(typed);
            expect(await met.count()).toBe(ticks);
          }
        }
        await visitor.fill({ newPassword: 'x', newPasswordConfirmation: 'y' });
        await visitor.press('Valider');
        await visitor.page.locator('#error-summary').waitFor();
        await visitor.reaches('Changement de mot de passe');
        const summary = (await page.locator('#error-summary').innerText()).replace(/\s+/g, ' ');
        for (const rule of [
          'La longueur minimum du mot de passe est de 8 caractères.',
          '1 caractère(s) numérique(s)',
          '1 méta-caractère(s)',
          'Les deux saisies ne sont pas identiques.',
          "Choisissez l'image qui n'est pas comme les autres.",
        ]) {
          expect(summary).toContain(rule);
        }
        // What was typed is kept, except secrets.
        expect(await page.locator('#identifier').inputValue()).toBe(identifier);
        for (const name of ['currentPassword', 'newPassword', 'newPasswordConfirmation']) {
          expect(await page.locator(`#${name}`).inputValue()).toBe('');
        }

        await visitor.fill({
          currentPassword: provisionalPassword,
          newPassword: NEW_PASSWORD,
          newPasswordConfirmation: NEW_PASSWORD,
        });
        await chooseOddPicture(server, visitor);
        await visitor.press('Valider');
        await visitor.reaches('Confirmation');
        expect(await visitor.text()).toContain(
          'Votre changement de mot de passe est effectué. Vous allez recevoir un e-mail de confirmation.',
        );
        await server.mail.waitForMessage(
          ({ to, subject }) => to.includes(account.email) && subject === 'Votre mot de passe a été modifié',
        );

        await page.getByRole('link', { name: 'Continuer vers Portail pro' }).click();
        await visitor.arrives();
        expect(await visitor.told('acr')).toContain('eidas1');
        expect(await visitor.told('amr')).toContain('pwd');
        expect(await visitor.told('preferred_username')).toBe(identifier);
        expect(await visitor.told('SubjectRole')).toContain('médecin');
        expect(await visitor.told('email_verified')).toBe('oui');
      },
      { javaScriptEnabled },
    );
  });
});

it('a professional who cannot use pictures lets the browser compute instead', async () => {
  const { server, portal, tell } = stage;
  const { identifier, provisionalPassword } = await server.addNewAccount();
  await tell(async (visitor) => {
    await visitor.goToLogin(portal);
    await visitor.logIn({ identifier, password: provisionalPassword });
    await visitor.reaches('Changement de mot de passe');
    await visitor.fill({
      currentPassword: provisionalPassword,
      newPassword: NEW_PASSWORD,
      newPasswordConfirmation: NEW_PASSWORD,
    });
    await visitor.press('Je ne peux pas utiliser les images');
    await visitor.page
      .getByText('Vérification faite. Les images ne sont plus nécessaires.')
      .waitFor({ timeout: 120_000 });
    expect(await visitor.page.locator('.captcha-choices').isVisible()).toBe(false);
    await visitor.reaches('Changement de mot de passe');
    await visitor.press('Valider');
    await visitor.reaches('Confirmation');
    await visitor.page.getByRole('link', { name: 'Continuer vers Portail pro' }).click();
    await visitor.arrives();
  });
}, 180_000);

it('a professional who chose the wrong picture gets others, and looks at the old ones no more', async () => {
  const { server, portal, tell } = stage;
  const { identifier, provisionalPassword } = await server.addNewAccount();
  await tell(
    async (visitor) => {
      const { page } = visitor;
      await visitor.goToLogin(portal);
      await visitor.logIn({ identifier, password: provisionalPassword });
      await visitor.reaches('Changement de mot de passe');
      const before = await page.locator('[name="captchaId"]').inputValue();
      const passwords = {
        currentPassword: provisionalPassword,
        newPassword: NEW_PASSWORD,
        newPasswordConfirmation: NEW_PASSWORD,
      };
      await visitor.fill(passwords);
      await chooseOddPicture(server, visitor);
      const right = Number(await page.locator('[name="captchaChoice"]:checked').inputValue());
      await page.locator(`[name="captchaChoice"][value="${(right + 1) % 5}"]`).check();
      await visitor.press('Valider');
      await page.locator('#error-summary').waitFor();
      expect(await page.locator('#error-summary').innerText()).toContain(
        "L'image choisie n'est pas la bonne. Un nouveau choix vous est proposé.",
      );
      expect(await page.locator('[name="captchaId"]').inputValue()).not.toBe(before);
      await visitor.fill(passwords);
      await chooseOddPicture(server, visitor);
      await visitor.press('Valider');
      await visitor.reaches('Confirmation');
    },
    { javaScriptEnabled: false },
  );
});
