// The listening half of the demo: the provider, what its database is filled with, and the two sites that use it. Loaded
// by start-demo.ts while the database opens.
import type { Logger } from 'pino';
import { type RunningServer, startServer } from '../start.ts';
import type { Storage } from '../storage.ts';
import type { DemoSettings } from './demo-settings.ts';
import { seed } from './seed.ts';
import { serveSite } from './serve-site.ts';
import { demoSites } from './sites.ts';

/** Milliseconds: Ctrl-C is for somebody who looks on. */
const DRAIN_MS = 1000;

/** @param opened what was started is added to it, to be closed in the opposite order; also when this throws */
export async function serveDemo(
  demo: DemoSettings,
  logger: Logger,
  storage: Storage,
  opened: (() => Promise<void>)[],
): Promise<RunningServer> {
  const { settings } = demo;
  const server = await startServer(settings, logger, { storage, drainMs: DRAIN_MS });
  opened.push(server.stop);

  const sites = demoSites(demo);
  const clients = await seed(server, settings, sites);
  for (const [index, site] of sites.entries()) {
    const clientSecret = clients[index]!.metadata.client_secret!;
    const neighbour = sites[1 - index];
    const options = { ...site, clientSecret, issuer: settings.IDP_ISSUER, neighbour };
    opened.push(await serveSite(options, site.port));
  }
  return server;
}
