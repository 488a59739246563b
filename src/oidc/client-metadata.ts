// What the provider library thinks of an application's metadata, before it is stored.
import type { ClientMetadata } from 'oidc-provider';
import type Provider from 'oidc-provider';

/** The first fault that the library finds, in its words (RFC 7591 §3.2.2), or undefined. */
export function metadataFaultFinder(provider: Provider): (metadata: ClientMetadata) => string | undefined {
  const Client = provider.Client as unknown as new (metadata: ClientMetadata) => unknown;
  return (metadata) => {
    try {
      new Client(metadata);
      return undefined;
    } catch (error) {
      const { error_description: description, message } = error as Error & { error_description?: string };
      return description ?? message;
    }
  };
}
