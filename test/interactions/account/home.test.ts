import { setTimeout as sleep } from 'node:timers/promises';
import argon2 from 'argon2';
import { Application } from '../../support/application.ts';
import { askForLink, mailedLink } from '../../support/forgotten-password.ts';
import { ALARM, atAccount, growOlder, openAccount, plain } from '../../support/my-account.ts';
import { Person } from '../../support/person.ts';
import { PASSWORD, startTestServer, type TestServer } from '../../support/server.ts';
import { waitUntil } from '../../support/wait-until.ts';

const NEW = 'Coquelicot-7!';

let server: TestServer;
let app: Application;

beforeAll(async () => {
  server = await startTestServer();
  app = await Application.register(server, {
    grant_types: ['authorization_code', 'refresh_token'],
  });
});
afterAll(() => server.stop());

const change = (currentPassword = PASSWORD, newPassword = NEW) => ({
  currentPassword,
  newPassword,
  newPasswordConfirmation: newPassword,
});

const changesOf = async ({ id }: { id: string }) =>
  (
    await server.database.pool.query(
      `SELECT 1 FROM audit WHERE account_id = $1 AND event = 'password.changed'`,
      [id],
    )
  ).rows.length;

it('signs in through the provider, and shows who one is', async () => {
  const { person } = await atAccount(server, {
    givenName: 'Zoé',
    familyName: 'L’Hôte',
    rpps: '99700367917',
    organization: 'Cabinet du port',
  });
  const text = plain(person.page!.text);
  for (const words of [
    'Mon compte',
    'Zoé L’Hôte',
    'Cabinet du port',
    '99700367917',
    'CHANGER MON MOT DE PASSE',
  ])
    expect(text).toContain(words);
  expect(person.page!.headers.get('cache-control')).toBe('no-store');
  // One session, the provider's: an application asks for nothing more.
  await person.open(app.request({ prompt: 'none' }).url);
  expect(new URL(person.page!.url).searchParams.has('code')).toBe(true);
});

it('tells the previous login in Paris time, and how often somebody tried since', async () => {
  const { account, person } = await atAccount(server);
  expect(plain(person.page!.text)).toContain('Première connexion');
  await server.database.pool.query(
    `UPDATE account SET last_login_at = '2022-07-01T09:01:00Z' WHERE id = $1`,
    [account.id],
  );
  for (let times = 0; times < 2; times++) {
    const stranger = new Person(server.issuer);
    await stranger.open(app.request().url);
    await stranger.submit({ identifier: account.identifier, password: 'faux-1!aa' });
  }
  const again = new Person(server.issuer);
  await again.open(`${server.issuer}/account`);
  await again.submit({ identifier: account.identifier, password: PASSWORD });
  expect(plain(again.page!.text)).toContain('Dernière connexion le 01/07/2022, à 11:01');
  expect(plain(again.page!.text)).toContain('2 tentatives de connexion refusées depuis');
});

it('does not count it as a visit when somebody confirms who they are', async () => {
  const { account, person } = await atAccount(server);
  await growOlder(server, account.id, 301);
  await person.open('/account/confirm');
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  expect(person.page!.url).toBe(`${server.issuer}/account`);
  expect(plain(person.page!.text)).toContain('Première connexion');
  expect(plain(person.page!.text)).toContain('Connexion — Mon compte');
});

it('changes the password, keeps this session with its applications, and ends all others', async () => {
  const { account, person } = await atAccount(server);
  const tokens = await app.signIn(person);
  const tablet = new Person(server.issuer);
  const other = await app.signIn(tablet, account);

  await person.open(`${server.issuer}/account`);
  await person.submit(change());
  expect(person.page!.url).toBe(`${server.issuer}/account/password/done`);
  expect(person.page!.text).toContain('Votre changement de mot de passe est effectué.');
  await server.mail.waitForMessage(
    ({ to, subject, text }) =>
      to.includes(account.email) && subject === 'Votre mot de passe a été modifié' && text.includes('02 50'),
  );

  await person.open(`${server.issuer}/account`);
  expect(person.page!.url).toBe(`${server.issuer}/account`);
  await person.open(app.request({ prompt: 'none' }).url);
  expect(new URL(person.page!.url).searchParams.has('code')).toBe(true);
  expect((await app.refresh(tokens.refresh_token)).status).toBe(200);
  await tablet.open(app.request({ prompt: 'none' }).url);
  expect(new URL(tablet.page!.url).searchParams.get('error')).toBe('login_required');
  expect((await app.refresh(other.refresh_token)).status).toBe(400);
});

