// What holds for every address: which tenant a host finds, what every answer carries, and how a fault of ours looks.

import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import type { Caller } from '#runtime/ports.ts';
import { createApp } from '#server/app.ts';
import { readConfig } from '#server/config.ts';
import type { Env } from '#server/deps.ts';
import { readCaller } from '#server/request.ts';
import { databases } from '#test/kit/databases.ts';
import { type FrontDoor, openFrontDoor } from './oauth/front-door.ts';

describe.each(databases())('%s', (_name, open) => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    const { ports } = door.house;
    await newTenant(ports, { name: 'dev', baseUrl: 'https://login.example', ownerId: 'default' });
    await newTenant(ports, { name: 'acme', baseUrl: 'http://acme.localhost:3000', ownerId: 'default' });
  });
  afterAll(() => door.close());

  const withConfig = (env: Record<string, string>) =>
    createApp({ ...door.deps, config: readConfig(env, { start: false }) });

  describe('the host finds the tenant, and nothing of it comes back', () => {
    test.each([
      ['https://login.example', '0', 'https://login.example/'],
      ['http://login.example', '0', 'https://login.example/'],
      ['http://login.example:443', '0', 'https://login.example/'],
      ['http://acme.localhost:3000', '0', 'http://acme.localhost:3000/'],
      ['http://ACME.localhost:3000', '0', 'http://acme.localhost:3000/'],
      ['http://acme.localhost:4000', '0', 'https://login.example/'],
      ['http://localhost:9', '0', 'https://login.example/'],
      ['http://127.0.0.1', '0', 'https://login.example/'],
      ['http://[::1]:3000', '0', 'https://login.example/'],
      ['http://evil.example', '0', undefined],
      ['http://localhost.evil.example', '0', undefined],
      ['http://127.0.0.1.evil.example', '0', undefined],
      ['http://evil.example', '1', 'https://login.example/'],
      ['http://acme.localhost:3000', '1', 'http://acme.localhost:3000/'],
    ])('%s with development %s', async (origin, dev, issuer) => {
      const app = withConfig({ SALLYPORT_DEV: dev });
      const headers = { 'x-forwarded-host': 'acme.localhost:3000', 'x-forwarded-proto': 'https' };
      const response = await app.request(`${origin}/.well-known/openid-configuration`, { headers });
      const text = await response.text();
      expect(response.status).toBe(issuer === undefined ? 404 : 200);
      if (issuer !== undefined) expect(JSON.parse(text).issuer).toBe(issuer);
      expect(text).not.toContain('evil.example');
    });

    test('an unknown host gets 404 everywhere but at the two addresses of operation', async () => {
      const app = withConfig({});
      for (const path of [
        '/',
        '/authorize',
        '/oauth/token',
        '/u/login',
        '/api/v2/users',
        '/dev/inbox',
        '/v1/management/tenants',
      ]) {
        expect((await app.request(`http://evil.example${path}`)).status).toBe(404);
      }
      expect((await app.request('http://evil.example/healthz')).status).toBe(200);
      expect((await app.request('http://evil.example/readyz')).status).toBe(200);
    });
  });

  describe('every answer', () => {
    test.each(['/healthz', '/nothing', '/oauth/nothing', '/authorize', '/u/login', '/.well-known/jwks.json'])(
      '%s',
      async (path) => {
        const { headers } = await door.get(path);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('referrer-policy')).toBe('no-referrer');
        expect(headers.get('cache-control')).toBeTruthy();
      },
    );

    test.each([
      ['/oauth/nothing', 'application/json'],
      ['/api/v2/nothing', 'application/json'],
      ['/nothing', 'text/html'],
    ])('what is not there: %s', async (path, type) => {
      const response = await door.get(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toContain(type);
    });
  });

  describe('a fault of ours', () => {
    const secret = 'select secret from everything';
    test.each(['/oauth/token', '/authorize?client_id=spa', '/.well-known/jwks.json'])(
      '%s says nothing, the log says all',
      async (path) => {
        const lines: unknown[] = [];
        const broken = () => Promise.reject(new Error(secret));
        const { store } = door.deps;
        const app = createApp({
          ...door.deps,
          store: {
            ...store,
            clients: { ...store.clients, find: broken },
            signingKeys: { ...store.signingKeys, list: broken },
          },
          log: { info() {}, warn() {}, error: (fields) => lines.push(fields) },
        });
        const response = await app.request(`${door.site}${path}`, {
          ...(path === '/oauth/token'
            ? { method: 'POST', body: new URLSearchParams({ grant_type: 'authorization_code', client_id: 'spa' }) }
            : {}),
        });
        expect(response.status).toBe(500);
        expect(await response.text()).not.toContain(secret);
        expect(lines).toMatchObject([{ cause: { message: secret }, path: path.split('?')[0] }]);
        expect(JSON.stringify(lines)).not.toContain('client_id');
      },
    );

    test('not ready: the database or the cells do not answer', async () => {
      const status = async (ready: () => Promise<void>) =>
        (await createApp(door.deps, ready).request('/readyz')).status;
      expect(await status(async () => {})).toBe(200);
      expect(await status(() => Promise.reject(new Error('no')))).toBe(503);
      expect(await status(() => new Promise(() => {}))).toBe(503);
    });
  });

  describe('who calls', () => {
    const called = async (proxies: number, remote: string, headers: Record<string, string>): Promise<Caller> => {
      const app = new Hono<Env>().get('/', (c) => c.json(readCaller(c, proxies)));
      const bindings = { incoming: { socket: { remoteAddress: remote } } };
      return (await app.request('/', { headers }, bindings)).json() as Promise<Caller>;
    };
    test.each([
      [0, '203.0.113.1', 'x-forwarded-for: 198.51.100.9', '203.0.113.1'],
      [0, '::ffff:203.0.113.1', '', '203.0.113.1'],
      [1, '10.0.0.1', '6.6.6.6, 198.51.100.9', '198.51.100.9'],
      [2, '10.0.0.1', '6.6.6.6, 198.51.100.9, 10.0.0.2', '198.51.100.9'],
      [2, '10.0.0.1', '198.51.100.9', '10.0.0.1'],
      [1, '10.0.0.1', 'not an address', '10.0.0.1'],
      [1, '10.0.0.1', '2001:db8::1', '2001:db8::1'],
    ])('%i proxies, socket %s, header %j: %s', async (proxies, remote, forwarded, ip) => {
      const headers = forwarded === '' ? {} : { 'x-forwarded-for': forwarded.replace('x-forwarded-for: ', '') };
      expect(await called(proxies, remote, headers as Record<string, string>)).toEqual({ ip, method: 'GET' });
    });

    test('browser and language', async () => {
      const headers = { 'user-agent': 'u'.repeat(2000), 'accept-language': 'ja-JP,ja;q=0.9' };
      expect(await called(0, '203.0.113.1', headers)).toEqual({
        ip: '203.0.113.1',
        method: 'GET',
        userAgent: 'u'.repeat(1000),
        language: 'ja-JP',
      });
    });
  });
});
