// The inside of a process of the benchmark: answers what main.ts asks over IPC, and ends when main.ts does, however it
// does. Every child calls it last, once it is ready.
import { startProfile, stopProfile } from './profile.ts';

type Question = { id: number; question: string; argument: unknown };

export type Handlers = Record<string, (argument: never) => unknown>;

/** @param stop what to do before the process exits */
export function answerQuestions(handlers: Handlers, stop: () => Promise<void> = async () => undefined): void {
  const all: Handlers = {
    ready: () => true,
    /** Milliseconds of processor time of this process, all its threads, since it began. */
    cpuMs: () => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000,
    /** Sent to the database since it began. */
    statements: () => 0,
    residentMb: () => process.memoryUsage.rss() / 1024 / 1024,
    startProfile,
    stopProfile: ({ folder, name }: { folder: string; name: string }) => stopProfile(folder, name),
    async stop() {
      await stop();
      process.exit(0);
    },
    ...handlers,
  };

  process.on('message', async ({ id, question, argument }: Question) => {
    try {
      const handler = all[question];
      if (!handler) throw new Error(`nobody answers ${question}`);
      process.send?.({ id, value: await handler(argument as never) });
    } catch (error) {
      process.send?.({ id, error: (error as Error).stack ?? String(error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
  process.on('SIGINT', () => undefined);
}
