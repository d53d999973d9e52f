// Attacks on the protocol layer that once succeeded, each with what has been true since.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkAccounts } from '#runtime/lifecycle/account-links.ts';
import { grantManagement, newClient } from '#runtime/lifecycle/client.ts';
import {
  MANAGEMENT_SCOPES,
  type ManagementScope,
  managementAudience,
  OPERATOR_SCOPES,
} from '#runtime/lifecycle/scopes.ts';
import type { ClientRecord, JsonObject } from '#storage/records.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { type Office, openOffice, type Send } from '../management/office.ts';
import { API, GRANT, type MfaDesk, openMfaDesk } from '../mfa-api/mfa-desk.ts';
import { createProving, keyPair, type Prove } from '../oauth/proving.ts';

describe('who may administer a tenant does not get to administer all of them', () => {
  let office: Office;
  let admin: Send;
  beforeAll(async () => {
    office = await openOffice();
    const { ports, tenant } = office.door.house;
    admin = office.send;
    const input = { id: 'operator', name: 'Operator', secret: 'operator secret', grantTypes: ['client_credentials'] };
    if ((await newClient(ports, tenant.id, input)) === 'conflict') throw new Error('no client');
    await grantManagement(ports, tenant, 'operator', [...MANAGEMENT_SCOPES, ...OPERATOR_SCOPES]);
    // As the default tenant has it.
    const { resourceServers } = office.door.deps.store;
    const api = await resourceServers.findByKey(tenant.id, managementAudience(tenant.baseUrl));
    const scopes = [...MANAGEMENT_SCOPES, ...OPERATOR_SCOPES].map((value) => ({ value }));
    await resourceServers.update(tenant.id, api?.id ?? '', (current) => ({ ...current, scopes }));
  });
  afterAll(() => office.close());

  const KEYS = { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] } };
  const PATH = '/api/v2/clients/operator';
  const stored = () => office.door.deps.store.clients.find(office.tenant.id, 'operator');

  test.each<[method: string, path: string, body?: unknown]>([
    ['PATCH', PATH, { client_secret: 'a secret of the attacker' }],
    ['PATCH', PATH, KEYS],
    ['POST', `${PATH}/rotate-secret`],
    ['POST', `${PATH}/credentials`, { credential_type: 'public_key', pem: 'of the attacker' }],
    ['PATCH', `${PATH}/credentials/cred_1`, {}],
    ['DELETE', `${PATH}/credentials/cred_1`],
    ['DELETE', PATH],
  ])('%s %s', async (method, path, body) => {
    const before = await stored();
    expect(await admin(method, path, body)).toMatchObject({ status: 403, body: { errorCode: 'insufficient_scope' } });
    expect(before).toBeDefined();
    expect(await stored()).toEqual(before);
  });

  test('its grant stays as it is', async () => {
    const { clientGrants } = office.door.deps.store;
    const [grant] = (await clientGrants.list(office.tenant.id, { parent: 'operator' })).records;
    const path = `/api/v2/client-grants/${grant?.id}`;
    const refused = { status: 403, body: { errorCode: 'insufficient_scope' } };
    expect(await admin('DELETE', path)).toMatchObject(refused);
    expect(await admin('PATCH', path, { scope: [] })).toMatchObject(refused);
    expect(await clientGrants.find(office.tenant.id, grant?.id ?? '')).toEqual(grant);
  });

  test.each(['', '?take=100', '?fields=client_id,client_secret', '/operator'])('GET /clients%s', async (rest) => {
    const seen = await admin('GET', `/api/v2/clients${rest}`);
    expect(seen.status).toBe(200);
    expect(JSON.stringify(seen.body)).toContain('operator');
    expect(JSON.stringify(seen.body)).not.toContain('operator secret');
  });

  test('whoever administers all of them already sees and changes it', async () => {
    const all = [...MANAGEMENT_SCOPES, ...OPERATOR_SCOPES] as unknown as ManagementScope[];
    const operator = await office.as(...all);
    expect((await operator('GET', PATH)).body.client_secret).toBe('operator secret');
    expect((await operator('PATCH', PATH, { description: 'ours' })).status).toBe(200);
  });
});

