// A form that is clicked twice: the browser shows the answer to the second, which must say what the first did. Forms that may be sent
// once carry a random `formId` (the mixin `once`); a second one that is the same in every field, from the same browser and session, waits for
// the first, and gets its answer where that did what was asked (`markDone`), for a minute and from whichever process.
import { hash } from 'node:crypto';
import type { Context, Middleware, Next } from 'koa';
import { type AnsweredForms, answeredForms } from '../src/actions/answered-forms.ts';
import { readForm } from '../src/http/form-body.ts';
import { withdrawSessionCookie } from '../src/http/session-cookies.ts';

/** What goes to the browser. */
type Answer = { status: number; headers: Context['response']['headers']; body: unknown };

const FORM_ID = /^[\w-]{22}$/;
const IDENTITY = /^(__Host-|__Secure-)?idp_(session|interaction|resume|browser)(\.sig)?=/;
/** Sent in every strong login, whose own record tells a click that comes later, or to another process (login/second-factor.ts). */
const RECORDED_ELSEWHERE = /^\/interaction\/[^/]+\/otp$/;

/** Whether a form was made by a page of ours, as far as its name tells. */
export function isFormId(text: string): boolean {
  return FORM_ID.test(text);
}

/** What the form asked for was done by this request. */
export function markDone(ctx: Context): void {
  ctx.state.isDone = true;
}

/** Koa middleware around our own pages. */
export function secondClicks(deps: Parameters<typeof answeredForms>[0]): Middleware {
  const answered = answeredForms(deps);
  /** What this process is at: the requests of one form ask the database once. */
  const underWay = new Map<string, Promise<Answer | undefined>>();

  return async (ctx, next) => {
    const form = ctx.method === 'POST' ? await readForm(ctx) : undefined;
    if (!form || !isFormId(form.get('formId'))) return next();
    // The same person in the same browser, and nothing typed otherwise: nobody gets an answer that was not theirs.
    const key = hash('sha256', [ctx.path, form.text, ...identityOf(ctx)].join('\n'), 'base64url');
    for (let first = underWay.get(key); first; first = underWay.get(key)) {
      const answer = await first;
      if (answer) return repeat(ctx, answer);
    }
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    underWay.set(key, promise);
    let answer: Answer | undefined;
    try {
      const isRecorded = RECORDED_ELSEWHERE.test(ctx.path);
      answer = await (isRecorded ? answerHere(ctx, next) : answerOnce(answered, key, ctx, next));
    } finally {
      underWay.delete(key);
      resolve(answer);
    }
  };
}

/** Undefined where nothing was done. */
async function answerHere(ctx: Context, next: Next): Promise<Answer | undefined> {
  await next();
  return ctx.state.isDone ? toAnswer(ctx) : undefined;
}

/** Likewise, unless another process has answered, or is about to. */
async function answerOnce(
  answered: AnsweredForms,
  key: string,
  ctx: Context,
  next: Next,
): Promise<Answer | undefined> {
  const earlier = await answered.take(key);
  if (earlier !== undefined) {
    const answer = JSON.parse(earlier) as Answer;
    repeat(ctx, answer);
    return answer;
  }
  let answer: Answer | undefined;
  try {
    answer = await answerHere(ctx, next);
  } finally {
    await (answer ? answered.keep(key, JSON.stringify(answer)) : answered.release(key));
  }
  return answer;
}

/** The cookies that say who sends a form, signatures included. */
function identityOf(ctx: Context): string[] {
  const cookies = ctx.get('Cookie').split(/;\s*/);
  return cookies.filter((cookie) => IDENTITY.test(cookie)).sort();
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
