// An application that speaks the protocol by hand, right or wrong, to the process it chooses. For attacks; a relying
// party that behaves is in relying-party.ts.
import { createHash, randomBytes } from 'node:crypto';
import type { Client } from '../../src/db/client.ts';
import { type Answer, type Call, call } from './http-call.ts';
import type { Person } from './person.ts';
import type { TestServer } from './server.ts';

export type AuthorizationRequest = { url: string; verifier: string; state: string; nonce: string };
export type CodeInHand = AuthorizationRequest & { code: string; callback: URL };
type Parameters = Record<string, string | undefined>;
/** `at`: the process to ask; the server itself where not given. */
type Where = { at?: string; headers?: Call['headers'] };
type Endpoints = Record<
  'authorization' | 'token' | 'userinfo' | 'introspection' | 'revocation' | 'end_session',
  string
>;

export class Application {
  readonly client: Client;
  readonly issuer: string;
  private readonly endpoints: Endpoints;

  private constructor(issuer: string, client: Client, endpoints: Endpoints) {
    this.issuer = issuer;
    this.client = client;
    this.endpoints = endpoints;
  }

  /** Registers it; its endpoints are read from discovery, asked for at the process `at`. */
  static async register(
    server: TestServer,
    metadata: Record<string, unknown> = {},
    firstParty = true,
    at = server.issuer,
  ): Promise<Application> {
    const client = await server.addClient({ firstParty, metadata });
    const discovery = (await call(`${at}/.well-known/openid-configuration`)).json();
    const endpoints = Object.fromEntries(
      ['authorization', 'token', 'userinfo', 'introspection', 'revocation', 'end_session'].map((name) => [
        name,
        discovery[`${name}_endpoint`],
      ]),
    ) as Endpoints;
    return new Application(server.issuer, client, endpoints);
  }

  get clientId(): string {
    return this.client.clientId;
  }

  get secret(): string {
    return this.client.metadata.client_secret!;
  }

  get redirectUri(): string {
    return this.client.metadata.redirect_uris![0]!;
  }

  /** A right authorization request, but for `parameters`; undefined leaves one out. */
  request(parameters: Parameters = {}): AuthorizationRequest {
    const [verifier, state, nonce] = [random(32), random(16), random(16)];
    const url = new URL(this.endpoints.authorization);
    const all: Parameters = {
      client_id: this.clientId,
      redirect_uri: this.redirectUri,
      response_type: 'code',
      scope: 'openid profile email',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...parameters,
    };
    for (const [name, value] of Object.entries(all)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    return { url: url.href, verifier, state: all.state ?? state, nonce: all.nonce ?? nonce };
  }

  /** Sends a person through a request; signs in where the login page is shown and an account is given. */
  async code(
    person: Person,
    account?: { identifier: string; plainPassword: string },
    parameters: Parameters = {},
  ): Promise<CodeInHand> {
    const request = this.request(parameters);
    let page = await person.open(request.url);
    if (account && page.status === 200) {
      page = await person.submit({ identifier: account.identifier, password: account.plainPassword });
    }
    const callback = new URL(page.url);
    const code = callback.searchParams.get('code');
    if (!code) throw new Error(`no code: ${page.status} ${page.url}\n${page.text}`);
    return { ...request, code, callback };
  }

  /** The whole of it, to the answer of the token endpoint. */
  async signIn(
    person: Person,
    account?: { identifier: string; plainPassword: string },
    parameters: Parameters = {},
  ) {
    const answer = await this.redeem(await this.code(person, account, parameters));
    if (answer.status !== 200) throw new Error(`no tokens: ${answer.status} ${answer.body}`);
    return answer.json() as { access_token: string; refresh_token: string; id_token: string; scope: string };
  }

  redeem(
    { code, verifier }: Pick<CodeInHand, 'code' | 'verifier'>,
    where: Where & { form?: Parameters } = {},
  ) {
    const form = { code, code_verifier: verifier, redirect_uri: this.redirectUri, ...where.form };
    return this.token({ grant_type: 'authorization_code', ...form }, where);
  }

  refresh(refreshToken: string, where: Where & { form?: Parameters } = {}): Promise<Answer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...where.form }, where);
  }

  token(form: Parameters, where: Where = {}): Promise<Answer> {
    return this.post('token', form, where);
  }

  introspect(token: string, where: Where = {}): Promise<Answer> {
    return this.post('introspection', { token }, where);
  }

  revoke(token: string, where: Where = {}): Promise<Answer> {
    return this.post('revocation', { token }, where);
  }

  userinfo(accessToken: string, { at, headers }: Where = {}): Promise<Answer> {
    return call(this.address('userinfo', at), {
      headers: { ...this.host(), authorization: `Bearer ${accessToken}`, ...headers },
    });
  }

  /** The address of « sign out ». */
  logoutUrl(parameters: Parameters = {}): string {
    const url = new URL(this.endpoints.end_session);
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    return url.href;
  }

  /** Authenticates as it was registered: by its secret in a Basic header, or by its name alone when it has none. */
  post(endpoint: keyof Endpoints, form: Parameters, { at, headers }: Where = {}): Promise<Answer> {
    const isPublic = this.client.metadata.token_endpoint_auth_method === 'none';
    return call(this.address(endpoint, at), {
      form: isPublic ? { client_id: this.clientId, ...form } : form,
      headers: {
        ...this.host(),
        accept: 'application/json',
        ...(this.secret !== undefined && { authorization: this.basic() }),
        ...headers,
      },
    });
  }

  basic(secret = this.secret, clientId = this.clientId): string {
    return `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`;
  }

  address(endpoint: keyof Endpoints, at = this.issuer): URL {
    return new URL(new URL(this.endpoints[endpoint]).pathname, at);
  }

  private host() {
    return { host: new URL(this.issuer).host };
  }
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
