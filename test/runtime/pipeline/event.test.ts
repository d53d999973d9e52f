// The event of a post-login script, property by property: what is there, when, and what it is made of (actions-api,
// sections 1.1, 1.2 and 1.3a).
import { describe, expect, test } from 'vitest';
import type { LoginTransaction } from '#runtime/transaction/transaction.ts';
import type { OrganizationRecord } from '#storage/records.ts';
import { aTransaction } from '../transaction/sample.ts';
import { event } from './an-event.ts';

const iso = (at: number) => new Date(at).toISOString();
const { request } = aTransaction();
const { reply } = request;
const asked = (more: Partial<LoginTransaction['request']>) => ({ tx: { request: { ...request, ...more } } });

describe('what scripts read without asking whether it is there', () => {
  test('is always there, empty where there is nothing', () => {
    expect(event()).toMatchObject({
      authentication: { methods: [], riskAssessment: { version: '1' } },
      authorization: { roles: [] },
      configuration: {},
      connection: { id: 'con_1', name: 'db', strategy: 'auth0' },
      client: { client_id: 'client-1', name: 'App', metadata: { tier: 'gold' } },
      request: { ip: '203.0.113.7', method: 'POST', query: {}, body: {}, geoip: {}, hostname: 'localhost:3000' },
      stats: { logins_count: 3 },
      tenant: { id: 'dev' },
      transaction: {
        id: 'login-1',
        acr_values: [],
        requested_scopes: ['openid'],
        ui_locales: [],
        metadata: {},
        protocol: 'oidc-basic-profile',
        redirect_uri: 'https://app.example/callback',
        response_type: ['code'],
        response_mode: 'query',
        locale: 'en',
      },
      user: { app_metadata: {}, user_metadata: {}, identities: [], multifactor: ['guardian'] },
    });
  });

  test.each([
    'organization',
    'prompt',
    'resource_server',
    'security_context',
    'refresh_token',
    'custom_domain',
    'request.asn',
    'request.language',
    'request.user_agent',
    'transaction.login_hint',
    'transaction.prompt',
    'transaction.state',
    'transaction.correlation_id',
    'transaction.requested_authorization_details',
    'user.name',
    'user.username',
    'user.phone_number',
    'user.phone_verified',
    'user.last_password_reset',
  ])('%s is absent where there is none', (path) => expect(event()).not.toHaveProperty(path));

  test('nothing secret is ever in it', () => {
    const text = JSON.stringify(event({ user: { passwordHash: '$argon2id$hash' } }));
    for (const secret of ['hidden', '$argon2id$', 'JBSWY3DPEHPK3PXP']) expect(text).not.toContain(secret);
  });

  test('goes through JSON as it is', () => expect(JSON.parse(JSON.stringify(event()))).toEqual(event()));
});

describe('the request', () => {
  test('of the authorization is there after every pause, unknown parameters too', () => {
    const query = { client_id: 'c', 'ext-plan': 'gold', correlation_id: 'x1' };
    const { request: shown, transaction } = event(asked({ query }));
    expect(shown).toMatchObject({ query, body: {} });
    expect(transaction).toMatchObject({ correlation_id: 'x1' });
  });
  test('of the way back replaces it', () => {
    const visit = { kind: 'redirect', query: { state: 's' }, body: { a: '1' } } as const;
    expect(event({ ...asked({ query: { client_id: 'c' } }), visit }).request).toMatchObject({
      query: { state: 's' },
      body: { a: '1' },
    });
  });
  test('says who asks, as far as it is known', () => {
    const caller = { ip: '2001:db8::1', method: 'GET', userAgent: 'Firefox', language: 'ja', asn: '64500' };
    expect(event({ caller }).request).toMatchObject({
      ip: '2001:db8::1',
      method: 'GET',
      user_agent: 'Firefox',
      language: 'ja',
      asn: '64500',
    });
  });
  test('says where that is; a proxy that knows the network is believed over the database', () => {
    const place = {
      countryCode: 'JP',
      countryName: 'Japan',
      latitude: 1,
      longitude: 2,
      asn: '64501',
      isAnonymousProxy: true,
    };
    const { request: shown } = event({ place });
    expect(shown).toMatchObject({ asn: '64501' });
    expect(shown.geoip).toEqual({ countryCode: 'JP', countryName: 'Japan', latitude: 1, longitude: 2 });
    expect(event({ place, caller: { ip: '::1', method: 'GET', asn: '64500' } }).request.asn).toBe('64500');
  });
  test.each([
    [{ ja3: 'a' }, { ja3: 'a' }],
    [{ ja4: 'b' }, { ja4: 'b' }],
    [
      { ja3: 'a', ja4: 'b' },
      { ja3: 'a', ja4: 'b' },
    ],
  ])('fingerprints %j', (given, shown) => {
    expect(event({ caller: { ip: '::1', method: 'GET', ...given } }).security_context).toEqual(shown);
  });
});

