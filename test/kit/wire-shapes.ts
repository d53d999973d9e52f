// Test kit: every answer of the Management API that a test gets is held against the shape that its route publishes.
import { MANAGEMENT_ROUTES } from '#server/management/management.ts';
import type { Route } from '#server/management/route.ts';

const PATTERNS = MANAGEMENT_ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^/api/v2${route.path.replaceAll(/:\w+/g, '([^/]+)')}$`),
}));

/** Fixed paths stand before those with parameters, as in the table. */
const routeOf = (method: string, path: string): Route | undefined =>
  PATTERNS.find(({ route, pattern }) => route.method === method && pattern.test(path))?.route;

/** Throws when a good answer is not what its route says. `path` may have a query. */
export function checkShape(method: string, path: string, { status, body }: { status: number; body: unknown }): void {
  const [bare = '', query = ''] = path.split('?');
  const route = routeOf(method, bare);
  if (!route || status >= 300) return;
  const isRehearsal = method !== 'GET' && new URLSearchParams(query).get('dry_run') === 'true';
  if (isRehearsal) return;
  const schema = (route.answers as Record<number, (typeof route.answers)[200]>)[status];
  if (!schema) throw new Error(`${method} ${route.path} answered ${status}, which it does not publish`);
  const parsed = schema.safeParse(body);
  if (parsed.success) return;
  throw new Error(
    `${method} ${route.path} answered ${status} in another shape than it publishes: ${JSON.stringify(parsed.error.issues).slice(0, 2000)}\n${JSON.stringify(body).slice(0, 2000)}`,
  );
}
