// What the provider library thinks of an application's metadata, before it is stored.
import type Provider from 'oidc-provider';
import type { ClientMetadata, JWK } from 'oidc-provider';
import type { Settings } from '../config.ts';
import { isBuilt, reachableAcr } from '../domain/login-methods.ts';
import type { SecretKey } from '../domain/secret-key.ts';
import { createProvider } from './provider.ts';

export type FindMetadataFault = (metadata: ClientMetadata) => string | undefined;

/** The first fault that the library finds, in its words (RFC 7591 §3.2.2), or undefined. */
export function metadataFaultFinder(provider: Provider): FindMetadataFault {
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

/** For the command line, where no provider runs: the same settings, storing nothing. */
export function createMetadataValidator(
  settings: Settings,
  secretKey: SecretKey,
  signingKeys: JWK[],
): FindMetadataFault {
  const unused = () => {
    throw new Error('this provider answers nobody');
  };
  return metadataFaultFinder(
    createProvider({
      settings,
      secretKey,
      signingKeys,
      pairwiseSalt: Buffer.alloc(32),
      adapter: unused,
      findAccount: unused,
      loadExistingGrant: unused,
      isFirstParty: unused,
      acrValues: reachableAcr(settings.IDP_LOGIN_METHODS.filter(isBuilt)),
      pages: { renderError: unused, confirmLogout: unused, loggedOut: unused },
    }),
  );
}
