import { rightPicture } from '../../support/captcha.ts';
import { Person } from '../../support/person.ts';
import { RelyingParty } from '../../support/relying-party.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';
import { clickTwice, WHEN } from '../../support/two-clicks.ts';

let server: TestServer;
let portal: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  portal = await RelyingParty.discover(server, await server.addClient());
});
afterAll(() => server.stop());

async function reachFirstChange() {
  const account = await server.addNewAccount();
  const person = new Person(server.issuer);
  const request = await portal.begin();
  await person.open(request.url);
  await person.submit({ identifier: account.identifier, password: account.provisionalPassword });
  return { account, person, request };
}

it('leads a provisional password to its change, then back to the application, signed in', async () => {
  const { account, person, request } = await reachFirstChange();
  expect(person.page!.text).toContain('Changement de mot de passe');
  expect(person.page!.text).toContain('La longueur minimum du mot de passe est de 8 caractères');

  await person.submit({
    identifier: account.identifier,
    currentPassword: account.provisionalPassword,
    newPassword: PASSWORD,
    newPasswordConfirmation: PASSWORD,
    captchaChoice: await rightPicture(server, person),
  });
  expect(person.page!.text).toContain('Votre changement de mot de passe est effectué.');
  expect(person.page!.text).toContain('Vous allez recevoir un e-mail de confirmation.');
  expect(person.page!.text).toContain('Continuer vers Portail pro');

  const link = /href="([^"]*)"[^>]*>Continuer vers Portail pro/.exec(person.page!.body)![1]!;
  const { url } = await person.open(link);
  const tokens = await portal.finish(url, request);
  expect(tokens.claims()).toMatchObject({ sub: account.id, acr: 'eidas1', amr: ['pwd'] });

  const notice = await server.mail.waitForMessage(
    ({ to, subject }) => to.includes(account.email) && subject === 'Votre mot de passe a été modifié',
  );
  expect(notice.text).toContain('Votre changement de mot de passe a bien été pris en compte.');
});

it('tells everything that is wrong at once, and keeps what was typed but for secrets', async () => {
  const { person, account } = await reachFirstChange();
  await person.submit({
    identifier: 'un-autre',
    currentPassword: account.provisionalPassword,
    newPassword: 'abc',
    newPasswordConfirmation: 'abd',
  });
  const { page } = person;
  expect(page!.status).toBe(422);
  for (const sentence of [
    'La longueur minimum du mot de passe est de 8 caractères.',
    'Le mot de passe doit comporter au minimum 1 caractère(s) numérique(s).',
    'Le mot de passe doit comporter au minimum 1 méta-caractère(s) (!@#$%^&).',
    'Les deux saisies ne sont pas identiques.',
    "Choisissez l'image qui n'est pas comme les autres.",
  ]) {
    expect(page!.text.replaceAll('\u00a0', ' ').replaceAll('\u2060', '')).toContain(sentence);
  }
  expect(page!.body).toContain('value="un-autre"');
  expect(page!.body).not.toContain(account.provisionalPassword);
});

it.each(WHEN)('confirms the second of two clicks, %s', async (when) => {
  const { person, account } = await reachFirstChange();
  const form = person.fill({
    identifier: account.identifier,
    currentPassword: account.provisionalPassword,
    newPassword: PASSWORD,
    newPasswordConfirmation: PASSWORD,
    captchaChoice: await rightPicture(server, person),
  });
  for (const answer of await clickTwice(person, form, when))
    expect(answer.headers.get('location')).toMatch(/\/first-change$/);
  await person.open(form.action);
  expect(person.page!.text).toContain('Votre changement de mot de passe est effectué.');
});

it('tells a wrong old password together with the rest', async () => {
  const { person, account } = await reachFirstChange();
  await person.submit({
    identifier: account.identifier,
    currentPassword: 'ce-n-est-pas-lui-1!',
    newPassword: 'abc',
    newPasswordConfirmation: 'abd',
    captchaChoice: await rightPicture(server, person),
  });
  const text = person.page!.text.replaceAll('\u00a0', ' ').replaceAll('\u2060', '');
  expect(person.page!.status).toBe(422);
  for (const sentence of [
    'Identifiant, mot de passe ou code incorrect.',
    'La longueur minimum du mot de passe est de 8 caractères.',
    'Les deux saisies ne sont pas identiques.',
  ]) {
    expect(text).toContain(sentence);
  }
  // At its own field, and in the list above the form.
  expect(text.split('Identifiant, mot de passe ou code incorrect.')).toHaveLength(3);
  expect(text).not.toContain("L'image choisie n'est pas la bonne");
});

it('looks at no old password before the captcha is solved', async () => {
  const { person, account } = await reachFirstChange();
  for (let tries = 0; tries < 12; tries++) {
    await person.submit({
      identifier: account.identifier,
      currentPassword: 'ce-n-est-pas-lui-1!',
      newPassword: PASSWORD,
      newPasswordConfirmation: PASSWORD,
    });
    expect(person.page!.status).toBe(422);
    expect(person.page!.text).not.toContain('Identifiant, mot de passe ou code incorrect.');
  }
});

it('offers another row of pictures without complaining', async () => {
  const { person } = await reachFirstChange();
  await person.submit({ identifier: 'personne' }, { button: 'Autre choix' });
  expect(person.page!.status).toBe(200);
  expect(person.page!.body).not.toContain('error-summary');
  expect(person.page!.body).toContain('value="personne"');
});

it('has no door around it', async () => {
  const { person, request } = await reachFirstChange();
  const interaction = person.page!.url.replace('/first-change', '');
  for (const address of [interaction, `${interaction}/consent`, `${interaction}/first-change`]) {
    await person.open(address);
    expect(person.page!.url).toBe(`${interaction}/first-change`);
  }
  const silent = await portal.begin({ prompt: 'none' });
  await person.open(silent.url);
  expect(new URL(person.page!.url).searchParams.get('error')).toBe('login_required');
  await person.open(request.url);
  expect(person.page!.url).toMatch(/\/password$/);
});
