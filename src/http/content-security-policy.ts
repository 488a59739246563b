// What a page may load and where its forms may lead. The renderer sends it with every page; whoever shows a page of an
// authorization or logout request says through `ctx.state.formActionOrigins` where that request may end.

const DIRECTIVES = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SOURCE = /^[a-z][a-z0-9+.-]*:(\/\/[a-z0-9.-]+(:\d+)?)?$/i;
const SCRIPTABLE = new Set(['javascript:', 'data:', 'blob:', 'vbscript:', 'file:', 'about:']);

/** `origins`: from `toFormActionOrigins`. What is not a plain source is left out rather than trusted. */
export function contentSecurityPolicy(origins: readonly string[] = []): string {
  const extra = [...new Set(origins)].filter((origin) => SOURCE.test(origin));
  return `${DIRECTIVES}; form-action ${["'self'", ...extra].join(' ')}`;
}

/**
 * The CSP sources of validated redirect URIs: the origin, or the scheme of a native application (`com.example.app:`).
 * Needed because Chromium applies `form-action` to the whole chain of redirects after a form.
 */
export function toFormActionOrigins(redirectUris: readonly string[]): string[] {
  return redirectUris.flatMap((redirectUri) => {
    const url = URL.parse(redirectUri);
    if (!url || SCRIPTABLE.has(url.protocol)) return [];
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return [url.protocol];
    // CSP has no syntax for an IPv6 address (a native client on http://[::1]).
    return [url.hostname.startsWith('[') ? url.protocol : url.origin];
  });
}
