// Guessing passwords and finding out who exists: catalogue rows C44 to C56, on three instances over one database.
import { lockAccount } from '../../src/actions/lock-account.ts';
import { Application } from '../support/application.ts';
import { rightPicture } from '../support/captcha.ts';
import { type Answer, call } from '../support/http-call.ts';
import { cookiesOf, type LoginForm, openLoginForm, tryPassword } from '../support/login-attempt.ts';
import { Person } from '../support/person.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const FIRST_WAIT = 600;

let server: TestServer;
let replicas: { url: string; stop(): Promise<void> }[];
let everywhere: string[];
let app: Application;
let form: LoginForm;
type Known = Awaited<ReturnType<TestServer['addAccount']>>;

beforeAll(async () => {
  server = await startTestServer({
    IDP_TRUSTED_PROXIES: '127.0.0.1',
    IDP_LOGIN_FIRST_WAIT: String(FIRST_WAIT),
  });
  replicas = [await server.addReplica(), await server.addReplica()];
  everywhere = [server.issuer, ...replicas.map(({ url }) => url)];
  app = await Application.register(server);
});
afterAll(async () => {
  for (const replica of replicas ?? []) await replica.stop();
  await server?.stop();
});
beforeEach(async () => {
  await server.database.pool.query('DELETE FROM throttle');
  form = await openLoginForm(app);
});

/** How often a password was really looked at, and was wrong. */
async function failuresOf({ id }: Known): Promise<number> {
  const { rows } = await server.database.pool.query(
    `SELECT count(*)::int AS n FROM audit WHERE event = 'login.failed' AND account_id = $1`,
    [id],
  );
  return rows[0].n;
}

async function endWaits(): Promise<void> {
  await server.database.pool.query(`UPDATE throttle SET blocked_until = now() - interval '1 second'`);
}

const spread = <T>(count: number, one: (at: string, n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => one(everywhere[n % everywhere.length]!, n)));
const address = (n: number) => `203.0.${n >> 8}.${n & 255}`;

