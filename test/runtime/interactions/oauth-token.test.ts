// Access tokens for outside services: how they are asked for, how long they are kept, and what happens when one is not taken.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OAuthAuthorization } from '#runtime/interactions/interaction.ts';
import { runExecution } from '#runtime/interactions/run-execution.ts';
import { freePort } from '#test/kit/free-port.ts';
import { execution, openPorts, openService, type Service } from './outside.ts';

const { ports, clock, told, close } = openPorts();
let service: Service;
/** Tokens that the service gave, the last of which is the only one it takes where it checks. */
let given = 0;
beforeAll(async () => {
  service = await openService();
});
beforeEach(() => {
  service.seen.length = 0;
  service.answers.clear();
  told.length = 0;
  given = 0;
  service.answers.set('/token', () => ({ body: { access_token: `tok-${++given}`, expires_in: 60 } }));
});
afterAll(async () => {
  await close();
  await service.close();
});

const authorization = (more: Partial<OAuthAuthorization> = {}): OAuthAuthorization => ({
  type: 'password',
  token_endpoint: `${service.origin}/token`,
  client_id: 'id',
  username: 'name',
  password: 'p&ss',
  scope: 'application',
  ...more,
});
const ask = (more: Partial<OAuthAuthorization> = {}, tenantId = 'tenant') =>
  runExecution(
    ports,
    { tenantId },
    execution(`${service.origin}/x`, { auth_type: 'oauth2', oauth_authorization: authorization(more) }),
    { request_body: { a: 1 } },
  );
const paths = () => service.seen.map(({ url }) => url);
const used = () => service.seen.filter(({ url }) => url === '/x').map(({ headers }) => headers.authorization);
/** Each test has tokens of its own. */
let cached = 0;
const kept = (more: Partial<OAuthAuthorization> = {}) => ({ cache_enabled: true, scope: `s${cached}`, ...more });
beforeEach(() => void cached++);

