// A process of the benchmark as main.ts sees it: started on the cores it may use, asked questions over IPC, ended with
// its parent. The other side is answer-questions.ts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { canPin } from './cores.ts';

export type ChildProcess = {
  readonly pid: number;
  /** What the child answers. Rejects with its error, or when it dies or takes longer than five minutes. */
  ask<T>(question: string, argument?: unknown): Promise<T>;
  /** Asks it to end; kills it after five seconds. */
  stop(): Promise<void>;
};

export type ChildOptions = {
  /** Beside this file. */
  file: string;
  /** The one core that it may use; undefined: all. */
  core?: number | undefined;
  environment?: Record<string, string> | undefined;
  nodeOptions?: string[] | undefined;
};

type Answer = { id: number; value?: unknown; error?: string };
type Asked = { done: (value: unknown) => void; fail: (error: Error) => void };

const LONGEST_ANSWER_MS = 300_000;
const LONGEST_STOP_MS = 5_000;

/** Resolves once the child is ready. */
export async function startChild({
  file,
  core,
  environment = {},
  nodeOptions = [],
}: ChildOptions): Promise<ChildProcess> {
  const pin = core !== undefined && canPin ? ['taskset', '-c', String(core)] : [];
  const [command = '', ...rest] = [
    ...pin,
    process.execPath,
    ...nodeOptions,
    new URL(file, import.meta.url).pathname,
  ];
  const child = spawn(command, rest, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...inherited(), ...environment },
  });
  const asked = new Map<number, Asked>();
  let lastId = 0;

  child.on('message', ({ id, value, error }: Answer) => {
    const question = asked.get(id);
    asked.delete(id);
    if (error === undefined) question?.done(value);
    else question?.fail(new Error(`${file}: ${error}`));
  });
  const failAll = (reason: string) => {
    for (const { fail } of asked.values()) fail(new Error(`${file} ${reason}`));
    asked.clear();
  };
  child.on('error', (error) => failAll(error.message));
  child.on('exit', (code, signal) => failAll(`ended (${signal ?? code})`));

  function ask<T>(question: string, argument?: unknown): Promise<T> {
    return new Promise<unknown>((done, fail) => {
      if (!child.connected && child.pid === undefined) return fail(new Error(`${file} did not start`));
      const id = ++lastId;
      const timer = setTimeout(
        () => fail(new Error(`${file} does not answer: ${question}`)),
        LONGEST_ANSWER_MS,
      );
      const settled =
        <A extends unknown[]>(then: (...args: A) => void) =>
        (...args: A) => {
          clearTimeout(timer);
          then(...args);
        };
      asked.set(id, { done: settled(done), fail: settled(fail) });
      child.send({ id, question, argument }, (error) => error && asked.get(id)?.fail(error));
    }) as Promise<T>;
  }

  await ask('ready');
  return {
    pid: child.pid!,
    ask,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_STOP_MS);
      ask('stop').catch(() => undefined);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Without the settings of whoever runs the benchmark. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(IDP_|DATABASE_URL$)/.test(name)),
  );
}