describe('somebody who guesses', () => {
  // C44: names of one length, since the page gives back what was typed.
  it('is told the same of everybody', async () => {
    const known = await server.addAccount({ identifier: 'sentinel-1' });
    await lockAccount(server.database, await server.addAccount({ identifier: 'sentinel-2' }));
    await server.addNewAccount({ identifier: 'sentinel-3' });
    const tried: [string, string, string][] = [
      ['a wrong password', 'sentinel-1', 'wrong'],
      ['an unknown account', 'sentinel-9', 'wrong'],
      ['a locked account', 'sentinel-2', 'wrong'],
      ['the right password of a locked account', 'sentinel-2', known.plainPassword],
      ['an account that was never used', 'sentinel-3', 'wrong'],
      ['no password', 'sentinel-1', ''],
      ['no password of nobody', 'sentinel-9', ''],
      ['1,000 characters', 'sentinel-1', 'x'.repeat(1000)],
      ['1,000 characters of nobody', 'sentinel-9', 'x'.repeat(1000)],
      ['a password in the wrong field', known.plainPassword.padEnd(10, '!').slice(0, 10), 'x'],
    ];
    const answers: Record<string, unknown> = {};
    for (const [what, identifier, password] of tried) {
      await server.database.pool.query('DELETE FROM throttle');
      answers[what] = comparable(await tryPassword(form, identifier, password), identifier);
    }
    for (const [what] of tried)
      expect({ [what]: answers[what] }).toEqual({ [what]: answers['a wrong password'] });
    expect(answers['a wrong password']).toMatchObject({ status: 422 });
  });

  it('is made to wait the same for everybody', async () => {
    await server.addAccount({ identifier: 'sentinel-5' });
    const answers = [];
    for (const identifier of ['sentinel-5', 'sentinel-8']) {
      await server.database.pool.query('DELETE FROM throttle');
      const all = [];
      for (let n = 0; n < 5; n++) all.push(await tryPassword(form, identifier, 'wrong'));
      answers.push(
        all.map((answer) => ({ status: answer.status, text: answer.body.replaceAll(identifier, '') })),
      );
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]!.map(({ status }) => status)).toEqual([422, 422, 422, 429, 429]);
  });

  // C47
  it('has three tries, however many are made at once on however many instances', async () => {
    const account = await server.addAccount();
    const answers = await spread(200, (at, n) =>
      tryPassword(form, account.identifier, `wrong${n}`, { at, from: address(n) }),
    );
    expect(await failuresOf(account)).toBeLessThanOrEqual(3);
    expect(answers.filter(({ status }) => status === 422).length).toBe(await failuresOf(account));
    for (const answer of answers) {
      expect([422, 429]).toContain(answer.status);
      if (answer.status === 429) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }

    // Even the right one waits now, on every instance, and is told how long.
    for (const at of everywhere) {
      const right = await tryPassword(form, account.identifier, account.plainPassword, {
        at,
        from: '192.0.2.1',
      });
      expect(right.status).toBe(429);
      expect(Number(right.headers['retry-after'])).toBeLessThanOrEqual(FIRST_WAIT);
      expect(right.body).toMatch(/Trop de tentatives\. Réessayez dans (10|9|8)\s?minutes\./);
    }
    await endWaits();
    const entered = await tryPassword(form, account.identifier, account.plainPassword, { from: '192.0.2.1' });
    expect(entered.status).toBe(303);
  });

  // C48
  it('gains nothing by new logins, cookies, applications, addresses or spellings', async () => {
    const account = await server.addAccount({ identifier: 'dupont.e' });
    const spellings = [
      'dupont.e',
      'DUPONT.E',
      ' dupont.e ',
      'Dupont.E',
      'du pont.e',
      'ｄｕｐｏｎｔ.e',
      'dupont\u200b.e',
      'dupont.e\t',
    ];
    const another = await Application.register(server);
    const seen = [];
    for (const [n, spelling] of spellings.entries()) {
      const fresh = await openLoginForm(n % 2 ? app : another);
      seen.push(
        (await tryPassword(fresh, spelling, 'wrong', { from: address(n), at: everywhere[n % 3]! })).status,
      );
    }
    expect(seen).toEqual([422, 422, 422, 429, 429, 429, 429, 429]);
    expect(await failuresOf(account)).toBe(3);
  });

  it('waits twice as long after each further failure, an hour at most', async () => {
    const account = await server.addAccount();
    const waits = [];
    for (let n = 0; n < 3; n++) await tryPassword(form, account.identifier, 'wrong', { from: address(n) });
    for (let n = 0; n < 4; n++) {
      const waiting = await tryPassword(form, account.identifier, 'wrong', { from: address(100 + n) });
      expect(waiting.status).toBe(429);
      waits.push(Number(waiting.headers['retry-after']));
      await endWaits();
      expect((await tryPassword(form, account.identifier, 'wrong', { from: address(200 + n) })).status).toBe(
        422,
      );
    }
    for (const [n, most] of [600, 1200, 2400, 3600].entries()) {
      expect(waits[n]!).toBeLessThanOrEqual(most);
      expect(waits[n]!).toBeGreaterThan(most - 60);
    }
  });

  // C50
  it('cannot keep the victim out for more than a day', async () => {
    const account = await server.addAccount();
    for (let n = 0; n < 3; n++) await tryPassword(form, account.identifier, 'wrong', { from: address(n) });
    await server.database.pool.query(
      `UPDATE throttle SET failures = 10000, failures_today = 10000, blocked_until = NULL, today_since = now() - interval '1 hour'`,
    );
    const right = await tryPassword(form, account.identifier, account.plainPassword, { from: '192.0.2.9' });
    expect(right.status).toBe(429);
    expect(Number(right.headers['retry-after'])).toBeLessThanOrEqual(23 * 3600);
    await server.database.pool.query(`UPDATE throttle SET today_since = now() - interval '25 hours'`);
    expect(
      (await tryPassword(form, account.identifier, account.plainPassword, { from: '192.0.2.9' })).status,
    ).toBe(303);
  });

  it('is counted again from nothing once the right password was typed', async () => {
    const account = await server.addAccount();
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 2; n++) {
        expect((await tryPassword(form, account.identifier, 'wrong', { from: address(n) })).status).toBe(422);
      }
      expect((await tryPassword(form, account.identifier, account.plainPassword)).status).toBe(303);
    }
  });

  // C55
  it('is stopped when one address tries many accounts, and nobody else with it', async () => {
    const account = await server.addAccount();
    const seen = [];
    for (let n = 0; n < 56; n++) {
      seen.push(
        (
          await tryPassword(form, `stuffed${n}`, 'Azerty123!', {
            from: '203.0.113.77',
            at: everywhere[n % 3]!,
          })
        ).status,
      );
    }
    expect(seen.slice(0, 50)).toEqual(Array(50).fill(422));
    expect(seen.slice(50)).toEqual(Array(6).fill(429));
    const there = await tryPassword(form, account.identifier, account.plainPassword, {
      from: '203.0.113.77',
    });
    expect(there.status).toBe(429);
    const elsewhere = await tryPassword(form, account.identifier, account.plainPassword, {
      from: '203.0.113.78',
    });
    expect(elsewhere.status).toBe(303);
  });

  it('is one address for a whole IPv6 network, and names of its own making count for nothing', async () => {
    const seen = [];
    for (let n = 0; n < 52; n++) {
      seen.push(
        (await tryPassword(form, `v6stuffed${n}`, 'x', { from: `2001:db8:1:2::${n.toString(16)}` })).status,
      );
    }
    expect(seen.filter((status) => status === 422)).toHaveLength(50);
    // What stands before the address that the proxy saw is the client's own invention.
    const invented = await tryPassword(form, 'v6stuffed99', 'x', { from: '10.9.8.7, 2001:db8:1:2::99' });
    expect(invented.status).toBe(429);
  });

  it('writes no name into the trail or the table of failures', async () => {
    await tryPassword(form, 'MotDePasseTapéIci!7', 'x');
    const { rows } = await server.database.pool.query(
      `SELECT coalesce(string_agg(audit::text, ' '), '') || coalesce((SELECT string_agg(throttle::text, ' ') FROM throttle), '') AS all FROM audit`,
    );
    expect(rows[0].all).toContain('unknown');
    expect(rows[0].all.toLowerCase()).not.toContain('motdepasse');
    expect(server.log.join('').toLowerCase()).not.toContain('motdepasse');
  });
});

