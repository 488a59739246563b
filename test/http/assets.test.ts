import { request } from 'node:http';
import Koa from 'koa';
import { type Assets, loadAssets } from '../../src/http/assets.ts';
import { type ServedKoa, serveKoa } from '../support/serve-koa.ts';

let assets: Assets;
let served: ServedKoa;
beforeAll(async () => {
  assets = loadAssets();
  const app = new Koa();
  app.use(assets.serve);
  app.use((ctx) => {
    ctx.body = 'not an asset';
  });
  served = await serveKoa(app);
});
afterAll(() => served.close());

const get = (path: string, init?: RequestInit) => fetch(served.origin + path, init);

/** `fetch` tidies a path before it sends it and asks caches to stand aside; this does neither. */
function rawStatus(path: string, headers = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(served.origin);
    request({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('an asset under its hash', () => {
  test('is kept for ever by the browser', async () => {
    const response = await get(assets.assetUrl('style.css'));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('etag')).toMatch(/^"[\w-]{12}"$/);
  });

  test.each([
    ['form.js', 'text/javascript; charset=utf-8'],
    ['mark.svg', 'image/svg+xml'],
    ['latin-wght-normal.woff2', 'font/woff2'],
    ['latin-ext-wght-normal.woff2', 'font/woff2'],
  ])('%s is %s', async (name, type) => {
    const response = await get(assets.assetUrl(name));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100);
  });

  test('is not sent again to who has it', async () => {
    const path = assets.assetUrl('style.css');
    const etag = (await get(path)).headers.get('etag')!;
    expect(await rawStatus(path, { 'if-none-match': etag })).toBe(304);
  });

  test('answers HEAD with the length and no body', async () => {
    const response = await get(assets.assetUrl('style.css'), { method: 'HEAD' });
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(1_000);
    expect(await response.text()).toBe('');
  });

  test('names the fonts in the stylesheet by their hash', async () => {
    const css = await (await get(assets.assetUrl('style.css'))).text();
    const urls = [...css.matchAll(/url\("([^"]+)"\)/g)].map(([, url]) => url);
    expect(urls).toContain(assets.assetUrl('latin-wght-normal.woff2'));
    expect(urls.filter((url) => !url!.startsWith('/assets/') && !url!.startsWith('data:'))).toEqual([]);
  });
});

test('an asset under its bare name is checked again at every use', async () => {
  expect((await get('/assets/form.js')).headers.get('cache-control')).toBe('no-cache');
});

test.each([
  '/assets/style.AAAAAAAAAAAA.css',
  '/assets/',
  '/assets/nothing.css',
  '/assets/../../package.json',
  '/assets/..%2f..%2fpackage.json',
  '/assets/..%5c..%5cpackage.json',
  '/assets/%2e%2e/layout.pug',
  '/assets//etc/passwd',
  '/assets/__proto__',
])('%s is not there', async (path) => {
  expect(await rawStatus(path)).toBe(404);
});

test('an asset cannot be written to', async () => {
  expect((await get('/assets/form.js', { method: 'POST' })).status).toBe(405);
});

test('what is no asset goes on to the next middleware', async () => {
  expect(await (await get('/assetsuffix')).text()).toBe('not an asset');
});

test('a name that is no asset is refused', () => {
  expect(() => assets.assetUrl('nothing.css')).toThrow('nothing.css');
});
