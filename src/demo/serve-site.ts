// Puts a demo site on its port. Called by serve-demo.ts, portal.ts and the stories.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createSite, type SiteOptions } from './site.ts';

/** Returns how to stop it. Throws the system's error (EADDRINUSE …) when the port is taken. */
export async function serveSite(
  options: SiteOptions,
  port: number,
  host = '127.0.0.1',
): Promise<() => Promise<void>> {
  const server = createServer(createSite(options).callback()).listen(port, host);
  await once(server, 'listening');
  return async () => {
    server.close();
    server.closeAllConnections();
    if (server.listening) await once(server, 'close');
  };
}