describe('what a client is granted', () => {
  let office: Office;
  let web: Send;
  beforeAll(async () => {
    office = await openOffice();
    web = office.sender(office.tenant, undefined);
  });
  afterAll(() => office.close());

  const ask = (more: Record<string, string> = {}) =>
    web('POST', '/oauth/token', {
      grant_type: 'client_credentials',
      client_id: 'web',
      client_secret: 'web secret + more',
      audience: 'https://api.example/',
      ...more,
    });
  const grant = async (settings: JsonObject) => {
    const { store } = office.door.deps;
    await store.clientGrants.remove(office.tenant.id, 'cgr_1');
    const of = { tenantId: office.tenant.id, id: 'cgr_1', clientId: 'web', audience: 'https://api.example/' };
    await store.clientGrants.insert({ ...of, scope: ['read:things'], settings, createdAt: 1, updatedAt: 1 });
  };

  test('for people opens nothing to the client itself', async () => {
    await grant({ subject_type: 'user' });
    expect(await ask()).toMatchObject({ status: 403, body: { error: 'access_denied' } });
    await grant({ subject_type: 'client' });
    expect((await ask()).status).toBe(200);
  });

  test('for an API that is closed to clients opens nothing', async () => {
    await grant({});
    const { resourceServers } = office.door.deps.store;
    const set = (settings: JsonObject) =>
      resourceServers.update(office.tenant.id, 'api', (api) => ({ ...api, settings }));
    await set({ subject_type_authorization: { client: { policy: 'deny_all' } } });
    const answer = await ask();
    await set({});
    expect(answer).toMatchObject({ status: 403, body: { error: 'access_denied' } });
  });

  test('for an organization gives no token without one, and no token says that it is for one', async () => {
    await grant({ organization_usage: 'require' });
    expect(await ask()).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    await grant({});
    expect(await ask({ organization: 'org_1' })).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });
});

