// Starts the server from its settings and stops it without losing anything. Called by main.ts, the demo and the tests.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type App, createApp } from './app.ts';
import { askTimeServer } from './clock/sntp.ts';
import { listenerPort, type Settings } from './config.ts';
import type { HashingCost } from './crypto/password-hasher.ts';
import { askDatabaseClock } from './db/clock.ts';
import type { Database } from './db/database.ts';
import { toBranding } from './from-settings.ts';
import { createManagementServer } from './http/management.ts';
import { serverCloser } from './http/server-closer.ts';
import { startJobs } from './jobs/start-jobs.ts';
import { loadTemplates, type Templates } from './pug/load.ts';
import { openStorage, type Storage } from './storage.ts';

export type RunningServer = Storage & {
  app: App;
  /** Not ready; a moment later no new connections; everything under way is finished (at most 30 s); then the rest. */
  stop(): Promise<void>;
};

/** The longest that a request under way is waited for, in milliseconds. */
const LONGEST_DRAIN_MS = 30_000;

const NO_TUNNEL =
  'HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD, POST\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

export type StartOptions = {
  /** Opened already; closed with the server all the same. */
  storage?: Storage;
  /** Milliseconds instead of 30,000. */
  drainMs?: number;
  /** Instead of what is recommended. */
  hashing?: HashingCost | undefined;
};

/** Throws when a port is taken, the data folder is in use, or the database cannot be reached. */
export async function startServer(
  settings: Settings,
  logger: Logger,
  { storage, ...options }: StartOptions = {},
): Promise<RunningServer> {
  // Beside the database's opening. A fault of a template is told once what is open can be closed.
  const templates = loadTemplates();
  templates.catch(() => undefined);
  return startWith(storage ?? (await openStorage(settings, logger)), templates, settings, logger, options);
}

async function startWith(
  storage: Storage,
  loading: Promise<Templates>,
  settings: Settings,
  logger: Logger,
  { drainMs = LONGEST_DRAIN_MS, hashing }: Omit<StartOptions, 'storage'>,
): Promise<RunningServer> {
  const opened: (() => Promise<void>)[] = [storage.close];
  try {
    const { database, secretKey } = storage;
    const templates = await loading;
    const app = await createApp({ settings, database, secretKey, templates, logger, hashing });
    let draining = false;

    const jobs = await startJobs({
      database,
      secretKey,
      smtpUrl: settings.IDP_SMTP_URL,
      mailFrom: settings.IDP_MAIL_FROM,
      branding: toBranding(settings),
      templates,
      logger,
      purges: app.purges,
      tellLogout: app.tellLogout,
      onMail: app.metrics.countMail,
    });
    opened.unshift(() => jobs.stop());
    app.metrics.watch('idp_password_queue', 'Passwords being hashed or waiting', () => app.hasher.load);
    app.metrics.watch(
      'idp_database_waiting',
      'Requests waiting for a connection',
      () => database.pool.waitingCount,
    );

    app.metrics.watch(
      'idp_clock_behind_database_seconds',
      'How far the clock of the database server is ahead of this one',
      async () => (await askDatabaseClock(database)) / 1000,
    );
    const timeServer = settings.IDP_TIME_SERVER;
    if (timeServer !== undefined)
      app.metrics.watch(
        'idp_clock_behind_time_server_seconds',
        'How far the clock of the time server is ahead of this one',
        async () => (await askTimeServer(timeServer)) / 1000,
      );

    const management = createManagementServer({
      metrics: app.metrics,
      isReady: async () => !draining && (await writes(database)),
    });
    const closeManagement = serverCloser(management);
    await listen(
      management,
      settings.IDP_MANAGEMENT_PORT,
      'IDP_MANAGEMENT_HOST',
      settings.IDP_MANAGEMENT_HOST,
    );
    opened.unshift(() => closeManagement(0));

    const server = createServer({ maxHeaderSize: 16 * 1024 }, app.provider.callback());
    server.requestTimeout = 30_000;
    server.headersTimeout = 10_000;
    // Else Node.js closes the connection without a word (RFC 9110 §9.3.6, §15.5.6).
    server.on('connect', (_request, socket) => {
      // Whoever asked may be gone: nobody else listens for it.
      socket.on('error', () => socket.destroy());
      socket.end(NO_TUNNEL);
    });
    server.prependListener('request', (_request, response) => {
      if (draining) response.setHeader('Connection', 'close');
    });
    const closeServer = serverCloser(server);
    const port = listenerPort(settings);
    await listen(server, port, 'IDP_HOST', settings.IDP_HOST);
    // Too many open files, for one: it passes, and must not end the process.
    server.on('error', (error) => logger.error({ err: error }, 'the listener failed'));
    opened.unshift(() => closeServer(drainMs));
    logger.info({ issuer: settings.IDP_ISSUER, port, managementPort: settings.IDP_MANAGEMENT_PORT }, 'ready');

    return {
      ...storage,
      app,
      async stop() {
        draining = true;
        await sleep(settings.IDP_SHUTDOWN_DELAY * 1000);
        for (const close of opened) await close();
      },
    };
  } catch (error) {
    for (const close of opened) await close().catch(() => undefined);
    throw error;
  }
}

const NO_ADDRESS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL', 'EINVAL']);

async function listen(
  server: Server,
  port: number,
  setting: 'IDP_HOST' | 'IDP_MANAGEMENT_HOST',
  host: string,
): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && NO_ADDRESS.has(code))
      throw new Error(`${setting} is no address of this machine: ${host}`, { cause: error });
    throw error;
  }
}

async function writes(database: Database): Promise<boolean> {
  return database.query('database/ping').then(
    (rows) => rows.length === 1,
    () => false,
  );
}