describe('the right person', () => {
  // C51
  it('signs in twenty times at once', async () => {
    const account = await server.addAccount();
    const forms = await Promise.all(Array.from({ length: 20 }, () => openLoginForm(app)));
    const answers = await spread(20, (at, n) =>
      tryPassword(forms[n]!, account.identifier, account.plainPassword, { at }),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(303));
  });

  it('is known by the identifier in any case and width, as it is typed', async () => {
    const account = await server.addAccount({ identifier: 'Lefèvre.A' });
    for (const spelling of [
      'Lefèvre.A',
      'lefèvre.a',
      'LEFÈVRE.A',
      ' lefèvre.a ',
      'lefe\u0300vre.a',
      'ｌefèvre.a',
    ]) {
      expect((await tryPassword(form, spelling, account.plainPassword)).status).toBe(303);
    }
    for (const other of ['lefevre.a', 'lefèvre-a', 'lefèvre.a.', 'lefèvreа.a', '']) {
      expect((await tryPassword(form, other, account.plainPassword)).status).toBe(422);
    }
  });

  // C53
  it('types the password exactly, in whichever form of Unicode', async () => {
    const account = await server.addAccount();
    const words = ' Été-à-Caen 76! ';
    const long = `${'long'.repeat(20)}-1!${'x'.repeat(20)}`;
    for (const [stored, right, wrong] of [
      [
        words,
        [words, words.normalize('NFD')],
        [
          words.trim(),
          words.trimEnd(),
          words.trimStart(),
          words.toLowerCase(),
          words.replace('É', 'E'),
          `${words}\n`,
          `${words} `,
        ],
      ],
      [
        long,
        [long],
        [long.slice(0, 72), long.slice(0, -1), `${long}x`, `${long.slice(0, 90)}${'y'.repeat(13)}`],
      ],
      // 102 characters, 202 when they are taken apart.
      [`${'é'.repeat(100)}1!`, [`${'é'.repeat(100)}1!`.normalize('NFD')], ['é'.repeat(100)]],
      ['a'.repeat(128), ['a'.repeat(128)], ['a'.repeat(129), 'a'.repeat(1000), 'a'.repeat(127)]],
    ] as const) {
      await setPassword(account, stored);
      for (const password of right) {
        expect((await tryPassword(form, account.identifier, password)).status).toBe(303);
      }
      for (const password of wrong) {
        await server.database.pool.query('DELETE FROM throttle');
        expect((await tryPassword(form, account.identifier, password)).status).toBe(422);
      }
      await server.database.pool.query('DELETE FROM throttle');
    }
  });
});

