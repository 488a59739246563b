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

const NAMES = [true, false].flatMap((secure) => Object.values(sessionCookieNames(secure)));

/** Where a request that failed at its very end would have led, and the cookies of a session that it did not store. */
export function withdrawAnswer(ctx: Pick<Context, 'response' | 'remove' | 'set'>, isUnstored: boolean): void {
  ctx.remove('Location');
  if (isUnstored) withdrawSessionCookies(ctx);
}

/** The browser keeps those that it has. */
export function withdrawSessionCookies(ctx: Pick<Context, 'response' | 'remove' | 'set'>): void {
  const lines = [ctx.response.headers['set-cookie'] ?? []].flat();
  ctx.remove('Set-Cookie');
  const others = lines.filter((line) => !isSessionCookie(line));
  if (others.length > 0) ctx.set('Set-Cookie', others);
}

/** With its signature. */
function isSessionCookie(line: string): boolean {
  return NAMES.some((name) => line.startsWith(`${name}=`) || line.startsWith(`${name}.sig=`));
}

/** Removes the cookie of a session that was ended. */
export function forgetSession(ctx: Context, secure: boolean): void {
  const name = sessionCookieNames(secure).session;
  for (const one of [name, `${name}.sig`]) {
    ctx.cookies.set(one, null, { ...sessionCookieOptions(secure), signed: false, overwrite: true });
  }
}
