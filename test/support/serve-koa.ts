// A Koa application on a loopback port for the length of a test; used by the tests of src/http and by page-server.ts.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';

export type ServedKoa = { origin: string; close(): Promise<void> };

export async function serveKoa(app: Koa): Promise<ServedKoa> {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}
