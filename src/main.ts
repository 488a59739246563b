// `npm start`: the server, from its settings alone. Says in one line why it cannot start, and ends on SIGTERM or
// SIGINT once what is under way is finished.
import { listSettingsWithoutEffect, readEnvironment, readSettings } from './config.ts';
import { createLogger } from './http/logger.ts';
import { whenLeftByNpm } from './npm-parent.ts';
import { startServer } from './start.ts';
import { toStartFault } from './start-fault.ts';

// Before anything else: a signal that comes while the server starts is obeyed once it can be.
const stopRequested = new Promise<NodeJS.Signals>((request) => {
  process.on('SIGTERM', request);
  process.on('SIGINT', request);
  whenLeftByNpm(() => request('SIGTERM'));
});

try {
  const settings = readSettings(readEnvironment());
  const logger = createLogger(settings.IDP_LOG_LEVEL);
  for (const setting of listSettingsWithoutEffect(settings)) {
    logger.warn({ setting }, 'this version does nothing with this setting');
  }
  const server = await startServer(settings, logger);
  logger.info({ signal: await stopRequested }, 'stopping');
  await server.stop();
  logger.info('stopped');
  process.exit(0);
} catch (error) {
  process.stderr.write(`esante-idp: ${toStartFault(error)}\n`);
  process.exit(1);
}
