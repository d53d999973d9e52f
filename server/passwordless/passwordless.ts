// Server, passwordless: the addresses by which an application with a form of its own logs people in who have a phone or a
// mailbox and no password. Pages of any origin may call them: no cookie is read.
import { Hono } from 'hono';
import { allowOrigin, preflight } from '../cross-origin.ts';
import type { Deps, Env } from '../deps.ts';
import { start } from './start.ts';
import { verify } from './verify.ts';
import { followLink, showLink } from './verify-redirect.ts';

export function passwordlessRoutes(deps: Deps): Hono<Env> {
  const links = ['/passwordless/verify_redirect', '/passwordless/verify-redirect'];
  return new Hono<Env>()
    .options('/passwordless/start', (c) => preflight(c, 'GET, POST'))
    .get('/passwordless/start', (c, next) => {
      allowOrigin(c);
      // A HEAD is a look, and would send a message.
      return c.req.method === 'GET' ? start(c, deps) : next();
    })
    .post('/passwordless/start', (c) => {
      allowOrigin(c);
      return start(c, deps);
    })
    .options('/passwordless/verify', (c) => preflight(c))
    .post('/passwordless/verify', (c) => {
      allowOrigin(c);
      return verify(c, deps);
    })
    .on('GET', links, (c) => showLink(c, deps))
    .on('POST', links, (c) => followLink(c, deps))
    .on('ALL', ['/passwordless/start', '/passwordless/verify', ...links], (c) => {
      c.header('allow', c.req.path === '/passwordless/verify' ? 'POST, OPTIONS' : 'GET, POST, OPTIONS');
      return c.json({ error: 'method_not_allowed', error_description: 'The method is not allowed' }, 405);
    });
}
