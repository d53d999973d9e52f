// The password grants: who gets tokens at once, who has to show more, and every way to be refused.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { API, GRANT, type MfaDesk, openMfaDesk } from './mfa-desk.ts';

const script = (body: string) => `exports.onExecutePostLogin = async (event, api) => { ${body} };`;

describe.each(databasesInFull())('%s', (_name, open) => {
  let desk: MfaDesk;
  beforeAll(async () => {
    desk = await openMfaDesk({ databaseUrl: await open() });
    await desk.door.house.user('plain');
    await desk.door.house.user('app', ['otp']);
    await desk.door.house.user('blocked', [], { blocked: true });
  });
  afterAll(() => desk.close());
  beforeEach(async () => {
    await desk.door.house.bind();
    await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: [] }));
  });

  test('a right password gives the tokens that were asked for', async () => {
    const { status, body } = await desk.signIn('plain', { scope: 'openid email read:things', audience: API });
    expect(status).toBe(200);
    const access = decodeJwt(String(body.access_token));
    expect(access).toMatchObject({ gty: 'password', azp: 'native', scope: 'openid email read:things' });
    expect(decodeJwt(String(body.id_token))).toMatchObject({ email: 'plain@example.com', aud: 'native' });
    expect(await desk.newestLogs(1)).toMatchObject([{ type: 'sepft', userId: access.sub }]);
  });

  test('without a scope it gives all that the API offers', async () => {
    const { body } = await desk.signIn('plain', { scope: '', audience: API });
    expect(body).toMatchObject({ scope: 'read:things write:things' });
    expect(body).not.toHaveProperty('id_token');
  });

  test('nobody gets a scope of the Management API by a password', async () => {
    const { status, body } = await desk.signIn('plain', { scope: '', audience: `${desk.door.site}/api/v2/` });
    expect(status).toBe(200);
    expect(decodeJwt(String(body.access_token))).not.toHaveProperty('scope');
  });

  const right = { username: 'plain@example.com', password: PASSWORD };
  const realm = { grant_type: `${GRANT}password-realm`, ...right };
  const password = { grant_type: 'password', ...right };
  test.each<[string, Record<string, string>, number, string, string]>([
    ['a wrong password', { ...password, password: 'x' }, 403, 'invalid_grant', 'Wrong email or password.'],
    ['an unknown name', { ...password, username: 'x' }, 403, 'invalid_grant', 'Wrong email or password.'],
    ['a blocked user', { ...password, username: 'blocked@example.com' }, 403, 'unauthorized', 'user is blocked'],
    ['no name', { ...password, username: '' }, 400, 'invalid_request', 'Missing required parameter: username'],
    ['no password', { ...password, password: '' }, 400, 'invalid_request', 'Missing required parameter: password'],
    ['no realm', realm, 400, 'invalid_request', 'Missing required parameter: realm'],
    ['an unknown realm', { ...realm, realm: 'x' }, 403, 'unauthorized_client', 'The connection was not found.'],
    [
      'an unknown API',
      { ...password, audience: 'https://x/' },
      403,
      'access_denied',
      'Service not enabled within domain: https://x/',
    ],
    ['a wrong secret', { ...password, client_secret: 'x' }, 401, 'access_denied', 'Unauthorized'],
    [
      'a client without the grant',
      { ...realm, client_id: 'bare', realm: 'x' },
      403,
      'unauthorized_client',
      `Grant type '${GRANT}password-realm' not allowed for the client.`,
    ],
  ])('%s', async (_name, parameters, status, error, error_description) => {
    expect(await desk.token(parameters)).toMatchObject({ status, body: { error, error_description } });
  });

  test('a realm is the name of a connection, if the client may use it', async () => {
    const { store, tenant, ports } = desk.door.house;
    const named = { ...realm, realm: 'Username-Password-Authentication' };
    expect(await desk.token(named)).toMatchObject({ status: 200 });
    const base = { tenantId: tenant.id, strategy: 'auth0', options: {}, metadata: {}, createdAt: 0, updatedAt: 0 };
    const settings = { realms: ['nickname'] };
    const connection = { ...base, id: ports.random.hex(8), name: 'Second', enabledClients: ['native'], settings };
    await store.connections.insert(connection);
    expect(await desk.token({ ...realm, realm: 'nickname' })).toMatchObject({
      status: 403,
      body: { error: 'invalid_grant' },
    });
    await store.connections.update(tenant.id, connection.id, (current) => ({ ...current, enabledClients: [] }));
    expect(await desk.token({ ...realm, realm: 'Second' })).toMatchObject({
      status: 403,
      body: { error: 'unauthorized_client', error_description: 'The connection is not enabled for the client.' },
    });
  });

  test('a tenant without a default directory', async () => {
    const { editTenant } = desk.door.house;
    await editTenant(({ defaultDirectory: _none, ...tenant }) => tenant);
    expect(await desk.token(password)).toMatchObject({ status: 400, body: { error: 'server_error' } });
    await editTenant((tenant) => ({ ...tenant, defaultDirectory: 'Username-Password-Authentication' }));
  });

  test.each<[string, string, number, object]>([
    ['denies', `api.access.deny('not you');`, 403, { error: 'access_denied', error_description: 'not you' }],
    ['throws', `throw new Error('boom');`, 403, { error: 'access_denied', error_description: 'boom' }],
    ['adds a claim', `api.accessToken.setCustomClaim('https://x/y', 1);`, 200, { token_type: 'Bearer' }],
    [
      'sends the person away',
      `api.redirect.sendUserTo('https://site.example/');`,
      403,
      { error: 'interaction_required', error_description: 'User interaction required' },
    ],
    [
      'tells protocol and body, without the password',
      `api.access.deny(event.transaction.protocol + ' ' + Object.keys(event.request.body).sort());`,
      403,
      { error_description: 'oauth2-password client_id,grant_type,scope,username' },
    ],
  ])('a script that %s', async (_name, source, status, body) => {
    await desk.door.house.bind(script(source));
    expect(await desk.signIn('plain')).toMatchObject({ status, body });
  });

  describe('mfa_required', () => {
    test('by the policy says no more than the token', async () => {
      await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
      const { status, body } = await desk.signIn('app');
      expect(status).toBe(403);
      expect(body).toEqual({
        error: 'mfa_required',
        error_description: 'Multifactor authentication required',
        mfa_token: expect.any(String),
      });
      expect(await desk.newestLogs(1)).toMatchObject([{ type: 'mfar', userId: expect.stringContaining('auth0|') }]);
    });

    test.each<[string, string, object]>([
      ['app', `api.authentication.challengeWith({ type: 'otp' });`, { challenge: [{ type: 'otp' }] }],
      ['plain', `api.authentication.enrollWith({ type: 'otp' });`, { enroll: [{ type: 'otp' }] }],
      [
        'plain',
        `api.authentication.enrollWithAny([{ type: 'phone' }, { type: 'otp' }]);`,
        { enroll: [{ type: 'phone' }, { type: 'otp' }] },
      ],
    ])('of %s by %s', async (who, source, mfa_requirements) => {
      await desk.door.house.bind(script(source));
      expect(await desk.signIn(who)).toMatchObject({ status: 403, body: { error: 'mfa_required', mfa_requirements } });
    });
  });
});
