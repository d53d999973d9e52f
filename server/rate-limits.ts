// Server: how many requests one address may make at one tenant, whoever it says it is. Every answer of a limited address
// says what is left; a refusal is written in the dialect of the door, and told to the tenant's log once a minute.
import type { Context, MiddlewareHandler } from 'hono';
import { networkOf } from '#runtime/risk/address.ts';
import { tenantLog } from '#runtime/tenant-log.ts';
import { allowOrigin } from './cross-origin.ts';
import type { Deps, Env } from './deps.ts';
import { errorPage } from './hosted/error-page.ts';
import { envelope, refuse } from './management/answer.ts';
import type { RateLimits } from './rate-limit-names.ts';
import { type Allowance, type Counted, createRequestCounter, type RequestCounter } from './request-counter.ts';

type Dialect = 'oauth' | 'database' | 'management' | 'page';
type Limited = { name: string; dialect: Dialect; allowance(limits: Readonly<RateLimits>): Allowance };

const perMinute = (capacity: number): Allowance => ({ capacity, refillMs: 60_000 / capacity });

const LIMITED = {
  token: { name: 'token', dialect: 'oauth', allowance: ({ token }) => perMinute(token) },
  authorize: { name: 'authorize', dialect: 'page', allowance: ({ authorize }) => perMinute(authorize) },
  // Counted with the others that begin logins; programs call it too.
  begin: { name: 'authorize', dialect: 'oauth', allowance: ({ authorize }) => perMinute(authorize) },
  // Each call that is signed leaves a row, for a minute, and anybody may sign.
  phones: { name: 'phones', dialect: 'oauth', allowance: ({ token }) => perMinute(token) },
  pages: { name: 'pages', dialect: 'page', allowance: ({ pages }) => perMinute(pages) },
  logout: { name: 'logout', dialect: 'page', allowance: ({ pages }) => perMinute(pages) },
  database: { name: 'database', dialect: 'database', allowance: ({ database }) => perMinute(database) },
  // Fifty an hour: each sends a message to somebody.
  passwordless: { name: 'passwordless', dialect: 'oauth', allowance: () => ({ capacity: 50, refillMs: 72_000 }) },
  management: { name: 'management', dialect: 'management', allowance: ({ management }) => perMinute(management) },
} as const satisfies Record<string, Limited>;

