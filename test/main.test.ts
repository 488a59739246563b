// `npm start` as the operator sees it: a process, its exit code, and what it says.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './support/free-port.ts';

const root = join(import.meta.dirname, '..');
const folders: string[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function run(environment: Record<string, string>, folder = newFolder()) {
  const child = spawn(process.execPath, [join(root, 'src/main.ts')], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      IDP_SMTP_URL: 'smtp://127.0.0.1:1',
      IDP_MAIL_FROM: 'idp@exemple.fr',
      ...environment,
    },
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const exit = once(child, 'exit').then(([code]) => code as number);
  return {
    child,
    exit,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    async ready() {
      while (!stdout.includes('"msg":"ready"')) {
        if (child.exitCode !== null) throw new Error(stderr);
        await Promise.race([once(child.stdout, 'data'), exit]);
      }
    },
  };
}

it('stops when npm is told to, and leaves neither port nor data folder behind', async () => {
  const environment = {
    PATH: process.env.PATH!,
    IDP_SMTP_URL: 'smtp://127.0.0.1:1',
    IDP_MAIL_FROM: 'idp@exemple.fr',
    IDP_DATA_DIR: newFolder(),
    ...(await ports()),
  };
  const npm = spawn('npm', ['start', '--silent'], { cwd: root, env: environment });
  children.push(npm);
  let said = '';
  npm.stdout.on('data', (chunk) => (said += chunk));
  while (!said.includes('"msg":"ready"')) await once(npm.stdout, 'data');
  npm.kill('SIGTERM');
  // Its output ends with the last process that has it.
  await once(npm, 'close');
  expect(said).toContain('"msg":"stopped"');
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'idp-main-'));
  folders.push(folder);
  return folder;
}

async function ports(): Promise<Record<string, string>> {
  const port = await freePort();
  return { IDP_ISSUER: `http://localhost:${port}`, IDP_MANAGEMENT_PORT: String(await freePort()) };
}

it('starts without a warning, finishes what is under way on SIGTERM, and exits with 0', async () => {
  const environment = await ports();
  const server = run(environment);
  await server.ready();
  expect(server.stderr).toBe('');
  const answers = Array.from({ length: 50 }, () =>
    fetch(`${environment.IDP_ISSUER}/.well-known/openid-configuration`),
  );
  await answers[0];
  server.child.kill('SIGTERM');
  expect(await server.exit).toBe(0);
  for (const answer of await Promise.allSettled(answers)) {
    expect(answer).toMatchObject({ status: 'fulfilled', value: { status: 200 } });
  }
  expect(server.stderr).toBe('');
});

it('does not wait on SIGTERM for connections that ask nothing', async () => {
  const environment = await ports();
  const server = run(environment);
  await server.ready();
  const { port } = new URL(environment.IDP_ISSUER!);
  const sockets = [];
  for (const text of ['', 'GET / HTT', 'GET /health HTTP/1.1\r\nHost: local']) {
    const socket = connect(Number(port), 'localhost').on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(text);
    sockets.push(socket);
  }
  const begin = Date.now();
  server.child.kill('SIGTERM');
  expect(await server.exit).toBe(0);
  // The delay of a second, half a second for a request that is on its way, and no thirty.
  expect(Date.now() - begin).toBeLessThan(10_000);
  for (const socket of sockets) socket.destroy();
});

it('closes connections on SIGTERM as soon as their requests are answered', async () => {
  const environment = await ports();
  const server = run(environment);
  await server.ready();
  const { port, host } = new URL(environment.IDP_ISSUER!);
  const sockets = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const socket = connect(Number(port), 'localhost');
      await once(socket, 'connect');
      return socket;
    }),
  );
  const ends = sockets.map(async (socket) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    await once(socket, 'close');
    return { answer: Buffer.concat(chunks).toString(), at: Date.now() };
  });
  // Half a form, the rest of it only after the server has been told to stop and has closed what was idle then.
  const body = 'a=1';
  for (const socket of sockets)
    socket.write(
      `POST /account/forgot HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\na`,
    );
  server.child.kill('SIGTERM');
  await sleep(2_000);
  const last = Date.now();
  for (const socket of sockets) socket.write(body.slice(1));
  for (const end of await Promise.all(ends)) {
    expect(end.answer).toMatch(/^HTTP\/1\.1 4\d\d/);
    // Node keeps an idle connection for five seconds more.
    expect(end.at - last).toBeLessThan(4_000);
  }
  expect(await server.exit).toBe(0);
});

it('lets the command line work beside it on the same data, each seeing what the other did', async () => {
  const [folder, environment] = [newFolder(), await ports()];
  const server = run(environment, folder);
  await server.ready();
  const esanteIdp = (...words: string[]) =>
    promisify(execFile)(process.execPath, [join(root, 'src/cli/esante-idp.ts'), ...words, '--json'], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...environment },
    }).then(({ stdout }) => JSON.parse(stdout));
  const client = await esanteIdp(
    'clients',
    'create',
    '--name',
    'Dossier',
    '--redirect-uri',
    'https://a.exemple.fr/',
  );
  const query = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: 'https://a.exemple.fr/',
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  });
  const answer = await fetch(`${environment.IDP_ISSUER}/auth?${query}`, { redirect: 'manual' });
  expect(answer.headers.get('location')).toMatch(/^\/interaction\//);
  expect(await esanteIdp('clients', 'list')).toHaveLength(1);
});

