// What is left of a request once it is answered: nothing that would keep it from the collector.
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Koa, { type Context } from 'koa';
import { releaseContext } from '../../src/http/release-context.ts';

type WithProtocol = Context & { oidc: { session?: object } };

let server: Server;
let contexts: WithProtocol[];
let errors: unknown[];
let answer: (ctx: Context) => Promise<void> | void;

beforeEach(async () => {
  contexts = [];
  errors = [];
  const app = new Koa();
  app.on('error', (error) => errors.push(error));
  app.use(releaseContext);
  app.use(async (ctx) => {
    contexts.push(ctx as WithProtocol);
    // As the provider library does it.
    const oidc = { session: {} };
    Object.defineProperty(ctx, 'oidc', { get: () => oidc });
    await answer(ctx);
  });
  server = createServer(app.callback()).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => server.close());

const call = (method = 'GET') =>
  new Promise<{ status: number | undefined; body: string }>((done, fail) => {
    const { port } = server.address() as AddressInfo;
    request({ port, method }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      done({ status: response.statusCode, body });
    })
      .on('error', fail)
      .end();
  });

const isReleased = (ctx: WithProtocol) =>
  [ctx.req, ctx.res, ctx.request, ctx.response, ctx.state, ctx.oidc.session].every(
    (part) => part === undefined,
  );

it.each(['GET', 'HEAD'])('a context lets go of a %s request that was answered', async (method) => {
  answer = (ctx) => {
    ctx.body = 'bonjour';
  };
  expect(await call(method)).toEqual({ status: 200, body: method === 'GET' ? 'bonjour' : '' });
  await sleep(50);
  expect(contexts.map(isReleased)).toEqual([true]);
});

it('an error is answered as ever, and its context lets go too', async () => {
  answer = () => {
    throw new Error('broken');
  };
  expect(await call()).toMatchObject({ status: 500 });
  await sleep(50);
  expect(errors).toHaveLength(1);
  expect(contexts.map(isReleased)).toEqual([true]);
});

it('a request whose sender has left is worked on to its end', async () => {
  const seen: unknown[] = [];
  answer = async (ctx) => {
    client.destroy();
    await once(ctx.res, 'close');
    seen.push(ctx.method, ctx.path);
    ctx.body = 'trop tard';
  };
  const client = request({ port: (server.address() as AddressInfo).port, path: '/ici' });
  client.on('error', () => undefined).end();
  while (seen.length === 0) await sleep(10);
  await sleep(50);
  expect(seen).toEqual(['GET', '/ici']);
  expect(errors).toEqual([]);
});
