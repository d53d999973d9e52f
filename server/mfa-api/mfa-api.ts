// Server, MFA API: the routes by which clients that show no page of ours take people through a second factor.
import { type Context, Hono } from 'hono';
import { allowOrigin, preflight } from '../cross-origin.ts';
import type { Deps, Env } from '../deps.ts';
import { associate } from './associate.ts';
import { removeAuthenticator, showAuthenticators } from './authenticators.ts';
import { challenge } from './challenge.ts';

type Handler = (c: Context<Env>, deps: Deps) => Promise<Response>;

const ROUTES: readonly { path: string; method: 'GET' | 'POST' | 'DELETE'; handle: Handler }[] = [
  { path: '/mfa/authenticators', method: 'GET', handle: showAuthenticators },
  { path: '/mfa/authenticators/:id', method: 'DELETE', handle: removeAuthenticator },
  { path: '/mfa/associate', method: 'POST', handle: associate },
  { path: '/mfa/challenge', method: 'POST', handle: challenge },
];

export function mfaRoutes(deps: Deps): Hono<Env> {
  const routes = new Hono<Env>();
  for (const { path, method, handle } of ROUTES) {
    routes.on('OPTIONS', path, (c) => preflight(c, method));
    routes.on(method, path, (c) => {
      allowOrigin(c);
      return handle(c, deps);
    });
    routes.all(path, (c) => {
      c.header('allow', `${method}, OPTIONS`);
      return c.json({ error: 'method_not_allowed', error_description: `Use ${method}` }, 405);
    });
  }
  return routes;
}
