// Attacks on the token endpoint and on tokens: catalogue rows B23 to B43, on two instances over one database.
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { changePassword } from '../../src/actions/change-password.ts';
import { deleteAccount } from '../../src/actions/delete-account.ts';
import { deleteClient } from '../../src/actions/delete-client.ts';
import { lockAccount, unlockAccount } from '../../src/actions/lock-account.ts';
import { resetAccount } from '../../src/actions/reset-account.ts';
import { createThrottle } from '../../src/actions/throttled.ts';
import { Application } from '../support/application.ts';
import { startFront } from '../support/front.ts';
import { type Answer, call } from '../support/http-call.ts';
import { Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { waitUntil } from '../support/wait-until.ts';

const PARALLEL = 50;
const ROUNDS = 5;

let server: TestServer;
let replica: { url: string; stop(): Promise<void> };
let everywhere: string[];
let app: Application;
let other: Application;
let account: Awaited<ReturnType<TestServer['addAccount']>>;
let person: Person;

beforeAll(async () => {
  server = await startTestServer({ IDP_LOGIN_WAIT_FROM_PER_ADDRESS: '10000' });
  replica = await server.addReplica();
  everywhere = [server.issuer, replica.url];
  app = await Application.register(server);
  other = await Application.register(server, { client_name: 'Autre' });
  account = await server.addAccount();
  person = new Person(server.issuer);
  await app.code(person, account);
});
afterAll(async () => {
  await replica?.stop();
  await server?.stop();
});

/** Half of them on each process, all at once. */
function onBoth<T>(count: number, one: (at: string) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => one(everywhere[n % everywhere.length]!)));
}

const statuses = (answers: Answer[]) => answers.map(({ status }) => status).sort();
const won = (answers: Answer[]) => answers.filter(({ status }) => status === 200);

function expectRefusal(answer: Answer, error: string, status = 400) {
  expect({ status: answer.status, error: answer.json().error }).toEqual({ status, error });
  expect(answer.body).not.toMatch(/"(access|refresh|id)_token"|\bat .*\.(ts|js):/);
}

/** Nothing that came with these tokens opens anything, on any process. */
async function expectDead(application: Application, tokens: { access_token: string; refresh_token: string }) {
  for (const at of everywhere) {
    expectRefusal(await application.userinfo(tokens.access_token, { at }), 'invalid_token', 401);
    expect((await application.introspect(tokens.access_token, { at })).json()).toEqual({ active: false });
    expect((await application.introspect(tokens.refresh_token, { at })).json()).toEqual({ active: false });
    expectRefusal(await application.refresh(tokens.refresh_token, { at }), 'invalid_grant');
  }
}

