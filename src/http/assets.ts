// The stylesheet, scripts, mark and fonts, served from memory under /assets with the hash of their content in the name.
// Loaded once by app.ts; the renderer gets `assetUrl` for its templates.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import type { Middleware } from 'koa';

const ASSETS = new URL('../../templates/assets/', import.meta.url);
const FONT = '@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next';
const FONTS = ['latin-wght-normal.woff2', 'latin-ext-wght-normal.woff2'];

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

type Asset = { path: string; hash: string; type: string; body: Buffer };

export type Assets = {
  /** `style.css` -> `/assets/style.<hash>.css`. Throws on a name that is no asset: a template's typing error. */
  assetUrl(name: string): string;
  /** Answers /assets/*, calls on for everything else. */
  serve: Middleware;
};

export function loadAssets(): Assets {
  const assets = new Map<string, Asset>();
  const assetUrl = (name: string) => {
    const asset = assets.get(name);
    if (!asset) throw new Error(`no asset named ${name}`);
    return asset.path;
  };

  for (const [name, body] of readAll()) {
    const content = name.endsWith('.css') ? withHashedUrls(body, assetUrl) : body;
    assets.set(name, toAsset(name, content));
  }
  return { assetUrl, serve: serveFrom(assets) };
}

/** Stylesheets last, since they name the others. */
function readAll(): [string, Buffer][] {
  const resolve = createRequire(import.meta.url).resolve;
  const fonts = FONTS.map((name): [string, Buffer] => [name, readFileSync(resolve(`${FONT}-${name}`))]);
  const files = readdirSync(ASSETS).map((name): [string, Buffer] => [
    name,
    readFileSync(new URL(name, ASSETS)),
  ]);
  const rank = ([name]: [string, Buffer]) => Number(name.endsWith('.css'));
  return [...fonts, ...files].sort((a, b) => rank(a) - rank(b));
}

function withHashedUrls(css: Buffer, assetUrl: Assets['assetUrl']): Buffer {
  return Buffer.from(css.toString().replace(/url\("([\w.-]+)"\)/g, (_, name) => `url("${assetUrl(name)}")`));
}

function toAsset(name: string, body: Buffer): Asset {
  const extension = extname(name);
  const type = TYPES[extension];
  if (!type) throw new Error(`no media type for the asset ${name}`);
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);
  return { path: `/assets/${name.slice(0, -extension.length)}.${hash}${extension}`, hash, type, body };
}

/** A look-up in a map and nothing else: no path of a request ever reaches the file system. */
function serveFrom(assets: Map<string, Asset>): Middleware {
  const forEver = new Map([...assets.values()].map((asset) => [asset.path, asset]));
  const byName = new Map([...assets].map(([name, asset]) => [`/assets/${name}`, asset]));

  return async (ctx, next) => {
    if (!ctx.path.startsWith('/assets/')) return next();
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.set('Allow', 'GET, HEAD');
      ctx.status = 405;
      return;
    }
    const hashed = forEver.get(ctx.path);
    // The bare name serves what cannot know the hash (a worker that a script starts); it is checked again at every use.
    const asset = hashed ?? byName.get(ctx.path);
    if (!asset) {
      ctx.status = 404;
      return;
    }
    ctx.status = 200;
    ctx.set({
      'Cache-Control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
    ctx.etag = asset.hash;
    if (asset.type === TYPES['.svg']) ctx.set('Content-Security-Policy', "default-src 'none'");
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.body = asset.body;
    ctx.type = asset.type;
  };
}
