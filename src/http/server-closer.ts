// Stops an HTTP server without losing what is under way. Node waits for ever for a connection that has not asked anything
// yet, and browsers and load balancers keep such connections in store.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that the first request of a connection, sent a moment ago, has to arrive. */
const FIRST_REQUEST_MS = 500;
/** Milliseconds that a connection with nothing more to ask may stay. */
const SWEEP_MS = 100;

/**
 * To be called before the server listens. Returns what stops it: requests under way may end, and what is left after
 * `graceMs` is cut.
 */
export function serverCloser(server: Server): (graceMs: number) => Promise<void> {
  const silent = new Set<Socket>();
  server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({ socket }) => silent.delete(socket));

  return async (graceMs) => {
    const closed = once(server, 'close');
    const within = (milliseconds: number) =>
      Promise.race([closed, sleep(milliseconds, undefined, { ref: false })]);
    server.close();
    server.closeIdleConnections();
    // Those that are answered from now on would be kept for whatever they may ask next.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.once('close', () => clearInterval(sweep));
    await within(Math.min(FIRST_REQUEST_MS, graceMs));
    for (const socket of silent) socket.destroy();
    await within(Math.max(0, graceMs - FIRST_REQUEST_MS));
    server.closeAllConnections();
    await closed;
  };
}