describe('an authorization code', () => {
  // B23
  it('used again takes all that it gave with it, on every instance', async () => {
    const inHand = await app.code(person);
    const tokens = (await app.redeem(inHand)).json();
    expect((await app.userinfo(tokens.access_token)).status).toBe(200);
    const second = (await app.refresh(tokens.refresh_token)).json();

    expectRefusal(await app.redeem(inHand, { at: replica.url }), 'invalid_grant');
    await expectDead(app, tokens);
    await expectDead(app, second);
  });

  it('used again after 30 seconds takes all that it gave with it', async () => {
    const inHand = await app.code(person);
    const tokens = (await app.redeem(inHand)).json();
    await server.database.pool.query(
      `UPDATE artefact SET consumed_at = consumed_at - interval '30 seconds',
         expires_at = expires_at - interval '30 seconds',
         payload = payload || jsonb_build_object('iat', (payload ->> 'iat')::int - 30, 'exp', (payload ->> 'exp')::int - 30)
       WHERE model = 'AuthorizationCode' AND consumed_at IS NOT NULL`,
    );
    expectRefusal(await app.redeem(inHand), 'invalid_grant');
    await expectDead(app, tokens);
  });

  it('used again costs the other applications of the person nothing', async () => {
    const mine = await other.signIn(person);
    const inHand = await app.code(person);
    await app.redeem(inHand);
    await app.redeem(inHand);
    expect((await other.userinfo(mine.access_token)).status).toBe(200);
    expect((await other.refresh(mine.refresh_token)).status).toBe(200);
  });

  it('used again ends no login that is under way', async () => {
    const browser = new Person(server.issuer);
    const inHand = await app.code(browser, account);
    await app.redeem(inHand);
    const request = app.request({ prompt: 'login' });
    await browser.open(request.url);
    expectRefusal(await app.redeem(inHand), 'invalid_grant');
    const { url } = await browser.submit({ identifier: account.identifier, password: account.plainPassword });
    expect(new URL(url).searchParams.get('code')).toBeTruthy();
  });

  // B24, R17
  it(`is redeemed by at most one of ${PARALLEL} at once, whose tokens die with the rest`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const inHand = await app.code(person);
      const answers = await onBoth(PARALLEL, (at) => app.redeem(inHand, { at }));
      expect(won(answers).length).toBeLessThanOrEqual(1);
      for (const answer of answers) if (answer.status !== 200) expectRefusal(answer, 'invalid_grant');
      for (const winner of won(answers)) await expectDead(app, winner.json());
    }
    // A new grant of the same session gives the dead ones no new life.
    const inHand = await app.code(person);
    const [winner] = won(await onBoth(10, (at) => app.redeem(inHand, { at })));
    await app.signIn(person);
    if (winner) await expectDead(app, winner.json());
  });

  // B25
  it('is of no use to another application, and stays good for its own', async () => {
    const inHand = await app.code(person);
    expectRefusal(await other.redeem(inHand), 'invalid_grant');
    expect((await app.redeem(inHand)).status).toBe(200);
  });

  it.each(['http://localhost:9999/callback/', 'http://localhost:9999/callback?x', 'https://evil.tld/', ''])(
    'is refused with the redirect_uri %j',
    async (redirectUri) => {
      const answer = await app.redeem(await app.code(person), { form: { redirect_uri: redirectUri } });
      // An empty parameter counts as none (RFC 6749 §3.2): the only registered address then stands for it.
      if (redirectUri === '') expect([200, 400]).toContain(answer.status);
      else expectRefusal(answer, 'invalid_grant');
    },
  );

  // B26
  it('is refused when first used after 60 seconds', async () => {
    const inHand = await app.code(person);
    await server.database.pool.query(
      `UPDATE artefact SET expires_at = expires_at - interval '61 seconds',
         payload = payload || jsonb_build_object('iat', (payload ->> 'iat')::int - 61, 'exp', (payload ->> 'exp')::int - 61)
       WHERE model = 'AuthorizationCode' AND consumed_at IS NULL`,
    );
    for (const at of everywhere) expectRefusal(await app.redeem(inHand, { at }), 'invalid_grant');
  });

  it('lives for 60 seconds', async () => {
    await app.code(person);
    const { rows } = await server.database.pool.query(
      `SELECT max(extract(epoch FROM expires_at - now())) AS seconds FROM artefact
       WHERE model = 'AuthorizationCode' AND consumed_at IS NULL`,
    );
    expect(Number(rows[0].seconds)).toBeLessThanOrEqual(60);
  });

  it.each([
    ['nothing', ''],
    ['a letter', 'x'],
    ['10,000 letters', 'a'.repeat(10_000)],
    ['NUL', 'a\0b'],
    ['a path', '../../x'],
    ['SQL', "' OR 1=1 --"],
    ['an object', '[object Object]'],
  ])('that was never issued is refused: %s', async (_what, code) => {
    const answer = await app.redeem({ code, verifier: 'x'.repeat(43) });
    expect(answer.status).toBe(400);
    expect(['invalid_grant', 'invalid_request']).toContain(answer.json().error);
  });
});