it('confirms the second of two clicks', async () => {
  const { account, person } = await atAccount(server);
  const before = await changesOf(account);
  const { action, data } = person.fill(change());
  const click = () => person.send({ action, data });
  for (const answer of [...(await Promise.all([click(), click()])), await click()])
    expect(answer.headers.get('location')).toBe('/account/password/done');
  expect((await changesOf(account)) - before).toBe(1);
});

it('changes no password in a session that was closed while it was looked at', async () => {
  for (const delay of [0, 20, 40, 60]) {
    const { account, person } = await atAccount(server);
    const thief = await openAccount(server, account);
    await person.open(`${server.issuer}/account`);
    const { action, data } = thief.fill(change());
    const [, changed] = await Promise.all([
      sleep(delay).then(() =>
        person.submit({ others: 'yes' }, { button: 'Fermer toutes les autres connexions' }),
      ),
      thief.send({ action, data }),
    ]);
    const { rows } = await server.database.pool.query(
      `SELECT event FROM audit WHERE account_id = $1 AND event IN ('sessions.closed', 'password.changed') ORDER BY id OFFSET 1`,
      [account.id],
    );
    const events = rows.map(({ event }) => event);
    // Either may come first. A change that comes first ends the session that wanted to close it.
    expect(events).toHaveLength(1);
    if (events[0] === 'password.changed') expect(changed.headers.get('location')).toMatch(/\/done$/);
    else expect(changed.headers.get('location')).toMatch(/^\/auth\?/);
  }
});

it('tells everything that is wrong with a change at once', async () => {
  const { person } = await atAccount(server);
  await person.submit({ currentPassword: 'faux-1!aa', newPassword: 'abc', newPasswordConfirmation: 'abd' });
  expect(person.page!.status).toBe(422);
  const text = plain(person.page!.text);
  for (const sentence of [
    'Identifiant, mot de passe ou code incorrect.',
    'La longueur minimum du mot de passe est de 8 caractères.',
    'Les deux saisies ne sont pas identiques.',
  ])
    expect(text).toContain(sentence);
  await person.submit({ currentPassword: '', newPassword: '', newPasswordConfirmation: '' });
  expect(plain(person.page!.text)).toContain('Renseignez votre ancien mot de passe.');
});

it('changes a password that was hashed under older settings', async () => {
  const { account, person } = await atAccount(server);
  const older = await argon2.hash(PASSWORD, { memoryCost: 8192, timeCost: 2, parallelism: 1 });
  await server.database.pool.query('UPDATE account SET password_hash = $2 WHERE id = $1', [
    account.id,
    older,
  ]);
  await person.submit(change());
  expect(person.page!.url).toMatch(/\/done$/);
});

it('changes the password of somebody who has no mail address', async () => {
  const { account, person } = await atAccount(server);
  await server.database.pool.query(`UPDATE account SET email = 'sans adresse' WHERE id = $1`, [account.id]);
  await person.open(`${server.issuer}/account`);
  const before = await changesOf(account);
  await person.submit(change());
  expect(person.page!.url).toMatch(/\/done$/);
  expect(await changesOf(account)).toBe(before + 1);
});

