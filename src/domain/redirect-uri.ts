// Which addresses an application may register: to be returned to (contract.md; RFC 8252 for native applications), and for
// the provider to fetch.
import { isIP } from 'node:net';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

export type RedirectUriRules = { isNative: boolean; issuerIsLoopback: boolean };

/** This machine by name or number; names under `.localhost` are too (RFC 6761 §6.3). */
export function isLoopbackUrl(text: string): boolean {
  const url = URL.parse(text);
  const host = url?.hostname.replace(/\.$/, '') ?? '';
  return LOOPBACK.has(host) || host.endsWith('.localhost');
}

/** What is wrong with an address, or undefined. Wildcards are characters like any other, and thus match nothing. */
export function findRedirectUriFault(
  text: string,
  { isNative, issuerIsLoopback }: RedirectUriRules,
): string | undefined {
  const url = URL.parse(text);
  if (!url) return 'is not a URL';
  if (text.length > 2_000) return 'is longer than 2,000 characters';
  if (text.includes('#')) return 'has a fragment';
  if (text.includes('*')) return 'has a wildcard; addresses are compared exactly';
  if (url.username !== '' || url.password !== '') return 'names a user';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:') {
    if (issuerIsLoopback || (isNative && LOOPBACK.has(url.hostname))) return undefined;
    return 'is http; https is required (http on loopback for native applications only)';
  }
  // A private-use scheme is the reverse of a domain name (RFC 8252 §7.1): it has a dot.
  if (isNative && /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol)) return undefined;
  return 'has a scheme that is not allowed';
}

/** What is wrong with an address that the provider itself will open, or undefined. */
export function findFetchedUriFault(text: string, issuerIsLoopback: boolean): string | undefined {
  const url = URL.parse(text);
  if (!url) return 'is not a URL';
  if (url.username !== '' || url.password !== '') return 'names a user';
  if (issuerIsLoopback && isLoopbackUrl(text)) return undefined;
  if (url.protocol !== 'https:') return 'is not https';
  if (isLoopbackUrl(text)) return 'is this machine';
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) > 0)
    return 'names a machine by its number; a domain name is required';
  return undefined;
}
