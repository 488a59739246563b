// The operator's listener: is the process alive, can it work, how does it do. Never on the public address.
import { createServer, type Server } from 'node:http';
import type { Metrics } from './metrics.ts';

export type ManagementOptions = {
  metrics: Metrics;
  /** True while requests can be answered. */
  isReady: () => Promise<boolean>;
};

export function createManagementServer({ metrics, isReady }: ManagementOptions): Server {
  return createServer(async (request, response) => {
    const send = (status: number, body: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, 'GET only\n');
      switch (request.url) {
        case '/health/live':
          return send(200, 'alive\n');
        case '/health/ready':
          return (await isReady()) ? send(200, 'ready\n') : send(503, 'not ready\n');
        case '/metrics':
          return send(200, await metrics.registry.metrics(), metrics.registry.contentType);
        default:
          return send(404, 'not found\n');
      }
    } catch {
      send(500, 'failed\n');
    }
  });
}
