// `npm run demo`: everything on one machine, from one command. Says where to click, or in one line why it cannot start;
// ends on Ctrl-C, SIGTERM or with its terminal, and keeps all that was done.
import { readEnvironment } from '../config.ts';
import { whenLeftByNpm } from '../npm-parent.ts';
import { toStartFault } from '../start-fault.ts';
import { createDemoLogger } from './demo-logger.ts';
import { readDemoSettings } from './demo-settings.ts';
import { isFirstLoginLeft, isKnownPasswordKept } from './seed.ts';
import { type RunningDemo, startDemo } from './start-demo.ts';
import { summary } from './summary.ts';

/** npm passes on the Ctrl-C that the terminal has sent already: two signals at once are one. */
const SECOND_SIGNAL_MS = 500;

let demo: RunningDemo | undefined;
let stoppingSince: number | undefined;

async function stop(): Promise<void> {
  if (stoppingSince !== undefined) {
    // The database is safe from being cut off, people in the middle of a request are not.
    if (performance.now() - stoppingSince > SECOND_SIGNAL_MS) process.exit(1);
    return;
  }
  stoppingSince = performance.now();
  // Not started yet: whatever the database is in the middle of, it finds its way back at the next start.
  await demo?.stop();
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
whenLeftByNpm(() => stoppingSince === undefined && stop());

try {
  const settings = readDemoSettings(readEnvironment());
  demo = await startDemo(settings, createDemoLogger(settings.settings));
  process.stdout.write(
    summary(settings, {
      isKnownPasswordKept: await isKnownPasswordKept(demo.server),
      isFirstLoginLeft: await isFirstLoginLeft(demo.server),
    }),
  );
} catch (error) {
  process.stderr.write(`esante-idp: ${toStartFault(error)}\n`);
  process.exit(1);
}
