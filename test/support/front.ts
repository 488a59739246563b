// A reverse proxy in front of the replicas, as an installation has one: what reaches a replica names the issuer, whatever
// port was asked. Takes the replicas in turn, so that no two requests of a login meet the same process.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Front = { url: string; close(): Promise<void> };

/** @param headers sent to the replicas beside those of the request */
export async function startFront(
  issuer: string,
  targets: string[],
  headers: Record<string, string> = {},
): Promise<Front> {
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const target = targets[turn++ % targets.length]!;
    const forwarded = request(
      new URL(incoming.url!, target),
      {
        method: incoming.method!,
        headers: { ...incoming.headers, ...headers, host: new URL(issuer).host },
        agent: false,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.rawHeaders);
        answer.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
