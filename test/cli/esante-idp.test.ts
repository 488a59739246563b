// The operator's command line, as processes beside a running server and without one.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestServer, type TestServer } from '../support/server.ts';

const program = join(import.meta.dirname, '../../src/cli/esante-idp.ts');
let server: TestServer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'idp-cli-'));
  server = await startTestServer();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Answer = { code: number; stdout: string; stderr: string };

/** Beside the running server where the tests have a real PostgreSQL; on an embedded database of its own elsewhere. */
function esanteIdp(...words: string[]): Promise<Answer> {
  const { connectionString } = server.testDatabase.connection;
  const env = {
    PATH: process.env.PATH,
    IDP_ISSUER: server.issuer,
    IDP_DATA_DIR: join(folder, 'data'),
    IDP_SECRET_KEY: Buffer.alloc(32, 7).toString('base64url'),
    ...(connectionString && { DATABASE_URL: connectionString }),
  };
  return new Promise((done) => {
    execFile(process.execPath, [program, ...words], { env, cwd: folder }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

async function json<T = Record<string, unknown>>(...words: string[]): Promise<T> {
  const { code, stdout, stderr } = await esanteIdp(...words, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trim().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
}

const ANNE = [
  '--identifier',
  'anne.bé',
  '--email',
  'anne@exemple.fr',
  '--given-name',
  'Anne',
  '--family-name',
  "L'Hôte",
];

it('corrects a mail address, and tells why it does not', async () => {
  const person = (name: string) => [
    ...['--identifier', name, '--email', `${name}@exemple.fr`, '--given-name', 'Léa', '--family-name', 'Roy'],
  ];
  for (const name of ['lea.roy', 'luc.roy']) await json('accounts', 'create', ...person(name));
  const set = (email: string) => esanteIdp('accounts', 'set-email', 'lea.roy', '--email', email);
  expect(await json('accounts', 'set-email', 'lea.roy', '--email', 'lea@chu.exemple.fr')).toMatchObject({
    email: 'lea@chu.exemple.fr',
  });
  expect(await json('accounts', 'show', 'lea.roy')).toMatchObject({ email: 'lea@chu.exemple.fr' });
  for (const [email, reason] of [
    ['lea', '--email is not a mail address'],
    ['LUC.ROY@exemple.fr', 'another account has this mail address'],
  ] as const) {
    const { code, stderr } = await set(email);
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
  }
  expect(await json('accounts', 'reset-strong', 'lea.roy')).toMatchObject({ identifier: 'lea.roy' });
  expect(await json('accounts', 'require-strong', 'lea.roy')).toMatchObject({ minimumAcr: 'eidas2' });
  expect(await json('accounts', 'require-strong', 'lea.roy', '--off')).not.toHaveProperty('minimumAcr');
  expect(await json('accounts', 'invite-strong', 'lea.roy')).not.toHaveProperty('link');
  const { link } = await json<{ link: string }>('accounts', 'invite-strong', 'lea.roy', '--print');
  expect(link).toMatch(/\/account\/strong\/link\?token=[\w-]{43}$/);
  await json('accounts', 'lock', 'lea.roy');
  expect((await set('lea@exemple.fr')).stderr).toContain('the account is locked');
  await json('accounts', 'unlock', 'lea.roy');
  expect((await esanteIdp('accounts', 'unlock', 'lea.roy')).stderr).toContain('the account is not locked');
});

it('registers, shows, locks, unlocks, resets and deletes an account, never showing a secret', async () => {
  const created = await json('accounts', 'create', ...ANNE, '--rpps', '99700367917', '--role', '60');
  expect(created).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    identifier: 'anne.bé',
    provisionalPasswordExpiresAt: expect.any(String),
  });
  const shown = await json('accounts', 'show', 'ANNE.BÉ');
  expect(shown).toMatchObject({
    id: created.id,
    email: 'anne@exemple.fr',
    rpps: '99700367917',
    roles: ['60^1.2.250.1.213.1.1.5.5'],
  });
  expect(JSON.stringify(shown)).not.toMatch(/argon2|hash/i);
  expect(await json('accounts', 'lock', 'anne.bé', '--reason', 'départ')).toMatchObject({
    lockedAt: expect.any(String),
    lockedReason: 'départ',
  });
  expect(await json('accounts', 'unlock', 'anne.bé')).not.toHaveProperty('lockedAt');
  expect(await json('accounts', 'reset', 'anne.bé')).toHaveProperty('provisionalPasswordExpiresAt');
  expect(await json('accounts', 'delete', 'anne.bé')).toMatchObject({ id: created.id });
  expect(await esanteIdp('accounts', 'show', 'anne.bé')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('anne.bé'),
  });
});

it('refuses an identifier, address or RPPS number of another account, whatever the case', async () => {
  await json(
    'accounts',
    'create',
    '--identifier',
    'bob',
    '--email',
    'bob@exemple.fr',
    '--given-name',
    'Bob',
    '--family-name',
    'B',
    '--rpps',
    '99700218896',
  );
  const create = (identifier: string, email: string, ...more: string[]) =>
    esanteIdp(
      'accounts',
      'create',
      '--identifier',
      identifier,
      '--email',
      email,
      '--given-name',
      'X',
      '--family-name',
      'Y',
      ...more,
    );
  expect(await create('BOB', 'x@exemple.fr')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('identifier'),
  });
  expect(await create('bob2', 'BOB@exemple.fr')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('email'),
  });
  expect(await create('bob3', 'y@exemple.fr', '--rpps', '99700218896')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('rpps'),
  });
});