it('shows requests for a new password that were mailed, and none of those that were one too many', async () => {
  const account = await server.addAccount();
  for (const [result, times] of [
    ['mailed', 1],
    ['limited', 40],
  ] as const)
    await server.database.pool.query(
      `INSERT INTO audit (event, account_id, address, detail)
       SELECT 'password.reset-requested', $1, '192.0.2.1', jsonb_build_object('result', $2::text) FROM generate_series(1, $3)`,
      [account.id, result, times],
    );
  const person = await openAccount(server, account);
  const text = plain(person.page!.text);
  expect(text.split('Demande de changement de mot de passe')).toHaveLength(2);
  expect(text).toContain('Compte créé');
});

it('counts wrong old passwords like wrong logins', async () => {
  const { account, person } = await atAccount(server);
  for (let times = 0; times < 4; times++) await person.submit(change('faux-1!aa'));
  expect(person.page!.status).toBe(429);
  expect(plain(person.page!.text)).toContain('Trop de tentatives.');
  const login = new Person(server.issuer);
  await login.open(app.request().url);
  await login.submit({ identifier: account.identifier, password: PASSWORD });
  expect(login.page!.status).toBe(429);
});

it('wants a login not older than five minutes for a change', async () => {
  const { account, person } = await atAccount(server);
  const { action, data } = person.fill(change());
  await growOlder(server, account.id, 301);
  await person.open(`${server.issuer}/account`);
  expect(plain(person.page!.text)).toContain("confirmez d'abord que c'est bien vous");
  expect(person.page!.body).not.toContain('name="newPassword"');
  const late = await person.send({ action, data });
  expect(late.headers.get('location')).toBe('/account');
  await person.open('/account');
  expect(plain(person.page!.text)).toContain(
    "Rien n'a été changé : votre connexion date de plus de cinq minutes.",
  );

  await person.open('/account/confirm');
  expect(person.page!.url).toMatch(/\/password$/);
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  expect(person.page!.url).toBe(`${server.issuer}/account`);
  await person.submit(change());
  expect(person.page!.url).toMatch(/\/done$/);
});

it('lists what applications were given, and takes it back', async () => {
  const { account, person } = await atAccount(server);
  expect(plain(person.page!.text)).toContain(
    "Aucun service n'a accès en ce moment à des informations sur vous.",
  );
  const third = await Application.register(
    server,
    { client_name: 'Agenda <b>des</b> gardes', grant_types: ['authorization_code', 'refresh_token'] },
    false,
  );
  await person.open(third.request().url);
  await person.submit({}, { button: 'Autoriser' });
  expect(new URL(person.page!.url).searchParams.has('code')).toBe(true);
  const tokens = await third.signIn(person);

  await person.open(`${server.issuer}/account`);
  expect(plain(person.page!.text)).toContain('Agenda <b>des</b> gardes');
  expect(person.page!.text).toContain('Votre adresse mail');
  expect(person.page!.text).toContain('avec votre accord');
  // Of somebody else, or of nobody: nothing happens.
  await person.submit({ clientId: 'nobody' });
  expect((await third.userinfo(tokens.access_token)).status).toBe(200);
  await person.submit({ clientId: third.clientId });
  expect(person.page!.url).toContain('/account');
  expect(plain(person.page!.text)).toContain(
    "Aucun service n'a accès en ce moment à des informations sur vous.",
  );

  expect((await third.userinfo(tokens.access_token)).status).toBe(401);
  expect((await third.refresh(tokens.refresh_token)).status).toBe(400);
  await person.open(third.request({ prompt: 'none' }).url);
  expect(new URL(person.page!.url).searchParams.get('error')).toBe('consent_required');
  // The session goes on, and with it the others.
  await person.open(app.request({ prompt: 'none' }).url);
  expect(new URL(person.page!.url).searchParams.has('code')).toBe(true);
  const { rows } = await server.database.pool.query(
    `SELECT client_id FROM audit WHERE account_id = $1 AND event = 'consent.withdrawn'`,
    [account.id],
  );
  expect(rows).toEqual([{ client_id: third.clientId }]);
});

