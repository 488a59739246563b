// Starts mail-process.ts and waits until it works.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PoolConfig } from 'pg';

export type MailProcess = {
  readonly child: ChildProcess;
  /** SIGKILL: no handler runs, nothing is written. Returns when it is dead, with the time. */
  kill(): Promise<Date>;
  /** What it wrote on the error stream: a process that crashes says why. */
  readonly complaints: string;
};

const program = fileURLToPath(new URL('./mail-process.ts', import.meta.url));

export async function startMailProcess(orders: {
  dataFolder?: string;
  connection?: PoolConfig;
  smtpUrl: string;
}): Promise<MailProcess> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    env: { PATH: process.env.PATH, MAIL_PROCESS: JSON.stringify(orders) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (text) => {
    complaints += text;
  });
  const ended = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => {
      throw new Error(`the process ended at once: ${complaints}`);
    }),
  ]);
  return {
    child,
    async kill() {
      child.kill('SIGKILL');
      await ended;
      return new Date();
    },
    get complaints() {
      return complaints;
    },
  };
}
