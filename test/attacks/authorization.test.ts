// Attacks on the authorization endpoint and on the pages of a login: catalogue rows A1 to A22.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, SignJWT } from 'jose';
import { Application } from '../support/application.ts';
import { call } from '../support/http-call.ts';
import { type Page, Person } from '../support/person.ts';
import { REDIRECT_MUTANTS } from '../support/redirect-mutants.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const REDIRECT = 'https://rp.example.com/callback';

let server: TestServer;
let app: Application;
let account: Awaited<ReturnType<TestServer['addAccount']>>;
/** Signed in since the beginning: each request of this browser is answered without a page. */
let signedIn: Person;

beforeAll(async () => {
  server = await startTestServer({ IDP_LOGIN_WAIT_FROM_PER_ADDRESS: '10000' });
  app = await Application.register(server, {
    redirect_uris: [REDIRECT],
    post_logout_redirect_uris: ['https://rp.example.com/bye'],
  });
  account = await server.addAccount();
  signedIn = new Person(server.issuer);
  await app.code(signedIn, account);
});
afterAll(() => server?.stop());

const ask = (parameters: Record<string, string | undefined>) =>
  call(app.request(parameters).url, { headers: { accept: 'text/html' } });

describe('redirect_uri', () => {
  it('has more than sixty mutants to try', () => {
    expect(new Set(REDIRECT_MUTANTS).size).toBe(REDIRECT_MUTANTS.length);
    expect(REDIRECT_MUTANTS.length).toBeGreaterThanOrEqual(60);
  });

  // A1, A2, A5
  it.each(REDIRECT_MUTANTS.map((mutant) => [JSON.stringify(mutant), mutant]))(
    'refuses %s with a page of ours and sends nobody there',
    async (_name, mutant) => {
      const answer = await ask({ redirect_uri: mutant });
      expect(answer.status).toBe(400);
      expect(answer.headers.location).toBeUndefined();
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.body).toContain('Référence');
      expect(answer.body).not.toContain('evil');
      expect(answer.headers['content-security-policy']).toMatch(/form-action 'self'$/);
    },
  );

  // A1: the session of somebody signed in changes nothing.
  it('refuses a mutant to somebody who is signed in', async () => {
    const page = await signedIn.open(app.request({ redirect_uri: `${REDIRECT}/` }).url);
    expect(page.status).toBe(400);
    expect(page.url).toContain(server.issuer);
  });

  // A1: an error of another kind must not lead there either.
  it.each([
    { response_type: 'token' },
    { scope: 'x\u0001' },
    { prompt: 'none' },
    { response_mode: 'form_post' },
    { request: 'x' },
    { max_age: 'x' },
    { code_challenge: undefined },
    { claims: '{' },
  ])('sends no error to an unregistered address (%j)', async (parameters) => {
    const answer = await ask({ redirect_uri: 'https://evil.tld/', ...parameters });
    expect(answer.status).toBe(400);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.body).not.toContain('evil.tld');
  });

  // A3
  it('asks for one where two are registered', async () => {
    const two = await Application.register(server, { redirect_uris: [REDIRECT, `${REDIRECT}2`] });
    const answer = await call(two.request({ redirect_uri: undefined }).url, {
      headers: { accept: 'text/html' },
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.location).toBeUndefined();
  });

  // A5
  it.each(
    ['JaVaScRiPt:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', 'about:blank'].flatMap(
      (uri) => [
        [uri, { redirect_uris: [uri] }],
        [uri, { redirect_uris: [uri], application_type: 'native' }],
        [uri, { post_logout_redirect_uris: [uri] }],
        [uri, { logo_uri: uri }],
        [uri, { policy_uri: uri }],
        [uri, { tos_uri: uri }],
        [uri, { client_uri: uri }],
      ],
    ),
  )('registers nothing that runs: %s in %j', async (_uri, metadata) => {
    await expect(server.addClient({ metadata: metadata as Record<string, unknown> })).rejects.toThrow(
      'client.invalid',
    );
  });
});

