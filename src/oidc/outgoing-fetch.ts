// How the provider asks applications for something (their keys) or tells them something (a sign-out). The library lets no
// such request reach a private, loopback or link-local address, wherever a name leads to; this makes the exceptions.
import type { Configuration } from 'oidc-provider';
import { isLoopbackUrl } from '../domain/redirect-uri.ts';

type Fetch = NonNullable<Configuration['fetch']>;

/**
 * @param internalHosts names or addresses that may lead inside (IDP_INTERNAL_HOSTS); everything may while the issuer itself is
 * on loopback: nobody's network is behind it
 */
export function outgoingFetch(issuer: string, internalHosts: string[]): Fetch {
  const isLocal = isLoopbackUrl(issuer);
  return (url, options) => {
    const mayBeInside = isLocal || internalHosts.includes(new URL(url).hostname.toLowerCase());
    // The dispatcher is what looks at addresses. The library goes on without where it cannot make one.
    if (!mayBeInside && (options as { dispatcher?: unknown } | undefined)?.dispatcher === undefined)
      throw new Error('addresses cannot be checked: nothing is asked for');
    return fetch(url, mayBeInside ? ({ ...options, dispatcher: undefined } as RequestInit) : options);
  };
}