describe('a refresh token', () => {
  // B27, R17
  it(`is exchanged by exactly one of ${PARALLEL} at once`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { refresh_token } = await app.signIn(person);
      const answers = await onBoth(PARALLEL, (at) => app.refresh(refresh_token, { at }));
      expect(won(answers)).toHaveLength(1);
      for (const answer of answers) if (answer.status !== 200) expectRefusal(answer, 'invalid_grant');
      await expectDead(app, won(answers)[0]!.json());
    }
  });

  // B28
  it('used again revokes the whole family', async () => {
    const first = await app.signIn(person);
    const second = (await app.refresh(first.refresh_token)).json();
    const third = (await app.refresh(second.refresh_token, { at: replica.url })).json();
    expect(new Set([first, second, third].map(({ refresh_token }) => refresh_token)).size).toBe(3);
    expect((await app.userinfo(third.access_token)).status).toBe(200);

    expectRefusal(await app.refresh(first.refresh_token, { at: replica.url }), 'invalid_grant');
    for (const tokens of [first, second, third]) await expectDead(app, tokens);
  });

  // B28: a process that knows nothing yet.
  it('used again on an instance that has just started revokes the whole family', async () => {
    const first = await app.signIn(person);
    const second = (await app.refresh(first.refresh_token)).json();
    const started = await server.addReplica();
    try {
      expectRefusal(await app.refresh(first.refresh_token, { at: started.url }), 'invalid_grant');
      await expectDead(app, second);
    } finally {
      await started.stop();
    }
  });

  // B29
  it('moves no end by being used: the family dies four hours after the login', async () => {
    const first = await app.signIn(person);
    await server.database.pool.query(
      `UPDATE artefact SET payload = payload || jsonb_build_object('iiat', (payload ->> 'iiat')::int - 14100)
       WHERE model = 'RefreshToken' AND consumed_at IS NULL`,
    );
    const second = (await app.refresh(first.refresh_token)).json();
    const { exp, active } = (await app.introspect(second.refresh_token)).json();
    expect(active).toBe(true);
    expect(exp - Date.now() / 1000).toBeLessThanOrEqual(14_400 - 14_100 + 1);

    await server.database.pool.query(
      `UPDATE artefact SET expires_at = now() - interval '1 second',
         payload = payload || jsonb_build_object('exp', extract(epoch FROM now())::int - 6)
       WHERE model = 'RefreshToken' AND consumed_at IS NULL`,
    );
    for (const at of everywhere)
      expectRefusal(await app.refresh(second.refresh_token, { at }), 'invalid_grant');
  });

  // B30
  it.each(['openid profile email health', 'openid health', 'offline_access', 'openid admin', 'health'])(
    'does not widen its scope to %s',
    async (scope) => {
      const tokens = await app.signIn(person, undefined, { scope: 'openid profile email' });
      const answer = await app.refresh(tokens.refresh_token, { form: { scope } });
      if (answer.status === 200) {
        // Words that are no scope of ours are as if not said.
        expect(
          answer
            .json()
            .scope.split(' ')
            .every((word: string) => tokens.scope.includes(word)),
        ).toBe(true);
      } else expectRefusal(answer, 'invalid_scope');
    },
  );

  it('asked for less gives less, and the whole the next time', async () => {
    const tokens = await app.signIn(person, undefined, { scope: 'openid profile email' });
    const narrow = (await app.refresh(tokens.refresh_token, { form: { scope: 'openid' } })).json();
    expect(narrow.scope).toBe('openid');
    expect((await app.userinfo(narrow.access_token)).json()).toEqual({ sub: account.id });
    const whole = (await app.refresh(narrow.refresh_token)).json();
    expect(whole.scope.split(' ').sort()).toEqual(['email', 'openid', 'profile']);
  });

  it('is of no use to another application', async () => {
    const tokens = await app.signIn(person);
    expectRefusal(await other.refresh(tokens.refresh_token), 'invalid_grant');
    expect((await app.refresh(tokens.refresh_token)).status).toBe(200);
  });
});

