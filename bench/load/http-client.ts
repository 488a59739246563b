// A lean HTTP client on connections that stay open: no redirect is followed, no cookie kept.
import { Agent, request } from 'node:http';

export type Call = {
  method?: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  /** Sent as a form. */
  body?: string;
};

export type Answer = { status: number; location: string; setCookie: string[]; body: string };

export type HttpClient = {
  call(call: Call): Promise<Answer>;
  /** Its connections; the next call opens another. */
  close(): void;
};

const LONGEST_ANSWER_MS = 20_000;

/** Loopback only. Throws on another origin. */
export function openHttpClient(origin: string): HttpClient {
  const { hostname, port, host } = new URL(origin);
  if (hostname !== '127.0.0.1') throw new Error(`the load generator does not leave this machine: ${origin}`);
  const agent = new Agent({ keepAlive: true, scheduling: 'lifo' });

  return {
    call({ method = 'GET', path, headers = {}, body }) {
      return new Promise((done, fail) => {
        const form =
          body === undefined
            ? {}
            : {
                'content-type': 'application/x-www-form-urlencoded',
                'content-length': Buffer.byteLength(body),
              };
        const outgoing = request(
          { agent, host: hostname, port, method, path, headers: { host, ...form, ...headers } },
          (response) => {
            let text = '';
            response.setEncoding('utf8');
            response.on('data', (chunk) => {
              text += chunk;
            });
            response.on('error', fail);
            response.on('end', () => {
              const { location = '', 'set-cookie': setCookie = [] } = response.headers;
              done({ status: response.statusCode ?? 0, location, setCookie, body: text });
            });
          },
        );
        outgoing.setTimeout(LONGEST_ANSWER_MS, () =>
          outgoing.destroy(new Error(`no answer to ${method} ${path.slice(0, 40)}`)),
        );
        outgoing.on('error', fail);
        outgoing.end(body);
      });
    },
    close: () => agent.destroy(),
  };
}
