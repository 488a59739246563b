// Every address that the product answers: the provider's own from discovery, ours from the site map. A new page is
// thereby attacked like the others, without anybody thinking of it.
import { readFileSync } from 'node:fs';
import { call } from './http-call.ts';

const SITE_MAP = new URL('../../interactions/index.ts', import.meta.url);

/** Paths; `:uid` stands for a login under way. */
export async function listRoutes(issuer: string): Promise<string[]> {
  const discovery = (await call(`${issuer}/.well-known/openid-configuration`)).json() as Record<
    string,
    unknown
  >;
  const endpoints = Object.entries(discovery)
    .filter(([name, value]) => /_(endpoint|uri)$/.test(name) && typeof value === 'string')
    .map(([, address]) => new URL(String(address)).pathname);
  const pages = readFileSync(SITE_MAP, 'utf8')
    .split('\n')
    .filter((line) => /^ {2}\w.*\/\/\s+\//.test(line))
    .flatMap((line) => line.slice(line.indexOf('// ') + 3).match(/\/[\w:/-]*/g) ?? []);
  return [
    ...new Set([
      ...endpoints,
      ...pages,
      '/auth/:uid',
      '/session/end/confirm',
      '/session/end/success',
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server',
      '/assets/style.css',
      '/no-such-page',
    ]),
  ];
}
