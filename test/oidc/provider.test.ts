// The protocol, with a real relying party.
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { Person } from '../support/person.ts';
import { RelyingParty } from '../support/relying-party.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let portal: RelyingParty;

beforeAll(async () => {
  server = await startTestServer();
  portal = await RelyingParty.discover(server, await server.addClient());
});
afterAll(() => server.stop());

it('publishes what it can do, and public keys only', async () => {
  const {
    issuer,
    jwks_uri,
    code_challenge_methods_supported,
    response_types_supported,
    acr_values_supported,
    scopes_supported,
  } = portal.configuration.serverMetadata();
  expect({
    issuer,
    code_challenge_methods_supported,
    response_types_supported,
    acr_values_supported,
  }).toEqual({
    issuer: server.issuer,
    code_challenge_methods_supported: ['S256'],
    // The second for « Mon compte » alone.
    response_types_supported: ['code', 'none'],
    acr_values_supported: ['eidas1', 'eidas2'],
  });
  expect(scopes_supported).toEqual(
    expect.arrayContaining(['openid', 'profile', 'email', 'health', 'offline_access']),
  );
  const { keys } = (await (await fetch(jwks_uri!)).json()) as { keys: Record<string, string>[] };
  expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'RS256']);
  for (const key of keys)
    for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(key).not.toHaveProperty(part);
});

it('tells each scope its claims, under the names of Pro Santé Connect for health', async () => {
  const account = await server.addAccount({
    givenName: 'Élodie',
    familyName: "L'Hôte",
    rpps: '99700218896',
    roles: ['10'],
    organization: 'CHU de Rouen',
    organizationId: '1760000000',
  });
  const tokens = await portal.signIn(new Person(server.issuer), account);
  const claims = await openid.fetchUserInfo(portal.configuration, tokens.access_token, account.id);
  expect(claims).toEqual({
    sub: account.id,
    given_name: 'Élodie',
    family_name: "L'Hôte",
    name: "Élodie L'Hôte",
    preferred_username: account.identifier,
    updated_at: expect.any(Number),
    email: account.email,
    email_verified: true,
    SubjectNameID: '899700218896',
    SubjectRole: ['10^1.2.250.1.213.1.1.5.5'],
    SubjectOrganization: 'CHU de Rouen',
    SubjectOrganizationID: '1760000000',
  });
  const little = await portal.signIn(new Person(server.issuer), account, { scope: 'openid' });
  expect(await openid.fetchUserInfo(portal.configuration, little.access_token, account.id)).toEqual({
    sub: account.id,
  });
});

it.each(['RS256', 'ES256'])('signs ID tokens with %s for an application that asks for it', async (alg) => {
  const client = await server.addClient({ metadata: { id_token_signed_response_alg: alg } });
  const party = await RelyingParty.discover(server, client);
  const tokens = await party.signIn(new Person(server.issuer), await server.addAccount());
  const keys = createRemoteJWKSet(new URL(party.configuration.serverMetadata().jwks_uri!));
  const { payload, protectedHeader } = await jwtVerify(tokens.id_token!, keys, {
    issuer: server.issuer,
    audience: client.clientId,
  });
  expect(protectedHeader.alg).toBe(alg);
  expect(payload.exp! - payload.iat!).toBe(600);
});

it('gives an application that asks for it a subject of its own', async () => {
  const client = await server.addClient({ metadata: { subject_type: 'pairwise' } });
  const account = await server.addAccount();
  const party = await RelyingParty.discover(server, client);
  const [one, two] = [
    await party.signIn(new Person(server.issuer), account),
    await party.signIn(new Person(server.issuer), account),
  ];
  expect(one.claims()!.sub).not.toBe(account.id);
  expect(one.claims()!.sub).toBe(two.claims()!.sub);
});

