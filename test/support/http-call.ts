// One HTTP request to one process: any Host, header or body; no redirect followed, no cookie kept, a connection of its
// own. For tests that say what no browser and no `fetch` would.
import { type IncomingHttpHeaders, request } from 'node:http';

export type Call = {
  method?: string;
  headers?: Record<string, string | string[] | undefined>;
  body?: string | Buffer;
  /** Sent as application/x-www-form-urlencoded, by POST. */
  form?: Record<string, string | undefined> | URLSearchParams;
};

export type Answer = {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** The body as JSON. Throws when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says.
  json(): any;
};

/** `address` says where to connect; `headers.host`, when given, whom to ask for. */
export function call(
  address: string | URL,
  { method, headers = {}, body, form }: Call = {},
): Promise<Answer> {
  const payload = form ? encodeForm(form) : body;
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  return new Promise((done, fail) => {
    const sent = request(
      address,
      {
        method: method ?? (payload === undefined ? 'GET' : 'POST'),
        agent: false,
        headers: {
          ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
          ...(payload !== undefined && { 'content-length': Buffer.byteLength(payload) }),
          ...given,
        } as Record<string, string | string[]>,
      },
      async (response) => {
        try {
          const text = Buffer.concat(await response.toArray()).toString('utf8');
          done({
            status: response.statusCode!,
            headers: response.headers,
            body: text,
            json: () => JSON.parse(text),
          });
        } catch (error) {
          fail(error as Error);
        } finally {
          sent.destroy();
        }
      },
    );
    sent.on('error', fail);
    sent.end(payload);
  });
}

function encodeForm(form: Record<string, string | undefined> | URLSearchParams): string {
  if (form instanceof URLSearchParams) return form.toString();
  const filled = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(filled).toString();
}