it('lists the applications of the organisation too, and ends what they have', async () => {
  const { person } = await atAccount(server);
  const tokens = await app.signIn(person);
  await person.open(`${server.issuer}/account`);
  expect(plain(person.page!.text)).toContain("service de Normand'e-santé");
  await person.submit({ clientId: app.clientId });
  expect(plain(person.page!.text)).toContain(
    "Aucun service n'a accès en ce moment à des informations sur vous.",
  );
  expect((await app.userinfo(tokens.access_token)).status).toBe(401);
  expect((await app.refresh(tokens.refresh_token)).status).toBe(400);
  // No agreement was needed, and none is missing now.
  await person.open(app.request({ prompt: 'none' }).url);
  expect(new URL(person.page!.url).searchParams.has('code')).toBe(true);
});

it('tells what a service asked for one by one', async () => {
  const { person } = await atAccount(server, { email: 'une.par.une@exemple.fr' });
  const claims = JSON.stringify({ userinfo: { email: null } });
  await app.signIn(person, undefined, { scope: 'openid', claims });
  await person.open(`${server.issuer}/account`);
  expect(person.page!.text).toContain('Votre adresse mail');
});

it('keeps the language of the mails, and shows the pages in it', async () => {
  const { account, person } = await atAccount(server);
  await person.submit({ locale: 'en' });
  expect(person.page!.text).toContain('My account');
  expect(person.page!.text).toContain('The language is saved.');
  expect(person.page!.text).toContain('Signed in — My account');
  await person.submit(change());
  await server.mail.waitForMessage(
    ({ to, subject }) => to.includes(account.email) && subject === 'Your password has been changed',
  );
  const answer = await person.request(new URL('/account/language', server.issuer), {
    method: 'POST',
    body: 'locale=de',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.issuer },
  });
  expect(answer.status).toBe(400);
});

it('counts a visit as one to an application: the session goes on', async () => {
  const { account, person } = await atAccount(server);
  const leftSeconds = async () => {
    const { rows } = await server.database.pool.query(
      `SELECT extract(epoch FROM expires_at - now())::int AS row, (payload ->> 'exp')::int - extract(epoch FROM now())::int AS payload
       FROM artefact WHERE account_id = $1 AND model = 'Session' AND consumed_at IS NULL`,
      [account.id],
    );
    return rows[0];
  };
  await server.database.pool.query(
    `UPDATE artefact SET expires_at = now() + interval '1 minute', payload = payload || jsonb_build_object('exp', extract(epoch FROM now())::int + 60)
     WHERE account_id = $1 AND model = 'Session'`,
    [account.id],
  );
  await person.open(`${server.issuer}/account`);
  const { row, payload } = await leftSeconds();
  expect(row).toBeGreaterThan(1750);
  expect(payload).toBeGreaterThan(1750);
  expect(payload).toBeLessThanOrEqual(1801);
  const cookie = person.setCookies.findLast((line) => line.startsWith('idp_session='))!;
  expect(new Date(/expires=([^;]+)/i.exec(cookie)![1]!).getTime()).toBeGreaterThan(Date.now() + 1_700_000);
  // Never beyond four hours after the login.
  await growOlder(server, account.id, 4 * 3600 - 120);
  await person.open(`${server.issuer}/account`);
  expect((await leftSeconds()).row).toBeLessThanOrEqual(120);
});

it('tells what happened lately, in plain words', async () => {
  const { account, person } = await atAccount(server);
  const stranger = new Person(server.issuer);
  await stranger.open(app.request().url);
  await stranger.submit({ identifier: account.identifier, password: 'faux-1!aa' });
  await person.open(`${server.issuer}/account`);
  const text = plain(person.page!.text);
  const [refused, signedIn, changed, created] = [
    'Connexion refusée — Portail pro',
    'Connexion — Mon compte',
    'Mot de passe modifié',
    'Compte créé',
  ].map((words) => text.indexOf(words));
  for (const position of [refused, signedIn, changed, created]) expect(position).toBeGreaterThan(0);
  expect([refused, signedIn, changed, created]).toEqual(
    [refused, signedIn, changed, created].toSorted((a, b) => a! - b!),
  );
  expect(text).toMatch(/Le \d\d\/\d\d\/\d{4}, à \d\d:\d\d Connexion refusée/);
});

