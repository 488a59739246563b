// `npm run demo` as a process of its own, in a folder of its own and on ports of its own. For the tests of this folder.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';

export type DemoPlace = { folder: string; environment: Record<string, string> };

export type DemoProcess = {
  child: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code, null after a signal. */
  exit: Promise<number | null>;
  /** Milliseconds to the summary. Throws when the process ends before. */
  ready(): Promise<number>;
  /** Milliseconds to the end. */
  stop(signal: NodeJS.Signals): Promise<number>;
};

const root = join(import.meta.dirname, '../..');

/** Ports that were free a moment ago, in the order of the names. */
export async function choosePorts(): Promise<Record<string, string>> {
  const names = [
    'DEMO_PORTAL_PORT',
    'DEMO_AGENDA_PORT',
    'DEMO_SMTP_PORT',
    'DEMO_INBOX_PORT',
    'IDP_MANAGEMENT_PORT',
  ];
  const ports: Record<string, string> = { IDP_ISSUER: `http://localhost:${await freePort()}` };
  for (const name of names) ports[name] = String(await freePort());
  return ports;
}

/** @param command the script itself, or npm in a process group of its own, as a terminal starts it */
export function runDemo({ folder, environment }: DemoPlace, command: 'node' | 'npm' = 'node'): DemoProcess {
  const started = performance.now();
  const env = { PATH: process.env.PATH, HOME: folder, ...environment };
  const child =
    command === 'node'
      ? spawn(process.execPath, [join(root, 'src/demo/main.ts')], { cwd: folder, env })
      : spawn('npm', ['run', '--silent', 'demo'], { cwd: root, env, detached: true });
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr!.on('data', (chunk) => {
    stderr += chunk;
  });
  // `close` and not `exit`: whoever inherited the output has ended too.
  const exit = once(child, 'close').then(([code]) => code as number | null);
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
      while (!stdout.includes('Ctrl-C')) {
        if (child.exitCode !== null) throw new Error(`ended before it was ready:\n${stdout}${stderr}`);
        await Promise.race([once(child.stdout!, 'data'), exit]);
      }
      return performance.now() - started;
    },
    async stop(signal) {
      const from = performance.now();
      if (command === 'node') child.kill(signal);
      else process.kill(-child.pid!, signal);
      await exit;
      return performance.now() - from;
    },
  };
}
