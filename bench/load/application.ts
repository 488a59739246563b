// An application as the load generator plays it: makes authorization requests with PKCE, and turns codes and refresh
// tokens into tokens. Throws whenever an answer is not what it must be: a fast refusal is no flow.
import { createHash, randomBytes } from 'node:crypto';
import type { Answer, HttpClient } from './http-client.ts';

export type ApplicationOptions = {
  clientId: string;
  clientSecret: string;
  redirectUri: string;
  scope: string;
};

export type AuthorizationRequest = { path: string; verifier: string; state: string };

export type Tokens = { access_token: string; id_token: string; refresh_token?: string };

export class Application {
  readonly redirectUri: string;
  private readonly client: HttpClient;
  private readonly fixed: string;
  private readonly authorization: string;
  private readonly encodedRedirectUri: string;

  constructor(client: HttpClient, { clientId, clientSecret, redirectUri, scope }: ApplicationOptions) {
    this.client = client;
    this.redirectUri = redirectUri;
    this.encodedRedirectUri = encodeURIComponent(redirectUri);
    this.authorization = `Basic ${btoa(`${clientId}:${clientSecret}`)}`;
    this.fixed = `/auth?${new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, scope, response_type: 'code', code_challenge_method: 'S256' })}`;
  }

  begin(loginHint?: string): AuthorizationRequest {
    const random = randomBytes(64).toString('base64url');
    const [verifier, state, nonce] = [random.slice(0, 43), random.slice(43, 64), random.slice(64)];
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const hint = loginHint === undefined ? '' : `&login_hint=${loginHint}`;
    return {
      path: `${this.fixed}&code_challenge=${challenge}&state=${state}&nonce=${nonce}${hint}`,
      verifier,
      state,
    };
  }

  async redeem(address: string, { verifier, state }: AuthorizationRequest): Promise<Tokens> {
    const { searchParams } = new URL(address);
    const code = searchParams.get('code');
    if (!code || searchParams.get('state') !== state) throw new Error(`no code in ${address}`);
    return this.askToken(
      `grant_type=authorization_code&code=${code}&redirect_uri=${this.encodedRedirectUri}&code_verifier=${verifier}`,
    );
  }

  async refresh(refreshToken: string): Promise<Tokens> {
    const tokens = await this.askToken(`grant_type=refresh_token&refresh_token=${refreshToken}`);
    if (!tokens.refresh_token || tokens.refresh_token === refreshToken)
      throw new Error('the refresh token was not rotated');
    return tokens;
  }

  async userinfo({ access_token: accessToken }: Tokens): Promise<void> {
    const answer = await this.client.call({
      path: '/me',
      headers: { authorization: `Bearer ${accessToken}` },
    });
    if (answer.status !== 200 || !JSON.parse(answer.body).SubjectRole) throw unexpected('userinfo', answer);
  }

  private async askToken(body: string): Promise<Tokens> {
    const answer = await this.client.call({
      method: 'POST',
      path: '/token',
      body,
      headers: { authorization: this.authorization },
    });
    if (answer.status !== 200) throw unexpected('token', answer);
    const tokens = JSON.parse(answer.body) as Tokens;
    if (!tokens.access_token || !tokens.id_token) throw unexpected('token', answer);
    return tokens;
  }
}

export function unexpected(what: string, { status, location, body }: Answer): Error {
  return new Error(`${what} answered ${status} ${location} ${body.slice(0, 300)}`);
}
