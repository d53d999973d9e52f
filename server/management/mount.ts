// Management: the only file of this family that touches the HTTP framework. For every route the same steps in the same
// order: who calls, may they, is the request well formed, do it, write the tenant log, answer.
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { createBuilder } from '#runtime/lifecycle/action-build.ts';
import type { LifecyclePorts } from '#runtime/lifecycle/ports.ts';
import type { Deps, Env } from '../deps.ts';
import { type Answer, envelope, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { authenticate, refuseScopes } from './authenticate.ts';
import { readBody } from './body.ts';
import { publishDescription } from './openapi.ts';
import { readRepeatedQuery } from './repeated-query.ts';
import type { Incoming, Route } from './route.ts';
import { subjectOf } from './subject.ts';
import { uploadOf } from './upload.ts';
import { invalid } from './validation.ts';
import { logRefusal, rehearse, write } from './write.ts';

/** Below this path everything is ours. */
const BASE = '/api/v2';

export function mountRoutes(deps: Deps, routes: readonly Route[]): Hono<Env> {
  const app = new Hono<Env>();
  const ports = lifecyclePorts(deps);
  const builder = createBuilder(ports, deps.builds, (fault) => {
    deps.log.error({ err: fault }, 'the build of an Action was cut off');
  });

  const writes = routes.filter(({ method }) => method !== 'GET');
  const subjects = new Map(writes.map((route) => [route, subjectOf(route, routes)]));
  for (const route of routes) {
    const subject = subjects.get(route);
    app.on(route.method, `${BASE}${route.path}`, async (c) => {
      const { tenant, caller } = c.var;
      const authenticated = await authenticate(c, deps, tenant);
      if (!authenticated.ok) return refusal(c, authenticated.refusal);
      const { operator } = authenticated;
      const param = (name: string) => c.req.param(name) ?? '';
      const upload = route.form ? { upload: uploadOf(c) } : {};
      const incoming: Incoming = { deps, ports, builder, tenant, operator, caller, param, ...upload };
      const { path } = c.req;
      const refused = async (what: Refusal) => {
        // A rehearsal leaves no line, however far it comes.
        const isRehearsal = c.req.query('dry_run') === 'true';
        if (subject && !isRehearsal) await logRefusal(incoming, { route, path, query: {} }, what.status);
        return refusal(c, what);
      };
      const denied = refuseScopes(operator, route.scopes);
      if (denied) return refused(denied);
      const malformed = refuseUrl(c);
      if (malformed) return refused(malformed);
      const query = readRepeatedQuery(c);
      if (!query.ok) return refused(refuse(400, 'Query string could not be read.', 'invalid_query_string'));
      const body = await bodyOf(c, route);
      if (!body.ok) return refused(body.refusal);
      if (!subject) return respond(c, await route.run(incoming, query.parameters, body.body));

      const { dry_run: dryRun, ...parameters } = query.parameters;
      if (dryRun !== undefined && dryRun !== 'true' && dryRun !== 'false') {
        return refused(invalid('query', `No enum match for: ${JSON.stringify(dryRun)}`, 'dry_run'));
      }
      const own = { ok: true as const, incoming, write: { route, path, query: parameters, body: body.body } };
      const meant = route.standsFor ? await route.standsFor(incoming, parameters, routes) : own;
      if (!meant.ok) return refused(meant);
      const it = { ...meant.write, subject: subjects.get(meant.write.route) ?? subject };
      return respond(c, await (dryRun === 'true' ? rehearse : write)(meant.incoming, it));
    });
  }
  // What the API is may be read by anybody: it holds nothing of a tenant.
  const describe = publishDescription(routes);
  app.get(`${BASE}/openapi.json`, (c) =>
    c.body(describe(c.var.tenant.baseUrl), 200, { 'content-type': 'application/json' }),
  );
  app.all(`${BASE}/*`, (c) => refusal(c, NOT_FOUND.page));
  return app;
}

function bodyOf(c: Context<Env>, { body }: Route): ReturnType<typeof readBody> {
  return body ? readBody(c) : Promise.resolve({ ok: true, body: undefined });
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
