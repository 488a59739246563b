// What every request must be before anything else happens: for this host, in a form we know, and, when it changes
// something, from our own pages.
import type { Context, Middleware } from 'koa';
import { RequestRefused } from './request-refused.ts';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

/** Refuses other hosts (421), odd request targets and text that is no text (400), unknown methods (405). */
export function guard(issuer: string): Middleware {
  const { host } = new URL(issuer);
  return (ctx, next) => {
    const { headers, rawHeaders, url = '' } = ctx.req;
    if (headers.host?.toLowerCase() !== host || countHosts(rawHeaders) > 1) {
      throw new RequestRefused('misdirected', "the Host header is not the issuer's");
    }
    if (!METHODS.has(ctx.method)) {
      ctx.set('Allow', [...METHODS].join(', '));
      throw new RequestRefused('method-not-allowed', `method ${ctx.method}`);
    }
    // An absolute target (RFC 9112 §3.2.2) would name a host of its own.
    if (!url.startsWith('/') || url.startsWith('//'))
      throw new RequestRefused('invalid-request', 'the request target is not a path');
    if (!isText(url)) throw new RequestRefused('invalid-request', 'the address holds U+0000 or is not UTF-8');
    return next();
  };
}

/**
 * Refuses a form that another site's page sends. Browsers say where from in Sec-Fetch-Site, older ones in Origin; a
 * client that sends neither is no browser, and brings no cookies of one.
 */
export function ownOrigin(issuer: string): (ctx: Context) => void {
  const { origin } = new URL(issuer);
  return (ctx) => {
    const site = ctx.get('Sec-Fetch-Site');
    const from = ctx.get('Origin');
    // Our pages send no referrer, which makes browsers write « null » here: then only Sec-Fetch-Site tells.
    const isOwn =
      site === ''
        ? from === '' || from === origin
        : site === 'same-origin' && (from === '' || from === 'null' || from === origin);
    if (!isOwn) throw new RequestRefused('forbidden-origin', 'a form from another site');
  };
}

function countHosts(rawHeaders: string[]): number {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.length === 4 && rawHeaders[index]!.toLowerCase() === 'host') hosts++;
  }
  return hosts;
}

function isText(url: string): boolean {
  if (!url.includes('%')) return true;
  try {
    return !decodeURIComponent(url).includes('\0');
  } catch {
    return false;
  }
}
