// Clients: what they answer, what is kept of them, how they change and are searched; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice } from './office.ts';

describe.each(databasesInFull())('clients on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  const theirs = (method: string, path: string, body?: unknown) =>
    office.sendAsNeighbour(method, `/api/v2${path}`, body);
  const made = async (path: string, body: unknown, status = 201): Promise<Json> => {
    const answered = await send('POST', path, body);
    expect([answered.status, answered.body.message]).toEqual([status, undefined]);
    return answered.body;
  };

  test('clients: secrets only for those who may see them, metadata merged, enabled on the first connection', async () => {
    const client = await made('/clients', {
      name: 'App',
      app_type: 'regular_web',
      callbacks: ['https://app.example/callback', 'com.example.app://callback'],
      client_metadata: { a: '1' },
      logo_uri: 'https://app.example/logo.png',
    });
    expect(client).toMatchObject({
      client_id: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
      client_secret: expect.stringMatching(/^[A-Za-z0-9]{64}$/),
      grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
      logo_uri: 'https://app.example/logo.png',
      client_metadata: { a: '1' },
      is_first_party: true,
    });
    expect(client.token_endpoint_auth_method).toBeUndefined();
    const path = `/clients/${client.client_id}`;
    const [connection] = items((await send('GET', '/connections')).body);
    expect(items(connection?.enabled_clients as Json)).toContain(client.client_id);
    const reader = await office.as('read:clients');
    expect((await reader('GET', `/api/v2${path}`)).body.client_secret).toBeUndefined();
    expect((await reader('GET', '/api/v2/clients')).body).not.toContain('client_secret');
    const patched = await send('PATCH', path, {
      client_metadata: { a: null, b: '2' },
      token_endpoint_auth_method: 'none',
      logo_uri: '',
    });
    expect(patched.body).toMatchObject({
      client_metadata: { b: '2' },
      token_endpoint_auth_method: 'none',
      name: 'App',
    });
    // Another one, which opens nothing while the client is public.
    expect(patched.body.client_secret).not.toBe(client.client_secret);
    const again = await send('PATCH', path, { token_endpoint_auth_method: 'client_secret_post' });
    expect(again.body.client_secret).not.toBe(client.client_secret);
    const rotated = await send('POST', `${path}/rotate-secret`);
    expect(rotated.body.client_secret).not.toBe(again.body.client_secret);
    const spa = await made('/clients', { name: 'Spa', app_type: 'spa' });
    const switched = await send('PATCH', `/clients/${spa.client_id}`, { json_flow: false });
    expect(switched).toMatchObject({ status: 200, body: { json_flow: false } });
    expect((await send('PATCH', `/clients/${spa.client_id}`, { json_flow: 'no' })).status).toBe(400);
    expect(spa.grant_types).toEqual(['authorization_code', 'implicit', 'refresh_token']);
    const useless = { client_id: spa.client_id, client_secret: spa.client_secret, grant_type: 'client_credentials' };
    expect((await office.sender(office.tenant, undefined)('POST', '/oauth/token', useless)).status).toBe(401);
    expect((await send('GET', '/clients?app_type=spa&include_totals=true')).body).toMatchObject({
      total: 1,
      length: 1,
    });
    expect((await send('GET', `${path}?fields=name,callbacks`)).body).toEqual({
      name: 'App',
      callbacks: client.callbacks,
    });

    expect((await theirs('GET', path)).body.errorCode).toBe('inexistent_client');
    expect((await theirs('PATCH', path, { name: 'x' })).status).toBe(404);
    expect((await theirs('POST', `${path}/rotate-secret`)).status).toBe(404);
    expect((await theirs('DELETE', path)).status).toBe(204);
    expect((await send('GET', path)).status).toBe(200);
    expect([(await send('DELETE', path)).status, (await send('DELETE', path)).status]).toEqual([204, 204]);
    const [after] = items((await send('GET', '/connections')).body);
    expect(items(after?.enabled_clients as Json)).not.toContain(client.client_id);
  });

  test('clients: what is kept is well formed, parts of it change by themselves, and null takes it away', async () => {
    const { client_id: id } = await made('/clients', {
      name: 'Kept',
      app_type: 'native',
      session_transfer: { enforce_device_binding: 'asn' },
      mobile: { ios: { team_id: '9JA89QQLNQ', app_bundle_identifier: 'com.my.bundle.id' } },
      organization_usage: 'require',
      addons: { samlp: { audience: 'urn:x' } },
      description: null,
    });
    const patch = (body: unknown) => send('PATCH', `/clients/${id}`, body);
    const transfer = {
      can_create_session_transfer_token: false,
      allowed_authentication_methods: [],
      enforce_device_binding: 'asn',
      allow_refresh_token: true,
      enforce_online_refresh_tokens: true,
      enforce_cascade_revocation: true,
    };
    const one = await patch({ session_transfer: { allow_refresh_token: true, delegation: null } });
    expect(one.body).toMatchObject({ session_transfer: transfer, addons: { samlp: { audience: 'urn:x' } } });
    const two = await patch({ session_transfer: null, addons: null, organization_usage: null, mobile: null });
    for (const name of ['session_transfer', 'addons', 'organization_usage', 'mobile']) {
      expect(two.body).not.toHaveProperty(name);
    }
    for (const [name, value] of Object.entries({
      session_transfer: { allowed_authentication_methods: ['post'] },
      organization_usage: 'maybe',
      token_exchange: { allow_any_profile_of_type: ['any'] },
      compliance_level: 'high',
      async_approval_notification_channels: [],
      mobile: { windows: {} },
      default_organization: { organization_id: 'org_1' },
      client_authentication_methods: {},
    })) {
      expect([name, (await patch({ [name]: value })).body.errorCode]).toEqual([name, 'invalid_body']);
    }
    expect((await made('/clients', { name: 'Exchanger', app_type: 'resource_server' })).grant_types).toEqual([]);
  });

  test('clients: two changes at once both survive', async () => {
    const { client_id: id } = await made('/clients', { name: 'Twice' });
    const changes = [{ description: 'x' }, { client_metadata: { a: '1' } }, { web_origins: ['https://a.example'] }];
    await Promise.all(changes.map((change) => send('PATCH', `/clients/${id}`, change)));
    expect((await send('GET', `/clients/${id}`)).body).toMatchObject(Object.assign({}, ...changes));
  });

  test('clients: searched by q', async () => {
    const { client_id: id } = await made('/clients', { name: 'Searched one', description: 'Finds itself' });
    const found = async (q: string) =>
      items((await send('GET', `/clients?q=${encodeURIComponent(q)}`)).body).map(({ client_id }) => client_id);
    expect(await found('name:"searched ONE"')).toEqual([id]);
    expect(await found('name:search* AND NOT app_type:spa')).toEqual([id]);
    expect(await found('client_grant.allow_any_organization:true')).toEqual([]);
    const audience = 'https://searched.example/';
    await made('/resource-servers', { identifier: audience });
    const organizations = { organization_usage: 'allow', allow_any_organization: true };
    const grant = await made('/client-grants', { client_id: id, audience, scope: [], ...organizations });
    const { body: org } = await send('POST', '/organizations', { name: 'searched-org' });
    await made(`/organizations/${org.id}/client-grants`, { grant_id: grant.id });
    expect(await found(`client_grant.organization_id:${org.id}`)).toEqual([id]);
    expect(await found('client_grant.organization_id:org_none')).toEqual([]);
    expect(await found('client_grant.allow_any_organization:true')).toEqual([id]);
    expect((await send('GET', '/clients?q=client_grant.organization_id:org*')).status).toBe(400);
    expect((await send('GET', '/clients?q=colour:red')).body.errorCode).toBe('invalid_query_string');
    expect((await send('GET', '/clients?external_client_id=https://x.example')).body).toEqual([]);
    expect((await send('GET', '/clients?take=1')).body).toMatchObject({ next: expect.any(String) });
  });
});
