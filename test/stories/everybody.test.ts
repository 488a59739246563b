// The login for people who read English, who use no mouse, who share a computer, who mistype, or who are known already.
import { useStage } from './stage.ts';

const stage = useStage();

async function newPerson() {
  const { identifier, plainPassword } = await stage.server.addAccount();
  return { identifier, password: plainPassword };
}

it('somebody whose browser speaks English reads English', async () => {
  const person = await newPerson();
  await stage.tell(
    async (visitor) => {
      await visitor.page.goto(`${stage.portal}/login`);
      await visitor.reaches('Sign in');
      expect(await visitor.page.locator('html').getAttribute('lang')).toBe('en');
      await visitor.fill({ ...person, password: 'wrong' });
      await visitor.page.locator('form button[type="submit"]').first().click();
      await visitor.page.locator('#error-summary').waitFor();
      await visitor.reaches('Sign in');
      expect(await visitor.page.title()).toMatch(/^Error/);
    },
    { locale: 'en-GB' },
  );
});

it('a service that knows its visitor reads English asks for English', async () => {
  await stage.tell(async (visitor) => {
    await visitor.page.goto(stage.portal);
    await visitor.page.getByText("Essayer d'autres demandes de connexion").click();
    await visitor.page.getByLabel('Des pages en anglais').check();
    await visitor.reaches('Portail pro');
    await visitor.press('Se connecter');
    await visitor.reaches('Sign in');
    // The person's own choice counts more.
    await visitor.page.getByRole('link', { name: 'Français' }).click();
    await visitor.reaches('Je me connecte');
  });
});

it('somebody without a mouse logs in by Tab, typing and Enter', async () => {
  const person = await newPerson();
  await stage.tell(async (visitor) => {
    await visitor.goToLogin(stage.portal);
    const { keyboard } = visitor.page;
    const focused = visitor.page.locator(':focus');
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 20; presses++) {
        await keyboard.press('Tab');
        if ((await focused.getAttribute('name')) === name) return;
      }
      throw new Error(`20 times Tab did not reach ${name}`);
    };
    await tabTo('identifier');
    await keyboard.type(person.identifier);
    await tabTo('password');
    await keyboard.type(person.password);
    await tabTo('sharedComputer');
    await keyboard.press('Space');
    await keyboard.press('Enter');
    await visitor.arrives();
  });
});

it('somebody at a shared computer leaves nothing that outlives the browser', async () => {
  const person = await newPerson();
  const sessionCookies = async (isShared: boolean) => {
    const expires: number[] = [];
    await stage.tell(async (visitor) => {
      await visitor.goToLogin(stage.portal);
      if (isShared) await visitor.page.getByLabel('Poste partagé').check();
      await visitor.logIn(person);
      await visitor.arrives();
      const cookies = await visitor.context.cookies(stage.server.issuer);
      expires.push(
        ...cookies.filter(({ name }) => name.startsWith('idp_session')).map((cookie) => cookie.expires),
      );
    });
    return expires;
  };
  const [shared, own] = [await sessionCookies(true), await sessionCookies(false)];
  expect(shared.length).toBeGreaterThan(0);
  // -1: gone with the browser.
  expect(shared.every((expiry) => expiry === -1)).toBe(true);
  expect(own.some((expiry) => expiry > Date.now() / 1000)).toBe(true);
});

it('somebody who mistyped reads one sentence that does not say what was wrong, and keeps the identifier', async () => {
  const person = await newPerson();
  const sentences: string[] = [];
  await stage.tell(async (visitor) => {
    await visitor.goToLogin(stage.portal);
    for (const identifier of [person.identifier, 'nobody.at.all']) {
      await visitor.logIn({ identifier, password: 'Faux-mot-de-passe-1!' });
      await visitor.page.locator('#error-summary').waitFor();
      await visitor.reaches('Je me connecte');
      await visitor.page.locator('#error-summary:focus').waitFor();
      sentences.push(await visitor.page.locator('#error-summary').innerText());
      expect(await visitor.page.locator('#identifier').inputValue()).toBe(identifier);
      expect(await visitor.page.locator('#password').inputValue()).toBe('');
    }
    expect(sentences[0]).toContain('Identifiant, mot de passe ou code incorrect.');
    expect(sentences[1]).toBe(sentences[0]);
  });
});

it('a service that knows who comes writes the identifier for them', async () => {
  await stage.tell(async (visitor) => {
    await visitor.goToLogin(stage.portal, '/login?login_hint=jeanne.martin');
    expect(await visitor.page.locator('#identifier').inputValue()).toBe('jeanne.martin');
  });
});
