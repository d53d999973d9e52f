// Clients, grants, APIs, connections, settings and factors: what each answers; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MANAGEMENT_SCOPES, OPERATOR_SCOPES } from '#runtime/lifecycle/scopes.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice } from './office.ts';

describe.each(databasesInFull())('configuration on %s', (_name, open) => {
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
    expect(patched.body.client_secret).toBeUndefined();
    const again = await send('PATCH', path, { token_endpoint_auth_method: 'client_secret_post' });
    expect(again.body.client_secret).not.toBe(client.client_secret);
    const rotated = await send('POST', `${path}/rotate-secret`);
    expect(rotated.body.client_secret).not.toBe(again.body.client_secret);
    const spa = await made('/clients', { name: 'Spa', app_type: 'spa' });
    const switched = await send('PATCH', `/clients/${spa.client_id}`, { json_flow: false });
    expect(switched).toMatchObject({ status: 200, body: { json_flow: false } });
    expect((await send('PATCH', `/clients/${spa.client_id}`, { json_flow: 'no' })).status).toBe(400);
    expect([spa.client_secret, spa.grant_types]).toEqual([
      undefined,
      ['authorization_code', 'implicit', 'refresh_token'],
    ]);
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

  test('APIs and grants: a grant is within its API, and goes with it', async () => {
    const identifier = 'https://things.example/';
    const api = await made('/resource-servers', { identifier, name: 'Things', scopes: [{ value: 'read:things' }] });
    expect(api).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      identifier,
      token_lifetime: 86_400,
      token_lifetime_for_web: 7200,
      signing_alg: 'RS256',
      allow_offline_access: false,
    });
    expect((await send('POST', '/resource-servers', { identifier })).status).toBe(409);
    expect((await send('GET', `/resource-servers/${encodeURIComponent(identifier)}`)).body).toEqual(api);
    const client = await made('/clients', { name: 'Robot', app_type: 'non_interactive' });
    const input = { client_id: client.client_id, audience: identifier, scope: ['read:things'] };
    const grant = await made('/client-grants', input);
    expect(grant).toEqual({ ...input, id: expect.stringMatching(/^cgr_[A-Za-z0-9]{16}$/), subject_type: 'client' });
    expect((await send('POST', '/client-grants', input)).status).toBe(409);
    expect((await send('PATCH', `/client-grants/${grant.id}`, { scope: ['write:things'] })).status).toBe(400);
    expect((await send('PATCH', `/client-grants/${grant.id}`, { scope: [] })).body.scope).toEqual([]);
    expect((await send('GET', `/client-grants?client_id=${client.client_id}`)).body).toHaveLength(1);
    for (const path of [`/client-grants/${grant.id}`, `/resource-servers/${api.id}`]) {
      expect((await theirs('GET', path)).status).toBe(404);
      expect((await theirs('PATCH', path, {})).status).toBe(404);
      expect((await theirs('DELETE', path)).status).toBe(204);
      expect((await send('GET', path)).status).toBe(200);
    }
    expect((await theirs('POST', '/client-grants', input)).status).toBe(404);
    expect((await send('DELETE', `/resource-servers/${api.id}`)).status).toBe(204);
    expect((await send('GET', `/client-grants/${grant.id}`)).body.errorCode).toBe('inexistent_client_grant');
  });

  test('the Management API cannot be changed, and gives nobody more than its tenant', async () => {
    const audience = `${office.tenant.baseUrl}/api/v2/`;
    const system = (await send('GET', `/resource-servers/${encodeURIComponent(audience)}`)).body;
    expect(system.is_system).toBe(true);
    expect(items(system.scopes as Json).map(({ value }) => value)).toEqual([...MANAGEMENT_SCOPES]);
    const more = { scopes: OPERATOR_SCOPES.map((value) => ({ value })) };
    expect((await send('PATCH', `/resource-servers/${system.id}`, more)).status).toBe(400);
    expect((await send('DELETE', `/resource-servers/${system.id}`)).status).toBe(400);
    const client = await made('/clients', { name: 'Climber', app_type: 'non_interactive' });
    for (const scope of OPERATOR_SCOPES) {
      const climbing = await send('POST', '/client-grants', { client_id: client.client_id, audience, scope: [scope] });
      expect(climbing.status).toBe(400);
    }
  });

  test('the connection and its clients', async () => {
    const [connection] = items((await send('GET', '/connections?strategy=auth0')).body);
    expect(connection).toMatchObject({
      id: expect.stringMatching(/^con_[A-Za-z0-9]{16}$/),
      name: 'Username-Password-Authentication',
      strategy: 'auth0',
      realms: ['Username-Password-Authentication'],
    });
    const client = await made('/clients', { name: 'Switched' });
    const path = `/connections/${connection?.id}/clients`;
    expect((await send('PATCH', path, [{ client_id: client.client_id, status: false }])).status).toBe(204);
    const { body } = await send('GET', path);
    expect(items(body.clients as Json)).not.toContainEqual({ client_id: client.client_id });
    expect((await theirs('GET', `/connections/${connection?.id}`)).body.errorCode).toBe('inexistent_connection');
    expect((await theirs('PATCH', path, [{ client_id: client.client_id, status: true }])).status).toBe(400);
  });

  test('settings: hours and minutes, flags merged, the rest kept', async () => {
    const before = (await send('GET', '/tenants/settings')).body;
    expect(before).toMatchObject({
      session_lifetime: 168,
      idle_session_lifetime: 72,
      default_directory: 'Username-Password-Authentication',
      customize_mfa_in_postlogin_action: true,
      enabled_locales: ['en', 'ja'],
    });
    await send('PATCH', '/tenants/settings', {
      flags: { a: true },
      support_url: 'https://help.example',
      default_audience: '',
    });
    const { body } = await send('PATCH', '/tenants/settings', {
      friendly_name: 'Acme',
      session_lifetime_in_minutes: 181,
      idle_session_lifetime: 1.5,
      customize_mfa_in_postlogin_action: false,
      flags: { b: false },
    });
    expect(body).toMatchObject({
      friendly_name: 'Acme',
      session_lifetime: 181 / 60,
      idle_session_lifetime: 1.5,
      customize_mfa_in_postlogin_action: false,
      flags: { a: true, b: false },
      support_url: 'https://help.example',
      default_audience: '',
    });
    expect((await send('GET', '/tenants/settings')).body).toEqual(body);
    const cleared = await send('PATCH', '/tenants/settings', { friendly_name: null, support_url: null, flags: null });
    expect(cleared.body).not.toHaveProperty('friendly_name');
    // Pages without a name would greet from nobody.
    const blank = await send('PATCH', '/tenants/settings', { friendly_name: '' });
    expect(blank.body).not.toHaveProperty('friendly_name');
    expect(cleared.body).not.toHaveProperty('support_url');
    expect((await send('PATCH', '/tenants/settings', { default_directory: 'nowhere' })).status).toBe(400);
    expect((await theirs('GET', '/tenants/settings')).body).toMatchObject({ session_lifetime: 168 });
  });

  test('factors, policies and message types', async () => {
    const { body } = await theirs('GET', '/guardian/factors');
    const names = [
      'sms',
      'push-notification',
      'otp',
      'email',
      'duo',
      'webauthn-roaming',
      'webauthn-platform',
      'recovery-code',
    ];
    expect(body).toEqual(names.map((name) => ({ name, enabled: false, trial_expired: false })));
    expect((await send('PUT', '/guardian/factors/duo', { enabled: true })).body).toEqual({ enabled: true });
    expect(items((await send('GET', '/guardian/factors')).body)[4]).toMatchObject({ name: 'duo', enabled: true });
    expect((await theirs('GET', '/guardian/factors')).body).toEqual(body);
    const fax = await send('PUT', '/guardian/factors/fax', { enabled: true });
    expect([fax.status, fax.body.errorCode]).toEqual([400, 'invalid_uri']);
    expect((await send('PUT', '/guardian/policies', ['all-applications'])).body).toEqual(['all-applications']);
    expect((await send('GET', '/guardian/policies')).body).toEqual(['all-applications']);
    const both = { message_types: ['sms', 'voice'] };
    expect((await send('PUT', '/guardian/factors/phone/message-types', both)).body).toEqual(both);
    expect((await send('GET', '/guardian/factors/phone/message-types')).body).toEqual(both);
  });
});
