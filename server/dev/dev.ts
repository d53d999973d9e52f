// Server, development: addresses that show codes and move the clock. They exist only under SALLYPORT_DEV=1 and answer
// only to loopback names, so that neither a stranger on the network nor a site that rebinds its name reaches them.
import { type Context, Hono } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { errorPage } from '../hosted/error-page.ts';
import { loginPages } from '../timeline/logins-page.ts';
import type { Ask } from './ask.ts';
import { clockRoutes } from './clock.ts';
import { deviceRoutes } from './devices.ts';
import { inboxRoutes } from './inbox.ts';
import { tryRoutes } from './try.ts';

/** Everything below `/dev`. */
export function devRoutes(deps: Deps, ask: Ask): Hono<Env> {
  const routes = new Hono<Env>();
  routes.use('/dev/*', async (c, next) => {
    if (!deps.config.dev || !isLoopback(c)) return errorPage(c, { status: 404, key: 'not-found' });
    return next();
  });
  if (!deps.config.dev) return routes;
  return routes
    .route('/', inboxRoutes(deps))
    .route('/', loginPages(deps, '/dev/logins'))
    .route('/', clockRoutes(deps))
    .route('/', deviceRoutes(deps, ask))
    .route('/', tryRoutes(deps, ask));
}

function isLoopback(c: Context<Env>): boolean {
  const { hostname } = new URL(c.req.url);
  return LOOPBACK.has(hostname) || hostname.endsWith('.localhost');
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