it('tells every fault of an account at once', async () => {
  const { code, stderr } = await esanteIdp(
    'accounts',
    'create',
    '--identifier',
    'a b',
    '--email',
    'a@b@c',
    '--given-name',
    ' ',
    '--family-name',
    'Y',
    '--rpps',
    '12345678901',
    '--role',
    'doctor',
  );
  expect(code).toBe(1);
  for (const field of ['identifier', 'email', 'givenName', 'rpps', 'role']) expect(stderr).toContain(field);
});

it('registers, lists, shows and deletes an application; the secret is shown once', async () => {
  const created = await json<{ client_id: string; client_secret: string }>(
    'clients',
    'create',
    '--name',
    'Dossier',
    '--redirect-uri',
    'https://dossier.exemple.fr/cb',
    '--redirect-uri',
    'https://dossier.exemple.fr/cb2',
    '--post-logout-redirect-uri',
    'https://dossier.exemple.fr/',
  );
  expect(created).toMatchObject({
    client_name: 'Dossier',
    redirect_uris: ['https://dossier.exemple.fr/cb', 'https://dossier.exemple.fr/cb2'],
  });
  expect(created.client_secret).toHaveLength(43);
  // An identifier that begins with a dash would be an option to the next command.
  expect(created.client_id).toMatch(/^[0-9a-f]{32}$/);
  const listed = await esanteIdp('clients', 'list', '--json');
  expect(listed.stdout).toContain(created.client_id);
  expect(listed.stdout).not.toContain(created.client_secret);
  expect((await esanteIdp('clients', 'show', created.client_id)).stdout).not.toContain(created.client_secret);
  await json('clients', 'delete', created.client_id);
  expect(await esanteIdp('clients', 'show', created.client_id)).toMatchObject({ code: 1, stdout: '' });
});

it('takes RFC 7591 metadata from a file, and tells every address that is not right', async () => {
  const file = join(folder, 'metadata.json');
  writeFileSync(
    file,
    JSON.stringify({
      client_name: 'SPA',
      redirect_uris: ['http://localhost:5173/'],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: 'ES256',
    }),
  );
  expect(await json('clients', 'create', '--metadata', file, '--third-party')).not.toHaveProperty(
    'client_secret',
  );
  writeFileSync(
    file,
    JSON.stringify({
      client_name: 'Bad',
      redirect_uris: ['javascript:alert(1)', 'https://a.exemple.fr/#x', 'https://*.exemple.fr/'],
    }),
  );
  const { code, stderr } = await esanteIdp('clients', 'create', '--metadata', file);
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(3);

  writeFileSync(
    file,
    JSON.stringify({
      client_name: 'Do\u202essier',
      redirect_uris: ['https://a.exemple.fr/'],
      redirect_uri: ['https://b.exemple.fr/'],
      jwks_uri: 'https://169.254.169.254/latest',
    }),
  );
  expect(await esanteIdp('clients', 'create', '--metadata', file)).toMatchObject({
    code: 1,
    stderr: [
      'esante-idp: redirect_uri is not known here',
      'client_name has control or direction characters',
      'jwks_uri: https://169.254.169.254/latest names a machine by its number; a domain name is required',
      '',
    ].join('\n'),
  });
});

it('says what was done, where nobody asked for JSON', async () => {
  const jean = ['--identifier', 'jean.dit', '--email', 'jean.dit@exemple.fr'];
  await json('accounts', 'create', ...jean, '--given-name', 'Jean', '--family-name', 'Dit');
  const said = async (...words: string[]) => (await esanteIdp(...words)).stdout.split('\n')[0];
  expect(await said('accounts', 'lock', 'jean.dit', '--reason', 'départ')).toBe(
    'jean.dit is locked; every session has ended',
  );
  expect(await said('accounts', 'unlock', 'jean.dit')).toBe('jean.dit is unlocked');
  expect(await said('accounts', 'reset', 'jean.dit')).toMatch(
    /^every session of jean\.dit has ended; a new provisional password goes to jean\.dit@exemple\.fr, good until 2\d{3}-/,
  );
  expect(await said('accounts', 'delete', 'jean.dit')).toBe('jean.dit is deleted');
  const created = await json<{ client_id: string }>(
    'clients',
    'create',
    '--name',
    'Agenda',
    '--redirect-uri',
    'https://agenda.exemple.fr/cb',
  );
  expect(await said('clients', 'delete', created.client_id)).toBe(
    `${created.client_id} (Agenda) is deleted, with every code, token and grant of it`,
  );
});

