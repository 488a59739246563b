// The cookies of the provider's session and of a login under way.
import type { Context } from 'koa';

export function sessionCookieNames(secure: boolean) {
  return {
    session: secure ? '__Host-idp_session' : 'idp_session',
    interaction: 'idp_interaction',
    resume: 'idp_resume',
  };
}

/** Of the session's; the signature is a second cookie. */
export function sessionCookieOptions(secure: boolean) {
  return { httpOnly: true, sameSite: 'lax', signed: true, secure, path: '/' } as const;
}

const bothNames = [true, false].map(sessionCookieNames);
const SESSION = bothNames.map(({ session }) => session);
const ALL = bothNames.flatMap((names) => Object.values(names));

/** Where a request that failed at its very end would have led, and the cookies of a session that it did not store. */
export function withdrawAnswer(ctx: Answer, isUnstored: boolean): void {
  ctx.remove('Location');
  if (isUnstored) withdrawCookies(ctx, ALL);
}

/** Of an answer whose session has another id by now: the browser has, or gets, a newer cookie. */
export function withdrawSessionCookie(ctx: Answer): void {
  withdrawCookies(ctx, SESSION);
}

type Answer = Pick<Context, 'response' | 'remove' | 'set'>;

/** With their signatures. */
function withdrawCookies(ctx: Answer, names: string[]): void {
  const lines = [ctx.response.headers['set-cookie'] ?? []].flat();
  ctx.remove('Set-Cookie');
  const isWithdrawn = (line: string) =>
    names.some((name) => line.startsWith(`${name}=`) || line.startsWith(`${name}.sig=`));
  const others = lines.filter((line) => !isWithdrawn(line));
  if (others.length > 0) ctx.set('Set-Cookie', others);
}

/** Removes the cookie of a session that was ended. */
export function forgetSession(ctx: Context, secure: boolean): void {
  const name = sessionCookieNames(secure).session;
  for (const one of [name, `${name}.sig`]) {
    ctx.cookies.set(one, null, { ...sessionCookieOptions(secure), signed: false, overwrite: true });
  }
}
