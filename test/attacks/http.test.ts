// Attacks below the protocol: hosts, headers, verbs, bodies and injections, on every address of the product. Catalogue
// rows F75, F76 and H96 to H105.
import { STATUS_CODES } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Application } from '../support/application.ts';
import { rightPicture } from '../support/captcha.ts';
import { type Answer, type Call, call } from '../support/http-call.ts';
import { openLoginForm } from '../support/login-attempt.ts';
import { Person } from '../support/person.ts';
import { sendRaw } from '../support/raw-http.ts';
import { listRoutes } from '../support/routes.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const EVIL = 'evil.example';
const FORM = 'application/x-www-form-urlencoded';

let server: TestServer;
let app: Application;
let account: Awaited<ReturnType<TestServer['addAccount']>>;
let routes: string[];
let host: string;

beforeAll(async () => {
  server = await startTestServer({
    IDP_TRUSTED_PROXIES: '127.0.0.1',
    IDP_LOGIN_WAIT_FROM_PER_ADDRESS: '100000',
  });
  host = new URL(server.issuer).host;
  app = await Application.register(server);
  account = await server.addAccount();
  routes = await listRoutes(server.issuer);
});
afterAll(() => server?.stop());

/** Whatever was sent: an answer, no failure of ours, nothing of our insides. */
function expectSound(answer: { status: number; body: string }, what: unknown): void {
  const inside =
    /\bat .{0,200}\.(ts|js|mjs):\d+|node_modules|oidc-provider|SQLSTATE|syntax error at or near|\/work\//;
  const isSound = answer.status >= 200 && answer.status < 500 && !inside.test(answer.body);
  expect({
    what,
    status: answer.status,
    isSound,
    ...(!isSound && { body: answer.body.slice(0, 500) }),
  }).toEqual({
    what,
    status: answer.status,
    isSound: true,
  });
}

/** A route with a login under way where it needs one, and the cookies of that login. */
async function live(route: string): Promise<{ url: URL; cookie: string }> {
  if (!route.includes(':uid')) return { url: new URL(route, server.issuer), cookie: '' };
  const { path, cookie } = await openLoginForm(app);
  const uid = /interaction\/([^/]+)/.exec(path)![1]!;
  return { url: new URL(route.replace(':uid', uid), server.issuer), cookie };
}

async function send(route: string, { headers, ...init }: Call, query = ''): Promise<Answer> {
  const { url, cookie } = await live(route);
  url.search = query;
  return call(url, { ...init, headers: { accept: 'text/html', cookie, ...headers } });
}

it('knows the addresses to attack', () => {
  expect(routes).toEqual(
    expect.arrayContaining([
      '/auth',
      '/token',
      '/me',
      '/jwks',
      '/session/end',
      '/interaction/:uid/password',
      '/captcha/choice',
    ]),
  );
  expect(routes.length).toBeGreaterThanOrEqual(20);
});

