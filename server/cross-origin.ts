// Server: addresses that pages of any origin may call (Fetch §3.2). They read no cookie, so that a page gets only what it
// brings itself; a wildcard never goes with cookies.
import type { Context } from 'hono';
import type { Env } from './deps.ts';

export function allowOrigin(c: Context<Env>): void {
  if (c.req.header('origin') !== undefined) c.header('access-control-allow-origin', '*');
}

/** `Auth0-Client` names the SDK; browsers ask before they send it. */
export function preflight(c: Context<Env>, methods = 'POST'): Response {
  c.header('access-control-allow-origin', '*');
  c.header('access-control-allow-methods', methods);
  c.header('access-control-allow-headers', 'Auth0-Client, Authorization, Content-Type, DPoP, X-Request-Language');
  c.header('access-control-max-age', '600');
  return c.body(null, 204);
}
