// Server, protocol: the routes of OAuth 2.0 and OpenID Connect at a tenant's root.
import { type Context, Hono } from 'hono';
import { allowOrigin, preflight } from '../cross-origin.ts';
import type { Deps, Env } from '../deps.ts';
import { authorizeByForm, authorizeByQuery } from './authorize.ts';
import { discovery, jwks } from './discovery.ts';
import { resume } from './resume.ts';
import { token } from './token.ts';

export function oauthRoutes(deps: Deps): Hono<Env> {
  const document = (c: Context<Env>) => openly(c, discovery(c.var.tenant));
  return new Hono<Env>()
    .get('/authorize', (c) => authorizeByQuery(c, deps))
    .post('/authorize', (c) => authorizeByForm(c, deps))
    .get('/authorize/resume', (c) => resume(c, deps))
    .options('/oauth/token', (c) => preflight(c))
    .post('/oauth/token', (c) => {
      allowOrigin(c);
      return token(c, deps);
    })
    .all('/oauth/token', (c) => {
      c.header('allow', 'POST, OPTIONS');
      return c.json({ error: 'method_not_allowed', error_description: 'Use POST' }, 405);
    })
    .get('/.well-known/openid-configuration', document)
    .get('/.well-known/oauth-authorization-server', document)
    .get('/.well-known/jwks.json', async (c) => openly(c, await jwks(deps, c.var.tenant)));
}

/** For everybody, from every page, for a little while. */
function openly(c: Context<Env>, body: object): Response {
  c.header('cache-control', 'public, max-age=15');
  c.header('access-control-allow-origin', '*');
  return c.json(body);
}
