// A way to a test database that can be cut: what a process sees when its database is away, without stopping the server
// that other tests use.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { PoolConfig } from 'pg';

export type DatabaseProxy = {
  /** Leads to the same database by this way. */
  readonly connection: PoolConfig;
  /** Cuts every connection and refuses new ones. */
  cut(): void;
  restore(): Promise<void>;
  /** Lets nothing through any more, and closes nothing. */
  silence(): void;
  close(): Promise<void>;
};

export async function openDatabaseProxy(target: PoolConfig): Promise<DatabaseProxy> {
  const url = target.connectionString === undefined ? undefined : new URL(target.connectionString);
  const toTarget = () =>
    url
      ? connect(Number(url.port || 5432), url.hostname)
      : connect(join(target.host!, `.s.PGSQL.${target.port}`));
  const sockets = new Set<Socket>();
  let isSilent = false;

  const server = createServer((near) => {
    const far = toTarget();
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.on('data', (chunk) => {
        if (!isSilent) other.write(chunk);
      });
    }
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const cut = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };

  return {
    connection: connectionBy(port, target, url),
    cut,
    restore: async () => {
      isSilent = false;
      await listen(port);
    },
    silence() {
      isSilent = true;
    },
    async close() {
      if (!server.listening) return;
      cut();
      await once(server, 'close');
    },
  };
}

function connectionBy(port: number, target: PoolConfig, url: URL | undefined): PoolConfig {
  if (url === undefined) return { ...target, host: '127.0.0.1', port };
  const by = new URL(url);
  by.host = `127.0.0.1:${port}`;
  return { connectionString: by.href };
}