describe('the transaction', () => {
  test('holds what the client asked for', () => {
    const { transaction, resource_server } = event(
      asked({
        acrValues: ['urn:x'],
        loginHint: 'ana',
        prompt: ['login'],
        reply: { ...reply, state: 's' } as typeof reply,
        uiLocales: ['ja'],
        audience: 'https://api.example/',
        query: { authorization_details: '[{"type":"payment","amount":1}]' },
      }),
    );
    expect(transaction).toMatchObject({
      acr_values: ['urn:x'],
      login_hint: 'ana',
      prompt: ['login'],
      state: 's',
      ui_locales: ['ja'],
      requested_authorization_details: [{ type: 'payment', amount: 1 }],
    });
    expect(resource_server).toEqual({ identifier: 'https://api.example/' });
  });
  test.each(['no JSON', '{}', '[1]', '[{"amount":1}]', '[null]'])(
    'authorization details that are none are left out: %s',
    (text) => {
      const { transaction } = event(asked({ query: { authorization_details: text } }));
      expect(transaction).not.toHaveProperty('requested_authorization_details');
    },
  );
  test('shows what earlier Actions handed on', () => {
    expect(event({ tx: { metadata: { a: 1, b: true } } }).transaction.metadata).toEqual({ a: 1, b: true });
  });
});

describe('around the person', () => {
  test('methods of the session and of this login, with their times', () => {
    const methods: LoginTransaction['methods'] = [
      { name: 'pwd', at: 1000, in: 'session' },
      { name: 'mfa', type: 'otp', authenticatorId: 'dev_1', at: 2000, in: 'transaction' },
    ];
    expect(event({ tx: { methods } }).authentication.methods).toEqual([
      { name: 'pwd', timestamp: iso(1000) },
      { name: 'mfa', type: 'otp', timestamp: iso(2000) },
    ]);
  });
  test('the organization with its metadata; a display name is never missing', () => {
    const organization = { id: 'org_1', name: 'acme', metadata: { plan: 'gold' } } as unknown as OrganizationRecord;
    expect(event({ world: { organization, roles: ['admin'] } })).toMatchObject({
      organization: { id: 'org_1', name: 'acme', display_name: 'acme', metadata: { plan: 'gold' } },
      authorization: { roles: ['admin'] },
    });
  });
  test('the form that was filled in', () => {
    const visit = { kind: 'form', id: 'ap_1', fields: { a: 1 }, vars: { b: 2 } } as const;
    expect(event({ visit }).prompt).toEqual({ id: 'ap_1', fields: { a: 1 }, vars: { b: 2 } });
  });
  test('a connection that was removed meanwhile is known by name', () => {
    const { connection } = event({ isConnectionGone: true });
    expect(connection).toMatchObject({ name: 'Username-Password-Authentication', strategy: 'auth0' });
  });
});
