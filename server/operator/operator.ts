// Server, operators: pages for whoever runs the server, behind the name and secret of the operator's client. They show what
// the Management API shows and change nothing. Where no such client is set there are none.
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { networkOf } from '#runtime/risk/address.ts';
import type { Deps, Env } from '../deps.ts';
import { errorPage } from '../hosted/error-page.ts';
import { loginPages } from '../timeline/logins-page.ts';
import { showDeliveryLog } from './delivery-log.ts';
import { showLogStreams } from './log-streams.ts';
import { showMessages } from './messages.ts';

/** GET `/operator/messages`, `/operator/logs`, `/operator/log-streams` and `/operator/logins`, on every tenant's host. */
export function operatorRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>()
    .use('/operator/*', guard(deps))
    .get('/operator/messages', (c) => showMessages(c, deps))
    .get('/operator/logs', (c) => showDeliveryLog(c, deps))
    .get('/operator/log-streams', (c) => showLogStreams(c, deps))
    .route('/', loginPages(deps, '/operator/logins'));
}

/** Wrong secrets from one network, by any name: then one in a minute. */
const GUESSES = { capacity: 10, refillSeconds: 60 };

function guard({ config, store, clock }: Deps): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { admin } = config;
    if (!admin) return errorPage(c, { status: 404, key: 'not-found' });
    const given = credentialsOf(c);
    if (given === undefined) return unauthorized(c);
    const { tenant, caller } = c.var;
    const bucket = `operator ${networkOf(caller.ip)}`;
    // Taken before the answer is known, so that guesses made at once do not share one attempt.
    const attempt = await store.takeAttempt(tenant.id, bucket, GUESSES, clock.now());
    if (!attempt.taken) {
      c.header('retry-after', String(attempt.retryAfterSeconds));
      return errorPage(c, { status: 429, key: 'too-many-requests' });
    }
    if (!isSame(given, `${admin.clientId}:${admin.clientSecret}`)) return unauthorized(c);
    await store.clearAttempts(tenant.id, bucket);
    return next();
  };
}

/** Name and secret as sent (RFC 7617 §2), a colon between them; undefined when there are none. */
function credentialsOf(c: Context<Env>): string | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString();
}

/** Digests are of one length, so that the time tells nothing of a length either. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function unauthorized(c: Context<Env>): Response {
  c.header('www-authenticate', 'Basic realm="Sallyport operators", charset="UTF-8"');
  return c.text('The name and secret of the operator’s client are needed.', 401);
}
