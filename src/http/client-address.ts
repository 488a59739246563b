// Where a request comes from: the peer, or what a proxy that we trust says of it. Set as ctx.state.address.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Middleware } from 'koa';

/** Longer headers are not looked at: nobody has this many proxies. */
const LONGEST_HEADER = 1_000;

/** @param trustedProxies addresses or CIDR ranges (IDP_TRUSTED_PROXIES) */
export function clientAddress(trustedProxies: string[]): Middleware {
  const read = addressReader(trustedProxies);
  return (ctx, next) => {
    ctx.state.address = read(ctx.req);
    return next();
  };
}

export function addressReader(trustedProxies: string[]): (request: IncomingMessage) => string {
  const trusted = new BlockList();
  for (const entry of trustedProxies) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

  return (request) => {
    let address = plain(request.socket.remoteAddress ?? '');
    const header = request.headers['x-forwarded-for'];
    if (typeof header !== 'string' || header.length > LONGEST_HEADER || !isTrusted(address)) return address;
    // From the nearest hop outwards; the first that is not ours is the person's.
    for (const hop of header.split(',').reverse()) {
      const next = plain(hop.trim());
      if (isIP(next) === 0) break;
      address = next;
      if (!isTrusted(address)) break;
    }
    return address;
  };
}

/** An IPv4 peer of a dual-stack socket. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
