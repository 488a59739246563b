// A person at a browser: follows redirects, and fills in the login page where there is one. Every page is fetched and
// posted; what a page loads (style, script, font) is cached by a real browser and not asked for here.
import { type Application, type AuthorizationRequest, unexpected } from './application.ts';
import { CookieJar } from './cookie-jar.ts';
import type { Call, HttpClient } from './http-client.ts';

export type Account = { identifier: string; plainPassword: string; totpSecret: string; address: string };

const MOST_HOPS = 12;

export class Person {
  private readonly jar = new CookieJar();
  private readonly client: HttpClient;
  private readonly account: Account;

  constructor(client: HttpClient, account: Account) {
    this.client = client;
    this.account = account;
  }

  /** Signs in for a request. Returns the application's address with the code. */
  async signIn(application: Application, request: AuthorizationRequest): Promise<string> {
    const page = await this.follow(application, { path: request.path });
    if (page.path === undefined) return page.address;
    const end = await this.follow(application, this.fillIn(page.path));
    if (end.path !== undefined) throw new Error(`the login page again, at ${end.path}`);
    return end.address;
  }

  /** Signs in for a request that demands a one-time code. Returns the application's address with the code of the protocol. */
  async signInStrongly(
    application: Application,
    request: AuthorizationRequest,
    oneTimeCode: string,
  ): Promise<string> {
    const page = await this.follow(application, { path: `${request.path}&acr_values=eidas2` });
    if (page.path === undefined) return page.address;
    const second = await this.follow(application, this.fillIn(page.path), 'code');
    if (second.path === undefined) throw new Error('signed in without a code');
    const body = new URLSearchParams({ code: oneTimeCode }).toString();
    const end = await this.follow(application, { method: 'POST', path: second.path, body });
    if (end.path !== undefined) throw new Error(`the login page again, at ${end.path}`);
    return end.address;
  }

  /** Opens the login page and leaves. */
  async visit(application: Application, request: AuthorizationRequest): Promise<void> {
    const page = await this.follow(application, { path: request.path });
    if (page.path === undefined) throw new Error('signed in already');
  }

  /** Until a page with this field, at `path`, or the application, at `address`. */
  private async follow(
    application: Application,
    first: Call,
    field = 'password',
  ): Promise<{ path: string } | { path: undefined; address: string }> {
    let call = first;
    for (let hop = 0; hop < MOST_HOPS; hop++) {
      const answer = await this.send(call);
      if (answer.location.startsWith(application.redirectUri))
        return { path: undefined, address: answer.location };
      if (answer.location !== '') call = { path: toPath(answer.location) };
      else if (answer.status === 200 && answer.body.includes(`name="${field}"`)) return { path: call.path };
      else throw unexpected(call.path, answer);
    }
    throw new Error('redirected for ever');
  }

  /** One request of somebody who is signed in: straight back with a code, or an error. */
  async pass(application: Application, request: AuthorizationRequest): Promise<string> {
    const answer = await this.send({ path: request.path });
    if (!answer.location.startsWith(application.redirectUri)) throw unexpected('authorize', answer);
    return answer.location;
  }

  private fillIn(path: string): Call {
    const { identifier, plainPassword } = this.account;
    return {
      method: 'POST',
      path,
      body: new URLSearchParams({ identifier, password: plainPassword }).toString(),
    };
  }

  private async send(call: Call) {
    const headers = {
      accept: 'text/html',
      'accept-language': 'fr-FR,fr;q=0.9',
      'x-forwarded-for': this.account.address,
    };
    const cookie = this.jar.header(call.path);
    const answer = await this.client.call({
      ...call,
      headers: cookie === '' ? headers : { ...headers, cookie },
    });
    this.jar.keep(answer);
    return answer;
  }
}

function toPath(location: string): string {
  if (location.startsWith('/')) return location;
  const { pathname, search } = new URL(location);
  return pathname + search;
}