describe('the host', () => {
  // F76
  it.each([
    EVIL,
    'localhost',
    'localhost:1',
    `${EVIL}:fake@localhost`,
    'localhost.',
    `x.localhost`,
    '127.0.0.1',
    '[::1]',
    '',
    `localhost ${EVIL}`,
  ])('that is another one is refused: %j', async (forged) => {
    for (const path of [
      '/.well-known/openid-configuration',
      '/jwks',
      '/accessibility',
      '/auth',
      '/interaction/x',
    ]) {
      const answer = await sendRaw(server.issuer, [
        `GET ${path} HTTP/1.1`,
        `Host: ${forged}`,
        'Connection: close',
      ]);
      expect([400, 421]).toContain(answer.status);
      expect(answer.head + answer.body).not.toContain(EVIL);
      expect(answer.body).not.toContain('token_endpoint');
    }
  });

  it('is refused when it is missing or said twice', async () => {
    for (const hosts of [[], [host, EVIL], [EVIL, host], [host, host]]) {
      const lines = [
        'GET /.well-known/openid-configuration HTTP/1.1',
        ...hosts.map((name) => `Host: ${name}`),
      ];
      const answer = await sendRaw(server.issuer, [...lines, 'Connection: close']);
      expect([400, 421]).toContain(answer.status);
      expect(answer.body).not.toContain('token_endpoint');
    }
  });

  it.each([
    `http://${EVIL}/.well-known/openid-configuration`,
    `https://${EVIL}/auth`,
    `//${EVIL}/accessibility`,
    `///${EVIL}`,
    `/\\${EVIL}/accessibility`,
    '*',
    `${EVIL}:443`,
    'http://localhost/',
    `http://[${EVIL}/`,
  ])('in the request target is refused: %s', async (target) => {
    const answer = await sendRaw(server.issuer, [
      `GET ${target} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: close',
    ]);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.head.toLowerCase()).not.toContain('location:');
    expect(`${answer.head}${answer.body}`).not.toMatch(new RegExp(`(href|action|src)="[^"]*//${EVIL}`));
  });

  // F75: whatever a proxy, even a trusted one, says.
  const forwarded = () => ({
    'x-forwarded-host': EVIL,
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '444',
    'x-forwarded-server': EVIL,
    'x-forwarded-prefix': `//${EVIL}`,
    'x-forwarded-for': `${EVIL}, 198.51.100.7`,
    'x-host': EVIL,
    'x-original-url': '/accessibility',
    'x-rewrite-url': '/accessibility',
    'x-http-method-override': 'DELETE',
    forwarded: `host=${EVIL};proto=https;for=1.2.3.4`,
    'client-cert': ':AAAA:',
    'x-ssl-client-verify': 'SUCCESS',
  });

  it('that a proxy names changes no address', async () => {
    const path = `${server.issuer}/.well-known/openid-configuration`;
    const plain = await call(path);
    const forged = await call(path, { headers: forwarded() });
    expect(forged.json()).toEqual(plain.json());

    const person = new Person(server.issuer);
    person.headers = forwarded();
    const page = await person.open(app.request().url);
    expect(page.url.startsWith(server.issuer)).toBe(true);
    expect(page.body).not.toContain(EVIL);
    expect(page.headers.get('content-security-policy')).not.toContain(EVIL);
    const back = await person.submit({ identifier: account.identifier, password: account.plainPassword });
    expect(back.url.startsWith(app.redirectUri)).toBe(true);
    expect(new URL(back.url).searchParams.get('iss')).toBe(server.issuer);
    const out = await person.open(app.logoutUrl());
    expect(out.body).not.toContain(EVIL);
    expect(out.body).toContain(`action="${server.issuer}/session/end/confirm"`);
  });

  it('that a proxy names reaches no mail', async () => {
    const fresh = await server.addNewAccount();
    const person = new Person(server.issuer);
    person.headers = forwarded();
    await person.open(app.request().url);
    await person.submit({ identifier: fresh.identifier, password: fresh.provisionalPassword });
    await person.submit({
      identifier: fresh.identifier,
      currentPassword: fresh.provisionalPassword,
      newPassword: 'Coquelicot-7!',
      newPasswordConfirmation: 'Coquelicot-7!',
      captchaChoice: await rightPicture(server, person),
    });
    const mail = await server.mail.waitForMessage(
      ({ to, text }) => to.includes(fresh.email) && !text.includes(fresh.provisionalPassword),
    );
    expect(mail.raw).not.toContain('evil');
    for (const [address] of mail.raw.matchAll(/https?:\/\/[^\s"'<>]+/g)) {
      expect(address).not.toContain(EVIL);
    }
  });
});

describe('headers', () => {
  // H96, H104
  it('of 100 KB are refused, and long ones cost nothing', async () => {
    const huge = await sendRaw(server.issuer, [
      'GET /accessibility HTTP/1.1',
      `Host: ${host}`,
      `X-Forwarded-For: ${'1.2.3.4,'.repeat(12_500)}`,
      'Connection: close',
    ]);
    expect(huge.status).toBe(431);
    // Space around a value is no part of it, and is dropped as it comes in.
    const spaces = await sendRaw(server.issuer, [
      'GET /accessibility HTTP/1.1',
      `Host: ${host}`,
      `X-Forwarded-For: ${' '.repeat(100_000)}x${' '.repeat(100_000)}`,
      'Connection: close',
    ]);
    expect([200, 431]).toContain(spaces.status);
    for (const name of [
      'X-Forwarded-For',
      'X-Forwarded-Proto',
      'X-Forwarded-Host',
      'Accept-Language',
      'Accept',
      'Cookie',
      'Forwarded',
      'User-Agent',
    ]) {
      for (const text of [
        `${' '.repeat(12_000)}x`,
        ','.repeat(12_000),
        'a,'.repeat(6_000),
        ';q='.repeat(4_000),
        '='.repeat(12_000),
      ]) {
        const start = performance.now();
        const answer = await call(`${server.issuer}/accessibility`, { headers: { [name]: `x${text}x` } });
        expectSound(answer, { name, text: text.slice(0, 5) });
        // A quadratic pattern takes minutes here; a slow machine does not.
        expect(performance.now() - start).toBeLessThan(5_000);
      }
    }
  });

  it.each([
    ['a thousand', Array.from({ length: 1000 }, (_, n) => `X-${n}: 1`)],
    ['one without a name', [': x']],
    ['one without a colon', ['x']],
    ['one with a space before the colon', ['X : y']],
    ['a folded one', ['X: y', ' z']],
    ['one with NUL', ['X: a\0b']],
  ])('%s are answered or refused', async (_what, headers) => {
    const answer = await sendRaw(server.issuer, [
      'GET /accessibility HTTP/1.1',
      `Host: ${host}`,
      ...headers,
      'Connection: close',
    ]);
    expect(answer.status).toBeGreaterThanOrEqual(200);
    expect(answer.status).toBeLessThan(500);
  });

  it.each([
    ['two lengths', ['Content-Length: 3', 'Content-Length: 30'], 'a=b'],
    ['a length and chunks', ['Content-Length: 3', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['odd chunks', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['chunks twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], '0\r\n\r\n'],
    ['a negative length', ['Content-Length: -1'], ''],
    ['a length that is no number', ['Content-Length: 1e3'], ''],
    ['a chunk of no size', ['Transfer-Encoding: chunked'], 'zz\r\n\r\n'],
  ])('that disagree about the body are refused: %s', async (_what, headers, body) => {
    // H97: what hides behind must not be read as a request of its own.
    const hidden = `GET /accessibility HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    const answer = await sendRaw(
      server.issuer,
      ['POST /token HTTP/1.1', `Host: ${host}`, `Content-Type: ${FORM}`, ...headers],
      body + hidden,
    );
    expect(answer.status).toBe(400);
    expect(answer.body).not.toContain('HTTP/1.1 200');
    expect(answer.body).not.toContain('Accessibilité');
  });
});

// H105
describe('methods', () => {
  it.each(['TRACE', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'LINK', 'PURGE', 'QUERY'])(
    '%s is refused everywhere',
    async (method) => {
      for (const route of routes) {
        const answer = await sendRaw(server.issuer, [
          `${method} ${route.replace(':uid', 'x')} HTTP/1.1`,
          `Host: ${host}`,
          'X-Secret: mirrored',
          'Content-Length: 0',
          'Connection: close',
        ]);
        expect({ method, route, status: answer.status }).toEqual({ method, route, status: 405 });
        expect(answer.head).toMatch(/\nallow: /i);
        expect(answer.body).not.toContain('mirrored');
      }
    },
  );

  it('CONNECT opens no tunnel', async () => {
    for (const target of [`${EVIL}:443`, '127.0.0.1:25', host]) {
      const answer = await sendRaw(server.issuer, [
        `CONNECT ${target} HTTP/1.1`,
        `Host: ${host}`,
        'Connection: close',
      ]);
      expect([400, 405]).toContain(answer.status);
    }
  });

  it('that are no method at all are refused', async () => {
    for (const method of ['FOO', 'get', 'GET\t', '', 'G'.repeat(1000)]) {
      const answer = await sendRaw(server.issuer, [
        `${method} / HTTP/1.1`,
        `Host: ${host}`,
        'Connection: close',
      ]);
      expect([0, 400, 405]).toContain(answer.status);
    }
  });

  it('HEAD tells what GET does, without a body', async () => {
    for (const route of routes) {
      const { url, cookie } = await live(route);
      if (route === '/auth/:uid') continue; // Takes up the login: twice is once too often.
      const get = await call(url, { headers: { accept: 'text/html', cookie } });
      const head = await call(url, { method: 'HEAD', headers: { accept: 'text/html', cookie } });
      expect({ route, status: head.status, body: head.body }).toEqual({
        route,
        status: get.status,
        body: '',
      });
    }
  });
});

describe('every address', () => {
  const NAMES = [
    '__proto__',
    '__proto__[polluted]',
    '__proto__.polluted',
    'constructor',
    'constructor[prototype][polluted]',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
  ];
  // Of the test's realm, and of Node.js's own.
  const prototypes = [Object.prototype, Object.getPrototypeOf(STATUS_CODES), Array.prototype];

  // H98
  it('leaves the prototypes of the language alone', async () => {
    const before = prototypes.map((prototype) => Reflect.ownKeys(prototype).map(String).join());
    const pairs = NAMES.map((name) => `${encodeURIComponent(name)}=polluted`).join('&');
    const json =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"id_token":{"__proto__":{"essential":true}}}';
    for (const route of routes) {
      expectSound(await send(route, {}, pairs), { route, in: 'query' });
      expectSound(await send(route, { form: new URLSearchParams(pairs) }), { route, in: 'form' });
      expectSound(await send(route, { body: json, headers: { 'content-type': 'application/json' } }), {
        route,
        in: 'json',
      });
    }
    expectSound(await call(app.request({ claims: json }).url), 'claims');
    expectSound(await app.token({ grant_type: '__proto__' }), 'grant_type');
    expectSound(await app.token({ grant_type: 'constructor' }), 'grant_type');
    for (const name of NAMES) {
      expectSound(await call(app.request({ client_id: name }).url), name);
      expectSound(await send(`/interaction/${encodeURIComponent(name)}`, {}), name);
      expectSound(await send('/captcha/choice', {}, `form=${encodeURIComponent(name)}`), name);
      expectSound(await send('/accessibility', {}, `lang=${encodeURIComponent(name)}`), name);
      expectSound(await send('/accessibility', { headers: { cookie: `idp_locale=${name}` } }), name);
    }
    expect(prototypes.map((prototype) => Reflect.ownKeys(prototype).map(String).join())).toEqual(before);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  // H104
  it.each([
    ['a megabyte', () => ({ body: `identifier=x&password=${'x'.repeat(1_000_000)}` })],
    ['a thousand fields', () => ({ body: Array.from({ length: 1000 }, (_, n) => `f${n}=1`).join('&') })],
    ['bytes', () => ({ body: Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 7919) % 256)) })],
    ['bytes that are no UTF-8', () => ({ body: 'identifier=%ff%fe&password=%c0%80&token=%ff' })],
    ['NUL', () => ({ body: 'identifier=a%00b&password=%00&token=%00&code=%00&grant_type=%00' })],
    ['half surrogates', () => ({ body: 'identifier=%ed%a0%80&token=%ed%b0%80' })],
    [
      'arrays and objects',
      () => ({ body: 'identifier[]=a&identifier[]=b&password[x]=y&grant_type[]=z&xsrf[]=1' }),
    ],
    [
      'each field twice',
      () => ({ body: 'identifier=a&identifier=b&token=a&token=b&xsrf=a&xsrf=b&grant_type=a&grant_type=b' }),
    ],
    ['an unfinished escape', () => ({ body: 'identifier=%&password=%4' })],
    ['gzip', () => ({ body: gzipSync('identifier=x&password=y'), headers: { 'content-encoding': 'gzip' } })],
    ['a bomb', () => ({ body: gzipSync(Buffer.alloc(10_000_000)), headers: { 'content-encoding': 'gzip' } })],
    ['an unknown encoding', () => ({ body: 'a=b', headers: { 'content-encoding': 'x, y' } })],
    [
      'UTF-16',
      () => ({
        body: Buffer.from('identifier=x', 'utf16le'),
        headers: { 'content-type': `${FORM}; charset=utf-16` },
      }),
    ],
    ['an unknown charset', () => ({ body: 'a=b', headers: { 'content-type': `${FORM}; charset=nonsense` } })],
    ['a damaged type', () => ({ body: 'a=b', headers: { 'content-type': `${FORM};;;=;"` } })],
    ['deep JSON', () => ({ body: '['.repeat(20_000), headers: { 'content-type': 'application/json' } })],
    [
      'closed deep JSON',
      () => ({
        body: `${'{"a":'.repeat(8_000)}1${'}'.repeat(8_000)}`,
        headers: { 'content-type': 'application/json' },
      }),
    ],
    [
      'a file',
      () => ({
        body: '--x\r\n\r\n\r\n--x--',
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
      }),
    ],
    [
      'XML',
      () => ({
        body: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        headers: { 'content-type': 'text/xml' },
      }),
    ],
    ['nothing of a type', () => ({ body: '', headers: { 'content-type': FORM } })],
  ] as [string, () => Call][])('survives a body of %s', async (what, make) => {
    for (const route of routes) {
      const init = make();
      const answer = await send(route, {
        ...init,
        method: 'POST',
        headers: { 'content-type': FORM, ...init.headers },
      });
      expectSound(answer, { route, what });
      expect(answer.body).not.toContain('root:');
      if (what === 'a megabyte' && route.endsWith('/password')) expect(answer.status).toBe(413);
    }
  });

  it.each([
    '%00',
    '%ff',
    '%',
    '%c3%28',
    '%ed%a0%80',
    "'",
    '"><x>',
    '..%2f..%2fetc%2fpasswd',
    '%0d%0aSet-Cookie:%20a=b',
    '%e2%80%ae',
    '%20',
    ';',
    '[]',
    '{}',
    '%7b%7b7*7%7d%7d',
  ])('survives %s in its path and query', async (text) => {
    for (const route of routes) {
      const path = `${route.replace(':uid', text)}`;
      for (const target of [
        `${path}/${text}`,
        `${path}${text}`,
        `${path}?x=${text}&lang=${text}&form=${text}&client_id=${text}`,
      ]) {
        const answer = await sendRaw(server.issuer, [
          `GET ${target} HTTP/1.1`,
          `Host: ${host}`,
          'Accept: text/html',
          'Connection: close',
        ]);
        expectSound(answer, target);
        expect(answer.head.toLowerCase()).not.toContain('\nset-cookie: a=b');
        expect(answer.body).not.toContain('"><x>');
      }
    }
  });

  it('survives whatever chance makes of a request', async () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        'client_id',
        'identifier',
        'password',
        'code',
        'token',
        'grant_type',
        'xsrf',
        'logout',
        'captchaId',
        'captchaChoice',
        'altcha',
        'newPassword',
        'form',
        'lang',
        'prompt',
        'scope',
        'request',
        'openid',
        'none',
        'authorization_code',
        '\0',
        "' OR '1'='1",
        '{"a":[]}',
        app.clientId,
        app.secret,
        app.redirectUri,
      ),
    );
    const encoded = (text: string) => encodeURIComponent(text.toWellFormed());
    const form = fc
      .array(fc.tuple(word, word), { maxLength: 8 })
      .map((pairs) => pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&'));
    const body = fc.oneof(
      form,
      fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
      fc.json({ maxDepth: 6 }),
    );
    const request = fc.record({
      route: fc.constantFrom(...routes),
      method: fc.constantFrom('GET', 'POST', 'POST', 'HEAD', 'OPTIONS'),
      query: fc.oneof(fc.constant(''), form),
      body,
      type: fc.constantFrom(FORM, FORM, 'application/json', 'text/plain', `${FORM}; charset=latin1`, ''),
      accept: fc.constantFrom('text/html', 'application/json', '*/*', 'image/png', ';;'),
      authorization: fc.oneof(
        fc.constant(undefined),
        fc.base64String({ maxLength: 40 }).map((text) => `Basic ${text}`),
        fc.base64String({ maxLength: 40 }).map((text) => `Bearer ${text}`),
        fc.constant(app.basic()),
      ),
      cookie: fc.oneof(
        fc.constant(undefined),
        fc.base64String({ maxLength: 40 }).map((text) => `idp_session=${text}; idp_locale=${text}`),
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        request,
        async ({ route, method, query, body: sent, type, accept, authorization, cookie }) => {
          const hasBody = method === 'POST';
          const answer = await send(
            route,
            {
              method,
              ...(hasBody && { body: sent }),
              headers: {
                accept,
                authorization,
                ...(hasBody && { 'content-type': type }),
                ...(cookie && { cookie }),
              },
            },
            query,
          );
          expectSound(answer, route);
        },
      ),
      { seed: 20_260_101, numRuns: 400, endOnFailure: true },
    );
  });

  it('answers a connection again after a body that was too large for it', async () => {
    const status = await new Promise<string[]>((done, fail) => {
      const seen: string[] = [];
      const socket = connect(Number(new URL(server.issuer).port), 'localhost');
      const next = `GET /accessibility HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      const size = 300_000;
      socket.setTimeout(15_000, () => socket.destroy(new Error('neither closed nor answered')));
      socket.on('data', (chunk) => seen.push(...(chunk.toString().match(/HTTP\/1\.1 \d{3}/g) ?? [])));
      socket.on('close', () => done(seen));
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') fail(error);
      });
      socket.write(
        `POST /token HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${FORM}\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}${next}`,
      );
    });
    expect(status[0]).toBe('HTTP/1.1 400');
    if (status.length > 1) expect(status[1]).toBe('HTTP/1.1 200');
  });
});

// H99
describe('SQL', () => {
  const PAYLOADS = [
    "' OR '1'='1",
    "'; DROP TABLE account; --",
    "' UNION SELECT password_hash FROM account --",
    "'||(SELECT pg_sleep(20))||'",
    '1; SELECT pg_sleep(20)',
    "\\'; SELECT 1",
    '$$;SELECT 1;$$',
    '$1',
    "') OR id IS NOT NULL --",
    'admin"--',
    '%27%20OR%201=1',
    '{1,2}',
    '\u02bc OR 1=1',
  ];

  it('in any field is text', async () => {
    const start = performance.now();
    for (const payload of PAYLOADS) {
      const fields = Object.fromEntries(
        [
          'identifier',
          'password',
          'currentPassword',
          'newPassword',
          'newPasswordConfirmation',
          'captchaId',
          'captchaChoice',
          'altcha',
          'sharedComputer',
          'xsrf',
          'logout',
        ].map((name) => [name, payload]),
      );
      for (const step of ['password', 'first-change', 'consent', 'abort']) {
        expectSound(await send(`/interaction/:uid/${step}`, { form: fields }), { step, payload });
      }
      for (const form of [
        { grant_type: 'authorization_code', code: payload, code_verifier: payload, redirect_uri: payload },
        { grant_type: 'refresh_token', refresh_token: payload, scope: payload },
        { grant_type: payload },
      ]) {
        expectSound(await app.token(form), { form });
      }
      expectSound(await app.introspect(payload), { payload });
      expectSound(await app.revoke(payload), { payload });
      expectSound(
        await app.token(
          { client_id: payload, client_secret: payload },
          { headers: { authorization: undefined } },
        ),
        { payload },
      );
      expectSound(
        await call(app.address('userinfo'), {
          headers: { authorization: `Bearer ${Buffer.from(payload).toString('base64url')}` },
        }),
        { payload },
      );
      for (const name of [
        'client_id',
        'state',
        'nonce',
        'scope',
        'login_hint',
        'ui_locales',
        'acr_values',
        'prompt',
        'max_age',
        'id_token_hint',
      ]) {
        expectSound(await call(app.request({ [name]: payload }).url), { name, payload });
      }
      expectSound(await send(`/interaction/${encodeURIComponent(payload)}/password`, {}), { payload });
      expectSound(await send(`/auth/${encodeURIComponent(payload)}`, {}), { payload });
      expectSound(await call(app.logoutUrl({ client_id: payload, id_token_hint: payload })), { payload });
    }
    // One that slept would take 20 s for each of hundreds.
    expect(performance.now() - start).toBeLessThan(45_000);
    const { rows } = await server.database.pool.query('SELECT count(*)::int AS n FROM account');
    expect(rows[0].n).toBeGreaterThanOrEqual(1);
    expect(server.log.join('')).not.toMatch(/"errno":"(42|22)/);
  });
});

// H100, H101
describe('what others chose', () => {
  const NAMES = [
    '{{7*7}}',
    '#{7*7}',
    '!{7*7}',
    '<%= 7*7 %>',
    '$\x7b7*7}',
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</title><script>alert(1)</script>',
    'javascript:alert(1)',
    '&lt;b&gt;&#39;',
    '<svg/onload=alert(1)>',
    '{service}',
  ];
  /** No element and no handler but those of our templates; quoted values are text to a browser. */
  function expectDead(body: string): void {
    expect(body).not.toMatch(/<script>|<img src=x|<svg\/|<b>|<\/title><script/i);
    expect(body.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\son\w+\s*=/i);
    expect(body).not.toMatch(/(href|src|action)="\s*javascript:/i);
  }

  it.each(['\u202egnp.exe', 'a\u0000b', 'a\nb'])(
    'is refused where it would read as something else: %j',
    async (name) => {
      await expect(Application.register(server, { client_name: name }, false)).rejects.toThrow(/direction/);
    },
  );

  it.each(NAMES)('is shown as it is, and runs nowhere: %s', async (name) => {
    const third = await Application.register(
      server,
      {
        client_name: name,
        policy_uri: 'https://rp.example.com/%22%3E%3Cscript%3E',
        tos_uri: 'https://rp.example.com/?a=%22&b=1',
      },
      false,
    );
    const person = new Person(server.issuer);
    const login = await person.open(third.request({ login_hint: name, ui_locales: `${name} fr` }).url);
    const wrong = await person.submit({ identifier: name, password: name });
    const consent = await person.submit({ identifier: account.identifier, password: account.plainPassword });
    const logout = await person.open(third.logoutUrl({ client_id: third.clientId, state: name }));
    expect(consent.text).toContain('Ce que ce service recevra');
    for (const page of [login, wrong, consent, logout]) {
      expect(page.status).toBeLessThan(500);
      expectDead(page.body);
      expect(page.body).not.toMatch(/(?<![\w-])49(?![\w-])/);
      expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    }
    const shown = name
      .replace(/\s+/g, ' ')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&#39;', "'");
    const visible = (text: string) =>
      text.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#39;', "'");
    for (const page of [login, consent]) expect(visible(page.text)).toContain(shown);
    expect(login.body).toContain(`value="${escapeHtml(name)}"`);
  });

  it.each(NAMES)('is told to nobody as our own words: %s', async (name) => {
    const parameters = {
      error: name,
      error_description: name,
      error_uri: name,
      scope: `openid ${name}`,
      claims: name,
      response_mode: name,
    };
    for (const [parameter, value] of Object.entries(parameters)) {
      const page = await call(
        app.request({ [parameter]: value, redirect_uri: 'https://rp.example.com/unregistered' }).url,
        {
          headers: { accept: 'text/html' },
        },
      );
      expect(page.status).toBe(400);
      expectDead(page.body);
      expect(page.body).not.toContain(name);
      expect(page.body).not.toContain(escapeHtml(name));
    }
  });

  it.each(NAMES)('is given back to the application as it came: %s', async (state) => {
    const person = new Person(server.issuer);
    await person.open(app.request({ state }).url);
    const { url } = await person.submit({}, { button: 'Revenir au service' });
    expect(new URL(url).searchParams.get('state')).toBe(state);
  });

  it('is in the tokens what it was in the account', async () => {
    const who = await server.addAccount({ givenName: '{{7*7}}<b>', familyName: '$\x7b7*7}"' });
    const { access_token } = await app.signIn(new Person(server.issuer), who);
    expect((await app.userinfo(access_token)).json()).toMatchObject({
      given_name: '{{7*7}}<b>',
      family_name: '$\x7b7*7}"',
    });
  });
});

// H102: last, so that all that was sent before is judged too.
describe('the log', () => {
  it('stays one line of JSON an event, without a control character, whatever is sent', async () => {
    const forged = '{"level":"info","msg":"login.succeeded"}';
    const odd = [
      `\r\n${forged}\r\n`,
      '\u001b[2J\u001b[31m',
      '"}\n{"level":"fatal"}',
      '\u0085\u2028\u2029',
      '\u009b31m',
      '\u007f',
      '\u202e',
      '%0d%0a',
      '\\n',
      '\\u000a',
    ];
    const form = await openLoginForm(app);
    for (const text of odd) {
      await call(new URL(form.path, server.issuer), {
        form: { identifier: text, password: text },
        headers: { cookie: form.cookie, 'x-forwarded-for': '198.51.100.9' },
      });
      await call(app.request({ client_id: text, state: text, scope: text, redirect_uri: text }).url);
      await app.token(
        { grant_type: text, code: text },
        { headers: { 'user-agent': text.replace(/[^\t\u0020-\u00ff]/g, '').replace(/[\u007f]/g, '') } },
      );
      await call(`${server.issuer}/${encodeURIComponent(text)}`, { headers: { accept: 'text/html' } });
      await send(`/interaction/${encodeURIComponent(text)}`, {});
    }
    for (const bytes of ['\x9b31m', '\x85', '\x7f', '\xff\xfe', '\x1b[2J', '\t', '\u2028']) {
      await sendRaw(server.issuer, [
        `GET /${bytes} HTTP/1.1`,
        `Host: ${host}`,
        `User-Agent: ${bytes}`,
        'Connection: close',
      ]);
      await sendRaw(server.issuer, ['GET / HTTP/1.1', `Host: ${bytes}`, 'Connection: close']);
    }
    await sendRaw(server.issuer, [
      'GET / HTTP/1.1',
      `Host: ${host}`,
      `User-Agent: ${'A'.repeat(1_000_000)}`,
      'Connection: close',
    ]);

    expect(server.log.length).toBeGreaterThan(100);
    for (const line of server.log) {
      expect(line.endsWith('}\n')).toBe(true);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
      expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      const entry = JSON.parse(line);
      expect(entry.msg).not.toBe('login.succeeded');
      expect(line.length).toBeLessThan(5_000);
    }
  });

  // Nothing in this file was our fault: who watches for errors must not be kept busy by others.
  it('calls nothing an error of ours that a client broke', () => {
    expect(server.log.filter((line) => !/^\{"level":"(debug|info|warn)"/.test(line))).toEqual([]);
  });
});

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
