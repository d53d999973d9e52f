// How many requests one address may make: counted apart by tenant, address and door, said in headers, refused in the
// words of the door, and gone again with time.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { managementAudience } from '#runtime/lifecycle/scopes.ts';
import { createRequestCounter } from '#server/request-counter.ts';
import { from, HERE, logsOf, openBehindProxy, THERE } from './attacks/guesser.ts';
import type { FrontDoor } from './oauth/front-door.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await openBehindProxy({
    SALLYPORT_DEV: '1',
    SALLYPORT_RATE_LIMITS: 'token=3,authorize=3,pages=3,database=3,management=3',
  });
});
afterAll(() => door.close());

const ask = (method: string, path: string, ip = HERE, headers: Record<string, string> = {}) =>
  door.app.request(door.site + path, { method, headers: { ...from(ip), ...headers } });

const tooMany = { error: 'too_many_requests', error_description: 'Rate limit exceeded.' };

test.each<[method: string, path: string, within: number, body: object | RegExp]>([
  ['POST', '/oauth/token', 400, tooMany],
  [
    'GET',
    '/authorize',
    400,
    /The rate limit for endpoint \/authorize was reached\. Please retry after a few minutes\./,
  ],
  ['GET', '/u/account-sessions', 302, /The rate limit for endpoint \/u\/account-sessions was reached/],
  ['POST', '/u/login', 400, /The rate limit for endpoint \/u\/login was reached/],
  ['GET', '/v2/logout', 200, /The rate limit for endpoint \/v2\/logout was reached/],
  ['POST', '/oidc/logout', 400, /The rate limit for endpoint \/oidc\/logout was reached/],
  ['GET', '/v1/authorizations', 400, tooMany],
  ['POST', '/v1/authorizations/x/authorize', 400, tooMany],
  ['GET', '/userinfo', 401, tooMany],
  ['POST', '/push/api/enroll', 400, tooMany],
  [
    'POST',
    '/dbconnections/signup',
    415,
    { name: 'TooManyRequestsError', code: 'too_many_requests', description: 'Rate limit exceeded.', statusCode: 429 },
  ],
  [
    'GET',
    '/api/v2/clients',
    401,
    {
      statusCode: 429,
      error: 'Too Many Requests',
      message: 'Global limit has been reached',
      errorCode: 'too_many_requests',
    },
  ],
])('%s %s', async (method, path, within, body) => {
  door.house.clock.advance(3_600_000);
  const before = (await logsOf(door, 'api_limit')).length;
  const now = door.house.clock.at;
  for (const remaining of [2, 1, 0]) {
    const { status, headers } = await ask(method, path);
    expect(status).toBe(within);
    expect(Object.fromEntries([...headers].filter(([name]) => /^x-ratelimit|retry-after/.test(name)))).toEqual({
      'x-ratelimit-limit': '3',
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset': String(Math.ceil((now + (3 - remaining) * 20_000) / 1000)),
    });
  }
  for (let i = 0; i < 3; i++) {
    const answer = await ask(method, path);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('20');
    expect(answer.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const text = await answer.text();
    if (body instanceof RegExp) expect(text).toMatch(body);
    else expect(JSON.parse(text)).toEqual(body);
  }
  expect((await logsOf(door, 'api_limit')).slice(before)).toMatchObject([
    { ip: HERE, details: { request: { method, path } } },
  ]);
  expect((await ask(method, path, THERE)).status).toBe(within);
  door.house.clock.advance(20_000);
  expect([(await ask(method, path)).status, (await ask(method, path)).status]).toEqual([within, 429]);
});

test('what a person reads costs nothing, nor does a browser that asks first', async () => {
  for (const [method, path] of [
    ['OPTIONS', '/oauth/token'],
    ['GET', '/u/login'],
    ['GET', '/.well-known/openid-configuration'],
    ['GET', '/healthz'],
  ] as const) {
    for (let i = 0; i < 5; i++) {
      const answer = await ask(method, path);
      expect([answer.status === 429, answer.headers.has('x-ratelimit-limit')]).toEqual([false, false]);
    }
  }
});

test('a page of another origin may read the refusal of the token endpoint', async () => {
  door.house.clock.advance(3_600_000);
  const origin = 'https://app.example';
  for (let i = 0; i < 3; i++) await ask('POST', '/oauth/token');
  const { status, headers } = await ask('POST', '/oauth/token', HERE, { origin });
  expect([status, headers.get('access-control-allow-origin')]).toEqual([429, '*']);
});

test('one household counts as one address, whatever the case and the path', async () => {
  door.house.clock.advance(3_600_000);
  const all = [];
  for (const host of ['1', '2', 'abcd', 'ABCE', 'ffff:1'])
    all.push((await ask('POST', '/oauth/token', `2001:db8::${host}`)).status);
  expect(all.filter((status) => status === 429)).toHaveLength(2);
});

test('what is told of one person: ten times, then one more every twelve seconds', async () => {
  const open = await openBehindProxy();
  const tokenOf = async (name: string) => {
    await open.house.user(name);
    const code = (await open.signIn(open.browser(), name)).get('code') ?? '';
    return String((await open.exchange(code)).body.access_token);
  };
  const [ana, bob] = [await tokenOf('ana'), await tokenOf('bob')];
  const look = async (token: string, ip = HERE) => {
    const { status, headers } = await open.get('/userinfo', { authorization: `Bearer ${token}`, ...from(ip) });
    return [status, headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining'), headers.get('retry-after')];
  };
  for (let left = 9; left >= 0; left--) expect(await look(ana)).toEqual([200, '10', String(left), null]);
  expect(await look(ana, THERE)).toEqual([429, '10', '0', '12']);
  expect(await look(bob)).toEqual([200, '10', '9', null]);
  expect(await look('nobody')).toEqual([401, '30000', expect.stringMatching(/^\d+$/), null]);
  open.house.clock.advance(12_000);
  expect([await look(ana), await look(ana)]).toEqual([
    [200, '10', '0', null],
    [429, '10', '0', '12'],
  ]);
  await open.close();
});

test('off means off', async () => {
  const open = await openBehindProxy({ SALLYPORT_RATE_LIMITS: 'off' });
  const answer = await open.app.request(`${open.site}/oauth/token`, { method: 'POST' });
  expect([answer.status, answer.headers.has('x-ratelimit-limit')]).toEqual([400, false]);
  await open.close();
});

test('by default a machine gets its tokens as fast as it likes', async () => {
  const open = await openBehindProxy();
  const audience = managementAudience(open.site);
  const all = [];
  for (let i = 0; i < 50; i++) {
    const body = { grant_type: 'client_credentials', client_id: 'web', client_secret: 'web secret + more', audience };
    all.push((await open.token(body)).headers.get('x-ratelimit-remaining'));
  }
  expect(all.at(-1)).toBe('29950');
  await open.close();
});

test('the counter keeps apart whoever comes, and tidies nobody away who has used something up', () => {
  let at = 0;
  const counter = createRequestCounter(() => at);
  const allowance = { capacity: 2, refillMs: 1000 };
  let refused = 0;
  for (let i = 0; i < 30_000; i++) {
    at += 1;
    if (!counter.take(`address ${i}`, allowance).ok) refused += 1;
  }
  expect(refused).toBe(0);
  expect(counter.take('address 29999', allowance)).toMatchObject({ ok: true, remaining: 0 });
  expect(counter.take('address 29999', allowance)).toMatchObject({ ok: false, retryAfterSeconds: 1 });
  expect(counter.take('address 1', allowance)).toMatchObject({ ok: true, remaining: 1 });
});

test('a clock that is put back locks nobody out', () => {
  let at = 10_000_000;
  const counter = createRequestCounter(() => at);
  const allowance = { capacity: 2, refillMs: 1000 };
  const take = () => counter.take('key', allowance).ok;
  expect([take(), take(), take()]).toEqual([true, true, false]);
  at -= 9_000_000;
  expect([take(), take(), take()]).toEqual([true, true, false]);
});

test.each([1, 3, 7, 30_000])('a third of a minute is a third of the allowance of %i', (capacity) => {
  let at = 1_700_000_000_000;
  const counter = createRequestCounter(() => at);
  const allowance = { capacity, refillMs: 60_000 / capacity };
  const takeAll = () => {
    for (let taken = 0; ; taken++) if (!counter.take('key', allowance).ok) return taken;
  };
  expect(takeAll()).toBe(capacity);
  at += 20_000;
  const back = takeAll();
  expect(Math.abs(back - Math.floor(capacity / 3))).toBeLessThanOrEqual(1);
  at += 120_000;
  expect(takeAll()).toBe(capacity);
});
