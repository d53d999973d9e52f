// Grants, APIs, connections, settings and factors: what each answers; on both databases.
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
    const later = { scope: ['read:things', 'write:things'] };
    expect((await send('PATCH', `/client-grants/${grant.id}`, later)).body).toMatchObject(later);
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
    expect((await theirs('PATCH', path, [{ client_id: client.client_id, status: true }])).status).toBe(404);
  });

  /** At the same moment: none of them takes back what another one set. */
  const once = [{ flags: { x: true } }, { flags: { y: true } }, { picture_url: 'https://p.example/logo.png' }];
  const wrong: [name: string, value: unknown][] = [
    ['flags', { enable_sso: 'yes' }],
    ['country_codes', { list: ['Germany'], mode: 'allow' }],
    ['session_cookie', { mode: 'eternal' }],
    ['resource_parameter_profile', 'any'],
    ['universal_login', { colors: { primary: 'red' } }],
    ['change_password', { enabled: 1 }],
    ['nothing_of_ours', true],
  ];
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
    const own = { is_custom_theme_set: false, is_custom_template_set: false };
    expect(body.universal_login).toEqual(own);
    expect((await send('GET', '/tenants/settings')).body).toEqual({ ...body, universal_login: {} });
    // Every tenant of the wire has these, and says so.
    expect(body.flags).toMatchObject({ enable_sso: true, universal_login: true, disable_impersonation: true });
    const at = once.map((change) => send('PATCH', '/tenants/settings', change));
    await Promise.all(at);
    const settled = (await send('GET', '/tenants/settings')).body;
    expect(settled).toMatchObject({ flags: { x: true, y: true, a: true }, picture_url: 'https://p.example/logo.png' });
    const palette = { colors: { primary: '#F8F8F2', page_background: '#222221' } };
    expect((await send('PATCH', '/tenants/settings', { universal_login: palette })).body.universal_login).toMatchObject(
      palette,
    );
    expect((await send('GET', '/branding')).body).toMatchObject(palette);
    expect((await send('PATCH', '/tenants/settings', { universal_login: null })).body.universal_login).toEqual(own);
    for (const [name, value] of wrong) {
      expect([name, (await send('PATCH', '/tenants/settings', { [name]: value })).status]).toEqual([name, 400]);
    }
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
