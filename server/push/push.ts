// Server, push: the page that makes a phone a device, and what it asks. It is one page for all accounts of a tenant on that
// phone, and can be put on its home screen.
import { type Context, Hono } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { errorPage } from '../hosted/error-page.ts';
import { pushApiRoutes } from './api.ts';
import { showPushPage } from './page.ts';
import { ENROLL_PATH, ICON_PATH, MANIFEST_PATH, PUSH_PATH } from './push-paths.ts';
import { SCRIPTS_ROUTE, scriptResponse, WORKER_PATH, workerResponse } from './scripts.ts';

/** Everything below `/push`. */
export function pushRoutes(deps: Deps): Hono<Env> {
  return (
    new Hono<Env>()
      .get(PUSH_PATH, (c) => showPushPage(c, deps.clock.now(), MANIFEST_PATH))
      // What an iPhone keeps on its home screen shares no keys with its browser: there the phone enrolls once it was put there,
      // by the address with the key.
      .get(ENROLL_PATH, (c) => showPushPage(c, deps.clock.now()))
      .get(MANIFEST_PATH, (c) => c.body(manifest(c), 200, { 'content-type': 'application/manifest+json' }))
      .get(ICON_PATH, (c) => c.body(ICON, 200, { 'content-type': 'image/svg+xml', 'cache-control': 'max-age=86400' }))
      .get(WORKER_PATH, (c) => workerResponse(c.var.base ?? ''))
      .get(SCRIPTS_ROUTE, (c) => {
        const found = scriptResponse(c.req.param('file'), c.req.header('accept-encoding'));
        return found ?? errorPage(c, { status: 404, key: 'not-found' });
      })
      .route('/', pushApiRoutes(deps))
  );
}

/** W3C Web Application Manifest: what a home screen needs to know. */
function manifest(c: Context<Env>): string {
  const { base = '' } = c.var;
  const name = c.var.tenant.friendlyName ?? c.var.tenant.name;
  return JSON.stringify({
    id: base + PUSH_PATH,
    name,
    short_name: name.slice(0, 30),
    start_url: base + PUSH_PATH,
    scope: base + PUSH_PATH,
    display: 'standalone',
    icons: [{ src: base + ICON_PATH, sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
  });
}

/** Our mark, on a ground of its own: a home screen may be of any colour. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="#1d4ed8"/><path d="M18 48V30a14 14 0 0 1 28 0v18M27 48V34a5 5 0 0 1 10 0v14" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round"/></svg>`;
