// /accessibility, /privacy — what the footer of every page leads to. And /, which is nobody's destination: the portal.
import type Router from 'koa-router';
import type { Render } from '../src/http/render.ts';

export function information(
  router: Router,
  { render, portalUrl }: { render: Render; portalUrl: string },
): void {
  router.get('/', (ctx) => ctx.redirect(portalUrl));
  router.get('/accessibility', (ctx) => render(ctx, 'accessibility'));
  router.get('/privacy', (ctx) => render(ctx, 'privacy'));
}
