// `npm run demo`: everything on one machine, from one command. Says where to click, or in one line why it cannot start;
// ends on SIGINT or SIGTERM with all that was done kept.
import { readEnvironment } from '../config.ts';
import { createLogger } from '../http/logger.ts';
import { toStartFault } from '../start-fault.ts';
import { readDemoSettings } from './demo-settings.ts';
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

process.on('SIGINT', stop);
process.on('SIGTERM', stop);

try {
  const settings = readDemoSettings(readEnvironment());
  demo = await startDemo(settings, createLogger(settings.settings.IDP_LOG_LEVEL));
  process.stdout.write(summary(settings));
} catch (error) {
  process.stderr.write(`esante-idp: ${toStartFault(error)}\n`);
  process.exit(1);
}
