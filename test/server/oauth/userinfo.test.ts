// The userinfo endpoint: what each scope tells, and every way in which a token is none.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sign, signForApi, userinfoAudience } from '#server/oauth/access-token.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { CALLBACK, type FrontDoor, openFrontDoor, VERIFIER } from './front-door.ts';
import { createProving, hashOf, keyPair } from './proving.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    await door.house.user('ana', [], { nickname: 'an', phoneNumber: '+447700900123' });
  });
  afterAll(() => door.close());

  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

  async function tokenOf(who: string, more: Record<string, string | undefined> = {}): Promise<string> {
    const end = await door.signIn(door.browser(), who, more);
    return String((await door.exchange(end.get('code') ?? '')).body.access_token);
  }
  const userOf = async (who: string) => {
    const { records } = await door.deps.store.users.list(door.house.tenant.id, { email: `${who}@example.com` });
    const [user] = records;
    if (!user) throw new Error('no user');
    return user;
  };
  const ask = (init: RequestInit, query = '') => door.app.request(`${door.site}/userinfo${query}`, init);
  const bearer = (token: string) => ask({ headers: { authorization: `Bearer ${token}` } });

  test.each<[string, string, object]>([
    ['openid', 'openid', {}],
    ['email', 'openid email', { email: 'ana@example.com', email_verified: false }],
    ['phone', 'openid phone', { phone_number: '+447700900123', phone_number_verified: false }],
    ['profile', 'openid profile', { name: 'ana', nickname: 'an', updated_at: expect.any(String) }],
  ])('what the scope %s tells', async (_scope, scope, claims) => {
    const response = await bearer(await tokenOf('ana', { scope }));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ sub: (await userOf('ana')).id, ...claims });
  });

  test('a token for an API that was granted openid, in a form or in the header of a POST', async () => {
    const token = await tokenOf('ana', { audience: 'https://api.example/', scope: 'openid read:things' });
    const sub = (await userOf('ana')).id;
    const inForm = await ask({
      method: 'POST',
      headers: FORM,
      body: String(new URLSearchParams({ access_token: token })),
    });
    expect(await inForm.json()).toEqual({ sub });
    const inHeader = await ask({ method: 'POST', headers: { authorization: `bearer ${token}` } });
    expect(await inHeader.json()).toEqual({ sub });
  });

  test('an API of a shared secret is not told of it, and cannot open it with what it writes itself', async () => {
    const { store } = door.deps;
    const { tenant, clock } = door.house;
    const api = await store.resourceServers.findByKey(tenant.id, 'https://api.example/');
    if (!api) throw new Error('no API');
    const audience = async () => decodeJwt(await tokenOf('ana', { audience: api.identifier })).aud;
    expect(await audience()).toEqual([api.identifier, userinfoAudience(tenant)]);
    const shared = { ...api, signingAlg: 'HS256' as const, signingSecret: 'sixteen letters or more' };
    await store.resourceServers.update(tenant.id, api.id, () => shared);
    expect(await audience()).toBe(api.identifier);
    const iat = Math.floor(clock.at / 1000);
    const claims = { iss: door.issuer, sub: (await userOf('ana')).id, azp: 'spa', scope: 'openid', iat, exp: iat + 60 };
    const own = await signForApi(door.deps, tenant, shared, { ...claims, aud: [userinfoAudience(tenant)] });
    expect((await bearer(own)).status).toBe(401);
    await store.resourceServers.update(tenant.id, api.id, () => api);
  });

  test('a token that is bound to a key opens it with a proof of that key alone', async () => {
    const prove = createProving(door, await keyPair());
    const code = (await door.signIn(door.browser(), 'ana', { scope: 'openid' })).get('code') ?? '';
    const body = { grant_type: 'authorization_code', client_id: 'spa', code, redirect_uri: CALLBACK };
    const exchanged = await door.token({ ...body, code_verifier: VERIFIER }, { dpop: await prove() });
    const token = String(exchanged.body.access_token);
    const claims = { htm: 'GET', htu: `${door.site}/userinfo`, ath: hashOf(token) };
    const proven = async (dpop: string) => ask({ headers: { authorization: `DPoP ${token}`, dpop } });
    const proof = await prove({ claims });
    expect((await proven(proof)).status).toBe(200);
    const other = await prove({ claims, by: await keyPair() });
    for (const response of [await proven(proof), await proven(other), await bearer(token)]) {
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^DPoP .*error="invalid_dpop_proof".*algs="ES256 /);
    }
  });

  test('a page of any origin may ask', async () => {
    const headers = { origin: 'https://app.example', authorization: 'Bearer no-token' };
    const refused = await ask({ headers });
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    expect(refused.headers.get('access-control-expose-headers')).toBe('WWW-Authenticate');
    const asked = await ask({ method: 'OPTIONS', headers });
    expect([asked.status, asked.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, POST']);
  });

  describe('is refused', () => {
    const INVALID = 'Bearer realm="Users", error="invalid_token", error_description="The access token is not valid"';

    test.each<[string, RequestInit, string, number, string | RegExp]>([
      ['no token', {}, '', 401, 'Bearer realm="Users"'],
      ['another scheme', { headers: { authorization: 'Basic eDp5' } }, '', 401, 'Bearer realm="Users"'],
      ['no token at all', { headers: { authorization: 'Bearer made.up.token' } }, '', 401, INVALID],
      ['a token with a space', { headers: { authorization: 'Bearer a b' } }, '', 400, /error="invalid_request"/],
      ['a token in the address', {}, '?access_token=x', 400, /error="invalid_request"/],
      [
        'two ways at once',
        { method: 'POST', headers: { ...FORM, authorization: 'Bearer a' }, body: 'access_token=a' },
        '',
        400,
        /in several ways at once/,
      ],
      [
        'one parameter twice',
        { method: 'POST', headers: FORM, body: 'access_token=a&access_token=b' },
        '',
        400,
        /invalid_request/,
      ],
    ])('%s', async (_case, init, query, status, challenge) => {
      const response = await ask(init, query);
      expect(response.status).toBe(status);
      expect(response.headers.get('www-authenticate')).toEqual(
        typeof challenge === 'string' ? challenge : expect.stringMatching(challenge),
      );
      expect(await response.text()).toBe(status === 400 ? 'Bad Request' : 'Unauthorized');
    });

    async function expectInvalid(token: string) {
      const response = await bearer(token);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, INVALID]);
    }

    test('a token without openid', async () => {
      for (const more of [{ scope: 'email' }, { scope: 'read:things', audience: 'https://api.example/' }]) {
        const response = await bearer(await tokenOf('ana', more));
        expect(response.status).toBe(403);
        expect(response.headers.get('www-authenticate')).toMatch(/error="insufficient_scope".*scope="openid"/);
      }
    });

    test('a token for somebody else, of another tenant, or an id_token', async () => {
      const { tenant } = door.house;
      const at = Math.floor(door.house.clock.at / 1000);
      const claims = { sub: (await userOf('ana')).id, azp: 'spa', scope: 'openid', iat: at, exp: at + 60 };
      const own = { iss: door.issuer, aud: userinfoAudience(tenant) };
      const make = (more: object) => sign(door.deps, tenant, { ...claims, ...own, ...more });
      expect((await bearer(await make({}))).status).toBe(200);
      await expectInvalid(await make({ aud: 'https://api.example/' }));
      await expectInvalid(await make({ iss: 'https://other.example/' }));
      const end = await door.signIn(door.browser(), 'ana');
      await expectInvalid(String((await door.exchange(end.get('code') ?? '')).body.id_token));
    });

    test('a token of yesterday', async () => {
      const token = await tokenOf('ana');
      door.house.clock.advance(86_400_000);
      await expectInvalid(token);
    });

    test('a token of somebody who was blocked or removed', async () => {
      await door.house.user('bo');
      const token = await tokenOf('bo');
      const { tenantId, id } = await userOf('bo');
      expect((await bearer(token)).status).toBe(200);
      await door.deps.store.users.update(tenantId, id, (user) => ({ ...user, blocked: true }));
      await expectInvalid(token);
      await door.deps.store.users.update(tenantId, id, (user) => ({ ...user, blocked: false }));
      await door.deps.store.users.remove(tenantId, id);
      await expectInvalid(token);
    });
  });
});