describe('parameters', () => {
  // A4
  it.each([
    'client_id',
    'redirect_uri',
    'state',
    'scope',
    'response_type',
    'response_mode',
    'nonce',
    'code_challenge',
    'code_challenge_method',
    'prompt',
    'max_age',
    'login_hint',
    'id_token_hint',
    'ui_locales',
    'acr_values',
    'claims',
  ])('refuses %s sent twice', async (name) => {
    const url = new URL(app.request().url);
    url.searchParams.append(name, url.searchParams.get(name) ?? '1');
    if (url.searchParams.getAll(name).length === 1) url.searchParams.append(name, '1');
    const answer = await call(url, { headers: { accept: 'text/html' } });
    expect(answer.body).not.toContain('name="password"');
    if (answer.headers.location === undefined) expect(answer.status).toBe(400);
    else {
      expect(answer.status).toBe(303);
      const to = new URL(answer.headers.location);
      expect(to.origin + to.pathname).toBe(REDIRECT);
      expect(to.searchParams.get('error')).toBe('invalid_request');
    }
  });

  // A4: the second address is the attacker's.
  it('refuses a second, foreign redirect_uri in either order', async () => {
    for (const first of [true, false]) {
      const url = new URL(app.request({ redirect_uri: undefined }).url);
      for (const uri of first ? ['https://evil.tld/', REDIRECT] : [REDIRECT, 'https://evil.tld/']) {
        url.searchParams.append('redirect_uri', uri);
      }
      const answer = await call(url, { headers: { accept: 'text/html' } });
      // The only registered address is the one place where it may be told.
      const to = new URL(answer.headers.location!);
      expect(to.origin + to.pathname).toBe(REDIRECT);
      expect(to.searchParams.get('error')).toBe('invalid_request');
    }
  });

  // A7
  it.each([
    'token',
    'id_token',
    'id_token token',
    'code id_token',
    'code token',
    'code id_token token',
    'none',
    'code code2',
    'CODE',
  ])('knows no response_type but code: %s', async (responseType) => {
    const answer = await ask({ response_type: responseType });
    const to = new URL(answer.headers.location!);
    const told = new URLSearchParams(to.hash.slice(1) || to.search);
    expect(to.origin + to.pathname).toBe(REDIRECT);
    // « none » is known, to « Mon compte » alone.
    expect(told.get('error')).toBe(responseType === 'none' ? 'invalid_request' : 'unsupported_response_type');
    expect(told.get('iss')).toBe(server.issuer);
    expect(answer.headers.location).not.toMatch(/access_token|id_token=|[?&#]code=/);
  });

  // A7: a login under way is taken up as it was begun.
  it('ignores what is added to the address that takes up a login', async () => {
    const person = new Person(server.issuer);
    await person.open(app.request().url);
    const { action, data } = person.fill({ identifier: account.identifier, password: account.plainPassword });
    const posted = await person.request(new URL(action), post(data));
    const resume = new URL(posted.headers.get('location')!, server.issuer);
    for (const [name, value] of Object.entries({
      response_type: 'code id_token token',
      redirect_uri: 'https://evil.tld/',
      response_mode: 'form_post',
      scope: 'openid email health offline_access',
      state: 'another',
      client_id: 'another',
    })) {
      resume.searchParams.set(name, value);
    }
    const answer = await person.request(resume);
    const to = new URL(answer.headers.get('location')!);
    expect(to.origin + to.pathname).toBe(REDIRECT);
    expect([...to.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
    expect(to.searchParams.get('state')).not.toBe('another');
    expect(to.hash).toBe('');
  });

  it.each([
    '/auth/abc?client_id=mon-compte',
    '/auth/abc?client_id=APP',
    '/auth/abc?client_id=APP&redirect_uri=https://a.tld/&redirect_uri=https://b.tld/',
    '/auth/abc/?client_id=mon-compte',
    '/AUTH/abc?client_id=mon-compte',
    '/Auth/abc/?client_id=mon-compte',
  ])('is told that there is no such login, whatever is added to its address: %s', async (address) => {
    const person = new Person(server.issuer);
    const answer = await person.open(address.replace('APP', app.clientId));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('Session expirée');
  });

  // A8, A9
  describe.each([
    ['a confidential application', {}],
    ['a public application', { token_endpoint_auth_method: 'none' }],
  ])('of %s', (_kind, metadata) => {
    let application: Application;
    beforeAll(async () => {
      application = await Application.register(server, { redirect_uris: [REDIRECT], ...metadata });
    });

    it.each([
      ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }],
      ['a method without a challenge', { code_challenge: undefined }],
      ['the method plain', { code_challenge_method: 'plain' }],
      ['no method, which means plain', { code_challenge_method: undefined }],
      ['an unknown method', { code_challenge_method: 'S512' }],
      ['an empty challenge', { code_challenge: '' }],
      ['a short challenge', { code_challenge: 'abc' }],
    ])('are refused with %s', async (_what, parameters) => {
      const answer = await call(application.request(parameters).url);
      const to = new URL(answer.headers.location!);
      expect(to.origin + to.pathname).toBe(REDIRECT);
      expect(to.searchParams.get('error')).toBe('invalid_request');
      expect(to.searchParams.get('code')).toBeNull();
    });

    // A10, A11
    it.each([
      ['no verifier', { code_verifier: undefined }],
      ['an empty verifier', { code_verifier: '' }],
      ['a wrong verifier', { code_verifier: 'x'.repeat(43) }],
    ])('give no tokens for %s', async (_what, form) => {
      const inHand = await application.code(signedIn);
      const answer = await application.redeem(inHand, { form });
      expect(answer.status).toBe(400);
      expect(answer.json()).toMatchObject({ error: 'invalid_grant' });
    });
  });

  // A20
  it.each([
    ['8 KB', 's'.repeat(8192)],
    ['CR LF', 'a\r\nSet-Cookie: stolen=1\r\n\r\n<script>'],
    ['an emoji', '👩‍⚕️ é'],
    ['NUL', 'a\0b'],
    ['half a surrogate pair, in bytes', '\ufffd'],
    ['a space and a plus', 'a b+c%20&d=#?'],
    ['HTML', '"><script>alert(1)</script>'],
  ])('echoes a state and nonce of %s exactly or refuses them', async (_what, text) => {
    // A request has 16 KB of headers at most, so the long one comes alone.
    const nonce = text.length > 1000 ? 'short' : text;
    const request = app.request({ state: text, nonce });
    const page = await signedIn.open(request.url);
    if (text.includes('\0')) {
      expect(page.status).toBe(400);
      return;
    }
    const callback = new URL(page.url);
    expect(callback.searchParams.get('state')).toBe(text);
    expect(signedIn.cookie('stolen')).toBeUndefined();
    const tokens = await app.redeem({ code: callback.searchParams.get('code')!, verifier: request.verifier });
    expect(decodeJwt(tokens.json().id_token).nonce).toBe(nonce);
  });

  it('gives back a nonce of 8 KB', async () => {
    const nonce = 'n'.repeat(8192);
    const { id_token } = await app.signIn(signedIn, undefined, { nonce });
    expect(decodeJwt(id_token).nonce).toBe(nonce);
  });

  // A20: through the login page too.
  it('keeps a state of 8 KB through a login', async () => {
    const state = `é${'s'.repeat(8000)}👩‍⚕️`;
    const { callback } = await app.code(new Person(server.issuer), account, { state });
    expect(callback.searchParams.get('state')).toBe(state);
  });

  // A21
  it('ignores parameters that it does not know', async () => {
    const { code } = await app.code(new Person(server.issuer), account, {
      utm_source: 'x',
      __proto__x: '1',
      'a[b]': 'c',
      vtr: '["P0"]',
    });
    expect(code).toBeTruthy();
  });

  // A22
  it('refuses request and request_uri, and fetches nothing', async () => {
    let connections = 0;
    const elsewhere = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
    elsewhere.on('connection', () => connections++);
    try {
      await new Promise((done) => elsewhere.once('listening', done));
      const there = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
      const object = await new SignJWT({ redirect_uri: there })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.alloc(32));
      for (const [parameters, error] of [
        [{ request: object }, 'request_not_supported'],
        [{ request_uri: `${there}/object` }, 'request_uri_not_supported'],
        [{ request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'request_uri_not_supported'],
        [{ registration: `{"logo_uri":"${there}"}` }, 'registration_not_supported'],
      ] as const) {
        const answer = await ask(parameters);
        expect(new URL(answer.headers.location!).searchParams.get('error')).toBe(error);
      }
      expect(connections).toBe(0);
    } finally {
      elsewhere.close();
    }
  });
});

describe('answers', () => {
  // A12
  it('says login_required, and shows nothing, to prompt=none without a session', async () => {
    const request = app.request({ prompt: 'none' });
    const answer = await call(request.url);
    expect(answer.status).toBe(303);
    const to = new URL(answer.headers.location!);
    expect(to.origin + to.pathname).toBe(REDIRECT);
    expect(Object.fromEntries(to.searchParams)).toMatchObject({
      error: 'login_required',
      state: request.state,
      iss: server.issuer,
    });
    expect(answer.body).not.toContain('<form');
  });

  // A13
  it('names the issuer in every response', async () => {
    const { callback } = await app.code(signedIn);
    expect(callback.searchParams.get('iss')).toBe(server.issuer);

    for (const parameters of [
      { prompt: 'none', max_age: '0' },
      { prompt: 'unknown' },
      { prompt: 'none login' },
      { scope: 'openid\u00e9' },
      { max_age: '-1' },
      { claims: 'no JSON' },
      { id_token_hint: 'x' },
      { code_challenge: undefined },
      { response_mode: 'fragment', prompt: 'none' },
    ]) {
      const answer = await ask(parameters);
      const to = new URL(answer.headers.location!);
      const told = new URLSearchParams(to.hash.slice(1) || to.search);
      expect(told.get('error')).toBeTruthy();
      expect(told.get('iss')).toBe(server.issuer);
    }

    const person = new Person(server.issuer);
    await person.open(app.request().url);
    const { url } = await person.submit({}, { button: 'Revenir au service' });
    expect(new URL(url).searchParams.get('error')).toBe('access_denied');
    expect(new URL(url).searchParams.get('iss')).toBe(server.issuer);
  });

  // A6
  it.each([
    ['a code', { state: '"><script>alert(1)</script>' }],
    ['an error', { state: '"><img src=x onerror=alert(1)>', prompt: 'none', max_age: '0' }],
  ])('escapes what it posts for the application: %s', async (_what, parameters) => {
    const page = await signedIn.open(app.request({ response_mode: 'form_post', ...parameters }).url);
    expect(page.url).toContain(server.issuer);
    expect(page.body).toContain(`action="${REDIRECT}"`);
    expect(page.body).not.toMatch(/<img|"><script>alert|<script>alert/);
    expect(page.body).toContain('&quot;&gt;&lt;');
    const policy = page.headers.get('content-security-policy')!;
    expect(directive(policy, 'script-src')).toMatch(/^'self' 'sha256-[A-Za-z0-9+/=]+'$/);
    expect(directive(policy, 'frame-ancestors')).toBe("'none'");
    expect(directive(policy, 'form-action')).toBe("'self' https://rp.example.com");
    expect(policy).not.toContain('unsafe-inline');
    expect(page.headers.get('cache-control')).toContain('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  });

  // A14
  it('answers a password, right or abandoned, with 303', async () => {
    const person = new Person(server.issuer);
    await person.open(app.request().url);
    const { action, data } = person.fill({ identifier: account.identifier, password: account.plainPassword });
    const right = await person.request(new URL(action), post(data));
    expect(right.status).toBe(303);
    const resumed = await person.request(new URL(right.headers.get('location')!, server.issuer));
    expect(resumed.status).toBe(303);

    await person.open(app.request({ prompt: 'login' }).url);
    const abort = person.fill({}, 'Revenir au service');
    expect((await person.request(new URL(abort.action), post(abort.data))).status).toBe(303);
  });
});

// A15, A16
describe('every page', () => {
  const pages: [string, () => Promise<Page>][] = [
    ['the login page', () => new Person(server.issuer).open(app.request().url)],
    [
      'a wrong password',
      async () => {
        const person = new Person(server.issuer);
        await person.open(app.request().url);
        return person.submit({ identifier: 'nobody-of-that-name', password: 'x' });
      },
    ],
    [
      'a refused request',
      () => new Person(server.issuer).open(app.request({ redirect_uri: 'https://evil.tld' }).url),
    ],
    ['a login that is over', () => new Person(server.issuer).open('/interaction/unknown')],
    ['a page that does not exist', () => new Person(server.issuer).open('/nothing?code=secret')],
    ['the form of the first change', async () => (await firstLogin()).page!],
    ['the question of signing out', () => signedIn.open(app.logoutUrl())],
    ['having signed out', () => new Person(server.issuer).open('/session/end/success')],
    ['accessibility', () => new Person(server.issuer).open('/accessibility')],
    ['privacy', () => new Person(server.issuer).open('/privacy')],
    [
      'the consent',
      async () => {
        const third = await thirdParty();
        return signedIn.open(third.request().url);
      },
    ],
  ];

  it.each(pages)(
    'loads nothing from elsewhere, is not stored, not framed, tells no address: %s',
    async (_name, open) => {
      const page = await open();
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(page.headers.get('referrer-policy')).toBe('no-referrer');
      expect(page.headers.get('cache-control')).toContain('no-store');
      expect(page.headers.get('x-content-type-options')).toBe('nosniff');
      const policy = page.headers.get('content-security-policy')!;
      expect(directive(policy, 'default-src')).toBe("'none'");
      expect(directive(policy, 'frame-ancestors')).toBe("'none'");
      expect(directive(policy, 'base-uri')).toBe("'none'");
      expect(directive(policy, 'script-src')).toBe("'self'");
      expect(policy).not.toMatch(/unsafe|\*/);

      const loaded = [
        ...page.body.matchAll(/<(?:script|img|link|iframe|source|form|object|embed)\b[^>]*>/g),
      ].flatMap(([tag]) =>
        [...tag.matchAll(/\s(?:src|href|action|srcset|data)="([^"]*)"/g)].map(([, address]) => address!),
      );
      expect(loaded.length).toBeGreaterThan(2);
      for (const address of loaded) {
        const isOurs =
          /^(\/(?!\/)|data:image\/png;)/.test(address) || address.startsWith(`${server.issuer}/`);
        expect({ address, isOurs }).toEqual({ address, isOurs: true });
      }
      expect(page.body).not.toMatch(/\son[a-z]+=|\sstyle="|<style|<script>(?!<)/i);
      expect(page.body).not.toContain('secret');
    },
  );
});

describe('id_token_hint', () => {
  let other: Awaited<ReturnType<TestServer['addAccount']>>;
  let mine: string;
  let theirs: string;
  beforeAll(async () => {
    other = await server.addAccount();
    mine = (await app.signIn(signedIn)).id_token;
    theirs = (await app.signIn(new Person(server.issuer), other)).id_token;
  });

  // A17
  it('accepts the right one', async () => {
    const page = await signedIn.open(app.request({ id_token_hint: mine, prompt: 'none' }).url);
    expect(new URL(page.url).searchParams.get('code')).toBeTruthy();
  });

  it('refuses forged ones', async () => {
    const [header, payload, signature] = mine.split('.') as [string, string, string];
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const victim = encode({ ...decodeJwt(mine), sub: other.id });
    const kid = JSON.parse(Buffer.from(header, 'base64url').toString()).kid;
    const secret = Buffer.from(app.secret);
    const hmac = await new SignJWT({ ...decodeJwt(mine) })
      .setProtectedHeader({ alg: 'HS256', kid })
      .sign(secret);
    for (const hint of [
      `${encode({ alg: 'none' })}.${payload}.`,
      `${encode({ alg: 'none', kid })}.${victim}.${signature}`,
      `${header}.${victim}.${signature}`,
      `${header}.${payload}.${'A'.repeat(signature.length)}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      hmac,
      'x',
      '..',
    ]) {
      const page = await signedIn.open(app.request({ id_token_hint: hint }).url);
      const told = new URL(page.url).searchParams;
      expect({ hint, error: told.get('error'), code: told.get('code') }).toEqual({
        hint,
        error: 'invalid_request',
        code: null,
      });
    }
  });

  it('refuses one that was issued to another application', async () => {
    const second = await Application.register(server, { redirect_uris: [REDIRECT] });
    const page = await signedIn.open(second.request({ id_token_hint: mine, prompt: 'none' }).url);
    expect(new URL(page.url).searchParams.get('error')).toBe('invalid_request');
  });

  it('never gives the session of one person where another was named', async () => {
    const silent = await signedIn.open(app.request({ id_token_hint: theirs, prompt: 'none' }).url);
    expect(new URL(silent.url).searchParams.get('error')).toBe('login_required');

    const page = await signedIn.open(app.request({ id_token_hint: theirs }).url);
    expect(page.body).toContain('name="password"');
    const again = await signedIn.submit({ identifier: account.identifier, password: account.plainPassword });
    expect(new URL(again.url).searchParams.get('code')).toBeNull();
    expect(new URL(again.url).searchParams.get('error')).toBe('login_required');
    const { id_token } = await app.signIn(signedIn);
    expect(decodeJwt(id_token).sub).toBe(account.id);
  });
});

describe('freshness', () => {
  let person: Person;
  let before: number;
  const login = () => ({ identifier: account.identifier, password: account.plainPassword });

  beforeEach(async () => {
    person = new Person(server.issuer);
    await app.code(person, account);
    // As if the login had been ten minutes ago.
    await server.database.pool.query(
      `UPDATE artefact SET payload = jsonb_set(payload, '{loginTs}', to_jsonb((payload ->> 'loginTs')::int - 600))
       WHERE model = 'Session' AND account_id = $1 AND consumed_at IS NULL`,
      [account.id],
    );
    const { id_token } = await app.signIn(person);
    before = decodeJwt(id_token).auth_time as number;
  });

  // A18
  it.each([{ prompt: 'login' }, { max_age: '300' }, { max_age: '0' }])(
    'asks for the password again and tells a later auth_time for %j',
    async (parameters) => {
      const silent = await person.open(app.request({ ...parameters, prompt: 'none' }).url);
      if (!('prompt' in parameters))
        expect(new URL(silent.url).searchParams.get('error')).toBe('login_required');

      const request = app.request(parameters);
      const page = await person.open(request.url);
      expect(page.body).toContain('name="password"');
      const { url } = await person.submit(login());
      const tokens = await app.redeem({
        code: new URL(url).searchParams.get('code')!,
        verifier: request.verifier,
      });
      expect(decodeJwt(tokens.json().id_token).auth_time).toBeGreaterThanOrEqual(before + 600);
    },
  );

  it('asks nothing of a login that is young enough', async () => {
    const page = await person.open(app.request({ max_age: '3600' }).url);
    expect(new URL(page.url).searchParams.get('code')).toBeTruthy();
  });

  it('accepts no wrong password in place of the fresh one', async () => {
    await person.open(app.request({ prompt: 'login' }).url);
    const page = await person.submit({ identifier: account.identifier, password: 'wrong' });
    expect(page.status).toBe(422);
    const skipped = await person.open(new URL('.', page.url).href.replace(/\/$/, ''));
    expect(skipped.body).toContain('name="password"');
  });

  // A18 with another person at the keyboard: the old session is not carried over.
  it('gives a session of their own to whoever signs in over another', async () => {
    const other = await server.addAccount();
    const request = app.request({ prompt: 'login' });
    await person.open(request.url);
    const page = await person.submit({ identifier: other.identifier, password: other.plainPassword });
    const code = new URL(page.url).searchParams.get('code');
    const tokens = await app.redeem({ code: code!, verifier: request.verifier });
    expect(decodeJwt(tokens.json().id_token).sub).toBe(other.id);
  });
});

// A19
describe('a login begun in one browser', () => {
  it('is no login in another', async () => {
    const [owner, thief] = [new Person(server.issuer), new Person(server.issuer)];
    const { url } = await owner.open(app.request().url);
    const uid = /interaction\/([^/]+)/.exec(url)![1]!;

    for (const step of ['', '/password', '/first-change', '/consent']) {
      const page = await thief.open(`/interaction/${uid}${step}`);
      expect(page.status).toBe(400);
      expect(page.text).toContain('Votre session a expiré');
    }
    const posted = await thief.open(
      `/interaction/${uid}/password`,
      post(
        new URLSearchParams({
          identifier: account.identifier,
          password: account.plainPassword,
        }),
      ),
    );
    expect(posted.status).toBe(400);
    expect((await thief.open(`/interaction/${uid}/abort`, post(new URLSearchParams()))).status).toBe(400);

    // A login of the thief's own does not open the other one.
    await thief.open(app.request().url);
    const cookie = `idp_interaction=${thief.cookie('idp_interaction')}; idp_interaction.sig=${thief.cookie('idp_interaction.sig')}`;
    const forged = await call(`${server.issuer}/interaction/${uid}/password`, {
      headers: { cookie },
      form: { identifier: account.identifier, password: account.plainPassword },
    });
    expect(forged.status).toBe(400);
    expect((await call(`${server.issuer}/auth/${uid}`, { headers: { cookie } })).status).toBe(400);
    expect(
      (await call(`${server.issuer}/interaction/${uid}`, { headers: { cookie: `idp_interaction=${uid}` } }))
        .status,
    ).toBe(400);

    const { url: callback } = await owner.submit({
      identifier: account.identifier,
      password: account.plainPassword,
    });
    expect(new URL(callback).searchParams.get('code')).toBeTruthy();
    expect(thief.cookie('idp_session')).toBeUndefined();
  });
});

function post(data: URLSearchParams): RequestInit {
  return {
    method: 'POST',
    body: data.toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: server.issuer,
      'sec-fetch-site': 'same-origin',
    },
  };
}

function directive(policy: string, name: string): string | undefined {
  return policy
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name} `))
    ?.slice(name.length + 1);
}

async function firstLogin(): Promise<Person> {
  const fresh = await server.addNewAccount();
  const person = new Person(server.issuer);
  await person.open(app.request().url);
  await person.submit({ identifier: fresh.identifier, password: fresh.provisionalPassword });
  return person;
}

function thirdParty(): Promise<Application> {
  return Application.register(server, { redirect_uris: [REDIRECT], client_name: 'Autre service' }, false);
}