describe('the end of', () => {
  type Signed = {
    who: Awaited<ReturnType<TestServer['addAccount']>>;
    tokens: { access_token: string; refresh_token: string };
  };
  let signed: Signed;
  let browser: Person;
  beforeEach(async () => {
    const who = await server.addAccount();
    browser = new Person(server.issuer);
    signed = { who, tokens: await app.signIn(browser, who) };
    for (const at of everywhere)
      expect((await app.userinfo(signed.tokens.access_token, { at })).status).toBe(200);
  });

  // B31
  it('an account that is locked ends its tokens, sessions and codes at once, everywhere', async () => {
    const inHand = await app.code(browser);
    const locked = await lockAccount(server.database, signed.who, 'test');
    await expectDead(app, signed.tokens);
    expectRefusal(await app.redeem(inHand), 'invalid_grant');
    expect((await browser.open(app.request({ prompt: 'none' }).url)).url).toContain('error=login_required');

    await unlockAccount(server.database, locked);
    await expectDead(app, signed.tokens);
    expectRefusal(await app.redeem(inHand), 'invalid_grant');
    expect((await browser.open(app.request({ prompt: 'none' }).url)).url).toContain('error=login_required');
  });

  it('an account that is deleted ends its tokens at once, everywhere', async () => {
    const inHand = await app.code(browser);
    await deleteAccount(server.database, signed.who);
    await expectDead(app, signed.tokens);
    expectRefusal(await app.redeem(inHand), 'invalid_grant');
    expect((await browser.open(app.request({ prompt: 'none' }).url)).url).toContain('error=login_required');
  });

  /** What the actions that change a password need. */
  const deps = () => {
    const waits = { waitFrom: 3, firstWaitSeconds: 20, longestWaitSeconds: 3600, failuresPerDay: 25 };
    return {
      database: server.database,
      hasher: server.app.hasher,
      policy: { minLength: 8, minLetters: 1, minDigits: 1, minMeta: 1 },
      productWords: [],
      provisionalTtlSeconds: 3600,
      mail: { secretKey: server.secretKey, mailFrom: 'a@exemple.fr' },
      throttle: createThrottle(server.database, Buffer.alloc(32), { identifier: waits, address: waits }),
    };
  };

  it.each([
    ['reset', (who: Signed['who']) => resetAccount(deps(), who)],
    [
      'changed',
      (who: Signed['who']) =>
        changePassword(deps(), {
          account: who,
          currentPassword: who.plainPassword,
          newPassword: 'Coquelicot-7!',
          address: '127.0.0.1',
          kept: {},
          reason: 'own-choice',
        }),
    ],
  ])('a password that is %s ends tokens and sessions at once, everywhere', async (_how, change) => {
    const inHand = await app.code(browser);
    await change(signed.who);
    await expectDead(app, signed.tokens);
    expectRefusal(await app.redeem(inHand), 'invalid_grant');
    expect((await browser.open(app.request({ prompt: 'none' }).url)).url).toContain('error=login_required');
  });

  it('an application that is deleted ends its tokens within a second, everywhere', async () => {
    const doomed = await Application.register(server, { client_name: 'Bientôt partie' });
    const tokens = await doomed.signIn(browser);
    const inHand = await doomed.code(browser);
    const front = await startFront(server.issuer, everywhere);
    try {
      await deleteClient(server.database, doomed.clientId);
      for (const at of everywhere) {
        await waitUntil(async () => (await doomed.userinfo(tokens.access_token, { at })).status === 401);
        // Its name is remembered for up to a second; its tokens are gone at once.
        await waitUntil(async () => (await doomed.refresh(tokens.refresh_token, { at })).status === 401);
        expectRefusal(await doomed.refresh(tokens.refresh_token, { at }), 'invalid_client', 401);
        expectRefusal(await doomed.redeem(inHand, { at }), 'invalid_client', 401);
        const introspected = await app.introspect(tokens.access_token, { at });
        expect(introspected.json()).toEqual({ active: false });
        const asked = await call(
          new URL(new URL(doomed.request().url).pathname + new URL(doomed.request().url).search, front.url),
        );
        expect(asked.status).toBe(400);
      }
    } finally {
      await front.close();
    }
  });
});