it('« Ce n’était pas moi » closes everything, blocks the password until a reset, and tells the person and the support', async () => {
  const { account, person } = await atAccount(server);
  const thief = new Person(server.issuer);
  const stolen = await app.signIn(thief, account);
  await person.open(`${server.issuer}/account`);
  await person.submit({}, { button: ALARM });
  expect(plain(person.page!.text)).toContain(
    'Toutes vos sessions sont fermées, et votre mot de passe est bloqué.',
  );
  expect(person.cookie('idp_session')).toBeUndefined();

  await thief.open(app.request({ prompt: 'none' }).url);
  expect(new URL(thief.page!.url).searchParams.get('error')).toBe('login_required');
  expect((await app.refresh(stolen.refresh_token)).status).toBe(400);
  await thief.open(app.request().url);
  await thief.submit({ identifier: account.identifier, password: PASSWORD });
  expect(thief.page!.status).toBe(422);

  await server.mail.waitForMessage(
    ({ to, subject }) => to.includes(account.email) && subject === 'Votre compte a été mis en sécurité',
  );
  const report = await server.mail.waitForMessage(({ to }) => to.includes('support@normand-esante.fr'));
  expect(report.subject).toBe(`Compte mis en sécurité : ${account.identifier}`);

  await askForLink(server, person, account.identifier);
  await person.open(await mailedLink(server, account.email));
  await person.submit({ identifier: account.identifier, newPassword: NEW, newPasswordConfirmation: NEW });
  expect(person.page!.url).toMatch(/\/done$/);
  await person.open(`${server.issuer}/account`);
  await person.submit({ identifier: account.identifier, password: NEW });
  expect(plain(person.page!.text)).toContain('« Ce n’était pas moi »'.replace('’', "'"));
});

it('« Ce n’était pas moi » puts back the mail address that somebody else changed', async () => {
  const { account, person } = await atAccount(server);
  const thief = await openAccount(server, account);
  for (const email of ['voleur@pirate.example', 'voleur2@pirate.example']) {
    await thief.submit({ email });
    const mail = await server.mail.waitForMessage(
      ({ to, text }) => to.includes(email) && text.includes('token='),
    );
    await thief.open(/https?:\S+/.exec(mail.text)![0]);
    await thief.submit({}, { button: 'Confirmer cette adresse' });
  }
  await person.open(`${server.issuer}/account`);
  expect(person.page!.text).toContain('voleur2@pirate.example');
  await person.submit({}, { button: ALARM });
  expect(plain(person.page!.text)).toContain(
    "Votre adresse mail d'avant les changements des trente derniers jours est rétablie.",
  );
  await server.mail.waitForMessage(
    ({ to, subject }) => to.includes(account.email) && subject === 'Votre compte a été mis en sécurité',
  );
  await askForLink(server, person, account.identifier);
  await person.open(await mailedLink(server, account.email));
  expect(person.page!.url).toBe(`${server.issuer}/account/reset`);
});

it('shows the operator no failure where a mail was withdrawn after the server had taken it', async () => {
  const account = await server.addAccount();
  await waitUntil(async () => {
    const { rows } = await server.database.pool.query(
      `SELECT state FROM mail WHERE account_id = $1 AND template = 'account-created'`,
      [account.id],
    );
    return rows[0].state === 'sent';
  });
});

it('signs out by a form only, and ends what the applications had', async () => {
  const { person } = await atAccount(server);
  const tokens = await app.signIn(person);
  await person.open(`${server.issuer}/account/logout`);
  expect(person.page!.url).toBe(`${server.issuer}/account`);
  await person.submit({}, { button: 'Se déconnecter' });
  expect(person.page!.status).toBe(200);
  expect(person.page!.text).toContain('Vous êtes déconnecté.');
  expect(person.cookie('idp_session')).toBeUndefined();
  await person.open(app.request({ prompt: 'none' }).url);
  expect(new URL(person.page!.url).searchParams.get('error')).toBe('login_required');
  expect((await app.refresh(tokens.refresh_token)).status).toBe(400);
});

