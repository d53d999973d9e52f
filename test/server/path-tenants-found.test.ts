// Which tenant an address names by its first segment, and the addresses that every tenant has below its name.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import { createDoors } from '#server/app.ts';
import { RESERVED_SEGMENTS } from '#server/tenant-of-path.ts';
import type { TenantRecord } from '#storage/records.ts';
import { authorizeAt, HOST, openPathDesk, type PathDesk } from './path-desk.ts';

let desk: PathDesk;
beforeAll(async () => {
  desk = await openPathDesk();
}, 60_000);
afterAll(() => desk.door.close());

const send: PathDesk['send'] = (...sent) => desk.send(...sent);
const json = async (response: Response) => (await response.json()) as Record<string, unknown>;

describe('a tenant is found by the first segment', () => {
  const rows: [string, () => string, (() => TenantRecord) | 404][] = [
    ['its own path', () => `${HOST}/acme`, () => desk.acme],
    ['its id', () => `${HOST}/${desk.acme.id}`, () => desk.acme],
    ['another name of this machine', () => 'http://127.0.0.1:8080/acme', () => desk.acme],
    ['a host with no tenant of its own', () => 'https://auth.example/safe', () => desk.safe],
    ['the other tenant of the host', () => `${HOST}/inc`, () => desk.inc],
    ['the host itself', () => HOST, () => desk.root],
    ['the name of a tenant with a host of its own', () => `${HOST}/root`, () => desk.root],
    ['its id', () => `${HOST}/${desk.root.id}`, () => desk.root],
    ['a name that nobody has', () => `${HOST}/nobody`, 404],
    ['a path at another host', () => 'https://auth.example/nobody', 404],
    ['a longer name', () => `${HOST}/acmee`, 404],
    ['an encoded slash', () => `${HOST}/acme%2f`, 404],
    ['no name', () => `${HOST}/`, 404],
  ];
  test.each(rows)('%s', async (_what, base, expected) => {
    const response = await send(`${base()}/.well-known/openid-configuration`);
    expect(response.status).toBe(expected === 404 ? 404 : 200);
    if (expected !== 404) expect((await json(response)).issuer).toBe(`${expected().baseUrl}/`);
  });

  test('only a tenant of the path has all of its doors there', async () => {
    expect((await send(`${HOST}/acme/api/v2/users`)).status).toBe(401);
    expect((await send(`${HOST}/root/api/v2/users`)).status).toBe(404);
    expect((await send(`${HOST}/root/v1/jwks`)).status).toBe(200);
    expect((await send(authorizeAt(`${HOST}/root`))).status).toBe(404);
  });

  test('one that has another host is found by its name, whoever lies there', async () => {
    for (const base of [`${HOST}/safe`, `${HOST}/${desk.safe.id}`]) {
      expect((await send(`${base}/v1/jwks`)).status).toBe(200);
      expect((await json(await send(`${base}/.well-known/oauth-authorization-server`))).issuer).toBe(
        'https://auth.example/safe/',
      );
      expect((await send(authorizeAt(base))).status).toBe(404);
    }
  });

  test('no segment of our own is free for a tenant', () => {
    const segments = new Set(
      createDoors(desk.door.deps, async () => new Response()).routes.map(({ path }) => path.split('/')[1] ?? ''),
    );
    expect([...segments].filter((each) => !/^(\*|:.*)?$/.test(each) && !RESERVED_SEGMENTS.has(each))).toEqual([]);
  });
});

describe('addresses below the name of a tenant', () => {
  test.each([
    ['POST', '/v1/tokens', 400],
    ['POST', '/v1/tokens/revocation', 400],
    ['GET', '/v1/tokens', 405],
    ['OPTIONS', '/v1/tokens', 204],
    ['GET', '/v1/userinfo', 401],
    ['GET', '/v1/jwks', 200],
    ['GET', '/v1/tokens/introspection', 404],
    ['GET', '/v1/nothing', 404],
  ])('%s %s', async (method, path, status) => {
    for (const base of [`${HOST}/root`, `${HOST}/acme`, `${HOST}/${desk.acme.id}`, `${HOST}/safe`]) {
      const response = await send(base + path, { method });
      expect([base, response.status]).toEqual([base, status]);
    }
  });

  test('a tenant whose name is that of a door has them too, and the door stays where it is', async () => {
    const made = await newTenant(desk.door.house.ports, {
      name: 'dev',
      baseUrl: 'http://dev.localhost:8080',
      ownerId: 'default',
    });
    expect(made.made).toBe(true);
    expect((await send(`${HOST}/dev/v1/jwks`)).status).toBe(200);
    expect((await send(`${HOST}/dev/inbox`)).status).toBe(404);
    expect((await send(`${HOST}/dev/try`)).status).toBe(404);
  });
});
