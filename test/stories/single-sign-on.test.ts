// One login for all services, and one way out of it.
import { useStage } from './stage.ts';

const stage = useStage();
const SIGN_OUT = 'Se déconnecter ?';

async function newPerson() {
  const { identifier, plainPassword } = await stage.server.addAccount();
  return { identifier, password: plainPassword };
}

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('%s', (_, javaScriptEnabled) => {
  it('a professional logs in once, opens a second service with a consent, and signs out of everything', async () => {
    const person = await newPerson();
    await stage.tell(
      async (visitor) => {
        const { page } = visitor;
        await visitor.goToLogin(stage.portal);
        await visitor.logIn(person);
        await visitor.arrives();
        const sub = await visitor.told('sub');

        await page.goto(stage.agenda);
        await visitor.reaches('Agenda santé');
        await visitor.press('Se connecter');
        await visitor.reaches('Autoriser ce service ?');
        expect(await visitor.text()).toContain('Votre adresse mail');
        expect(await visitor.text()).not.toContain('RPPS');
        await visitor.press('Autoriser');
        await visitor.arrives();
        expect(await visitor.told('sub')).toBe(sub);

        // What was allowed is not asked again.
        await page.goto(`${stage.agenda}/login?prompt=none`);
        await visitor.arrives();

        await page.goto(stage.portal);
        await visitor.press('Se déconnecter');
        await visitor.reaches(SIGN_OUT);
        expect(await visitor.text()).toContain('La demande vient du service Portail pro.');
        await visitor.press('Se déconnecter');
        await visitor.reaches('Portail pro');
        expect(await visitor.text()).toContain('Vous êtes déconnecté de Portail pro.');
        await visitor.goToLogin(stage.agenda, '/login');
      },
      { javaScriptEnabled },
    );
  });
});

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('%s', (_, javaScriptEnabled) => {
  it('a professional whose session here has run out is back at the service after signing out of it', async () => {
    const person = await newPerson();
    await stage.tell(
      async (visitor) => {
        await visitor.goToLogin(stage.portal);
        await visitor.logIn(person);
        await visitor.arrives();
        // As after thirty idle minutes.
        await visitor.page.context().clearCookies({ name: /^(__Host-)?idp_session/ });
        await visitor.press('Se déconnecter');
        if (!javaScriptEnabled) await visitor.press('Continuer');
        await visitor.reaches('Portail pro');
        expect(await visitor.text()).toContain('Vous êtes déconnecté de Portail pro.');
      },
      { javaScriptEnabled },
    );
  });
});

it('a professional who refuses to share data is back at the service, which was told nothing', async () => {
  const person = await newPerson();
  await stage.tell(async (visitor) => {
    await visitor.goToLogin(stage.portal);
    await visitor.logIn(person);
    await visitor.arrives();
    await visitor.page.goto(`${stage.agenda}/login`);
    await visitor.reaches('Autoriser ce service ?');
    await visitor.press('Refuser');
    await visitor.reaches('Connexion abandonnée');
    await visitor.page.goto(stage.agenda);
    await visitor.reaches('Agenda santé');
  });
});

it('a professional may stay signed in after all', async () => {
  const person = await newPerson();
  await stage.tell(async (visitor) => {
    await visitor.goToLogin(stage.portal);
    await visitor.logIn(person);
    await visitor.arrives();
    await visitor.press('Se déconnecter');
    await visitor.reaches(SIGN_OUT);
    await visitor.press('Rester connecté');
    await visitor.reaches('Portail pro');
    await visitor.press('Se connecter');
    await visitor.arrives();
  });
});

it('a professional who signs out at the provider itself reads « Vous êtes déconnecté. »', async () => {
  const person = await newPerson();
  await stage.tell(async (visitor) => {
    await visitor.goToLogin(stage.portal);
    await visitor.logIn(person);
    await visitor.arrives();
    await visitor.page.goto(`${stage.server.issuer}/session/end`);
    await visitor.reaches(SIGN_OUT);
    await visitor.press('Se déconnecter');
    await visitor.reaches('Déconnexion');
    expect(await visitor.text()).toContain('Vous êtes déconnecté.');
    await visitor.goToLogin(stage.portal, '/login');
  });
});

it('a service may ask for the password again, or for a login of this moment', async () => {
  const person = await newPerson();
  await stage.tell(async (visitor) => {
    await visitor.goToLogin(stage.portal);
    await visitor.logIn(person);
    await visitor.arrives();
    for (const wish of ['prompt=login', 'max_age=0']) {
      await visitor.goToLogin(stage.portal, `/login?${wish}`);
      await visitor.logIn(person);
      await visitor.arrives();
    }
  });
});

it('an answer that belongs to another browser is not accepted', async () => {
  await stage.tell(async (visitor) => {
    await visitor.page.goto(`${stage.portal}/callback?code=abc&state=of-somebody-else`);
    await visitor.reaches('Réponse inattendue');
    await visitor.page.getByRole('link', { name: "Revenir à l'accueil" }).click();
    await visitor.reaches('Portail pro');
  });
});
