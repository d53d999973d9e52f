// Keys in use: tokens before, during and after a rotation, seen by two servers and by a verifier that knows nothing but
// the issuer; and what APIs and clients have their tokens signed with.
import { createRemoteJWKSet, customFetch, decodeProtectedHeader, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { revokeSigningKey, rotateSigningKeys } from '#runtime/lifecycle/signing-key.ts';
import { createApp } from '#server/app.ts';
import { sign, verifyAccessToken } from '#server/oauth/access-token.ts';
import { jwks } from '#server/oauth/discovery.ts';
import { forgetKeys, signingKey, tenantKeys } from '#server/oauth/keys.ts';
import type { ClientRecord, JsonObject, ResourceServerRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

const API = 'https://api.example/';
const SECRET = 'a secret of sixteen and more';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    await door.house.user('ana');
    await door.deps.store.clientGrants.insert({
      tenantId: door.house.tenant.id,
      id: 'cgr',
      clientId: 'web',
      audience: API,
      scope: ['read:things'],
      settings: {},
      createdAt: 0,
      updatedAt: 0,
    });
  });
  afterAll(() => door.close());

  /** Another server on the same database: nothing is shared with the first but what is stored. */
  const neighbour = () => {
    const deps = { ...door.deps, store: { ...door.deps.store } };
    return { deps, app: createApp(deps) };
  };

  async function tokenForApi(change: Partial<ResourceServerRecord> = {}): Promise<string> {
    const { store } = door.deps;
    await store.resourceServers.update(door.house.tenant.id, 'api', (api) => ({
      ...api,
      signingAlg: 'RS256',
      settings: {},
      ...change,
    }));
    const { status, body } = await door.token({
      grant_type: 'client_credentials',
      client_id: 'web',
      client_secret: 'web secret + more',
      audience: API,
    });
    expect([status, body]).toEqual([200, expect.anything()]);
    return String(body.access_token);
  }

  async function idToken(change: Partial<ClientRecord> = {}): Promise<string> {
    const { store } = door.deps;
    await store.clients.update(door.house.tenant.id, 'web', (client) => ({ ...client, settings: {}, ...change }));
    const end = await door.signIn(door.browser(), 'ana', { client_id: 'web' });
    const { body } = await door.exchange(end.get('code') ?? '', {
      client_id: 'web',
      client_secret: 'web secret + more',
    });
    return String(body.id_token);
  }

  /** A resource server: it keeps what it fetched, as jose does, and fetches again for a key that it does not know. */
  function verifier(app = door.app) {
    const keys = createRemoteJWKSet(new URL(`${door.site}/.well-known/jwks.json`), {
      cooldownDuration: 0,
      [customFetch]: async (url) => app.request(url),
    });
    return (token: string, audience = API) =>
      jwtVerify(token, keys, { issuer: door.issuer, audience, currentDate: new Date(door.house.clock.at) });
  }

  const read = async (token: string, deps = door.deps) => (await verifyAccessToken(deps, door.house.tenant, token)).ok;
  const rotate = async () => {
    await rotateSigningKeys(door.house.ports, door.house.tenant.id);
    forgetKeys(door.deps, door.house.tenant);
  };
  const published = async (): Promise<Record<string, unknown>[]> => (await jwks(door.deps, door.house.tenant)).keys;

  test('what was signed before a rotation verifies until its key is revoked', async () => {
    const { deps, app } = neighbour();
    const [here, there] = [verifier(), verifier(app)];
    const old = await tokenForApi();
    await here(old);
    await there(old);
    expect(await read(old, deps)).toBe(true);
    await rotate();
    const fresh = await tokenForApi();
    expect(decodeProtectedHeader(fresh).kid).not.toBe(decodeProtectedHeader(old).kid);
    // The other server still knows the old place of each key; that is enough to verify both.
    for (const token of [old, fresh]) {
      await here(token);
      await there(token);
      expect([await read(token), await read(token, deps)]).toEqual([true, true]);
    }
    expect((await published()).length).toBe(3);

    await revokeSigningKey(door.house.ports, door.house.tenant.id, String(decodeProtectedHeader(old).kid));
    forgetKeys(door.deps, door.house.tenant);
    expect([await read(old), await read(fresh)]).toEqual([false, true]);
    await expect(verifier()(old)).rejects.toThrow('no applicable key found');
    expect((await published()).length).toBe(2);
    door.house.clock.advance(5000);
    expect([await read(old, deps), await read(fresh, deps)]).toEqual([false, true]);
  });

  test('another server sees two rotations at once by the key that it does not know, and signs anew within seconds', async () => {
    const { deps } = neighbour();
    const { tenant } = door.house;
    const before = await sign(deps, tenant, { a: 1 });
    await rotate();
    await rotate();
    const token = await tokenForApi();
    expect(decodeProtectedHeader(token).kid).not.toBe(decodeProtectedHeader(before).kid);
    door.house.clock.advance(200);
    expect(await read(token, deps)).toBe(true);
    door.house.clock.advance(5000);
    const after = await sign(deps, tenant, { a: 1 });
    expect(decodeProtectedHeader(after).kid).toBe(decodeProtectedHeader(token).kid);
  });

  test('names of keys that nobody has make a server read no more than five times a second', async () => {
    const { deps } = neighbour();
    let reads = 0;
    const { list } = deps.store.signingKeys;
    const store = {
      ...deps.store,
      signingKeys: {
        ...deps.store.signingKeys,
        list: async (id: string) => {
          reads += 1;
          return list(id);
        },
      },
    };
    const spoiled = async (kid: string) => {
      const token = await new SignJWT({})
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid })
        .sign(Buffer.from(SECRET));
      return read(token, { ...deps, store });
    };
    for (let i = 0; i < 50; i += 1) {
      expect(await spoiled(`nobody ${i}`)).toBe(false);
      door.house.clock.advance(20);
    }
    expect(reads).toBeGreaterThan(1);
    expect(reads).toBeLessThanOrEqual(6);
  });

  test('an opaque token opens after a rotation, and no more once its key is revoked', async () => {
    const end = await door.signIn(door.browser(), 'ana');
    const { body } = await door.exchange(end.get('code') ?? '');
    const token = String(body.access_token);
    await rotate();
    expect(await read(token)).toBe(true);
    await revokeSigningKey(door.house.ports, door.house.tenant.id, String(decodeProtectedHeader(token).kid));
    forgetKeys(door.deps, door.house.tenant);
    expect(await read(token)).toBe(false);
  });

  describe('algorithms', () => {
    test.each(['RS256', 'PS256', 'ES256'] as const)('an API may be signed for by %s', async (signingAlg) => {
      const token = await tokenForApi({ signingAlg });
      const { protectedHeader, payload } = await verifier()(token);
      expect(protectedHeader).toEqual({ alg: signingAlg, typ: 'JWT', kid: expect.any(String) });
      expect(payload).toMatchObject({ azp: 'web', sub: 'web@clients' });
      expect(payload).not.toHaveProperty('client_id');
      expect(await read(token)).toBe(true);
    });

    test('an API of HS256 verifies by its own secret, and its tokens open nothing here', async () => {
      const token = await tokenForApi({ signingAlg: 'HS256', signingSecret: SECRET });
      const { protectedHeader } = await jwtVerify(token, Buffer.from(SECRET), {
        issuer: door.issuer,
        audience: API,
        currentDate: new Date(door.house.clock.at),
      });
      expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
      expect(await read(token)).toBe(false);
      await expect(verifier()(token)).rejects.toThrow();
    });

    test.each(['rfc9068_profile', 'rfc9068_profile_authz'])('the dialect %s: at+jwt and client_id', async (dialect) => {
      const token = await tokenForApi({ settings: { token_dialect: dialect } });
      const { protectedHeader, payload } = await verifier()(token);
      expect(protectedHeader.typ).toBe('at+jwt');
      expect(payload).toMatchObject({ client_id: 'web', jti: expect.any(String) });
      expect(payload).not.toHaveProperty('azp');
      expect(await verifyAccessToken(door.deps, door.house.tenant, token)).toMatchObject({
        ok: true,
        claims: { azp: 'web' },
      });
    });

    test.each([
      ['the default', {}, 'RS256'],
      ['jwt_configuration', { jwt_configuration: { alg: 'ES256' } }, 'ES256'],
      ['jwt_configuration', { jwt_configuration: { alg: 'PS256', lifetime_in_seconds: 60 } }, 'PS256'],
      [
        'what was registered before what was configured',
        { jwt_configuration: { alg: 'PS256' }, id_token_signed_response_alg: 'ES256' },
        'ES256',
      ],
    ])('an id_token is signed by %s', async (_of, settings, alg) => {
      const token = await idToken({ settings: settings as JsonObject });
      const { protectedHeader, payload } = await verifier()(token, 'web');
      expect(protectedHeader.alg).toBe(alg);
      expect(Number(payload.exp) - Number(payload.iat)).toBe(
        'jwt_configuration' in settings && alg === 'PS256' ? 60 : 36_000,
      );
      expect(await read(token)).toBe(false);
    });

    test.each([
      ['as it is', false, Buffer.from('web secret + more')],
      ['decoded', true, Buffer.from('web secret + more', 'base64url')],
    ])("an id_token of HS256 is signed with the client's secret %s", async (_how, secret_encoded, secret) => {
      const token = await idToken({ settings: { jwt_configuration: { alg: 'HS256', secret_encoded } } });
      const currentDate = new Date(door.house.clock.at);
      const { protectedHeader } = await jwtVerify(token, secret, { audience: 'web', currentDate });
      expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
    });

    test('a client without a secret gets RS256 in place of HS256', async () => {
      const { store } = door.deps;
      const settings = { jwt_configuration: { alg: 'HS256' } };
      await store.clients.update(door.house.tenant.id, 'spa', (client) => ({ ...client, settings }));
      const end = await door.signIn(door.browser(), 'ana');
      const { body } = await door.exchange(end.get('code') ?? '');
      expect(decodeProtectedHeader(String(body.id_token)).alg).toBe('RS256');
    });

    test('the first use of an algorithm by many at once makes its keys once', async () => {
      const { deps } = neighbour();
      const tokens = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          sign(i % 2 ? door.deps : deps, door.house.tenant, {}, { signature: { algorithm: 'PS256' } }),
        ),
      );
      expect(new Set(tokens.map((token) => decodeProtectedHeader(token).kid)).size).toBe(1);
      expect((await published()).filter(({ alg }) => alg === 'PS256').length).toBe(2);
    });
  });

  test('the key set holds public parts only, each with a certificate of the same key', async () => {
    await signingKey(door.deps, door.house.tenant, 'ES256');
    const { keys } = (await jwks(door.deps, door.house.tenant)) as unknown as JSONWebKeySet;
    const common = ['alg', 'kid', 'kty', 'use', 'x5c', 'x5t'];
    for (const key of keys) {
      const own = key.kty === 'EC' ? ['crv', 'x', 'y'] : ['e', 'n'];
      expect(Object.keys(key).sort()).toEqual([...common, ...own].sort());
    }
    expect(keys[0]).toMatchObject({ alg: 'RS256', kid: (await signingKey(door.deps, door.house.tenant, 'RS256')).id });
    await door.house.editTenant((current) => ({ ...current, settings: { flags: { remove_alg_from_jwks: true } } }));
    expect((await published()).some((key) => 'alg' in key)).toBe(false);
  });

  test('a failed read is not remembered', async () => {
    const { deps } = neighbour();
    let broken = true;
    const { list } = deps.store.signingKeys;
    const store = {
      ...deps.store,
      signingKeys: {
        ...deps.store.signingKeys,
        list: (id: string) => (broken ? Promise.reject(new Error('no')) : list(id)),
      },
    };
    await expect(tenantKeys({ ...deps, store }, door.house.tenant)).rejects.toThrow('no');
    broken = false;
    expect((await tenantKeys({ ...deps, store }, door.house.tenant)).length).toBeGreaterThan(1);
  });
});
