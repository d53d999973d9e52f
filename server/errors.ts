// Server: the one place where a fault of ours is caught. The operator gets the cause, the caller gets a sentence that
// says nothing, in the dialect of the address that was called.
import type { Context } from 'hono';
import type { Deps, Env } from './deps.ts';
import { errorPage } from './hosted/error-page.ts';

type Dialect = 'oauth' | 'database' | 'management' | 'page' | 'bare';

/** What cannot be shown as a page: no tenant was found for it. */
function dialectOf(c: Context<Env>): Dialect {
  const { path } = c.req;
  if (/^\/(oauth|mfa|\.well-known)\/|^\/userinfo$|^\/passwordless\/(start|verify)$/.test(path)) return 'oauth';
  if (/^\/dbconnections\//.test(path)) return 'database';
  // Also below the name of a tenant that does not exist.
  if (/^(\/[^/]+)?\/v1\/(authorizations|tokens|userinfo|jwks|management)(\/|$)/.test(path)) return 'oauth';
  if (/^\/(api\/v2|v1)(\/|$)/.test(path)) return 'management';
  return c.var.tenant === undefined ? 'bare' : 'page';
}

export function notFound(c: Context<Env>): Response | Promise<Response> {
  switch (dialectOf(c)) {
    case 'oauth':
      return c.json({ error: 'not_found', error_description: 'Not Found' }, 404);
    case 'database':
      return c.json({ name: 'NotFoundError', code: 'not_found', description: 'Not Found', statusCode: 404 }, 404);
    case 'management':
      return c.json({ statusCode: 404, error: 'Not Found', message: 'Not Found' }, 404);
    case 'page':
      return errorPage(c, { status: 404, key: 'not-found' });
    case 'bare':
      return c.text('Not Found', 404);
  }
}

/** Takes every error that is thrown below a route. */
export function faultHandler({
  log,
}: Pick<Deps, 'log'>): (error: Error, c: Context<Env>) => Response | Promise<Response> {
  return (cause, c) => {
    // The path, never the query: it may hold a handle or a code.
    log.error({ cause, method: c.req.method, path: c.req.path }, 'a request failed');
    switch (dialectOf(c)) {
      case 'oauth':
        return c.json({ error: 'server_error', error_description: 'Internal Server Error' }, 500);
      case 'database':
        return c.json(
          { name: 'Error', code: 'server_error', description: 'Internal Server Error', statusCode: 500 },
          500,
        );
      case 'management':
        return c.json({ statusCode: 500, error: 'Internal Server Error', message: 'Internal Server Error' }, 500);
      case 'page':
        return errorPage(c, { status: 500, key: 'fault' });
      case 'bare':
        return c.text('Internal Server Error', 500);
    }
  };
}