// C49
describe('an account that is locked', () => {
  it('meanwhile enters through no step that was begun before', async () => {
    const account = await server.addAccount();
    const person = new Person(server.issuer);
    const { url } = await person.open(app.request().url);
    const posted = await tryPassword(
      { ...form, path: new URL(url).pathname, cookie: cookiesOf(person) },
      account.identifier,
      account.plainPassword,
    );
    expect(posted.status).toBe(303);
    await lockAccount(server.database, account);
    const page = await person.open(new URL(posted.headers.location!, server.issuer).href);
    expect(page.url).not.toContain('code=');
    expect(page.text).not.toContain('Jeanne');
  });

  it('between the login and the first change cannot change its password', async () => {
    const fresh = await server.addNewAccount();
    const person = new Person(server.issuer);
    await person.open(app.request().url);
    await person.submit({ identifier: fresh.identifier, password: fresh.provisionalPassword });
    const captchaChoice = await rightPicture(server, person);
    await lockAccount(server.database, fresh);
    const page = await person.submit({
      identifier: fresh.identifier,
      currentPassword: fresh.provisionalPassword,
      newPassword: 'Coquelicot-7!',
      newPasswordConfirmation: 'Coquelicot-7!',
      captchaChoice,
    });
    expect(page.url).not.toContain('code=');
    expect(page.text).not.toContain('Votre changement de mot de passe est effectué');
    const { rows } = await server.database.pool.query('SELECT password_hash FROM account WHERE id = $1', [
      fresh.id,
    ]);
    expect(rows[0].password_hash).toBe(fresh.passwordHash);
  });
});

