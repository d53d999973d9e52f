// Management: the only file of this family that touches the HTTP framework. For every route the same steps in the same
// order: who calls, may they, is the request well formed, do it, write the tenant log, answer.
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { createBuilder } from '#runtime/lifecycle/action-build.ts';
import type { LifecyclePorts } from '#runtime/lifecycle/ports.ts';
import { tenantLog } from '#runtime/tenant-log.ts';
import type { Deps, Env } from '../deps.ts';
import { readQuery } from '../request.ts';
import { type Answer, envelope, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { authenticate, refuseScopes } from './authenticate.ts';
import { readBody } from './body.ts';
import type { Incoming, Operator, Route } from './route.ts';
import { readUpload } from './upload.ts';
import { invalid } from './validation.ts';

/** Below this path everything is ours. */
const BASE = '/api/v2';

export function mountRoutes(deps: Deps, routes: readonly Route[]): Hono<Env> {
  const app = new Hono<Env>();
  const ports = lifecyclePorts(deps);
  const builder = createBuilder(ports, deps.builds, (fault) => {
    deps.log.error({ err: fault }, 'the build of an Action was cut off');
  });

  for (const route of routes) {
    app.on(route.method, `${BASE}${route.path}`, async (c) => {
      const { tenant, caller } = c.var;
      const authenticated = await authenticate(c, deps, tenant);
      if (!authenticated.ok) return refusal(c, authenticated.refusal);
      const { operator } = authenticated;
      const denied = refuseScopes(operator, route.scopes);
      if (denied) return refusal(c, denied);
      const malformed = refuseUrl(c);
      if (malformed) return refusal(c, malformed);
      const query = readQuery(c);
      if (!query.ok) return refusal(c, refuse(400, 'Query string could not be read.', 'invalid_query_string'));
      const body = await bodyOf(c, route);
      if (!body.ok) return refusal(c, body.refusal);

      const param = (name: string) => c.req.param(name) ?? '';
      const incoming: Incoming = { deps, ports, builder, tenant, operator, caller, param };
      const result = await route.run(incoming, query.parameters, body.body);
      if (result.ok && route.method !== 'GET') await logWrite(deps, c, { operator, route, ip: caller.ip });
      return respond(c, result);
    });
  }
  app.all(`${BASE}/*`, (c) => refusal(c, NOT_FOUND.page));
  return app;
}

function bodyOf(c: Context<Env>, { takesBody, takesForm }: Route): ReturnType<typeof readBody> {
  if (takesForm) return readUpload(c);
  return takesBody ? readBody(c) : Promise.resolve({ ok: true, body: undefined });
}

export function lifecyclePorts(deps: Deps): LifecyclePorts {
  return { store: deps.store, now: deps.clock.now, random: deps.random };
}

function respond(c: Context<Env>, result: Answer): Response {
  c.header('cache-control', 'no-store');
  if (!result.ok) return refusal(c, result);
  for (const [name, value] of Object.entries(result.headers ?? {})) c.header(name, value);
  if (result.status === 204) return c.body(null, 204);
  if (result.stream) return c.body(result.stream, result.status);
  return c.json(result.body ?? {}, result.status);
}

function refusal(c: Context<Env>, refused: Refusal): Response {
  c.header('cache-control', 'no-store');
  if (refused.status === 401) c.header('www-authenticate', 'Bearer, DPoP');
  return c.json(envelope(refused), refused.status as ContentfulStatusCode);
}

/** U+0000 cannot be stored in a text of PostgreSQL, hence names nothing. */
function refuseUrl(c: Context<Env>): Refusal | undefined {
  return /%00/.test(c.req.url) ? invalid('path', 'The character U+0000 is not allowed') : undefined;
}

/** Method, path and client; never a body, which may hold passwords and secrets. */
async function logWrite(
  deps: Deps,
  c: Context<Env>,
  { operator, route, ip }: { operator: Operator; route: Route; ip: string },
): Promise<void> {
  const { tenant, caller } = c.var;
  const log = tenantLog(
    {
      type: 'sapi',
      description: `${route.method} ${BASE}${route.path}`,
      details: { request: { method: route.method, path: c.req.path, ip } },
    },
    {
      tenantId: tenant.id,
      now: deps.clock.now(),
      random: deps.random,
      clientId: operator.clientId,
      ip,
      ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
    },
  );
  await deps.store.commit([{ kind: 'log.insert', log }]);
}
