// Further tenants: who may make and see them, and what one is born with. On both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MANAGEMENT_SCOPES } from '#runtime/lifecycle/scopes.ts';
import { ensureDefaultTenant } from '#runtime/lifecycle/tenant.ts';
import type { TenantRecord } from '#storage/records.ts';
import { databases } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, payloadError, type Send } from './office.ts';

describe.each(databases())('tenants on %s', (_name, open) => {
  let office: Office;
  let home: TenantRecord;
  let operator: Send;
  beforeAll(async () => {
    office = await openOffice(await open());
    // The front door's configuration calls its default tenant so.
    const input = {
      name: 'nobody',
      baseUrl: 'http://localhost:3000',
      operator: { clientId: 'operator', clientSecret: 'operator secret' },
    };
    const { ports } = office.door.house;
    home = await ensureDefaultTenant(ports, input);
    expect(await ensureDefaultTenant(ports, input)).toEqual(home);
    const { body } = await office.sender(home, undefined)('POST', '/oauth/token', {
      grant_type: 'client_credentials',
      client_id: 'operator',
      client_secret: 'operator secret',
      audience: 'http://localhost:3000/api/v2/',
    });
    operator = office.sender(home, String(body.access_token));
  });
  afterAll(() => office.close());

  const TENANTS = '/v1/management/tenants';

  test('a new tenant answers at its host, with an administrator and nothing else', async () => {
    const { status, body } = await operator('POST', TENANTS, { name: 'acme', base_url: 'http://acme.localhost:3000' });
    expect(status).toBe(201);
    expect(body).toEqual({
      dry_run: false,
      result: {
        id: expect.any(String),
        name: 'acme',
        base_url: 'http://acme.localhost:3000',
        admin_client: { client_id: expect.stringMatching(/^[A-Za-z0-9]{32}$/), client_secret: expect.any(String) },
      },
    });
    const result = body.result as Json;
    const acme = (await office.door.house.store.tenants.find('acme'))!;
    expect((await operator('GET', `${TENANTS}/acme`)).body).toEqual({
      id: acme.id,
      name: 'acme',
      base_url: acme.baseUrl,
    });
    const { body: tokens } = await office.sender(acme, undefined)('POST', '/oauth/token', {
      grant_type: 'client_credentials',
      ...(result.admin_client as object),
      audience: 'http://acme.localhost:3000/api/v2/',
    });
    const send = office.sender(acme, String(tokens.access_token));
    const get = async (path: string) => (await send('GET', `/api/v2${path}`)).body;
    expect(items(await get('/guardian/factors')).map(({ enabled }) => enabled)).toEqual(Array(8).fill(false));
    expect(await get('/guardian/policies')).toEqual([]);
    expect(await get('/guardian/factors/phone/message-types')).toEqual({ message_types: ['sms'] });
    expect(items(await get('/connections'))).toMatchObject([
      { name: 'Username-Password-Authentication', strategy: 'auth0' },
    ]);
    expect(await get('/users')).toEqual([]);
    expect(await get('/actions/actions')).toEqual({ actions: [], per_page: 20 });
    expect((await get('/tenants/settings')).customize_mfa_in_postlogin_action).toBe(true);

    // Its administrator sees itself, and neither its neighbours nor the operator's addresses.
    expect((await send('GET', `${TENANTS}/${acme.id}`)).status).toBe(200);
    expect((await send('GET', `${TENANTS}/nobody`)).status).toBe(403);
    expect((await send('GET', `${TENANTS}/${office.neighbour.id}`)).status).toBe(403);
    expect((await send('POST', TENANTS, { name: 'x', base_url: 'http://x.localhost:3000' })).status).toBe(403);
    expect((await send('GET', '/v1/management/organizations/default/tenants')).body.list).toEqual([
      { id: acme.id, name: 'acme', base_url: acme.baseUrl },
    ]);
    expect((await send('GET', '/v1/management/organizations')).body.list).toEqual([{ id: 'default', name: 'default' }]);
    expect((await operator('GET', '/api/v2/users')).status).toBe(200);
    expect((await office.sender(acme, undefined)('GET', `${TENANTS}/acme`)).status).toBe(401);
  });

  test("the operator's token works at another tenant's host; a forged issuer does not", async () => {
    const all = (await operator('GET', '/v1/management/organizations/default/tenants')).body;
    expect(items(all.list as Json).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['nobody', office.tenant.name]),
    );
    const theirs = await office.token(office.neighbour, MANAGEMENT_SCOPES);
    const [head, payload, signature] = theirs.split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
    const forged = { ...claims, iss: `${home.baseUrl}/`, aud: `${home.baseUrl}/api/v2/`, scope: 'management' };
    const token = [head, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.');
    expect((await office.sender(home, token)('GET', `${TENANTS}/nobody`)).status).toBe(401);
    expect((await office.sender(office.tenant, theirs)('GET', `${TENANTS}/${office.tenant.id}`)).status).toBe(403);
    expect((await office.sender(office.tenant, theirs)('GET', `${TENANTS}/${office.neighbour.id}`)).status).toBe(200);
  });

  test.each([
    [{ name: 'b' }, 'Missing required property: base_url', undefined],
    [{ name: 'b', base_url: 'http://b.localhost/', id: 1 }, 'Additional properties not allowed: id', undefined],
    [
      { name: 'b', base_url: 'http://b.localhost/' },
      "Object didn't pass validation for format origin: http://b.localhost/",
      'base_url',
    ],
    [
      { name: 'b', base_url: 'ftp://b.localhost' },
      "Object didn't pass validation for format origin: ftp://b.localhost",
      'base_url',
    ],
    [{ name: 7, base_url: 'http://b.localhost' }, 'Expected type string but found type integer', 'name'],
  ])('refused: %j', async (body, reason, at) => {
    expect((await operator('POST', TENANTS, body)).body).toEqual(payloadError(reason, at));
  });

  test.each([
    { name: 'nobody', base_url: 'http://another.localhost:3000' },
    { name: 'another', base_url: 'http://localhost:3000' },
  ])('taken: %j', async (body) => {
    expect((await operator('POST', TENANTS, body)).status).toBe(409);
  });

  test('only who has the operator scopes can grant them', async () => {
    const grant = (client_id: unknown) => ({ client_id, audience: `${home.baseUrl}/api/v2/`, scope: ['management'] });
    const client = (await operator('POST', '/api/v2/clients', { name: 'Second', app_type: 'non_interactive' })).body;
    const limited = office.sender(home, await office.token(home, MANAGEMENT_SCOPES));
    expect((await limited('POST', '/api/v2/client-grants', grant(client.client_id))).status).toBe(403);
    expect((await limited('POST', TENANTS, { name: 'c', base_url: 'http://c.localhost' })).status).toBe(403);
    expect((await operator('POST', '/api/v2/client-grants', grant(client.client_id))).status).toBe(201);
  });

  test('a moved default tenant takes its Management API along', async () => {
    const { ports, store } = office.door.house;
    const moved = await ensureDefaultTenant(ports, { name: 'nobody', baseUrl: 'http://localhost:4000' });
    expect(moved.id).toBe(home.id);
    const audience = 'http://localhost:4000/api/v2/';
    expect(await store.resourceServers.findByKey(home.id, audience)).toMatchObject({ isSystem: true });
    expect(await store.clientGrants.findByKey(home.id, `operator ${audience}`)).toMatchObject({ clientId: 'operator' });
    await expect(ensureDefaultTenant(ports, { name: 'nobody', baseUrl: office.neighbour.baseUrl })).rejects.toThrow(
      'another tenant than "nobody" already answers at',
    );
  });
});
