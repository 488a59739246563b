// A form that is sent twice, by a double click or « Précédent »: the browser shows the answer to the second, which must say what the
// first did. Forms that may be sent once carry a random `formId` (the mixin `once`); the second that is the same in every field waits
// for the first, and gets its answer where that led on. Known to the process that answered the first, for a minute: enough for clicks.
import { hash } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import { readForm } from '../src/http/form-body.ts';

/** What goes to the browser. */
type Answer = {
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
  body: unknown;
};
type Sent = { answer: Promise<Answer | undefined>; until: number };

const FORM_ID = /^[\w-]{22}$/;
const MEMORY_MS = 60_000;
/** More at once are not remembered. */
const MOST = 10_000;

/** Koa middleware around our own pages. */
export function secondClicks(): Middleware {
  const sent = new Map<string, Sent>();

  return async (ctx, next) => {
    const form = ctx.method === 'POST' ? await readForm(ctx) : undefined;
    if (!form || !FORM_ID.test(form.get('formId'))) return next();
    forget(sent);
    // The whole form: who went back and typed something else has not clicked twice.
    const key = hash('sha256', `${ctx.path}?${form.text}`, 'base64url');
    const first = await sent.get(key)?.answer;
    if (first) return repeat(ctx, first);
    if (sent.size >= MOST) return next();
    const { promise: answer, resolve } = Promise.withResolvers<Answer | undefined>();
    sent.set(key, { answer, until: Date.now() + MEMORY_MS });
    try {
      await next();
    } finally {
      const hasLedOn = ctx.status < 400;
      resolve(hasLedOn ? toAnswer(ctx) : undefined);
      if (!hasLedOn) sent.delete(key);
    }
  };
}

/** In the order in which they were sent. */
function forget(sent: Map<string, Sent>): void {
  const now = Date.now();
  for (const [key, { until }] of sent) {
    if (until > now) return;
    sent.delete(key);
  }
}

function toAnswer({ status, response, body }: Context): Answer {
  return { status, headers: { ...response.headers }, body };
}

function repeat(ctx: Context, { status, headers, body }: Answer): void {
  ctx.status = status;
  ctx.body = body;
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) ctx.set(name, value as string);
}