it('rotates refresh tokens, and ends the family when an old one comes back', async () => {
  const tokens = await portal.signIn(new Person(server.issuer), await server.addAccount());
  const next = await openid.refreshTokenGrant(portal.configuration, tokens.refresh_token!);
  expect(next.refresh_token).not.toBe(tokens.refresh_token);
  await expect(openid.refreshTokenGrant(portal.configuration, tokens.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
  await expect(openid.refreshTokenGrant(portal.configuration, next.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});

it('gives no refresh token to an application that is not registered for it', async () => {
  const client = await server.addClient({ metadata: { grant_types: ['authorization_code'] } });
  const tokens = await (await RelyingParty.discover(server, client)).signIn(
    new Person(server.issuer),
    await server.addAccount(),
  );
  expect(tokens.refresh_token).toBeUndefined();
});

it('introspects and revokes', async () => {
  const tokens = await portal.signIn(new Person(server.issuer), await server.addAccount());
  expect(await openid.tokenIntrospection(portal.configuration, tokens.access_token)).toMatchObject({
    active: true,
  });
  await openid.tokenRevocation(portal.configuration, tokens.access_token);
  expect(await openid.tokenIntrospection(portal.configuration, tokens.access_token)).toEqual({
    active: false,
  });
});

it('signs out after a question, and returns to the registered address', async () => {
  const person = new Person(server.issuer);
  const account = await server.addAccount();
  const tokens = await portal.signIn(person, account);
  const signOut = openid.buildEndSessionUrl(portal.configuration, {
    id_token_hint: tokens.id_token!,
    post_logout_redirect_uri: 'http://localhost:9999/',
    state: 'état',
  });
  await person.open(signOut.href);
  expect(person.page!.text).toContain('Se déconnecter ?');
  await person.submit({}, { button: 'Se déconnecter' });
  expect(person.page!.url).toBe(`http://localhost:9999/?state=${encodeURIComponent('état')}`);

  await person.open((await portal.begin({ prompt: 'none' })).url);
  expect(new URL(person.page!.url).searchParams.get('error')).toBe('login_required');
  await expect(openid.refreshTokenGrant(portal.configuration, tokens.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});

it('stays signed in when the person wants to, and says goodbye with a page when nobody asked for the way back', async () => {
  const person = new Person(server.issuer);
  await portal.signIn(person, await server.addAccount());
  await person.open(`${server.issuer}/session/end`);
  await person.submit({}, { button: 'Rester connecté' });
  await person.open((await portal.begin({ prompt: 'none' })).url);
  expect(new URL(person.page!.url).searchParams.has('code')).toBe(true);

  await person.open(`${server.issuer}/session/end`);
  await person.submit({}, { button: 'Se déconnecter' });
  expect(person.page!.text).toContain('Vous êtes déconnecté.');
});

it('shows errors in French, with a reference that one log line has too', async () => {
  const person = new Person(server.issuer);
  const page = await person.open(`${server.issuer}/auth?client_id=inconnu&response_type=code`);
  expect(page.status).toBe(400);
  const reference = /Référence : ([2-9A-Z]{4}-[2-9A-Z]{4})/.exec(page.text)![1]!;
  expect(server.log.filter((line) => line.includes(reference))).toHaveLength(1);
});

it('goes on with the session of a locked account for nobody', async () => {
  const person = new Person(server.issuer);
  const account = await server.addAccount();
  const tokens = await portal.signIn(person, account);
  await server.database.pool.query('UPDATE account SET locked_at = now() WHERE id = $1', [account.id]);
  await person.open((await portal.begin({ prompt: 'none' })).url);
  expect(new URL(person.page!.url).searchParams.get('error')).toBe('login_required');
  await expect(openid.fetchUserInfo(portal.configuration, tokens.access_token, account.id)).rejects.toThrow();
  await expect(openid.refreshTokenGrant(portal.configuration, tokens.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  });

  const other = await server.addAccount();
  await expect(portal.signIn(person, other)).resolves.toBeDefined();
});

it('ends a refresh token with the session it was given in, unless the application may work offline', async () => {
  const [bound, offline] = [new Person(server.issuer), new Person(server.issuer)];
  const account = await server.addAccount();
  const here = await portal.signIn(bound, account);
  const away = await portal.signIn(offline, account, { scope: 'openid offline_access', prompt: 'consent' });
  await server.database.pool.query(
    "UPDATE artefact SET expires_at = now() WHERE model = 'Session' AND account_id = $1",
    [account.id],
  );
  await expect(openid.refreshTokenGrant(portal.configuration, here.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  });
  await expect(openid.refreshTokenGrant(portal.configuration, away.refresh_token!)).resolves.toBeDefined();
});

it('takes nobody for signed in whose password has become provisional', async () => {
  const person = new Person(server.issuer);
  const account = await server.addAccount();
  await portal.signIn(person, account);
  // As a reset at the very moment of a login would leave it: the session is there all the same.
  await server.database.pool.query(
    "UPDATE account SET provisional_expires_at = now() + interval '1 day' WHERE id = $1",
    [account.id],
  );
  await person.open((await portal.begin({ prompt: 'none' })).url);
  expect(new URL(person.page!.url).searchParams.get('error')).toBe('login_required');
});

it('speaks French on the page that hands the answer over by a form', async () => {
  const person = new Person(server.issuer);
  await portal.signIn(person, await server.addAccount());
  const page = await person.open((await portal.begin({ response_mode: 'form_post' })).url);
  expect(page.body).toContain('<html lang="fr">');
  expect(page.text).toContain('un clic suffit pour continuer');
  expect(page.headers.get('content-security-policy')).toContain('form-action');
  const english = await person.open(
    (await portal.begin({ response_mode: 'form_post', ui_locales: 'en' })).url,
  );
  expect(english.body).toContain('<html lang="en">');
});
