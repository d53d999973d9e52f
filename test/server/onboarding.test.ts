// Onboarding: an owner with its first tenant, an administrator, an application and keys of its own: all of it or nothing.
// The administrator's own token opens what is the owner's, and nothing else.
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import { databases } from '#test/kit/databases.ts';
import type { FrontDoor } from './oauth/front-door.ts';
import { type Body, HOST, type OnboardingDesk, openDesk, PASSWORD, RSA, request } from './onboarding-desk.ts';

describe.each(databases())('%s', (database, open) => {
  // What no database has a say in is looked at once.
  const isFirst = database === 'SQLite';
  let desk: OnboardingDesk;
  let door: FrontDoor;
  beforeAll(async () => {
    desk = await openDesk(await open());
    door = desk.door;
  }, 60_000);
  afterAll(() => door.close());
  const call: OnboardingDesk['call'] = (...sent) => desk.call(...sent);
  const post: OnboardingDesk['post'] = (...sent) => desk.post(...sent);
  const onboard: OnboardingDesk['onboard'] = (...sent) => desk.onboard(...sent);
  const signIn: OnboardingDesk['signIn'] = (...sent) => desk.signIn(...sent);

  test('makes an owner, a tenant, a person and an application, and each of them works', async () => {
    const { body, tenantId, organizationId, sub } = request();
    const made = await onboard(body);
    expect(made).toMatchObject({
      status: 201,
      body: {
        dry_run: false,
        organization: { id: organizationId, name: body.organization.name },
        tenant: { id: tenantId, name: body.tenant.name, base_url: `${HOST}/${tenantId}` },
        user: { sub: `auth0|${sub}`, email: 'ada@acme.example', roles: ['Administrator'] },
        client: { client_id: body.client.client_id, grant_types: body.client.grant_types },
      },
    });
    expect(JSON.stringify(made.body)).not.toContain(PASSWORD);
    expect(JSON.stringify(made.body)).not.toContain(String(RSA.d));

    const issuer = `${HOST}/${tenantId}`;
    for (const base of [issuer, `${HOST}/${body.tenant.name}`]) {
      expect((await call('GET', `${base}/.well-known/openid-configuration`)).body.issuer).toBe(issuer);
    }
    const tokens = await signIn(tenantId, body.client.client_id);
    expect(tokens.status).toBe(200);
    expect(String(tokens.body.scope).split(' ').sort()).toEqual(['email', 'management', 'openid', 'org-management']);

    const keys = (await call('GET', `/${tenantId}/v1/jwks`)).body as unknown as JSONWebKeySet;
    expect(JSON.stringify(keys)).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
    const check = { issuer, currentDate: new Date(door.house.clock.at) };
    const id = String(tokens.body.id_token);
    expect(decodeProtectedHeader(id)).toMatchObject({ kid: 'acme-ec', alg: 'ES256' });
    const verified = await jwtVerify(id, createLocalJWKSet(keys), { ...check, audience: body.client.client_id });
    expect(verified.payload.sub).toBe(`auth0|${sub}`);
    const access = String(tokens.body.access_token);
    expect(decodeProtectedHeader(access)).toMatchObject({ kid: 'acme-rsa', alg: 'RS256' });
    await jwtVerify(access, createLocalJWKSet(keys), { ...check, audience: `${issuer}/api/v2/` });
  });

  test.runIf(isFirst)('the token of the administrator opens what is the owner’s, and nothing else', async () => {
    const [one, two] = [request(), request()];
    expect((await onboard(one.body)).status).toBe(201);
    expect((await onboard(two.body)).status).toBe(201);
    const admin = String((await signIn(one.tenantId, one.body.client.client_id)).body.access_token);
    const at = (which: typeof one) => `/v1/management/organizations/${which.organizationId}/tenants/${which.tenantId}`;
    const rows: [method: string, path: string, status: number][] = [
      ['GET', '/v1/management/organizations', 200],
      ['GET', `/v1/management/organizations/${one.organizationId}/tenants`, 200],
      ['GET', at(one), 200],
      ['GET', `/v1/management/tenants/${one.tenantId}`, 200],
      ['GET', `/v1/management/tenants/${one.body.tenant.name}`, 200],
      ['GET', `${at(one)}/authentication-policies`, 200],
      ['GET', at(two), 403],
      ['GET', `/v1/management/organizations/${two.organizationId}/tenants`, 403],
      ['GET', `/v1/management/tenants/${two.tenantId}`, 403],
      ['GET', '/v1/management/tenants/root', 403],
      ['GET', '/v1/management/organizations/default/tenants', 403],
      // Not `/api/v2`, wherever it lies.
      ['GET', `/${one.tenantId}/api/v2/users`, 401],
      ['GET', '/api/v2/users', 401],
    ];
    for (const [method, path, status] of rows) {
      expect([path, (await call(method, path, admin)).status]).toEqual([path, status]);
    }
    const list = (await call('GET', '/v1/management/organizations', admin)).body.list as unknown as Body[];
    expect(list.map(({ id }) => id)).toEqual([one.organizationId]);
    expect((await post('/v1/management/onboarding', request().body, admin)).status).toBe(403);
    expect((await post('/v1/management/tenants', { name: 'more', base_url: `${HOST}/more` }, admin)).status).toBe(403);
  });

  test('the scope goes with the permission, and with the person', async () => {
    const { body, tenantId } = request();
    await onboard(body);
    const { store } = door.house;
    const path = `/v1/management/tenants/${tenantId}`;
    const admin = String((await signIn(tenantId, body.client.client_id)).body.access_token);
    expect((await call('GET', path, admin)).status).toBe(200);

    const plain = await signIn(tenantId, body.client.client_id, { scope: 'openid email' });
    expect((await call('GET', path, String(plain.body.access_token))).status).toBe(401);
    const elsewhere = String(
      (await signIn(tenantId, body.client.client_id, { scope: 'management' })).body.access_token,
    );
    // Of one scope the other is not taken along.
    expect((await call('GET', path, elsewhere)).status).toBe(200);

    const [role] = (await store.roles.list(tenantId)).records;
    const [user] = (await store.users.list(tenantId, {})).records;
    if (!role || !user) throw new Error('nobody is there');
    await store.users.update(tenantId, user.id, (current) => ({ ...current, blocked: true }));
    expect((await call('GET', path, admin)).status).toBe(401);
    await store.users.update(tenantId, user.id, (current) => ({ ...current, blocked: false }));
    expect((await call('GET', path, admin)).status).toBe(200);
    await store.assignments.removeRoles(tenantId, user.id, [role.id]);
    expect((await call('GET', path, admin)).status).toBe(403);
    const without = await signIn(tenantId, body.client.client_id);
    expect(without.status).toBe(200);
    expect(String(without.body.scope).split(' ').sort()).toEqual(['email', 'openid']);
    // A role by another name, of an application of the tenant itself, opens nothing either.
    await store.permissions.removeFromRole(tenantId, role.id, await store.permissions.ofRole(tenantId, role.id));
    await store.assignments.addRoles(tenantId, user.id, [role.id]);
    expect((await call('GET', path, admin)).status).toBe(403);
  });

  test.runIf(isFirst)(
    'an application that administers less makes nobody an administrator, and becomes none',
    async () => {
      const { body, tenantId } = request();
      const made = await onboard(body);
      const { store } = door.house;
      const tenant = await store.tenants.find(tenantId);
      const [role] = (await store.roles.list(tenantId)).records;
      const admin = String((made.body.user as Body).sub);
      if (!tenant || !role) throw new Error('nothing was made');
      const scopes = [
        'update:users',
        'create:users',
        'create:user_tickets',
        'update:roles',
        'create:authentication_methods',
      ];
      const weak = await desk.tokenOf(tenant, scopes);
      const strong = await desk.tokenOf(tenant, [...scopes, 'management', 'org-management']);
      const api = `/${tenantId}/api/v2`;
      const connection = 'Username-Password-Authentication';
      const mallory = { email: 'mallory@acme.example', password: PASSWORD, connection, user_id: 'mallory' };
      expect((await post(`${api}/users`, mallory, weak)).status).toBe(201);
      const rows: [method: string, path: string, body: unknown][] = [
        ['POST', `${api}/users/auth0|mallory/roles`, { roles: [role.id] }],
        ['POST', `${api}/roles/${role.id}/users`, { users: ['auth0|mallory'] }],
        ['PATCH', `${api}/users/${admin}`, { password: 'Taken-over-2026!' }],
        ['PATCH', `${api}/users/${admin}`, { email: 'mallory2@acme.example' }],
        ['POST', `${api}/tickets/password-change`, { user_id: admin }],
        ['PUT', `/v1/management/tenants/${tenantId}/users/${admin}`, { raw_password: 'Taken-over-2026!' }],
        [
          'POST',
          `${api}/users/${admin}/authentication-methods`,
          {
            type: 'passkey',
            key_id: Buffer.alloc(32, 1).toString('base64url'),
            public_key: Buffer.concat([Buffer.from([0xa5]), Buffer.alloc(76, 0xfb)]).toString('base64'),
          },
        ],
        ['POST', `${api}/users/${admin}/identities`, { provider: 'auth0', user_id: 'mallory' }],
      ];
      for (const [method, path, sent] of rows) {
        expect([path, (await call(method, path, weak, sent)).status]).toEqual([path, 403]);
      }
      expect((await signIn(tenantId, body.client.client_id)).status).toBe(200);
      expect((await call('PATCH', `${api}/users/${admin}`, weak, { name: 'Ada' })).status).toBe(200);
      for (const [method, path, sent] of rows) {
        expect([path, (await call(method, path, strong, sent)).status]).toEqual([
          path,
          expect.toBeOneOf([200, 201, 204]),
        ]);
      }
    },
  );

  test.runIf(isFirst)('a scope that is asked for without a role is not given, at any tenant', async () => {
    const root = await door.house.store.tenants.find('root');
    if (!root) throw new Error('no root');
    const app = await newClient(door.house.ports, root.id, { name: 'App', grantTypes: ['password'] });
    if (app === 'conflict') throw new Error('no client');
    const [amy] = [await door.house.user('amy')];
    await door.house.store.users.insert({ ...amy, tenantId: root.id, id: 'auth0|amy-of-root' });
    const answer = await post('/oauth/token', {
      grant_type: 'password',
      client_id: app.id,
      client_secret: app.secret,
      username: 'amy@example.com',
      password: 'correct horse battery',
      scope: 'management org-management read:users',
    });
    expect(answer.status).toBe(200);
    expect(answer.body.scope ?? '').toBe('');
    const token = String(answer.body.access_token);
    expect((await call('GET', '/v1/management/organizations', token)).status).toBe(403);
    expect((await call('GET', '/api/v2/users', token)).status).toBe(401);
  });

  test('a dry run writes nothing', async () => {
    const { body, tenantId, organizationId, sub } = request();
    const { store } = door.house;
    const simulated = await onboard(body, '?dry_run=true');
    // As it would be made, not as it was written.
    const tenant = { id: tenantId, base_url: `${HOST}/${tenantId}` };
    expect(simulated).toMatchObject({ status: 200, body: { dry_run: true, tenant, user: { sub: `auth0|${sub}` } } });
    expect(await store.owners.find(organizationId)).toBeUndefined();
    expect(await store.tenants.find(tenantId)).toBeUndefined();
    expect((await store.clients.list(tenantId)).total).toBe(0);
    expect(await store.signingKeys.list(tenantId)).toEqual([]);
    expect((await onboard(body)).status).toBe(201);
    expect((await onboard(body, '?dry_run=true')).status).toBe(409);
  });

  test('what a crash left behind is in nobody’s way', async () => {
    const { body, tenantId, organizationId } = request();
    const { store, ports } = door.house;
    const { insert } = store.tenants;
    store.tenants.insert = () => Promise.reject(new Error('the process dies here'));
    expect((await onboard(body)).status).toBe(500);
    store.tenants.insert = insert;
    expect(await store.tenants.find(tenantId)).toBeUndefined();
    expect((await call('GET', `/${tenantId}/v1/jwks`)).status).toBe(404);
    // Whatever it was, it is swept: nothing of a former attempt lives in the tenant.
    await newClient(ports, tenantId, { id: 'left-over', name: 'Left over', secret: 'known to somebody' });
    expect((await onboard(body)).status).toBe(409);
    door.house.clock.advance(61_000);
    expect((await onboard(body)).status).toBe(201);
    expect(await store.clients.find(tenantId, 'left-over')).toBeUndefined();
    expect((await store.users.list(tenantId, {})).total).toBe(1);
    expect((await store.tenants.ofOwner(organizationId)).map(({ id }) => id)).toEqual([tenantId]);
    expect((await signIn(tenantId, body.client.client_id)).status).toBe(200);
  });

  test('one of many at once', async () => {
    const { body, organizationId } = request();
    const answers = await Promise.all([1, 2, 3, 4].map(() => onboard(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(await door.house.store.tenants.ofOwner(organizationId)).toHaveLength(1);
  });

  test.runIf(isFirst)('says what it does not use', async () => {
    const { body } = request({
      tenant: { session_config: { cookie_name: 'X' } },
      authorization_server: { scopes_supported: ['openid'], extension: {} },
    });
    const { body: said } = await onboard(body, '?dry_run=true');
    expect(said.warnings).toEqual([
      'tenant.session_config is not used',
      'authorization_server.scopes_supported is not used',
      'authorization_server.extension is not used',
    ]);
  });

  test.runIf(isFirst)('without ids, keys and issuer everything is made', async () => {
    const made = await onboard({
      organization: { name: 'Plain Org' },
      tenant: { name: 'plain', domain: HOST },
      user: { email: 'ada@acme.example', raw_password: PASSWORD },
      client: { redirect_uris: [] },
    });
    expect(made.status).toBe(201);
    const { tenant, client } = made.body;
    expect(tenant?.base_url).toBe(`${HOST}/${tenant?.id}`);
    const secret = String(client?.client_secret);
    const answer = await signIn(String(tenant?.id), String(client?.client_id), { client_secret: secret });
    expect(answer.status).toBe(200);
    const { body } = await call('GET', '/plain/.well-known/openid-configuration');
    expect(body.issuer).toBe(`${HOST}/${tenant?.id}/`);
  });

  test.runIf(isFirst)('an address of its own needs no path', async () => {
    const { body, tenantId } = request({
      tenant: { domain: 'https://own.example' },
      authorization_server: { issuer: 'https://own.example' },
    });
    expect((await onboard(body)).body.tenant).toMatchObject({ id: tenantId, base_url: 'https://own.example' });
    const { body: document } = await call('GET', 'https://own.example/.well-known/openid-configuration');
    expect(document.issuer).toBe('https://own.example');
  });
});