describe('are asked for', () => {
  test('with a name and a password', async () => {
    expect(await ask()).toMatchObject({ ok: true });
    const [token] = service.seen;
    expect(token).toMatchObject({
      method: 'POST',
      url: '/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(Object.fromEntries(new URLSearchParams(token?.body))).toEqual({
      grant_type: 'password',
      client_id: 'id',
      username: 'name',
      password: 'p&ss',
      scope: 'application',
    });
    expect(used()).toEqual(['Bearer tok-1']);
  });

  test('with a secret in the body', async () => {
    await ask({ type: 'client_credentials', client_secret: 's', client_authentication_type: 'client_secret_post' });
    expect(Object.fromEntries(new URLSearchParams(service.seen[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'id',
      client_secret: 's',
      scope: 'application',
    });
  });

  test('with a secret in the header', async () => {
    await ask({ type: 'client_credentials', client_secret: 's:ß', client_authentication_type: 'client_secret_basic' });
    expect(service.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('id:s%3A%C3%9F').toString('base64')}`);
    expect(service.seen[0]?.body).toBe('grant_type=client_credentials&scope=application');
  });
});

describe('are kept', () => {
  test('not at all unless the tenant says so', async () => {
    await ask();
    await ask();
    expect(used()).toEqual(['Bearer tok-1', 'Bearer tok-2']);
  });

  test.each<[string, Partial<OAuthAuthorization>, seconds: number, again: boolean]>([
    ['until ten seconds before its end', {}, 49, false],
    ['not in its last ten seconds', {}, 50, true],
    ['to its end, where the tenant says so', { cache_buffer_seconds: 0 }, 59, false],
    ['no longer than the tenant says', { cache_ttl_seconds: 30 }, 20, true],
    ['no longer than the endpoint says', { cache_ttl_seconds: 3_600 }, 50, true],
  ])('%s', async (_name, more, seconds, again) => {
    await ask(kept(more));
    clock.now += seconds * 1000;
    await ask(kept(more));
    expect(used()).toEqual(['Bearer tok-1', again ? 'Bearer tok-2' : 'Bearer tok-1']);
  });

  test('for one tenant and one configuration', async () => {
    await ask(kept());
    await ask(kept(), 'other');
    await ask(kept({ password: 'other' }));
    await ask(kept());
    expect(used()).toEqual(['Bearer tok-1', 'Bearer tok-2', 'Bearer tok-3', 'Bearer tok-1']);
  });

  test('not without knowing how long', async () => {
    service.answers.set('/token', () => ({ body: { access_token: `tok-${++given}` } }));
    await ask(kept());
    await ask(kept());
    expect(given).toBe(2);
  });

  test('and requests that come together wait for the same one', async () => {
    await Promise.all([ask(kept()), ask(kept()), ask(kept())]);
    expect(given).toBe(1);
    expect(used()).toEqual(['Bearer tok-1', 'Bearer tok-1', 'Bearer tok-1']);
  });
});

describe('that the service does not take', () => {
  const checking = (status: number, from = 2) =>
    service.answers.set('/x', ({ headers }) => ({
      status: Number(headers.authorization?.split('-')[1]) >= from ? 200 : status,
    }));

  test.each([401, 403])('by %d are replaced once', async (status) => {
    await ask(kept());
    checking(status);
    expect(await ask(kept())).toMatchObject({ ok: true });
    expect(paths()).toEqual(['/token', '/x', '/x', '/token', '/x']);
    // The old one is gone.
    await ask(kept());
    expect(used().at(-1)).toBe('Bearer tok-2');
    expect(given).toBe(2);
  });

  test('are not replaced twice', async () => {
    checking(401, 99);
    expect(await ask(kept())).toMatchObject({ ok: false, status: 401 });
    expect(paths()).toEqual(['/token', '/x', '/token', '/x']);
  });

  test('are not replaced for another reason', async () => {
    checking(400, 99);
    expect(await ask(kept())).toMatchObject({ ok: false, status: 400 });
    expect(given).toBe(1);
  });
});

describe('that cannot be had', () => {
  test.each<[string, status: number, body: string]>([
    ['refused', 401, '{"error":"invalid_client"}'],
    ['broken', 500, 'oops'],
    ['no JSON', 200, '<html>'],
    ['no token', 200, '{}'],
    ['no text', 200, '{"access_token":5}'],
    ['a line break', 200, '{"access_token":"a\\r\\nX-Injected: 1"}'],
    ['a redirect', 302, ''],
  ])('%s', async (name, status, body) => {
    service.answers.set('/token', () => ({ status, body, ...(status === 302 ? { headers: { location: '/x' } } : {}) }));
    const executed = await ask();
    const fault = name === 'a redirect' ? 'token-unreachable' : 'token-refused';
    expect(executed).toMatchObject({ ok: false, status: fault === 'token-refused' ? 502 : 503, fault });
    expect(paths()).toEqual(['/token']);
  });

  test('nobody is there', async () => {
    const token_endpoint = `http://127.0.0.1:${await freePort()}/token`;
    expect(await ask({ token_endpoint })).toMatchObject({ ok: false, status: 503, fault: 'token-unreachable' });
  });

  test('the way there is not allowed', async () => {
    expect(await ask({ token_endpoint: 'http://10.0.0.1/' })).toMatchObject({ status: 503, fault: 'refused-address' });
  });

  test('and neither the log nor the answer holds what was sent', async () => {
    service.answers.set('/token', ({ body }) => ({ status: 400, body }));
    const executed = await ask({ client_secret: 'very-secret' });
    const all = JSON.stringify([executed, told]);
    for (const secret of ['very-secret', 'p&ss', 'p%26ss']) expect(all).not.toContain(secret);
    expect(told).toHaveLength(1);
  });
});

test('a lifetime that has no bottom is none', async () => {
  const body = `{"access_token":"tok","expires_in":${'['.repeat(20_000)}60${']'.repeat(20_000)}}`;
  service.answers.set('/token', () => ({ body }));
  expect(await ask({ username: 'deep', cache_enabled: true })).toMatchObject({ ok: true });
});
