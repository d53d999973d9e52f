// Server: every address of the house on one page. A request passes the headers that all answers carry, then the two
// addresses of operation, then it gets its tenant and its caller, then a door.
import { Hono } from 'hono';
import { accountRoutes } from './account/account.ts';
import { continueRoutes } from './continue.ts';
import { databaseRoutes } from './dbconnections.ts';
import type { Deps, Env } from './deps.ts';
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
import { managementRoutes } from './management/management.ts';
import { tenantManagementRoutes } from './management/tenant-management.ts';
import { mfaRoutes } from './mfa-api/mfa-api.ts';
import { oauthRoutes } from './oauth/oauth.ts';
import { operatorRoutes } from './operator/operator.ts';
import { passwordlessRoutes } from './passwordless/passwordless.ts';
import { pushRoutes } from './push/push.ts';
import { limitRequests } from './rate-limits.ts';
import { readCaller } from './request.ts';
import { tenantOfHost } from './tenant-of-host.ts';
import { twilioReportRoutes } from './twilio-reports.ts';

/** `ready` settles when scripts can be run; without it only the database is asked. */
export function createApp(deps: Deps, ready: () => Promise<void> = async () => {}): Hono<Env> {
  const app = new Hono<Env>();
  app.onError(faultHandler(deps));
  app.notFound(notFound);

  app.use(async (c, next) => {
    await next();
    const { headers } = c.res;
    headers.set('x-content-type-options', 'nosniff');
    if (!headers.has('referrer-policy')) headers.set('referrer-policy', 'no-referrer');
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  });

  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    const isReady = await answersSoon(async () => {
      await deps.store.ping();
      await ready();
    });
    return c.json({ status: isReady ? 'ready' : 'not ready' }, isReady ? 200 : 503);
  });

  app.use(async (c, next) => {
    const tenant = await tenantOfHost(deps, new URL(c.req.url));
    if (!tenant) return notFound(c);
    c.set('tenant', tenant);
    c.set('pageStore', deps.store);
    c.set('caller', readCaller(c, deps.config.trustProxy));
    // Pages of development and of operators are nobody's but ours.
    if (!/^\/(dev|operator)\//.test(c.req.path)) c.set('lookOf', looksOf(deps, tenant));
    return next();
  });

  app.use(limitRequests(deps));

  app.route('/', oauthRoutes(deps)); // /authorize, /oauth/token, /.well-known
  app.route('/', mfaRoutes(deps)); // /mfa
  app.route('/', databaseRoutes(deps)); // /dbconnections
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
  app.route('/', tenantManagementRoutes(deps)); // /v1/management
  app.route('/', operatorRoutes(deps)); // /operator
  app.route(
    '/',
    devRoutes(deps, async (request) => app.fetch(request)),
  ); // /dev
  return app;
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
