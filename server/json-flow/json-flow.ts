// Server, JSON flow: its addresses below `/{tenant}`. A login is begun by an authorization request, taken through
// interactions by calls with JSON, and ends with the address that the person is sent back to.
import { type Context, Hono } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { pushRequest } from '../oauth/par.ts';
import { beginByForm, beginByQuery } from './begin.ts';
import { authorizeLogin, callInteraction, denyLogin } from './call.ts';
import { refuse } from './refusals.ts';
import { showStatus } from './status.ts';
import { showView } from './view-data.ts';

const LOGIN = '/v1/authorizations/:id';

export function jsonFlowRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>()
    .get('/v1/authorizations', (c) => beginByQuery(c, deps))
    .post('/v1/authorizations', (c) => beginByForm(c, deps))
    .all('/v1/authorizations', (c) => methodNotAllowed(c, 'GET, POST'))
    .post('/v1/authorizations/push', (c) => pushRequest(c, deps))
    .all('/v1/authorizations/push', (c) => methodNotAllowed(c, 'POST'))
    .options(`${LOGIN}/:called`, preflight)
    .get(`${LOGIN}/authentication-status`, (c) => showStatus(c, deps))
    .all(`${LOGIN}/authentication-status`, (c) => methodNotAllowed(c, 'GET, OPTIONS'))
    .get(`${LOGIN}/view-data`, (c) => showView(c, deps))
    .all(`${LOGIN}/view-data`, (c) => methodNotAllowed(c, 'GET, OPTIONS'))
    .post(`${LOGIN}/authorize`, (c) => authorizeLogin(c, deps))
    .post(`${LOGIN}/deny`, (c) => denyLogin(c, deps))
    .post(`${LOGIN}/:interaction`, (c) => callInteraction(c, deps))
    .all(`${LOGIN}/:interaction`, (c) => methodNotAllowed(c, 'POST, OPTIONS'));
}

function methodNotAllowed(c: Context<Env>, methods: string): Response {
  c.header('allow', methods);
  return refuse(c, 405, 'invalid_request', `Use ${methods}`);
}

/**
 * Which origins may call depends on whose login it is, and that shows only with the cookie of the call itself: it is
 * refused there, and its answer is nobody's to read. Without this the browser would not even ask.
 */
function preflight(c: Context<Env>): Response {
  const origin = c.req.header('origin');
  if (origin !== undefined) {
    c.header('access-control-allow-origin', origin);
    c.header('access-control-allow-credentials', 'true');
  }
  c.header('access-control-allow-methods', 'GET, POST');
  c.header('access-control-allow-headers', 'Content-Type');
  c.header('access-control-max-age', '600');
  c.header('vary', 'Origin');
  return c.body(null, 204);
}
