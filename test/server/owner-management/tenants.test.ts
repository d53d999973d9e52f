// Further tenants: who may make and see them, and what one is born with. On both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MANAGEMENT_SCOPES } from '#runtime/lifecycle/scopes.ts';
import { ensureDefaultTenant } from '#runtime/lifecycle/tenant.ts';
import type { TenantRecord } from '#storage/records.ts';
import { databases } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, type Send } from '../management/office.ts';

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
    [{ name: 'b' }, 'Missing required property: base_url'],
    [{ name: 'b', base_url: 'http://b.localhost', id: 1 }, 'Additional properties not allowed: id'],
    [{ name: 'b', base_url: 'http://b.localhost/' }, expect.stringMatching(/^base_url must be scheme, host and port/)],
    [{ name: 'b', base_url: 'ftp://b.localhost' }, expect.stringMatching(/^base_url must be scheme, host and port/)],
    [{ name: 7, base_url: 'http://b.localhost' }, 'name: Expected type string but found type integer'],
  ])('refused: %j', async (body, message) => {
    expect(await operator('POST', TENANTS, body)).toMatchObject({
      status: 400,
      body: { dry_run: false, error: 'invalid_request', error_messages: [message] },
    });
  });

  test.each([
    { name: 'nobody', base_url: 'http://another.localhost:3000' },
    { name: 'another', base_url: 'http://localhost:3000' },
  ])('taken: %j', async (body) => {
    expect((await operator('POST', TENANTS, body)).status).toBe(409);
  });

  test('a dry run makes nothing', async () => {
    const body = { name: 'dry', base_url: 'http://dry.localhost:3000' };
    expect(await operator('POST', `${TENANTS}?dry_run=true`, body)).toMatchObject({
      status: 200,
      body: { dry_run: true, result: body },
    });
    expect(await office.door.house.store.tenants.find('dry')).toBeUndefined();
    const taken = { ...body, name: 'nobody' };
    expect((await operator('POST', `${TENANTS}?dry_run=true`, taken)).status).toBe(409);
    expect((await operator('POST', `${TENANTS}?dry_run=yes`, body)).status).toBe(400);
  });

  test('a tenant can be called otherwise, where nothing hangs on its name', async () => {
    const { neighbour } = office;
    const put = (body: unknown, more = '') => operator('PUT', `${TENANTS}/${neighbour.id}${more}`, body);
    const base_url = neighbour.baseUrl;
    expect((await put({ name: 'renamed', extra: 1 }, '?dry_run=true')).body).toEqual({
      dry_run: true,
      result: { id: neighbour.id, name: 'renamed', base_url },
      diff: { name: { before: neighbour.name, after: 'renamed' } },
      warnings: ['extra is not known and is left out'],
    });
    expect((await put({ name: neighbour.name, base_url })).body.diff).toEqual({});
    expect((await put({ name: 'renamed' })).status).toBe(200);
    expect((await operator('GET', `${TENANTS}/renamed`)).body.id).toBe(neighbour.id);
    expect((await put({ name: neighbour.name })).status).toBe(200);
    expect((await put({ name: 'x', base_url: 'http://elsewhere.localhost' })).status).toBe(400);
    expect((await put({ name: home.id })).status).toBe(400);
    expect((await put({ name: office.tenant.name })).status).toBe(409);
    expect((await operator('PUT', `${TENANTS}/nobody`, { name: 'somebody' })).status).toBe(400);
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