it('is shown to nobody whose account was locked, or whose session is over', async () => {
  const { account, person } = await atAccount(server);
  await server.database.pool.query('UPDATE account SET locked_at = now() WHERE id = $1', [account.id]);
  await person.open(`${server.issuer}/account`);
  expect(person.page!.url).toMatch(/\/password$/);
  await person.open(`${server.issuer}/account/password/done`);
  expect(person.page!.url).toMatch(/\/password$/);
});

it('tells of a change to nobody who made none', async () => {
  const { person } = await atAccount(server);
  await person.open(`${server.issuer}/account/activity/secured`);
  expect(person.page!.url).toBe(`${server.issuer}/account`);
  await person.open(`${server.issuer}/account/password/done`);
  expect(person.page!.url).toBe(`${server.issuer}/account`);
});

it('does not count a mistyped old password as somebody who tried to sign in', async () => {
  const { account } = await atAccount(server);
  const person = new Person(server.issuer);
  await person.open(`${server.issuer}/account`);
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  await person.submit(change('faux-1!aa'));
  expect(person.page!.status).toBe(422);
  expect(plain(person.page!.text)).toContain('Dernière connexion le');
  expect(plain(person.page!.text)).not.toContain('refusée depuis');
});

it('leads on from a login that was given up', async () => {
  const stranger = new Person(server.issuer);
  await stranger.open(`${server.issuer}/account`);
  await stranger.submit({}, { button: 'Revenir au service' });
  expect(stranger.page!.text).toContain('Accès refusé');
  expect(stranger.page!.body).toContain('href="/account"');
  const { account, person } = await atAccount(server);
  await growOlder(server, account.id, 301);
  await person.open('/account/confirm');
  await person.submit({}, { button: 'Revenir au service' });
  expect(person.page!.url).toBe(`${server.issuer}/account`);
  expect(person.page!.status).toBe(200);
});

it('speaks English where it is asked to', async () => {
  const account = await server.addAccount();
  const person = new Person(server.issuer);
  person.headers = { 'accept-language': 'en' };
  await person.open(`${server.issuer}/account`);
  expect(person.page!.text).toContain('My account');
  await person.submit({ identifier: account.identifier, password: PASSWORD });
  expect(person.page!.text).toContain('First sign-in');
});

it('takes no form of another site', async () => {
  const { person } = await atAccount(server);
  for (const name of [
    'password',
    'logout',
    'activity',
    'applications',
    'sessions',
    'language',
    'email',
    'email/confirm',
    'email/cancel',
  ]) {
    const answer = await person.request(new URL(`/account/${name}`, server.issuer), {
      method: 'POST',
      body: '',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'https://evil.example',
        'sec-fetch-site': 'cross-site',
      },
    });
    expect(answer.status).toBe(403);
  }
  await person.open(`${server.issuer}/account`);
  expect(person.page!.url).toBe(`${server.issuer}/account`);
});

it('keeps its name for itself', async () => {
  await expect(server.addClient({ metadata: { client_id: 'mon-compte' } })).rejects.toThrow(/Mon compte/);
  await expect(server.addClient({ metadata: { response_types: ['none'], grant_types: [] } })).rejects.toThrow(
    /response_types/,
  );
  // Neither code nor token for it.
  const person = new Person(server.issuer);
  const { issuer } = server;
  await person.open(
    `${issuer}/auth?client_id=mon-compte&response_type=code&scope=openid&redirect_uri=${issuer}/account&code_challenge=${'a'.repeat(43)}&code_challenge_method=S256`,
  );
  expect(person.page!.text).toContain('Connexion impossible');
});
