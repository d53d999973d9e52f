// Test: the development addresses: who reaches them, the inbox, the clock, and the demo application's own refusals.
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Deps, Env } from '#server/deps.ts';
import { authenticatorCode } from '#server/dev/authenticator-code.ts';
import { devRoutes } from '#server/dev/dev.ts';
import { databases } from '#test/kit/databases.ts';
import { CALLER, type House, openHouse, PASSWORD } from '#test/kit/house.ts';

describe.each(databases())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
    await house.store.owners.insert({ id: 'default', name: 'default', createdAt: 0 });
    await house.user('ana', ['phone']);
    await house.bind(
      `exports.onExecutePostLogin = async (event, api) => api.authentication.challengeWith({ type: 'phone' });`,
    );
  }, 60_000);
  afterAll(() => house.close());

  /** @param at the origin that is asked. */
  function ask(path: string, init: RequestInit = {}, { at = 'http://localhost:3000', dev = true } = {}) {
    const deps = {
      ...{ store: house.store, runtime: house.runtime, random: house.ports.random },
      config: { dev, tenantName: house.tenant.name },
      clock: { now: house.ports.now, advance: (seconds: number) => house.clock.advance(seconds * 1000) },
    } as unknown as Deps;
    const app = new Hono<Env>()
      .use(async (c, next) => {
        c.set('tenant', { ...house.tenant, baseUrl: 'http://localhost:3000' });
        c.set('caller', CALLER);
        await next();
      })
      .route(
        '/',
        devRoutes(deps, () => Response.json({ error: 'invalid_grant', error_description: 'No.' }, { status: 403 })),
      );
    return app.request(at + path, init);
  }

  describe('who reaches them', () => {
    const paths = ['/dev/inbox', '/dev/inbox.json', '/dev/clock', '/dev/try', '/dev/nothing'];
    test.each([
      ['http://sallyport.example', true],
      ['http://192.168.1.5:3000', true],
      ['http://localhost.evil.example', true],
      ['http://notlocalhost:3000', true],
      ['http://localhost:3000', false],
    ])('nobody at %s with development %s', async (at, dev) => {
      for (const path of paths) expect((await ask(path, {}, { at, dev })).status).toBe(404);
    });
    test.each(['http://localhost:3000', 'http://127.0.0.1:9', 'http://[::1]:3000', 'http://acme.localhost:3000'])(
      'developers at %s',
      async (at) => {
        expect((await ask('/dev/inbox.json', {}, { at })).status).toBe(200);
      },
    );
  });

  describe('the inbox', () => {
    test('is empty, then shows the newest first, then only what was sent to one address', async () => {
      expect(await (await ask('/dev/inbox.json')).json()).toEqual([]);
      expect(await (await ask('/dev/inbox')).text()).toContain('No message yet');
      const { key } = await house.begin();
      await house.step(key, { kind: 'submitted', identifier: 'ana@example.com', password: PASSWORD });
      const found = (await (await ask('/dev/inbox.json?to=%2B447700900123')).json()) as Record<string, string>[];
      expect(found).toEqual([
        {
          id: expect.any(String),
          channel: 'sms',
          to: '+447700900123',
          text: expect.stringContaining(found[0]?.code ?? '?'),
          code: expect.stringMatching(/^\d{6}$/),
          at: new Date(house.clock.at).toISOString(),
        },
      ]);
      expect(await (await ask('/dev/inbox.json?to=+447700900123')).json()).toEqual(found);
      expect(await (await ask('/dev/inbox.json?to=%2B44770090012')).json()).toEqual([]);
      const page = await ask('/dev/inbox');
      expect(await page.text()).toContain(`<code class="big-code">${found[0]?.code}</code>`);
    });
  });

  describe('the clock', () => {
    const post = (body: string, headers: Record<string, string> = {}) =>
      ask('/dev/clock', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

    test('moves forward', async () => {
      const before = house.clock.at;
      const answer = await post('{"advance_seconds": 301}');
      expect(answer.status).toBe(200);
      expect(house.clock.at).toBe(before + 301_000);
      expect(await (await ask('/dev/clock')).json()).toEqual({ now: new Date(before + 301_000).toISOString() });
    });

    test.each([
      '',
      'x',
      '[]',
      'null',
      '{}',
      '{"advance_seconds":-1}',
      '{"advance_seconds":"1"}',
      '{"advance_seconds":1e99}',
      '{"advance_seconds":1,"x":1}',
    ])('refuses %j', async (body) => {
      const before = house.clock.at;
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: 'invalid_request' });
      expect(house.clock.at).toBe(before);
    });

    test('is not moved by another site', async () => {
      expect((await post('{"advance_seconds": 1}', { origin: 'https://evil.example' })).status).toBe(403);
    });
  });

  describe('the demo application', () => {
    test('says so when there is none', async () => {
      const answer = await ask('/dev/try');
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('There is no demo application');
      expect((await ask('/dev/try/start')).headers.get('location')).toBe('/dev/try');
    });
    test('lives at the base URL', async () => {
      const answer = await ask('/dev/try', {}, { at: 'http://127.0.0.1:3000' });
      expect(answer.headers.get('location')).toBe('http://localhost:3000/dev/try');
    });
    test('shows no tokens for a state it does not know', async () => {
      const text = await (await ask('/dev/try/callback?code=x&state=aaaaaaaaaaaaaaaaaaaaaaaa')).text();
      expect(text).toContain('unknown_state');
    });
    test('shows the error it is told, as text', async () => {
      const state = 'a'.repeat(24);
      const text = await (
        await ask(`/dev/try/callback?error=access_denied&error_description=%3Cb%3E&state=${state}`, {
          headers: { cookie: `sallyport_try_${state}=nonce.verifier` },
        })
      ).text();
      expect(text).toContain('access_denied');
      expect(text).toContain('&lt;b&gt;');
      expect(text).not.toContain('<b>');
    });
  });

  test('the code of an authenticator app is that of RFC 6238, appendix B', () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'; // "12345678901234567890"
    expect(authenticatorCode(secret, 59_000)).toBe('287082');
    expect(authenticatorCode(secret, 1_111_111_109_000)).toBe('081804');
    expect(authenticatorCode(secret, 20_000_000_000_000)).toBe('353130');
  });
});
