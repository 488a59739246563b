// In a process of its own: where tests run, the library cannot look at addresses.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const REPOSITORY = new URL('../../', import.meta.url).pathname;
let inside: Server;

beforeAll(async () => {
  inside = createServer((_request, response) => response.end('reached')).listen(0, '127.0.0.1');
  await once(inside, 'listening');
});
afterAll(() => inside.close());

/** What a request of the provider to an address inside comes to. */
function ask(issuer: string, internalHosts: string[]): Promise<string> {
  const script = `
    import Provider from 'oidc-provider';
    import fetchRequest from 'oidc-provider/lib/helpers/fetch_request.js';
    import { outgoingFetch } from ${JSON.stringify(`${REPOSITORY}src/oidc/outgoing-fetch.ts`)};
    const provider = new Provider('${issuer}', { fetch: outgoingFetch('${issuer}', ${JSON.stringify(internalHosts)}) });
    try {
      const answer = await fetchRequest(provider, 'http://localhost:${(inside.address() as AddressInfo).port}/', {});
      console.log(await answer.text());
    } catch (error) {
      console.log('refused: ' + (error.cause?.message ?? error.message));
    }
    process.exit(0);
  `;
  return new Promise((done, fail) => {
    execFile(
      process.execPath,
      ['--input-type=module', '-e', script],
      { cwd: REPOSITORY },
      (error, stdout, stderr) => (error ? fail(new Error(stderr)) : done(stdout.trim())),
    );
  });
}

it('reaches no private address', async () => {
  expect(await ask('https://connexion.exemple.fr', [])).toMatch(/^refused: .*special-use IP/);
  expect(await ask('https://connexion.exemple.fr', ['portail.exemple.fr'])).toMatch(/^refused: /);
});

it('reaches those that the operator names, and all where the provider itself is local', async () => {
  expect(await ask('https://connexion.exemple.fr', ['localhost'])).toBe('reached');
  expect(await ask('http://localhost:3000', [])).toBe('reached');
});