// C52
describe('a step that was not taken', () => {
  const bodies: [string, Parameters<typeof call>[1]][] = [
    ['an empty POST', { method: 'POST', body: '' }],
    ['a GET', { method: 'GET' }],
    ['a HEAD', { method: 'HEAD' }],
    ['no password', { form: { identifier: 'sentinel-7' } }],
    ['no identifier', { form: { password: 'x' } }],
    ['empty fields', { form: { identifier: '', password: '' } }],
    [
      'JSON',
      {
        body: '{"identifier":"sentinel-7","password":"Tournesol-42!"}',
        headers: { 'content-type': 'application/json' },
      },
    ],
    [
      'text',
      { body: 'identifier=sentinel-7&password=Tournesol-42!', headers: { 'content-type': 'text/plain' } },
    ],
    ['no type', { body: 'identifier=sentinel-7&password=Tournesol-42!', headers: { 'content-type': '' } }],
    [
      'a file',
      {
        body: '--x\r\nContent-Disposition: form-data; name="identifier"\r\n\r\nsentinel-7\r\n--x--\r\n',
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
      },
    ],
    [
      'fields twice',
      { form: new URLSearchParams('identifier=sentinel-7&identifier=x&password=Tournesol-42!') },
    ],
    ['arrays', { form: new URLSearchParams('identifier[]=sentinel-7&password[]=Tournesol-42!') }],
    ['objects', { form: new URLSearchParams('identifier[x]=sentinel-7&password[$ne]=x') }],
    ['NUL in the password', { form: { identifier: 'sentinel-7', password: 'Tournesol-42!\0' } }],
    ['NUL in the identifier', { form: { identifier: 'sentinel-7\0', password: 'Tournesol-42!' } }],
    [
      'bytes that are no UTF-8',
      {
        body: 'identifier=%ff&password=%c3%28',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
    ],
    ['a megabyte', { form: { identifier: 'sentinel-7', password: 'x'.repeat(1_000_000) } }],
    ['a query in place of a form', { method: 'POST', body: '' }],
  ];

  beforeAll(async () => {
    await server.addAccount({ identifier: 'sentinel-7' });
  });

  it.each(bodies)('is not passed by %s', async (what, init) => {
    const path = what.includes('query')
      ? `${form.path}?identifier=sentinel-7&password=Tournesol-42!`
      : form.path;
    const answer = await call(new URL(path, server.issuer), {
      ...init,
      headers: { cookie: form.cookie, accept: 'text/html', ...init?.headers },
    });
    expect([200, 400, 413, 415, 422]).toContain(answer.status);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.body).not.toContain('Tournesol');
    const next = await call(new URL(form.path.replace('/password', ''), server.issuer), {
      headers: { cookie: form.cookie },
    });
    expect(next.headers.location).toBe(form.path);
  });

  it.each(['first-change', 'consent'])('is not skipped by posting to %s', async (step) => {
    const path = form.path.replace('password', step);
    for (const fields of [
      {},
      { identifier: 'sentinel-7', currentPassword: 'Tournesol-42!', newPassword: 'Coquelicot-7!' },
    ]) {
      const answer = await call(new URL(path, server.issuer), {
        form: fields,
        headers: { cookie: form.cookie },
      });
      expect(answer.status).toBe(303);
      expect(answer.headers.location).toBe(form.path.replace('/password', ''));
    }
  });
});

// C54: hashing is bounded; the rest of the service goes on.
it('a flood of logins is answered or told to come back, and health is still told', async () => {
  const times: number[] = [];
  let flooding = true;
  const health = (async () => {
    while (flooding) {
      const start = performance.now();
      expect((await call(`${server.managementUrl}/health/ready`)).status).toBe(200);
      times.push(performance.now() - start);
    }
  })();
  const answers = await spread(200, (at, n) => tryPassword(form, `flood${n}`, 'x', { at, from: address(n) }));
  flooding = false;
  await health;
  for (const answer of answers) {
    expect([422, 503]).toContain(answer.status);
    if (answer.status === 503) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  }
  times.sort((a, b) => a - b);
  const p99 = times[Math.floor(times.length * 0.99)]!;
  console.info(
    `200 logins at once: ${answers.filter(({ status }) => status === 503).length} told to come back; ` +
      `/health/ready p99 ${p99.toFixed(0)} ms of ${times.length} (in one process with the test)`,
  );
});

// C56
it('nobody is given the identifier, address or number of another', async () => {
  await server.addAccount({ identifier: 'unique.un', email: 'unique@exemple.fr', rpps: '99700367917' });
  for (const options of [
    { identifier: 'UNIQUE.UN' },
    { identifier: 'ｕnique.un' },
    { identifier: 'autre.un', email: 'UNIQUE@exemple.fr' },
    { identifier: 'autre.deux', rpps: '99700367917' },
  ]) {
    await expect(
      server.addNewAccount({ email: `${options.identifier.length}${Math.random()}@exemple.fr`, ...options }),
    ).rejects.toThrow('account.');
  }
});

function comparable({ status, headers, body }: Answer, identifier: string): unknown {
  const { date: _date, 'set-cookie': cookies = [], ...rest } = headers;
  return {
    status,
    headers: rest,
    cookies: cookies.map((line) => line.replace(/=[^;]*/, '')),
    body: body.replaceAll(identifier, 'X'),
  };
}

async function setPassword({ id }: Known, plainPassword: string): Promise<void> {
  await server.database.pool.query('UPDATE account SET password_hash = $2 WHERE id = $1', [
    id,
    await server.app.hasher.hash(plainPassword),
  ]);
}
