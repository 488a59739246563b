// A login form as a program sends it: to the process and from the address that it chooses, as often as it likes.
// For guessing passwords; needs a server that trusts 127.0.0.1 as its proxy.
import type { Application } from './application.ts';
import { type Answer, type Call, call } from './http-call.ts';
import { Person } from './person.ts';

export type LoginForm = {
  issuer: string;
  path: string;
  /** Of the browser that opened it. */
  cookie: string;
};

/** Begins a login and stops at its form. */
export async function openLoginForm(app: Application): Promise<LoginForm> {
  const person = new Person(app.issuer);
  const page = await person.open(app.request().url);
  return { issuer: app.issuer, path: new URL(page.url).pathname, cookie: cookiesOf(person) };
}

export function cookiesOf(person: Person, names = ['idp_interaction', 'idp_browser']): string {
  return names
    .flatMap((name) => [name, `${name}.sig`])
    .filter((name) => person.cookie(name) !== undefined)
    .map((name) => `${name}=${person.cookie(name)}`)
    .join('; ');
}

export function tryPassword(
  { issuer, path, cookie }: LoginForm,
  identifier: string,
  password: string,
  { at = issuer, from = '198.51.100.1', ...other }: { at?: string; from?: string } & Call = {},
): Promise<Answer> {
  return call(new URL(path, at), {
    form: { identifier, password },
    ...other,
    headers: {
      host: new URL(issuer).host,
      accept: 'text/html',
      cookie,
      origin: issuer,
      'sec-fetch-site': 'same-origin',
      'x-forwarded-for': from,
      ...other.headers,
    },
  });
}
