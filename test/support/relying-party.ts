// A real relying party (openid-client) for tests: begins a login, and turns the address it is returned to into tokens.
import * as openid from 'openid-client';
import type { Client } from '../../src/db/client.ts';
import type { Person } from './person.ts';
import type { TestServer } from './server.ts';

export type LoginRequest = { url: string; verifier: string; state: string; nonce: string };

export class RelyingParty {
  readonly configuration: openid.Configuration;
  readonly redirectUri: string;

  private constructor(configuration: openid.Configuration, redirectUri: string) {
    this.configuration = configuration;
    this.redirectUri = redirectUri;
  }

  static async discover(
    server: Pick<TestServer, 'issuer'>,
    { metadata, clientId }: Client,
  ): Promise<RelyingParty> {
    const configuration = await openid.discovery(
      new URL(server.issuer),
      clientId,
      metadata as Partial<openid.ClientMetadata>,
      undefined,
      {
        execute: [openid.allowInsecureRequests],
      },
    );
    return new RelyingParty(configuration, metadata.redirect_uris![0]!);
  }

  async begin(parameters: Record<string, string> = {}): Promise<LoginRequest> {
    const verifier = openid.randomPKCECodeVerifier();
    const [state, nonce] = [openid.randomState(), openid.randomNonce()];
    const url = openid.buildAuthorizationUrl(this.configuration, {
      redirect_uri: this.redirectUri,
      scope: 'openid profile email health',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...parameters,
    });
    return { url: url.href, verifier, state, nonce };
  }

  finish(address: string, { verifier, state, nonce }: LoginRequest) {
    return openid.authorizationCodeGrant(this.configuration, new URL(address), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
    });
  }

  /** The whole login of a person who has an identifier and a password. */
  async signIn(
    person: Person,
    account: { identifier: string; plainPassword: string },
    parameters: Record<string, string> = {},
  ) {
    const request = await this.begin(parameters);
    await person.open(request.url);
    const { url } = await person.submit({ identifier: account.identifier, password: account.plainPassword });
    return this.finish(url, request);
  }
}
