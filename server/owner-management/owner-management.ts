// Owner management: every address below /v1/management. For every route the same steps in the same order: who calls, is
// the address well formed, may they, is the request well formed, do it, write the tenant log, answer. What belongs to a
// tenant is described once and stands at two addresses. Source: idp-server reference, §1; operating contract, "Addresses".
import { type Context, Hono } from 'hono';
import type { LifecyclePorts } from '#runtime/lifecycle/ports.ts';
import { tenantLog } from '#runtime/tenant-log.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { lifecyclePorts } from '../management/mount.ts';
import { readQuery } from '../request.ts';
import { authenticateOwner, type OwnerOperator } from './authenticate-owner.ts';
import { clientRoutes } from './clients.ts';
import { configurationRoutes } from './configurations.ts';
import { onboardingRoutes } from './onboarding.ts';
import { findTenant, refuseRow } from './owner-access.ts';
import { invalidRequest, notThere, type OwnerAnswer, refusalBody } from './owner-answer.ts';
import { readDryRun, readOwnerBody, UNSTORABLE } from './owner-body.ts';
import type { OwnerCall, PlaneRoute, TenantRoute } from './owner-route.ts';
import { ownerRoutes } from './owners.ts';
import { policyRoutes } from './policies.ts';
import { securityEventRoutes } from './security-events.ts';
import { tenantRoutes } from './tenants.ts';
import { userRoutes } from './users.ts';

const BASE = '/v1/management';
const OF_TENANT = `${BASE}/tenants/:tenant`;
const OF_OWNER = `${BASE}/organizations/:organization/tenants/:tenant`;

const PLANE: readonly PlaneRoute[] = [...ownerRoutes, ...onboardingRoutes];

const OF_TENANTS: readonly TenantRoute[] = [
  ...tenantRoutes,
  ...configurationRoutes,
  ...policyRoutes,
  ...securityEventRoutes,
  ...clientRoutes,
  ...userRoutes,
];

type Steps = { deps: Deps; ports: LifecyclePorts };

export function ownerManagementRoutes(deps: Deps): Hono<Env> {
  const app = new Hono<Env>();
  const steps = { deps, ports: lifecyclePorts(deps) };
  for (const route of PLANE) {
    app.on(route.method, `${BASE}${route.path}`, (c) => take(c, steps, route, async (call) => route.handle(call)));
  }
  for (const route of OF_TENANTS) {
    for (const base of [OF_TENANT, OF_OWNER]) {
      app.on(route.method, `${base}${route.path}`, (c) =>
        take(c, steps, route, async (call, tenant) => route.handle({ ...call, tenant })),
      );
    }
  }
  app.all(`${BASE}/*`, (c) => respond(c, notThere('Not Found')));
  return app;
}

/** `tenant`: the one of the path, or the caller's own where the path names none. */
type Handle = (call: OwnerCall, tenant: TenantRecord) => Promise<OwnerAnswer>;

async function take(
  c: Context<Env>,
  { deps, ports }: Steps,
  route: PlaneRoute | TenantRoute,
  handle: Handle,
): Promise<Response> {
  const authenticated = await authenticateOwner(c, deps);
  if (!authenticated.ok) return respond(c, authenticated.refusal);
  const { operator } = authenticated;
  if (/%00/.test(c.req.url)) return respond(c, UNSTORABLE);
  const param = (name: string) => c.req.param(name) ?? '';
  const tenant = 'scopes' in route ? await tenantFor(c, deps, operator, route) : operator.home;
  if ('ok' in tenant) return respond(c, tenant);

  const read = readQuery(c);
  if (!read.ok) return respond(c, invalidRequest('The query string could not be read'));
  const query = read.parameters;
  const changes = route.method !== 'GET' && route.readsOnly !== true;
  const dryRun = changes ? readDryRun(query) : false;
  if (typeof dryRun !== 'boolean') return respond(c, dryRun);
  const body = route.takesBody ? await readOwnerBody(c) : { ok: true as const, body: {} };
  if (!body.ok) return respond(c, body, dryRun);

  const call = { deps, ports, operator, caller: c.var.caller, dryRun, query, body: body.body, param };
  const result = await handle(call, tenant);
  if (result.ok && changes && !dryRun) await logWrite(c, deps, { operator, route, tenant });
  return respond(c, result, dryRun);
}

async function tenantFor(c: Context<Env>, deps: Deps, operator: OwnerOperator, route: TenantRoute) {
  const organization = c.req.param('organization');
  const tenant = await findTenant(deps.store, operator, {
    tenant: c.req.param('tenant') ?? '',
    ...(organization === undefined ? {} : { organization }),
  });
  if ('ok' in tenant) return tenant;
  return refuseRow(operator, route, organization !== undefined) ?? tenant;
}

function respond(c: Context<Env>, result: OwnerAnswer, dryRun = false): Response {
  c.header('cache-control', 'no-store');
  if (!result.ok) {
    // RFC 6750 §3.1.
    if (result.status === 401) c.header('www-authenticate', 'Bearer error="invalid_token", DPoP');
    return c.json(refusalBody(result, dryRun), result.status);
  }
  if (result.status === 204) return c.body(null, 204);
  if ('text' in result) return c.text(result.text, 200, { 'content-type': result.type });
  return c.json(result.body, result.status);
}

/** Method, path and who; never a body, which may hold passwords and secrets. */
async function logWrite(
  c: Context<Env>,
  deps: Deps,
  {
    operator,
    route,
    tenant,
  }: { operator: OwnerOperator; route: PlaneRoute | TenantRoute; tenant: Pick<TenantRecord, 'id'> },
): Promise<void> {
  const { ip, userAgent } = c.var.caller;
  const { home, clientId } = operator;
  const log = tenantLog(
    {
      type: 'sapi',
      description: `${route.method} ${'scopes' in route ? OF_TENANT : BASE}${route.path}`,
      details: {
        request: { method: route.method, path: c.req.path, ip },
        // Of another tenant's client the id alone says nothing.
        ...(home.id === tenant.id ? {} : { operator: { tenant: home.name, client_id: clientId } }),
      },
    },
    {
      tenantId: tenant.id,
      now: deps.clock.now(),
      random: deps.random,
      clientId,
      ip,
      ...(userAgent === undefined ? {} : { userAgent }),
    },
  );
  await deps.store.commit([{ kind: 'log.insert', log }]);
}