it('lives on when somebody asks for a tunnel and is gone before the answer', async () => {
  const environment = await ports();
  const server = run(environment);
  await server.ready();
  const { hostname, port } = new URL(environment.IDP_ISSUER!);
  for (let n = 0; n < 20; n++) {
    const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname);
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.write('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.resetAndDestroy();
  }
  expect((await fetch(`${environment.IDP_ISSUER}/jwks`)).status).toBe(200);
  expect(server.child.exitCode).toBeNull();
});

it('says all that is wrong with its settings at once, and never a value', async () => {
  const server = run({
    IDP_PORT: 'abc',
    IDP_PASWORD_LETTERS: '1',
    IDP_SECRET_KEY: 'short-secret',
    IDP_MAIL_FROM: '',
  });
  expect(await server.exit).toBe(1);
  for (const name of ['IDP_PORT', 'IDP_PASWORD_LETTERS', 'IDP_SECRET_KEY', 'IDP_MAIL_FROM']) {
    expect(server.stderr).toContain(`- ${name} `);
  }
  expect(server.stderr).not.toContain('short-secret');
  expect(server.stderr).not.toContain('    at ');
});

it.each(['IDP_PORT', 'IDP_MANAGEMENT_PORT'])(
  'says in one line that the port of %s is taken',
  async (name) => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const server = run({ ...(await ports()), [name]: String(port) });
    expect(await server.exit).toBe(1);
    expect(server.stderr).toBe(`esante-idp: port ${port} is in use by another process\n`);
    holder.close();
  },
);

it('says in one line that the data folder is taken, and leaves its holder alone', async () => {
  const folder = newFolder();
  const first = run(await ports(), folder);
  await first.ready();
  const second = run(await ports(), folder);
  expect(await second.exit).toBe(1);
  expect(second.stderr).toBe('esante-idp: the data folder data is in use by another process\n');
  expect(first.child.exitCode).toBeNull();
});

it.each(['/proc/nope', '/dev/null/data'])(
  'says in one line that the data folder %s cannot be made',
  async (folder) => {
    const server = run({ ...(await ports()), IDP_DATA_DIR: folder });
    expect(await server.exit).toBe(1);
    expect(server.stderr).toMatch(/^esante-idp: .*\n$/);
  },
);

it('says in one line that the data folder is no folder', async () => {
  const file = join(newFolder(), 'file');
  writeFileSync(file, '');
  const server = run({ ...(await ports()), IDP_DATA_DIR: file });
  expect(await server.exit).toBe(1);
  expect(server.stderr).toMatch(/^esante-idp: the data folder \(IDP_DATA_DIR\) cannot be used: .*\n$/);
});

it.each([
  ['IDP_HOST', '999.1.1.1'],
  ['IDP_HOST', '203.0.113.5'],
  ['IDP_MANAGEMENT_HOST', 'nohost.invalid'],
])('says in one line that %s is no address of this machine: %s', async (name, host) => {
  const server = run({ ...(await ports()), [name]: host });
  expect(await server.exit).toBe(1);
  expect(server.stderr).toBe(`esante-idp: ${name} is no address of this machine: ${host}\n`);
});

it('says in one line that the key of its data folder is gone, and makes no other', async () => {
  const folder = newFolder();
  const first = run(await ports(), folder);
  await first.ready();
  first.child.kill('SIGTERM');
  await first.exit;
  rmSync(join(folder, 'data/secret-key'));
  const second = run(await ports(), folder);
  expect(await second.exit).toBe(1);
  expect(second.stderr).toBe(
    'esante-idp: IDP_SECRET_KEY is missing, and so is data/secret-key: the database was encrypted with one of them\n',
  );
  expect(existsSync(join(folder, 'data/secret-key'))).toBe(false);
});

it('lets commands work one after the other that are given at once, without a server', async () => {
  const folder = newFolder();
  const environment = { ...(await ports()), PATH: process.env.PATH! };
  const command = (...words: string[]) =>
    promisify(execFile)(process.execPath, [join(root, 'src/cli/esante-idp.ts'), ...words], {
      cwd: folder,
      env: environment,
    });
  await command('mail', 'list');
  const answers = await Promise.all([
    command('mail', 'list'),
    sleep(300).then(() => command('mail', 'list')),
  ]);
  expect(answers.map(({ stdout }) => stdout)).toEqual(['no mail waits\n', 'no mail waits\n']);
});

it('lets no command work with another key than the server has', async () => {
  const folder = newFolder();
  const environment = await ports();
  const server = run(environment, folder);
  await server.ready();
  const command = (...words: string[]) =>
    promisify(execFile)(process.execPath, [join(root, 'src/cli/esante-idp.ts'), ...words], {
      cwd: folder,
      env: { ...environment, IDP_SECRET_KEY: Buffer.alloc(32, 9).toString('base64url') },
    });
  const fault = await command('mail', 'list').catch((error) => error);
  expect(fault).toMatchObject({ code: 1, stdout: '' });
  expect(fault.stderr).toMatch(/^esante-idp: .*IDP_SECRET_KEY.* is not the key it was encrypted with.*\n$/);
  // Which says what is wrong with everything.
  const doctor = await command('doctor').catch((error) => error);
  expect(doctor.stdout).toContain('is not the key it was encrypted with');
});

it('says in one line that the database cannot be reached', async () => {
  const server = run({
    ...(await ports()),
    DATABASE_URL: `postgresql://nobody@127.0.0.1:${await freePort()}/nothing`,
    IDP_SECRET_KEY: Buffer.alloc(32, 1).toString('base64url'),
  });
  expect(await server.exit).toBe(1);
  expect(server.stderr).toMatch(/^esante-idp: the database cannot be reached.*\n$/);
});