describe('the token endpoint', () => {
  let desk: MfaDesk;
  let prove: Prove;
  beforeAll(async () => {
    desk = await openMfaDesk();
    prove = createProving(desk.door, await keyPair());
  });
  afterAll(() => desk.close());

  const setClient = (id: string, settings: ClientRecord['settings']) =>
    desk.door.deps.store.clients.update(desk.door.house.tenant.id, id, (client) => ({ ...client, settings }));
  const UNPROVEN = { status: 400, body: { error: 'invalid_dpop_proof' } };
  const NATIVE = { client_id: 'native', client_secret: 'native secret' };

  test('a login that began with a key ends with that key', async () => {
    const { name } = await desk.newUser('otp');
    await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
    const half = await desk.door.token(
      { ...NATIVE, grant_type: 'password', username: `${name}@example.com`, password: PASSWORD, scope: 'openid' },
      { dpop: await prove() },
    );
    await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: [] }));
    const mfa_token = String(half.body.mfa_token);
    const answer = { ...NATIVE, grant_type: `${GRANT}mfa-otp`, mfa_token, otp: desk.code() };
    expect(await desk.door.token(answer)).toMatchObject(UNPROVEN);
    const other = createProving(desk.door, await keyPair());
    expect(await desk.door.token(answer, { dpop: await other() })).toMatchObject(UNPROVEN);
    const end = await desk.door.token(answer, { dpop: await prove() });
    expect(end).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
  });

  test('who forgot the proof that the client has to bring loses no refresh token, and guesses no password', async () => {
    const rotating = { refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 0 } };
    await setClient('native', rotating);
    const { name } = await desk.newUser();
    const { body } = await desk.signIn(name, { scope: 'openid offline_access' });
    const refresh = { ...NATIVE, grant_type: 'refresh_token', refresh_token: String(body.refresh_token) };
    await setClient('native', { ...rotating, require_proof_of_possession: true });
    expect(await desk.door.token(refresh)).toMatchObject(UNPROVEN);
    const wrong = await desk.signIn(name, { password: 'wrong' });
    const end = await desk.door.token(refresh, { dpop: await prove() });
    await setClient('native', {});
    expect(end).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
    expect(wrong).toMatchObject(UNPROVEN);
  });

  test('an application for organizations alone takes nobody by a password or a device, who would be of none', async () => {
    const { name } = await desk.newUser();
    const { app, site } = desk.door;
    const grantTypes = ['password', 'urn:ietf:params:oauth:grant-type:device_code'];
    const { clients } = desk.door.deps.store;
    await clients.update(desk.door.house.tenant.id, 'bare', (client) => ({ ...client, grantTypes }));
    await setClient('bare', { organization_usage: 'require' });
    const body = new URLSearchParams({ ...NATIVE, client_id: 'bare' });
    const device = await app.request(`${site}/oauth/device/code`, { method: 'POST', body });
    const refused = { status: 400, body: { error: 'invalid_request' } };
    expect(await desk.signIn(name, { client_id: 'bare' })).toMatchObject(refused);
    expect({ status: device.status, body: await device.json() }).toMatchObject(refused);
  });

  test('an account that has become part of another gives no more tokens: whoever blocks that one blocks this one', async () => {
    const { house, browser } = desk.door;
    const [owner, part] = [await desk.newUser(), await desk.newUser()];
    const { body } = await desk.signIn(part.name, { scope: 'openid offline_access' });
    const code = (await desk.door.signIn(browser(), part.name)).get('code') ?? '';
    const linked = { primaryId: owner.user.id, secondaryId: part.user.id };
    expect(await linkAccounts(house.ports, house.tenant.id, linked)).toMatchObject({ linked: true });
    const refused = { status: 403, body: { error: 'invalid_grant' } };
    const refresh = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) };
    expect(await desk.token(refresh)).toMatchObject(refused);
    expect(await desk.door.exchange(code)).toMatchObject(refused);
  });

  const USER_GRANT = { subject_type: 'user' };
  test.each<[string, JsonObject, grant: JsonObject | undefined, scope: string | undefined]>([
    ['says nothing', {}, undefined, 'read:things write:things'],
    ['is for whoever has permissions, which nobody has', { enforce_policies: true }, undefined, ''],
    ['is closed to people', { subject_type_authorization: { user: { policy: 'deny_all' } } }, USER_GRANT, undefined],
    [
      'wants a client grant',
      { subject_type_authorization: { user: { policy: 'require_client_grant' } } },
      {},
      undefined,
    ],
    [
      'wants a client grant',
      { subject_type_authorization: { user: { policy: 'require_client_grant' } } },
      USER_GRANT,
      'read:things',
    ],
  ])('an API that %s: %o with a grant %o', async (_name, settings, grant, scope) => {
    const { store } = desk.door.deps;
    const tenantId = desk.door.house.tenant.id;
    const { name } = await desk.newUser();
    if (grant) {
      const of = { tenantId, id: 'cgr_people', clientId: 'native', audience: API, createdAt: 1, updatedAt: 1 };
      await store.clientGrants.insert({ ...of, scope: ['read:things'], settings: grant });
    }
    await store.resourceServers.update(tenantId, 'api', (api) => ({ ...api, settings }));
    const { status, body } = await desk.signIn(name, { audience: API, scope: 'read:things write:things' });
    await store.clientGrants.remove(tenantId, 'cgr_people');
    await store.resourceServers.update(tenantId, 'api', (api) => ({ ...api, settings: {} }));
    if (scope === undefined) expect([status, body.error]).toEqual([403, 'access_denied']);
    else expect(decodeJwt(String(body.access_token)).scope ?? '').toBe(scope);
  });

  test('what somebody makes up is not kept at full length', async () => {
    const long = 'x'.repeat(20_000);
    for (const made of [{ username: long }, { audience: long }, { scope: long, audience: long }])
      expect((await desk.signIn('nobody', made)).status).toBe(403);
    const { store, tenant } = desk.door.house;
    const { records } = await store.logs.list(tenant.id, { order: 'newest', page: { offset: 0, limit: 3 } });
    for (const log of records) expect(JSON.stringify(log).length).toBeLessThan(5000);
  });
});
