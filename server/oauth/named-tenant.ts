// Server, protocol: the addresses that every tenant has below its name beside those at its root: the same endpoints, as
// programs of the JSON flow call them (operating contract, "Addresses").
import { Hono } from 'hono';
import { allowOrigin, preflight } from '../cross-origin.ts';
import type { Deps, Env } from '../deps.ts';
import { jwks } from './discovery.ts';
import { openly } from './openly.ts';
import { revoke } from './revoke.ts';
import { rpLogoutByForm, rpLogoutByQuery } from './rp-logout.ts';
import { token } from './token.ts';
import { userinfo } from './userinfo.ts';

/** Below `/{tenant}/v1`; the name is gone from the path here. */
export function namedTenantRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>()
    .options('/v1/tokens', (c) => preflight(c))
    .post('/v1/tokens', (c) => {
      allowOrigin(c);
      return token(c, deps);
    })
    .options('/v1/tokens/revocation', (c) => preflight(c))
    .post('/v1/tokens/revocation', (c) => {
      allowOrigin(c);
      return revoke(c, deps);
    })
    .options('/v1/userinfo', (c) => preflight(c, 'GET, POST'))
    .get('/v1/userinfo', (c) => userinfo(c, deps))
    .post('/v1/userinfo', (c) => userinfo(c, deps))
    .get('/v1/jwks', async (c) => openly(c, await jwks(deps, c.var.tenant)))
    .get('/v1/logout', (c) => rpLogoutByQuery(c, deps))
    .post('/v1/logout', (c) => rpLogoutByForm(c, deps))
    .on(['GET', 'PUT', 'PATCH', 'DELETE'], ['/v1/tokens', '/v1/tokens/revocation'], (c) => {
      c.header('allow', 'POST, OPTIONS');
      return c.json({ error: 'method_not_allowed', error_description: 'Use POST' }, 405);
    });
}