it.each([
  [[], 0],
  [['accounts'], 2],
  [['accounts', 'fly'], 2],
  [['accounts', 'show'], 2],
  [['accounts', 'show', 'a', 'b'], 2],
  [['accounts', 'create', '--identifier', 'x'], 2],
  [['accounts', 'show', 'x', '--verbose'], 2],
  [['constructor', 'toString'], 2],
  [['clients', 'create', '--name', 'x'], 2],
  [['clients', 'create', '--metadata', '/nothing'], 2],
])('%j ends with exit code %d', async (words, code) => {
  const answer = await esanteIdp(...(words as string[]));
  expect(answer.code).toBe(code);
  expect(answer.stdout + answer.stderr).toContain('usage: esante-idp');
});

it('shows the mails that wait', async () => {
  await json(
    'accounts',
    'create',
    '--identifier',
    'claire',
    '--email',
    'claire@exemple.fr',
    '--given-name',
    'C',
    '--family-name',
    'D',
  );
  const { stdout } = await esanteIdp('mail', 'list', '--json');
  const mails = JSON.parse(stdout) as { address: string }[];
  for (const mail of mails.filter(({ address }) => address === 'claire@exemple.fr')) {
    expect(mail).toMatchObject({
      state: 'queued',
      template: 'account-created',
      attempts: expect.any(Number),
    });
  }
  expect((await esanteIdp('mail', 'list')).code).toBe(0);
});

it('has mails tried again, and says which cannot be', async () => {
  const none = await esanteIdp('mail', 'retry', '00000000-0000-4000-8000-000000000000');
  expect(none).toMatchObject({ code: 1, stdout: '' });
  expect(none.stderr).toContain('waits or was given up');
  expect((await esanteIdp('mail', 'retry', 'a', 'b')).code).toBe(2);

  const waiting = (await json<{ id: string; state: string }[]>('mail', 'list')).filter(
    ({ state }) => state === 'queued',
  );
  // Beside a running server the mails are sent at once; without one they wait.
  if (!server.testDatabase.prepared) expect(waiting.length).toBeGreaterThan(0);
  const { retried } = await json<{ retried: string[] }>('mail', 'retry');
  expect(retried).toEqual(expect.arrayContaining(waiting.map(({ id }) => id)));
});

it('withdraws the provisional passwords that wait when a newer one is made, or the account goes', async () => {
  const waiting = async (email: string) => {
    const { stdout } = await esanteIdp('mail', 'list', '--json');
    const mails = JSON.parse(stdout) as { address: string; state: string }[];
    return mails.filter(({ address, state }) => address === email && state === 'queued').length;
  };
  const inUse = server.testDatabase.prepared;
  await json(
    'accounts',
    'create',
    '--identifier',
    'dan',
    '--email',
    'dan@exemple.fr',
    '--given-name',
    'D',
    '--family-name',
    'E',
  );
  await json('accounts', 'reset', 'dan');
  // Beside a running server the mails are sent at once; without one they wait.
  if (!inUse) expect(await waiting('dan@exemple.fr')).toBe(1);
  await json('accounts', 'delete', 'dan');
  expect(await waiting('dan@exemple.fr')).toBe(0);
});

it('refuses an application whose client_id is taken', async () => {
  const file = join(folder, 'fixed.json');
  writeFileSync(
    file,
    JSON.stringify({ client_id: 'fixe', client_name: 'Fixe', redirect_uris: ['https://a.exemple.fr/'] }),
  );
  await json('clients', 'create', '--metadata', file);
  expect(await esanteIdp('clients', 'create', '--metadata', file)).toMatchObject({
    code: 1,
    stderr: 'esante-idp: client_id belongs to another application\n',
  });
});

it('looks after itself: database, key, clock and mails', async () => {
  const { code, stdout } = await esanteIdp('doctor', '--json');
  const checks = JSON.parse(stdout) as { check: string; ok: boolean; detail: string }[];
  expect(checks.map(({ check }) => check)).toEqual([
    'database',
    'secret key',
    'secrets of authenticator applications',
    'clock, against the database',
    'mails',
  ]);
  for (const { check, ok } of checks)
    if (check !== 'mails') expect({ check, ok }).toEqual({ check, ok: true });
  expect(code).toBe(checks.every(({ ok }) => ok) ? 0 : 1);
  const words = await esanteIdp('doctor');
  expect(words.stdout).toContain('clock, against the database');
});

it('registers an application that demands strong authentication', async () => {
  const file = join(folder, 'strong.json');
  writeFileSync(file, JSON.stringify({ default_acr_values: ['eidas2'] }));
  const uri = 'https://fort.exemple.fr/';
  const made = await json('clients', 'create', '--name', 'Fort', '--redirect-uri', uri, '--metadata', file);
  expect(made).toMatchObject({ default_acr_values: ['eidas2'] });
});
