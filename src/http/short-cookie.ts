// A cookie that lives for a time and is sent to the pages under one path only. Made by interactions that carry something
// from one page to the next without a login.
import type { Context } from 'koa';

export type ShortCookie = {
  read(ctx: Context): string | undefined;
  write(ctx: Context, value: string): void;
  clear(ctx: Context): void;
};

/** `secure`: the issuer is https. `Lax`: a link in a mail leads here from another site. */
export function shortCookie({
  name,
  path,
  secure,
  maxAgeMs,
}: {
  name: string;
  path: string;
  secure: boolean;
  maxAgeMs: number;
}): ShortCookie {
  const fullName = secure ? `__Secure-${name}` : name;
  const options = { path, httpOnly: true, sameSite: 'lax', secure, signed: false } as const;
  return {
    read: (ctx) => ctx.cookies.get(fullName, { signed: false }),
    write: (ctx, value) => {
      ctx.cookies.set(fullName, value, { ...options, maxAge: maxAgeMs });
    },
    clear: (ctx) => {
      ctx.cookies.set(fullName, null, options);
    },
  };
}
