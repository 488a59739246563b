// A form that is clicked twice: the browser shows the answer to the second, which must say what the first did. Forms that may be sent
// once carry a random `formId` (the mixin `once`); a second one that is the same in every field, from the same browser and session, waits for
// the first, and gets its answer where that did what was asked (`markDone`). Known to the process that answered the first, for a minute.
import { hash } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import { readForm } from '../src/http/form-body.ts';
import { withdrawSessionCookie } from '../src/http/session-cookies.ts';

/** What goes to the browser. */
type Answer = { status: number; headers: Context['response']['headers']; body: unknown };
type Sent = { answer: Promise<Answer | undefined>; until: number };

const FORM_ID = /^[\w-]{22}$/;
const IDENTITY = /^(__Host-|__Secure-)?idp_(session|interaction|resume|browser)(\.sig)?=/;
const MEMORY_MS = 60_000;
/** More at once are not remembered. */
const MOST = 10_000;

/** Whether a form was made by a page of ours, as far as its name tells. */
export function isFormId(text: string): boolean {
  return FORM_ID.test(text);
}

/** What the form asked for was done by this request. */
export function markDone(ctx: Context): void {
  ctx.state.isDone = true;
}

/** Koa middleware around our own pages. */
export function secondClicks(): Middleware {
  const sent = new Map<string, Sent>();

  return async (ctx, next) => {
    const form = ctx.method === 'POST' ? await readForm(ctx) : undefined;
    if (!form || !isFormId(form.get('formId'))) return next();
    // The same person in the same browser, and nothing typed otherwise: nobody gets an answer that was not theirs.
    const key = hash('sha256', [ctx.path, form.text, ...identityOf(ctx)].join('\n'), 'base64url');
    forget(sent);
    for (let first = sent.get(key); first; first = sent.get(key)) {
      const answer = await first.answer;
      if (answer) return repeat(ctx, answer);
    }
    if (sent.size >= MOST) return next();
    const { promise: answer, resolve } = Promise.withResolvers<Answer | undefined>();
    sent.set(key, { answer, until: Date.now() + MEMORY_MS });
    try {
      await next();
    } finally {
      if (!ctx.state.isDone) sent.delete(key);
      resolve(ctx.state.isDone ? toAnswer(ctx) : undefined);
    }
  };
}

/** The cookies that say who sends a form, signatures included. */
function identityOf(ctx: Context): string[] {
  const cookies = ctx.get('Cookie').split(/;\s*/);
  return cookies.filter((cookie) => IDENTITY.test(cookie)).sort();
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
    if (value !== undefined) ctx.set(name, value.toString());
  ctx.remove('Set-Cookie');
  ctx.append('Set-Cookie', [headers['set-cookie'] ?? []].flat());
  // The session may have another id by now, and what ends it has ended it.
  withdrawSessionCookie(ctx);
}
