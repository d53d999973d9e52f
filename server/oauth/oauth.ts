// Server, protocol: the routes of OAuth 2.0 and OpenID Connect at a tenant's root.
import { type Context, Hono } from 'hono';
import { allowOrigin, preflight } from '../cross-origin.ts';
import type { Deps, Env } from '../deps.ts';
import { authorizeByForm, authorizeByQuery } from './authorize.ts';
import { authorizeDevice } from './device-authorization.ts';
import { discovery, jwks } from './discovery.ts';
import { logout } from './logout.ts';
import { openly } from './openly.ts';
import { pushRequest } from './par.ts';
import { resume } from './resume.ts';
import { revoke } from './revoke.ts';
import { answerLogout, askLogout, rpLogoutByForm, rpLogoutByQuery } from './rp-logout.ts';
import { token } from './token.ts';
import { userinfo } from './userinfo.ts';

export function oauthRoutes(deps: Deps): Hono<Env> {
  const document = (c: Context<Env>) => openly(c, discovery(c.var.tenant));
  return new Hono<Env>()
    .get('/authorize', (c) => authorizeByQuery(c, deps))
    .post('/authorize', (c) => authorizeByForm(c, deps))
    .get('/authorize/resume', (c) => resume(c, deps))
    .post('/oauth/par', (c) => pushRequest(c, deps))
    .all('/oauth/par', (c) => {
      c.header('allow', 'POST');
      return c.json({ error: 'method_not_allowed', error_description: 'Use POST' }, 405);
    })
    .post('/oauth/device/code', (c) => authorizeDevice(c, deps))
    .all('/oauth/device/code', (c) => {
      c.header('allow', 'POST');
      return c.json({ error: 'method_not_allowed', error_description: 'Use POST' }, 405);
    })
    .options('/oauth/token', (c) => preflight(c))
    .post('/oauth/token', (c) => {
      allowOrigin(c);
      return token(c, deps);
    })
    .all('/oauth/token', (c) => {
      c.header('allow', 'POST, OPTIONS');
      return c.json({ error: 'method_not_allowed', error_description: 'Use POST' }, 405);
    })
    .options('/oauth/revoke', (c) => preflight(c))
    .post('/oauth/revoke', (c) => {
      allowOrigin(c);
      return revoke(c, deps);
    })
    .all('/oauth/revoke', (c) => {
      c.header('allow', 'POST, OPTIONS');
      return c.json({ error: 'method_not_allowed', error_description: 'Use POST' }, 405);
    })
    .options('/userinfo', (c) => preflight(c, 'GET, POST'))
    .get('/userinfo', (c) => userinfo(c, deps))
    .post('/userinfo', (c) => userinfo(c, deps))
    .get('/v2/logout', (c) => logout(c, deps))
    .get('/oidc/logout', (c) => rpLogoutByQuery(c, deps))
    .post('/oidc/logout', (c) => rpLogoutByForm(c, deps))
    .get('/u/logout', (c) => askLogout(c, deps))
    .post('/u/logout', (c) => answerLogout(c, deps))
    .get('/.well-known/openid-configuration', document)
    .get('/.well-known/oauth-authorization-server', document)
    .get('/.well-known/jwks.json', async (c) => openly(c, await jwks(deps, c.var.tenant)));
}
