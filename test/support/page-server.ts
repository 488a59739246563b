// Serves the sample pages through the real renderer, assets and locale on a loopback port: /gallery/<name>.
import Koa from 'koa';
import { loadAssets } from '../../src/http/assets.ts';
import { locale } from '../../src/http/locale.ts';
import { createRenderer } from '../../src/http/render.ts';
import { translator } from '../../src/http/translate.ts';
import { SAMPLE_BRANDING, SAMPLE_PAGES } from './sample-pages.ts';
import { type ServedKoa, serveKoa } from './serve-koa.ts';
import { templates } from './templates.ts';

export function servePages(): Promise<ServedKoa> {
  const assets = loadAssets();
  const render = createRenderer({ templates, branding: SAMPLE_BRANDING, assetUrl: assets.assetUrl });
  const app = new Koa();
  app.use(assets.serve);
  app.use(locale());
  app.use((ctx) => {
    const sample = SAMPLE_PAGES[ctx.path.replace('/gallery/', '')];
    if (sample) render(ctx, sample.page, sample.locals(translator(ctx.state.locale)));
  });
  return serveKoa(app);
}
