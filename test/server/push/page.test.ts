// Test: the page on the phone: what it may do, what it is made of, and what nobody learns from its address.
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Deps, Env } from '#server/deps.ts';
import { pushRoutes } from '#server/push/push.ts';
import { CALLER, type House, openHouse } from '#test/kit/house.ts';

let house: House;
let get: (path: string, headers?: Record<string, string>) => Promise<Response>;
beforeAll(async () => {
  house = await openHouse();
  const clock = { now: house.ports.now, advance: () => {} };
  const deps = { store: house.store, runtime: house.runtime, random: house.ports.random, clock } as unknown as Deps;
  const app = new Hono<Env>()
    .use(async (c, next) => {
      c.set('tenant', { ...house.tenant, friendlyName: 'A </script> & Co', enabledLocales: ['en', 'ja'] });
      c.set('pageStore', house.store);
      c.set('caller', CALLER);
      await next();
    })
    .route('/', pushRoutes(deps));
  get = async (path, headers = {}) => app.request(`${house.tenant.baseUrl}${path}`, { headers });
}, 60_000);
afterAll(() => house.close());

describe.each(['/push', '/push/enroll'])('%s', (path) => {
  test('runs scripts of ours, calls us, and nothing else', async () => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    const policy = answer.headers.get('content-security-policy')?.split('; ') ?? [];
    for (const part of ["script-src 'self'", "connect-src 'self'", "worker-src 'self'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(part);
    }
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    const text = await answer.text();
    expect(text.match(/<script(?! type="application\/json")[^>]*>(?!<\/script>)/g)).toBeNull();
    expect(text).not.toMatch(/ on[a-z]+="|style="/);
  });

  test('says what it knows as data that ends nothing', async () => {
    const text = await (await get(path)).text();
    const [, json = ''] = /<script type="application\/json" id="known">(.*?)<\/script>/s.exec(text) ?? [];
    expect(JSON.parse(json)).toMatchObject({
      base: house.tenant.baseUrl,
      now: house.clock.at,
      company: 'A </script> & Co',
    });
    expect(JSON.parse(json).seconds).toHaveLength(30);
  });

  test('speaks the language of the browser', async () => {
    const text = await (await get(path, { 'accept-language': 'ja' })).text();
    expect(text).toContain('<html lang="ja"');
  });
});

test('its scripts are served without their types, and kept; others are not there', async () => {
  const text = await (await get('/push')).text();
  const [, main = ''] = /src="(\/push\/app\/[0-9a-f]{12}\/main\.ts)"/.exec(text) ?? [];
  const waiting = [main];
  const seen = new Set<string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const answer = await get(path);
    expect(answer.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    const script = await answer.text();
    expect(script).not.toMatch(/\bimport type\b|: Promise</);
    for (const [, name] of script.matchAll(/from '\.\/([\w-]+\.ts)'/g))
      waiting.push(main.replace('main.ts', name ?? ''));
  }
  expect(seen.size).toBeGreaterThan(5);
  for (const path of ['other.ts', '..%2fpush.ts', 'api.ts']) {
    expect((await get(main.replace('main.ts', path))).status).toBe(404);
  }
});

test('its worker has an address that stays, and may serve the page', async () => {
  const { headers, status } = await get('/push/worker.js');
  expect(status).toBe(200);
  expect(headers.get('service-worker-allowed')).toBe('/push');
  expect(headers.get('cache-control')).toBe('no-cache');
});

test('it can be put on a home screen', async () => {
  const answer = await get('/push/manifest.webmanifest');
  expect(answer.headers.get('content-type')).toBe('application/manifest+json');
  const manifest = (await answer.json()) as { icons: { src: string }[]; name: string };
  expect(manifest).toMatchObject({
    name: 'A </script> & Co',
    start_url: '/push',
    scope: '/push',
    display: 'standalone',
  });
  expect((await get(manifest.icons[0]?.src ?? '')).headers.get('content-type')).toBe('image/svg+xml');
});
