// What the tokens of a login hold, verified with nothing but the discovery document and the keys it points at.
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyAccessToken } from '#server/oauth/access-token.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    await door.house.user('ana', ['otp'], {
      nickname: 'an',
      givenName: 'Ana',
      phoneNumber: '+447700900123',
      picture: 'https://p.example/a.png',
    });
  });
  afterAll(() => door.close());

  async function verified(
    token: unknown,
    audience: string,
  ): Promise<{ header: Record<string, unknown>; payload: JWTPayload }> {
    const document = (await (await door.get('/.well-known/openid-configuration')).json()) as Record<string, string>;
    const keys = (await (await door.get(new URL(document.jwks_uri ?? '').pathname)).json()) as JSONWebKeySet;
    const options = {
      issuer: document.issuer ?? '',
      audience,
      currentDate: new Date(door.house.clock.at),
      algorithms: ['RS256'],
    };
    const { payload, protectedHeader } = await jwtVerify(String(token), createLocalJWKSet(keys), options);
    return { header: { ...protectedHeader }, payload };
  }

  async function tokensOf(more: Record<string, string | undefined> = {}, browser = door.browser()) {
    const end = await door.signIn(browser, 'ana', more);
    expect(end.get('error_description')).toBeNull();
    const code = end.get('code') ?? '';
    const { status, body } = await door.exchange(code);
    expect(status).toBe(200);
    return body;
  }

  const seconds = () => Math.floor(door.house.clock.at / 1000);

  test('the id_token after a password', async () => {
    const body = await tokensOf({ scope: 'openid profile email phone' });
    const { header, payload } = await verified(body.id_token, 'spa');
    const [user] = (await door.deps.store.users.list(door.house.tenant.id, { email: 'ana@example.com' })).records;
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) });
    expect(payload).toEqual({
      iss: door.issuer,
      sub: user?.id,
      aud: 'spa',
      iat: seconds(),
      exp: seconds() + 36_000,
      nonce: 'the-nonce',
      sid: expect.any(String),
      name: 'ana',
      nickname: 'an',
      given_name: 'Ana',
      picture: 'https://p.example/a.png',
      updated_at: expect.stringMatching(/^\d{4}-.*Z$/),
      email: 'ana@example.com',
      email_verified: false,
      phone_number: '+447700900123',
      phone_number_verified: false,
    });
  });

  test('scopes decide what is said, and openid whether there is an id_token', async () => {
    const { payload } = await verified((await tokensOf({ scope: 'openid' })).id_token, 'spa');
    expect(Object.keys(payload).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'nonce', 'sid', 'sub']);
    const bare = await tokensOf({ scope: undefined });
    expect('id_token' in bare).toBe(false);
  });

  test('without an API the access token is opaque, and we can read it', async () => {
    const body = await tokensOf();
    const token = String(body.access_token);
    expect(body.expires_in).toBe(86_400);
    expect('scope' in body).toBe(false);
    await expect(verified(token, `${door.issuer}userinfo`)).rejects.toThrow();
    const { tenant } = door.house;
    const read = await verifyAccessToken(door.deps, tenant, token);
    expect(read).toMatchObject({
      ok: true,
      claims: { azp: 'spa', aud: [`${door.issuer}userinfo`], scope: ['openid', 'profile', 'email'] },
    });
    const spoiled = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
    expect(await verifyAccessToken(door.deps, tenant, spoiled)).toEqual({ ok: false });
    expect(await verifyAccessToken(door.deps, { ...tenant, baseUrl: 'https://other.example' }, token)).toEqual({
      ok: false,
    });
  });

  test.each(['', 'x', 'a.b.c', 'a.b.c.d.e', 'eyJhbGciOiJub25lIn0.e30.', '....'])(
    '%j is no access token',
    async (token) => {
      expect(await verifyAccessToken(door.deps, door.house.tenant, token)).toEqual({ ok: false });
    },
  );

  test('an id_token is no access token, and a token of yesterday is none', async () => {
    const body = await tokensOf({ audience: 'https://api.example/' });
    expect(await verifyAccessToken(door.deps, door.house.tenant, String(body.id_token))).toEqual({ ok: false });
    expect((await verifyAccessToken(door.deps, door.house.tenant, String(body.access_token))).ok).toBe(true);
    door.house.clock.advance(3_600_000);
    expect(await verifyAccessToken(door.deps, door.house.tenant, String(body.access_token))).toEqual({ ok: false });
  });

  test('for an API: its audience, its lifetime, its scopes and no others', async () => {
    const body = await tokensOf({
      audience: 'https://api.example/',
      scope: 'openid read:things made:up offline_access',
    });
    expect(body).toMatchObject({ expires_in: 3600, scope: 'openid read:things' });
    const { payload } = await verified(body.access_token, 'https://api.example/');
    expect(payload).toMatchObject({
      aud: ['https://api.example/', `${door.issuer}userinfo`],
      azp: 'spa',
      scope: 'openid read:things',
      iat: seconds(),
      exp: seconds() + 3600,
    });
    const plain = await tokensOf({ audience: 'https://api.example/', scope: 'write:things' });
    expect((await verified(plain.access_token, 'https://api.example/')).payload.aud).toBe('https://api.example/');
  });

  test('a person never gets a scope of the Management API', async () => {
    const audience = `${door.site}/api/v2/`;
    const body = await tokensOf({ audience, scope: 'openid read:users update:users' });
    expect((await verified(body.access_token, audience)).payload.scope).toBe('openid');
  });

  test('custom claims: what scripts set, but for names with a meaning', async () => {
    await door.house.bind(`exports.onExecutePostLogin = async (event, api) => {
    for (const token of [api.idToken, api.accessToken]) {
      for (const name of ['sub', 'iss', 'aud', 'exp', 'azp', 'amr', 'acr', 'sid', 'nonce', 'org_id', 'permissions']) token.setCustomClaim(name, 'evil');
      token.setCustomClaim('https://app.example/roles', ['a', 'b']);
      token.setCustomClaim('https://x.auth0.com/roles', 'evil');
      token.setCustomClaim('urn:auth0:roles', 'evil');
      token.setCustomClaim('favourite', { colour: 'red' });
      token.setCustomClaim('name', 'Ana the Great');
    }
  };`);
    const body = await tokensOf({ audience: 'https://api.example/', scope: 'openid profile' });
    const id = (await verified(body.id_token, 'spa')).payload;
    const access = (await verified(body.access_token, 'https://api.example/')).payload;
    for (const claims of [id, access]) {
      expect(claims).toMatchObject({
        'https://app.example/roles': ['a', 'b'],
        favourite: { colour: 'red' },
        name: 'Ana the Great',
      });
    }
    expect(JSON.stringify([id, access])).not.toContain('evil');
    const system = await tokensOf({ audience: `${door.site}/api/v2/`, scope: 'openid' });
    const managing = (await verified(system.access_token, `${door.site}/api/v2/`)).payload;
    expect(managing).toMatchObject({ 'https://app.example/roles': ['a', 'b'], name: 'Ana the Great' });
    expect('favourite' in managing).toBe(false);
    await door.house.bind();
  });

  test('claims over 100 KB end the login, before there is a code', async () => {
    await door.house.bind(`exports.onExecutePostLogin = async (event, api) => {
    for (let i = 0; i < 3; i++) api.idToken.setCustomClaim('https://app.example/' + i, 'x'.repeat(40_000));
  };`);
    const end = await door.signIn(door.browser(), 'ana');
    expect(end.get('error')).toBe('access_denied');
    expect(end.get('error_description')).toContain('100 KB');
    expect(end.get('code')).toBeNull();
    await door.house.bind();
  });

  test('amr and acr stand for a factor of this login, not of its session', async () => {
    await door.house.bind(`exports.onExecutePostLogin = async (event, api) => {
    if (!event.request.query.easy) api.authentication.challengeWith({ type: 'otp' });
  };`);
    const browser = door.browser();
    const login = await browser.open(door.authorizeUrl());
    const otp = await browser.post(login, { username: 'ana@example.com', password: PASSWORD, action: 'default' });
    expect(otp.url.pathname).toBe('/u/mfa-otp-challenge');
    const code = generateSync({ secret: TOTP_KEY, epoch: seconds() });
    const end = await browser.post(otp, { code, action: 'default' });
    const { body } = await door.exchange(end.url.searchParams.get('code') ?? '');
    expect((await verified(body.id_token, 'spa')).payload).toMatchObject({
      amr: ['mfa'],
      acr: 'http://schemas.openid.net/pape/policies/2007/06/multi-factor',
    });
    const again = await tokensOf({ easy: '1' }, browser);
    const { payload } = await verified(again.id_token, 'spa');
    expect('amr' in payload || 'acr' in payload).toBe(false);
    await door.house.bind();
  });

  test('auth_time when max_age was asked: when the password was given, not now', async () => {
    const browser = door.browser();
    const first = await verified((await tokensOf({ max_age: '600' }, browser)).id_token, 'spa');
    expect(first.payload.auth_time).toBe(seconds());
    door.house.clock.advance(120_000);
    const second = await verified((await tokensOf({ max_age: '600' }, browser)).id_token, 'spa');
    expect(second.payload.auth_time).toBe(seconds() - 120);
  });

  test('an organization', async () => {
    const { store } = door.deps;
    const tenantId = door.house.tenant.id;
    await store.organizations.insert({
      tenantId,
      id: 'org_9',
      name: 'acme',
      metadata: {},
      settings: {},
      createdAt: 1,
      updatedAt: 1,
    });
    const [user] = (await store.users.list(tenantId, { email: 'ana@example.com' })).records;
    const refused = await door.signIn(door.browser(), 'ana', { organization: 'org_9' });
    expect(Object.fromEntries(refused)).toMatchObject({
      error: 'access_denied',
      error_description: `user ${user?.id} is not part of the org_9 organization`,
    });
    await store.assignments.addMembers(tenantId, 'org_9', [user?.id ?? '']);
    const body = await tokensOf({ organization: 'acme', audience: 'https://api.example/' });
    expect((await verified(body.id_token, 'spa')).payload).toMatchObject({ org_id: 'org_9', org_name: 'acme' });
    expect((await verified(body.access_token, 'https://api.example/')).payload).toMatchObject({ org_id: 'org_9' });
  });

  test('discovery names what exists, and keys only their public part', async () => {
    const response = await door.get('/.well-known/openid-configuration');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const document = (await response.json()) as Record<string, unknown>;
    expect(document).toMatchObject({
      issuer: door.issuer,
      authorization_endpoint: `${door.site}/authorize`,
      token_endpoint: `${door.site}/oauth/token`,
      response_types_supported: expect.arrayContaining(['code', 'id_token', 'code id_token']),
      code_challenge_methods_supported: ['S256'],
    });
    for (const absent of ['registration_endpoint']) {
      expect(document).not.toHaveProperty(absent);
    }
    expect(await (await door.get('/.well-known/oauth-authorization-server')).json()).toEqual(document);
    const { keys } = (await (await door.get('/.well-known/jwks.json')).json()) as { keys: Record<string, unknown>[] };
    expect(keys.map((key) => Object.keys(key).sort())).toEqual(
      Array.from({ length: 2 }, () => ['alg', 'e', 'kid', 'kty', 'n', 'use', 'x5c', 'x5t']),
    );
  });
});