/** The limit of an address of ours; undefined for those that cost nothing. */
function limitOf(method: string, path: string): Limited | undefined {
  if (method === 'OPTIONS') return undefined;
  // Links that people follow, and what begins a login by itself.
  if (path === '/mfa/enrollment' || (method === 'GET' && /^\/u\/account(-|$)/.test(path))) return LIMITED.authorize;
  if (/^\/((oauth|mfa)\/|userinfo$|v1\/(tokens(\/|$)|userinfo$))/.test(path)) return LIMITED.token;
  if (path.startsWith('/push/api/')) return LIMITED.phones;
  if (path === '/v1/authorizations') return LIMITED.begin;
  if (path.startsWith('/v1/authorizations/')) return LIMITED.token;
  if (/^\/api\/v2(\/|$)|^\/v1\//.test(path)) return LIMITED.management;
  if (path === '/authorize' || path === '/authorize/resume') return LIMITED.authorize;
  if (path === '/v2/logout' || path === '/oidc/logout' || path === '/v1/logout') return LIMITED.logout;
  if (path.startsWith('/u/') || path === '/activate') return method === 'POST' ? LIMITED.pages : undefined;
  if (path.startsWith('/dbconnections/')) return LIMITED.database;
  if (path === '/passwordless/start') return LIMITED.passwordless;
  if (path === '/passwordless/verify') return LIMITED.token;
  return path.startsWith('/passwordless/verify') ? LIMITED.authorize : undefined;
}

/** Stands before every door. */
export function limitRequests(deps: Pick<Deps, 'config' | 'clock' | 'store' | 'random'>): MiddlewareHandler<Env> {
  const { rateLimits } = deps.config;
  const counter = createRequestCounter(deps.clock.now);
  const told = createRequestCounter(deps.clock.now);
  return async (c, next) => {
    const limit = rateLimits === 'off' ? undefined : limitOf(c.req.method, c.req.path);
    if (!limit || rateLimits === 'off') return next();
    c.set('requestCounter', counter);
    const { tenant, caller } = c.var;
    const key = `${limit.name} ${tenant.id} ${networkOf(caller.ip)}`;
    const allowance = limit.allowance(rateLimits);
    const counted = counter.take(key, allowance);
    if (counted.ok) await next();
    else {
      await tell(deps, c, told, key);
      c.res = await refusal(c, limit.dialect);
    }
    // A door that counts more closely has said what is left already.
    if (!c.res.headers.has('x-ratelimit-limit')) {
      for (const [name, value] of headersOf(allowance, counted)) c.res.headers.set(name, value);
    }
    return undefined;
  };
}

/** What is left, as clients of Auth0 read it. */
function headersOf(
  { capacity }: Allowance,
  { ok, remaining, resetAt, retryAfterSeconds }: Counted,
): [name: string, value: string][] {
  return [
    ['x-ratelimit-limit', String(capacity)],
    ['x-ratelimit-remaining', String(remaining)],
    ['x-ratelimit-reset', String(Math.ceil(resetAt / 1000))],
    ...(ok ? [] : [['retry-after', String(retryAfterSeconds)] as [string, string]]),
  ];
}

/** What is told of one person: ten times, then five times a minute. */
const TOLD_OF_A_PERSON: Allowance = { capacity: 10, refillMs: 12_000 };

/** For `/userinfo`, once it is known whose token it is. The refusal, when this person was asked about too often. */
export function limitPerson(c: Context<Env>, userId: string): Response | undefined {
  const { requestCounter, tenant } = c.var;
  if (!requestCounter) return undefined;
  const counted = requestCounter.take(`person ${tenant.id} ${userId}`, TOLD_OF_A_PERSON);
  for (const [name, value] of headersOf(TOLD_OF_A_PERSON, counted)) c.header(name, value);
  return counted.ok ? undefined : tooManyRequests(c);
}

function refusal(c: Context<Env>, dialect: Dialect): Response | Promise<Response> {
  switch (dialect) {
    case 'oauth':
      return tooManyRequests(c);
    case 'database':
      allowOrigin(c);
      return c.json(
        {
          name: 'TooManyRequestsError',
          code: 'too_many_requests',
          description: 'Rate limit exceeded.',
          statusCode: 429,
        },
        429,
      );
    case 'management':
      return c.json(envelope(refuse(429, 'Global limit has been reached', 'too_many_requests')), 429);
    case 'page': {
      const reason = `invalid_request: The rate limit for endpoint ${c.req.path} was reached. Please retry after a few minutes.`;
      return errorPage(c, { status: 429, key: 'too-many-requests', reason });
    }
  }
}

function tooManyRequests(c: Context<Env>): Response {
  allowOrigin(c);
  return c.json({ error: 'too_many_requests', error_description: 'Rate limit exceeded.' }, 429);
}

const ONCE_A_MINUTE: Allowance = { capacity: 1, refillMs: 60_000 };

async function tell(
  { store, clock, random }: Pick<Deps, 'clock' | 'store' | 'random'>,
  c: Context<Env>,
  told: RequestCounter,
  key: string,
): Promise<void> {
  if (!told.take(key, ONCE_A_MINUTE).ok) return;
  const { tenant, caller } = c.var;
  const log = tenantLog(
    {
      type: 'api_limit',
      description: 'Rate limit reached',
      details: { request: { method: c.req.method, path: c.req.path } },
    },
    { tenantId: tenant.id, now: clock.now(), random, ip: caller.ip, hostname: new URL(tenant.baseUrl).host },
  );
  await store.commit([{ kind: 'log.insert', log }]);
}