describe('an application that signs its assertions', () => {
  let signing: Application;
  let privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    privateKey = pair.privateKey;
    signing = await Application.register(server, {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] },
    });
  });

  const assertion = (claims: Record<string, unknown> = {}) => {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      iss: signing.clientId,
      sub: signing.clientId,
      aud: server.issuer,
      jti: randomUUID(),
      iat: now,
      exp: now + 60,
      ...claims,
    } as never)
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(privateKey);
  };
  const authenticated = (client_assertion: string) => ({
    client_assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  });

  it('is known by them', async () => {
    const answer = await signing.redeem(await signing.code(person), {
      form: authenticated(await assertion()),
    });
    expect(answer.status).toBe(200);
  });

  // B32, R17
  it(`uses each once: of ${PARALLEL} at once one is answered`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const form = authenticated(await assertion());
      const answers = await onBoth(PARALLEL, (at) =>
        signing.post('introspection', { token: 'x', ...form }, { at }),
      );
      expect(won(answers)).toHaveLength(1);
      for (const answer of answers) if (answer.status !== 200) expectRefusal(answer, 'invalid_client', 401);
    }
  });

  it('uses each once, also one after the other and at another endpoint', async () => {
    const form = authenticated(await assertion());
    expect((await signing.post('introspection', { token: 'x', ...form })).status).toBe(200);
    expectRefusal(
      await signing.post('introspection', { token: 'x', ...form }, { at: replica.url }),
      'invalid_client',
      401,
    );
    expectRefusal(await signing.post('revocation', { token: 'x', ...form }), 'invalid_client', 401);
  });

  it.each([
    ['of another issuer', { iss: 'another' }],
    ['for another audience', { aud: 'https://evil.tld' }],
    ['that has expired', { exp: 1 }],
    ['without jti', { jti: undefined }],
    ['without exp', { exp: undefined }],
    ['not valid yet', { nbf: 9_999_999_999 }],
  ])('is refused with an assertion %s', async (_what, claims) => {
    const answer = await signing.post('introspection', {
      token: 'x',
      ...authenticated(await assertion(claims)),
    });
    expectRefusal(answer, 'invalid_client', 401);
  });

  it.each(['', 'x', 'a.b.c', 'e30.e30.', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`])(
    'is refused with an assertion that is none: %j',
    async (text) => {
      const answer = await signing.post('introspection', { token: 'x', ...authenticated(text) });
      expect([400, 401]).toContain(answer.status);
      expect(['invalid_client', 'invalid_request']).toContain(answer.json().error);
    },
  );

  // B33
  it('is refused with a secret, and with its name alone', async () => {
    const inHand = await signing.code(person);
    for (const secret of ['x', 'undefined', 'null']) {
      expectRefusal(
        await signing.redeem(inHand, { form: { client_id: signing.clientId, client_secret: secret } }),
        'invalid_client',
        401,
      );
      expectRefusal(
        await signing.redeem(inHand, { headers: { authorization: signing.basic(secret) } }),
        'invalid_client',
        401,
      );
    }
    expectRefusal(
      await signing.redeem(inHand, { form: { client_id: signing.clientId } }),
      'invalid_client',
      401,
    );
  });
});

describe('the authentication of an application', () => {
  const ask = (headers: Record<string, string | undefined>, form: Record<string, string> = {}) =>
    app.post('introspection', { token: 'x', ...form }, { headers });

  // B34
  it('comes in one way at a time', async () => {
    const both = await ask({}, { client_id: app.clientId, client_secret: app.secret });
    expectRefusal(both, 'invalid_request');
    const assertion = 'a.b.c';
    expectRefusal(await ask({}, { client_assertion: assertion }), 'invalid_request');
    expectRefusal(
      await ask(
        { authorization: undefined },
        { client_id: app.clientId, client_secret: app.secret, client_assertion: assertion },
      ),
      'invalid_request',
    );
    expectRefusal(await ask({}, { client_id: other.clientId }), 'invalid_request');
  });

  // B35
  it.each([
    ['bad base64', 'Basic %%%'],
    ['bad escapes', `Basic ${Buffer.from('a%zz:b').toString('base64')}`],
    ['no colon', `Basic ${Buffer.from('abc').toString('base64')}`],
    ['bytes that are no UTF-8', `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0xff]).toString('base64')}`],
    ['NUL', `Basic ${Buffer.from('a\0:b\0').toString('base64')}`],
    ['NUL, escaped', `Basic ${Buffer.from('a%00:b').toString('base64')}`],
    ['nothing', 'Basic '],
    ['nothing but a colon', `Basic ${Buffer.from(':').toString('base64')}`],
    ['an empty secret', `Basic ${Buffer.from('a:').toString('base64')}`],
    ['a word', 'Basic'],
    ['two words', 'Basic a b'],
    ['another scheme', 'Bearer abc'],
    ['Negotiate', 'Negotiate abc'],
    ['8 KB', `Basic ${Buffer.from(`${'a'.repeat(5000)}:b`).toString('base64')}`],
    ['an unknown name', `Basic ${Buffer.from('nobody:x').toString('base64')}`],
    ['a name of the language', `Basic ${Buffer.from('__proto__:x').toString('base64')}`],
  ])('is refused, never failed, with %s', async (_what, authorization) => {
    const answer = await ask({ authorization });
    expect([400, 401]).toContain(answer.status);
    expect(['invalid_client', 'invalid_request']).toContain(answer.json().error);
    if (answer.status === 401) expect(answer.headers['www-authenticate']).toContain('Basic');
  });

  it('is refused with a wrong secret, and without one', async () => {
    const inHand = await app.code(person);
    for (const authorization of [
      app.basic('wrong'),
      app.basic(`${app.secret}x`),
      app.basic(app.secret.slice(0, -1)),
    ]) {
      expectRefusal(await app.redeem(inHand, { headers: { authorization } }), 'invalid_client', 401);
    }
    const named = { headers: { authorization: undefined }, form: { client_id: app.clientId } };
    expectRefusal(await app.redeem(inHand, named), 'invalid_client', 401);
    expect((await app.redeem(inHand)).status).toBe(200);
  });

  it('says the same of an unknown application and of a wrong secret', async () => {
    const wrong = await ask({ authorization: app.basic('wrong') });
    const unknown = await ask({ authorization: app.basic('wrong', 'nobody') });
    expect(unknown.body).toBe(wrong.body);
    expect(unknown.status).toBe(wrong.status);
  });
});

describe('tokens', () => {
  // B37
  it('are not taken for one another', async () => {
    const tokens = await app.signIn(person);
    for (const wrong of [tokens.id_token, tokens.refresh_token, 'x', '']) {
      const answer = await app.userinfo(wrong);
      expect([400, 401]).toContain(answer.status);
      expect(answer.body).not.toContain(account.email);
    }
    for (const wrong of [tokens.id_token, tokens.access_token])
      expectRefusal(await app.refresh(wrong), 'invalid_grant');
    const { code } = await app.code(person);
    expect([400, 401]).toContain((await app.userinfo(code)).status);
    expectRefusal(await app.refresh(code), 'invalid_grant');
    expectRefusal(
      await app.redeem({ code: tokens.refresh_token, verifier: 'x'.repeat(43) }),
      'invalid_grant',
    );
    // The session's own name opens nothing either.
    expect([400, 401]).toContain((await app.userinfo(person.cookie('idp_session')!)).status);
  });

  it('are taken from the header or the body, one at a time, never from the address', async () => {
    const { access_token } = await app.signIn(person);
    const url = app.address('userinfo');
    const inQuery = await call(`${url}?access_token=${access_token}`);
    expect(inQuery.status).toBe(400);
    const twice = await call(url, {
      form: { access_token },
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(twice.status).toBe(400);
    expect(`${inQuery.body}${twice.body}`).not.toContain(account.email);
  });

  // B38
  it('of one application say nothing to another, and are not revoked by it', async () => {
    const tokens = await app.signIn(person);
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      expect((await other.introspect(token)).json()).toEqual({ active: false });
      const revoked = await other.revoke(token);
      expect(revoked.status).toBe(200);
      expect(revoked.body).toBe('');
    }
    expect((await app.introspect(tokens.access_token)).json()).toMatchObject({
      active: true,
      client_id: app.clientId,
    });
    expect((await app.userinfo(tokens.access_token)).status).toBe(200);
    expect((await app.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('are introspected and revoked by nobody without authentication', async () => {
    const tokens = await app.signIn(person);
    for (const endpoint of ['introspection', 'revocation'] as const) {
      const anonymous = await app.post(
        endpoint,
        { token: tokens.access_token },
        { headers: { authorization: undefined } },
      );
      expectRefusal(anonymous, 'invalid_request');
      const named = await app.post(
        endpoint,
        { token: tokens.access_token, client_id: app.clientId },
        { headers: { authorization: undefined } },
      );
      expectRefusal(named, 'invalid_client', 401);
    }
    expect((await app.userinfo(tokens.access_token)).status).toBe(200);
  });

  it('revoked by their application are dead everywhere', async () => {
    const tokens = await app.signIn(person);
    expect((await app.revoke(tokens.refresh_token)).status).toBe(200);
    await expectDead(app, tokens);
  });
});

// B39
it.each([
  ['password', { username: 'personne1', password: 'x' }],
  ['implicit', {}],
  ['client_credentials', {}],
  ['urn:ietf:params:oauth:grant-type:device_code', { device_code: 'x' }],
  ['urn:ietf:params:oauth:grant-type:token-exchange', { subject_token: 'x' }],
  ['urn:ietf:params:oauth:grant-type:jwt-bearer', { assertion: 'x' }],
  ['urn:openid:params:grant-type:ciba', { auth_req_id: 'x' }],
  ['__proto__', {}],
  ['constructor', {}],
  ['AUTHORIZATION_CODE', {}],
])('the grant type %s is not offered', async (grantType, form) => {
  expectRefusal(await app.token({ grant_type: grantType, ...form }), 'unsupported_grant_type');
});

it('the grant type refresh_token is refused to an application that is not registered for it', async () => {
  const without = await Application.register(server, { grant_types: ['authorization_code'] });
  const answer = await without.redeem(await without.code(person));
  expect(answer.json().refresh_token).toBeUndefined();
  const answered = await without.refresh('x');
  expect(answered.status).toBe(400);
});

// B40
it('nothing that carries or concerns a token is stored by a cache', async () => {
  const inHand = await app.code(person);
  const tokens = await app.redeem(inHand);
  const { access_token } = tokens.json();
  for (const answer of [
    tokens,
    await app.redeem(inHand),
    await app.userinfo('wrong'),
    await app.introspect('wrong'),
    await app.token({ grant_type: 'x' }),
    await app.userinfo((await app.signIn(person)).access_token),
    await app.introspect(access_token),
    await call(app.request().url),
  ]) {
    expect(answer.headers['cache-control']).toContain('no-store');
  }
});

// B41
describe('scripts of other sites', () => {
  it.each(['https://evil.tld', 'null', 'http://localhost:9998', 'https://localhost:9999', 'file://'])(
    'read nothing: Origin %s',
    async (origin) => {
      const { access_token } = await app.signIn(person);
      const inHand = await app.code(person);
      const headers = { origin };
      for (const answer of [
        await app.redeem(inHand, { headers }),
        await app.userinfo(access_token, { headers }),
        await app.introspect(access_token, { headers }),
        await app.revoke('x', { headers }),
        await call(app.request().url, { headers }),
        await call(`${server.issuer}/captcha/choice?form=first-change`, { headers }),
      ]) {
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
        expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
        expect(answer.body).not.toMatch(/access_token|"active":true/);
      }
      // What anyone may know stays without credentials.
      const open = await call(`${server.issuer}/.well-known/openid-configuration`, { headers });
      expect(open.headers['access-control-allow-credentials']).toBeUndefined();
    },
  );

  it('are given credentials by no preflight', async () => {
    for (const endpoint of ['token', 'userinfo', 'introspection', 'revocation'] as const) {
      const answer = await call(app.address(endpoint), {
        method: 'OPTIONS',
        headers: { origin: 'https://evil.tld', 'access-control-request-method': 'POST' },
      });
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    }
  });
});

// B43
it('publishes public keys only, each once, the same on every instance', async () => {
  const documents = await Promise.all(
    everywhere.map(async (at) =>
      (await call(`${at}/jwks`, { headers: { host: new URL(server.issuer).host } })).json(),
    ),
  );
  expect(documents[0]).toEqual(documents[1]);
  const { keys } = documents[0];
  expect(keys.map(({ alg }: { alg: string }) => alg).sort()).toEqual(['ES256', 'RS256']);
  expect(new Set(keys.map(({ kid }: { kid: string }) => kid)).size).toBe(keys.length);
  for (const key of keys) {
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])
      expect(key).not.toHaveProperty(secret);
    expect(key.use).toBe('sig');
  }
});

it('answers the same refusals under a load of wrong requests, and never fails', async () => {
  const answers = await onBoth(PARALLEL, (at) =>
    app.refresh(`wrong${Math.floor(Math.random() * 10)}`, { at }),
  );
  expect(new Set(statuses(answers))).toEqual(new Set([400]));
});

// B36
it('makes a guesser of client secrets wait, with that application and from that address only', async () => {
  const [guessed, untouched] = [await Application.register(server), await Application.register(server)];
  const guess = (secret: string) =>
    call(guessed.address('token'), {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${guessed.client.clientId}:${secret}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=refresh_token&refresh_token=x',
    });
  await waitUntil(async () => (await guess('wrong')).status === 429);
  const right = await guess(String(guessed.client.metadata.client_secret));
  expect(right.status).toBe(429);
  expect(Number(right.headers['retry-after'])).toBeGreaterThan(0);
  expect(right.json()).toMatchObject({ error: 'temporarily_unavailable' });
  expectRefusal(await untouched.refresh('x'), 'invalid_grant');

  await server.database.pool.query("UPDATE throttle SET blocked_until = now() - interval '1 second'");
  expect((await guess(String(guessed.client.metadata.client_secret))).json()).toMatchObject({
    error: 'invalid_grant',
  });
});
