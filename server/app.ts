// Server: every address of the house on one page. A request passes the headers that all answers carry, then the two
// addresses of operation; then it is found out which tenant it is for, and below that it gets its caller and a door.
import { Hono } from 'hono';
import { accountRoutes } from './account/account.ts';
import { continueRoutes } from './continue.ts';
import { databaseRoutes } from './dbconnections.ts';
import type { Deps, Env } from './deps.ts';
import type { Ask } from './dev/ask.ts';
import { devRoutes } from './dev/dev.ts';
import { faultHandler, notFound } from './errors.ts';
import { deviceRoutes } from './hosted/device.ts';
import { emailVerificationRoutes } from './hosted/email-verification.ts';
import { enrollmentLinkRoutes } from './hosted/enrollment-link.ts';
import { hostedRoutes } from './hosted/hosted.ts';
import { looksOf } from './hosted/look.ts';
import { resetLinkRoutes } from './hosted/reset-link.ts';
import { resetRequestRoutes } from './hosted/reset-request.ts';
import { unblockRoutes } from './hosted/unblock.ts';
import { exportRoutes } from './jobs/export-file.ts';
import { jsonFlowRoutes } from './json-flow/json-flow.ts';
import { managementRoutes } from './management/management.ts';
import { mfaRoutes } from './mfa-api/mfa-api.ts';
import { namedTenantRoutes } from './oauth/named-tenant.ts';
import { oauthRoutes } from './oauth/oauth.ts';
import { operatorRoutes } from './operator/operator.ts';
import { ownerManagementRoutes } from './owner-management/owner-management.ts';
import { passwordlessRoutes } from './passwordless/passwordless.ts';
import { pushRoutes } from './push/push.ts';
import { limitRequests } from './rate-limits.ts';
import { readCaller } from './request.ts';
import { type Addressed, pathBelow, rebaseHeaders, tenantOfAddress } from './tenant-of-path.ts';
import { twilioReportRoutes } from './twilio-reports.ts';

/** `ready` settles when scripts can be run; without it only the database is asked. */
export function createApp(deps: Deps, ready: () => Promise<void> = async () => {}): Hono<Env> {
  const gate = new Hono<Env>();
  gate.onError(faultHandler(deps));
  gate.notFound(notFound);

  gate.use(async (c, next) => {
    await next();
    const { headers } = c.res;
    headers.set('x-content-type-options', 'nosniff');
    if (!headers.has('referrer-policy')) headers.set('referrer-policy', 'no-referrer');
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  });

  gate.get('/healthz', (c) => c.json({ status: 'ok' }));
  gate.get('/readyz', async (c) => {
    const isReady = await answersSoon(async () => {
      await deps.store.ping();
      await ready();
    });
    return c.json({ status: isReady ? 'ready' : 'not ready' }, isReady ? 200 : 503);
  });

  const doors = createDoors(deps, async (request) => gate.fetch(request));
  gate.all('*', async (c) => {
    const addressed = await tenantOfAddress(deps, new URL(c.req.url), c.req.path);
    return addressed ? doors.fetch(c.req.raw, { ...c.env, addressed }) : notFound(c);
  });
  return gate;
}

/**
 * Everything that is a tenant's.
 * @param ask sends a request to the house.
 */
export function createDoors(deps: Deps, ask: Ask): Hono<Env> {
  const app = new Hono<Env>({ getPath: (request, options) => pathBelow(request, addressedIn(options?.env)) });
  app.onError(faultHandler(deps));
  app.notFound(notFound);

  app.use(async (c, next) => {
    const { tenant, origin, base, cookiePath } = addressedIn(c.env);
    c.set('tenant', tenant);
    c.set('origin', origin);
    c.set('base', base);
    c.set('cookiePath', cookiePath);
    c.set('pageStore', deps.store);
    c.set('caller', readCaller(c, deps.config.trustProxy));
    // Pages of development and of operators are nobody's but ours.
    if (!/^\/(dev|operator)\//.test(c.req.path)) c.set('lookOf', looksOf(deps, tenant));
    await next();
    if (base !== '') rebaseHeaders(c.res.headers, base);
  });

  app.use(limitRequests(deps));

  // Whoever signs in is waited for by the work of jobs; who runs it may wait for it.
  app.use(async (c, next) => {
    if (c.req.path.startsWith('/api/v2/')) return next();
    const leave = deps.runtime.pace.enter();
    try {
      await next();
    } finally {
      leave();
    }
  });

  app.route('/', oauthRoutes(deps)); // /authorize, /oauth/token, /.well-known
  app.route('/', namedTenantRoutes(deps)); // /v1/tokens and its like, below the name of a tenant
  app.route('/', mfaRoutes(deps)); // /mfa
  app.route('/', databaseRoutes(deps)); // /dbconnections
  app.route('/', jsonFlowRoutes(deps)); // /v1/authorizations
  app.route('/', passwordlessRoutes(deps)); // /passwordless
  app.route('/', unblockRoutes(deps)); // /u/unblock
  app.route('/', emailVerificationRoutes(deps)); // /u/email-verification
  app.route('/', deviceRoutes(deps)); // /activate, /u/device-…
  app.route('/', resetRequestRoutes(deps)); // /u/reset-password/request, /.well-known/change-password
  app.route('/', resetLinkRoutes(deps)); // /u/reset-password/verify
  app.route('/', enrollmentLinkRoutes(deps)); // /mfa/enrollment
  app.route('/', accountRoutes(deps)); // /u/account, /u/account-…
  app.route('/', hostedRoutes(deps)); // /u
  app.route('/', pushRoutes(deps)); // /push
  app.route('/', twilioReportRoutes(deps)); // /twilio
  app.route('/', continueRoutes(deps)); // /continue
  app.route('/', managementRoutes(deps)); // /api/v2
  app.route('/', exportRoutes(deps)); // /exports
  app.route('/', ownerManagementRoutes(deps)); // /v1/management
  app.route('/', operatorRoutes(deps)); // /operator
  app.route('/', devRoutes(deps, ask)); // /dev
  return app;
}

/** The gate says it of each request that it lets through. */
function addressedIn(env: Env['Bindings'] | undefined): Addressed {
  if (!env?.addressed) throw new Error('a request came to the doors past the gate');
  return env.addressed;
}

const READY_WITHIN_MS = 2000;

async function answersSoon(check: () => Promise<void>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, READY_WITHIN_MS, false);
  try {
    return await Promise.race([check().then(() => true), late]);
  } catch {
    return false; // Not reachable: exactly what the caller wants to know.
  } finally {
    clearTimeout(timer);
  }
}
