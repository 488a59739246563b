// What the operator can watch (GET /metrics on the management port), in Prometheus' format.
import type { Context, Middleware } from 'koa';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = {
  readonly registry: Registry;
  /** Times every request, by route of the provider or kind of page. */
  readonly middleware: Middleware;
  countLogin(method: string, result: string): void;
  countMail(result: string): void;
  countProtocolError(endpoint: string, error: string): void;
  /** Values that are read when asked for. */
  watch(name: string, help: string, read: () => number | Promise<number>): void;
};

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Histogram({
    name: 'idp_http_request_duration_seconds',
    help: 'Time to answer, by route and status class',
    labelNames: ['route', 'status'],
    buckets: SECONDS,
    registers,
  });
  const logins = new Counter({
    name: 'idp_logins_total',
    help: 'Tries to sign in',
    labelNames: ['method', 'result'],
    registers,
  });
  const mails = new Counter({
    name: 'idp_mails_total',
    help: 'Mails by result',
    labelNames: ['result'],
    registers,
  });
  const protocolErrors = new Counter({
    name: 'idp_protocol_errors_total',
    help: 'Requests of applications that were refused',
    labelNames: ['endpoint', 'error'],
    registers,
  });

  return {
    registry,
    async middleware(ctx, next) {
      const start = performance.now();
      try {
        await next();
      } finally {
        requests.observe(
          { route: routeOf(ctx), status: `${Math.floor(ctx.status / 100)}xx` },
          (performance.now() - start) / 1000,
        );
      }
    },
    countLogin: (method, result) => logins.inc({ method, result }),
    countMail: (result) => mails.inc({ result }),
    countProtocolError: (endpoint, error) => protocolErrors.inc({ endpoint, error }),
    watch(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          try {
            this.set(await read());
          } catch {
            // What cannot be read just now must not keep the rest from whoever watches.
            this.set(Number.NaN);
          }
        },
      });
    },
  };
}

/** A small, fixed set of names: an address that somebody made up must not make a time series. */
function routeOf(ctx: Context): string {
  if (typeof ctx._matchedRouteName === 'string') return ctx._matchedRouteName;
  return typeof ctx._matchedRoute === 'string' ? ctx._matchedRoute : 'other';
}
