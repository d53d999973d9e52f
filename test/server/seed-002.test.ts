// The guide "Set up multi-factor authentication (SMS)" against the whole application: its calls in their order, as they are
// written there, with the answers shown there; its variations and its four errors. An outside service stands in that sends
// codes and checks them.
// Longer than 300 lines because the steps of the guide follow one another.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import { ensureDefaultTenant } from '#runtime/lifecycle/tenant.ts';
import type { MockMessage } from '#server/cli/mock-challenges.ts';
import { type MockMessagesServer, openMockMessages } from '#server/cli/mock-messages.ts';
import type { TenantRecord } from '#storage/records.ts';
import { type CurlAnswer, type CurlCall, runShell, type Variables } from '#test/kit/curl.ts';
import { freePort } from '#test/kit/free-port.ts';
import { items, type Json, type Office, openOffice, type Send } from './management/office.ts';
import { CALLBACK } from './oauth/front-door.ts';

/** By the heading above each. */
const CALLS: ReadonlyMap<string, string> = new Map(
  readFileSync(join(import.meta.dirname, 'seed-002.sh'), 'utf8')
    .split(/^# --- /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n'))]),
);

const SITE = 'http://localhost:8080';
const OPERATOR = { clientId: 'operator', clientSecret: 'operator secret' };
const SECRET = 'secret of the application';

let office: Office;
let tenant: TenantRecord;
let mock: MockMessagesServer;
/** Where the guide has port 4000. */
let mockPort: number;
const variables: Variables = {};
const arrived: MockMessage[] = [];

beforeAll(async () => {
  mockPort = await freePort();
  office = await openOffice(undefined, { egressAllow: ['127.0.0.1'] });
  const { ports } = office.door.house;
  tenant = await ensureDefaultTenant(ports, { name: 'nobody', baseUrl: SITE, operator: OPERATOR });
  const told = { arrived: (message: MockMessage) => arrived.push(message), checked: () => {} };
  mock = await openMockMessages({ host: '127.0.0.1', port: mockPort, strict: true, now: ports.now, ...told });
  const application = { id: 'web', name: 'App', secret: SECRET, callbacks: [CALLBACK] };
  await newClient(ports, tenant.id, { ...application, grantTypes: ['authorization_code'] });
  Object.assign(variables, {
    IDP_SERVER_URL: SITE,
    ORGANIZATION_ID: tenant.ownerId,
    TENANT_ID: tenant.id,
    CLIENT_ID: 'web',
    REDIRECT_URI: CALLBACK,
  });
  await renewToken();
});
afterAll(() => Promise.all([office.close(), mock.close()]));
beforeEach(() => {
  arrived.length = 0;
});

/** Calls the Management API as the administrator. */
const manage: Send = (method, path, body) => office.sender(tenant, variables.ADMIN_TOKEN)(method, path, body);

async function renewToken(): Promise<void> {
  const { body } = await office.sender(tenant, undefined)('POST', '/oauth/token', {
    grant_type: 'client_credentials',
    client_id: OPERATOR.clientId,
    client_secret: OPERATOR.clientSecret,
    audience: `${SITE}/api/v2/`,
  });
  variables.ADMIN_TOKEN = String(body.access_token);
}

/** Where the configurations and policies of the tenant are. */
const base = () => `/v1/management/organizations/${tenant.ownerId}/tenants/${tenant.id}`;

/** Limits of a person and an address have filled up again. */
async function nextDay(): Promise<void> {
  office.door.house.clock.advance(24 * 60 * 60_000);
  await renewToken();
}

async function send({ method, url, headers, body }: CurlCall): Promise<CurlAnswer> {
  const response = await office.door.app.request(url, { method, headers, ...(body === undefined ? {} : { body }) });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

type Answer = { status: number; body: Json; headers: Headers };

/** Runs what stands below a heading; `with`: what the reader changes in it. */
async function call(heading: string, changed: Record<string, string> = {}): Promise<Answer> {
  let block = CALLS.get(heading);
  if (block === undefined) throw new Error(`the guide has no ${heading}`);
  const here = { ...changed, 'host.docker.internal:4000': `host.docker.internal:${mockPort}` };
  for (const [written, meant] of Object.entries(here)) block = block.replaceAll(written, meant);
  const [answer] = await runShell(block, variables, send);
  if (!answer) throw new Error(`${heading} calls nothing`);
  const { status, headers, text } = answer;
  return { status, headers, body: (text === '' ? {} : JSON.parse(text)) as Json };
}

/** Begins a login and keeps its id, as the reader does. */
async function begin(heading: string): Promise<void> {
  const answer = await call(heading);
  expect(answer.status).toBe(302);
  const location = new URL(answer.headers.get('location') ?? '');
  expect(`${location.origin}${location.pathname}`).toBe(`${SITE}/authorize`);
  expect([...location.searchParams.keys()]).toEqual(['id']);
  variables.AUTH_ID = location.searchParams.get('id') ?? '';
}

/** Calls an interaction of the present login with a body of one's own. */
async function interact(interaction: string, body: object): Promise<Answer> {
  const { TENANT_ID, AUTH_ID } = variables;
  return office.sender(tenant, undefined)('POST', `/${TENANT_ID}/v1/authorizations/${AUTH_ID}/${interaction}`, body);
}

async function exchange(redirectUri: unknown): Promise<Json> {
  const code = new URL(String(redirectUri)).searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, client_id: 'web' };
  const response = await office.door.app.request(`${SITE}/${tenant.id}/v1/tokens`, {
    method: 'POST',
    body: new URLSearchParams({ ...form, client_secret: SECRET }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Json;
}

const ok = (body: object = {}) => ({ status: 200, body: expect.objectContaining(body) });
const CONFIGURATION_MISSING = {
  status: 404,
  body: { error: 'invalid_request', error_description: 'Authentication configuration not found' },
};
const UNREACHABLE = {
  status: 503,
  body: { error: 'server_error', error_description: 'Failed to connect to external authentication service' },
};
const WRONG_CODE = {
  status: 400,
  body: { error: 'invalid_grant', error_description: 'Verification code is invalid or expired' },
};
const NO_NUMBER = {
  status: 400,
  body: { error: 'invalid_request', error_description: 'User does not have a phone number' },
};

describe('the guide from its beginning to its end', () => {
  test('error 1: before anything is configured', async () => {
    await begin('registration: begin');
    expect(await call('registration: first factor')).toMatchObject(ok({ status: 'success' }));
    expect(await call('registration: challenge')).toMatchObject(CONFIGURATION_MISSING);
  });

  test('step 1: the service is configured', async () => {
    const answer = await call('configuration');
    const id = variables.SMS_AUTH_CONFIG_ID ?? '';
    expect(answer).toMatchObject({
      status: 201,
      body: {
        dry_run: false,
        result: {
          id,
          type: 'sms',
          enabled: true,
          attributes: {},
          metadata: {
            type: 'external',
            description: 'SMS authentication for MFA',
            expire_seconds: 300,
            retry_count_limitation: 5,
          },
          interactions: {
            'sms-authentication-challenge': { execution: { function: 'http_request' } },
            'sms-authentication': { execution: { previous_interaction: { key: 'sms-authentication-challenge' } } },
          },
        },
      },
    });
    // Once more: one of each type.
    const again = await call('configuration');
    expect(again).toMatchObject({ status: 409, body: { error: 'invalid_request' } });
    variables.SMS_AUTH_CONFIG_ID = id;
    expect(JSON.stringify(again.body)).toContain(id);
  });

  test('step 2: the policy wants both factors', async () => {
    expect(await call('policy')).toMatchObject({
      status: 201,
      body: {
        dry_run: false,
        result: {
          id: variables.AUTH_POLICY_ID,
          flow: 'oauth',
          enabled: true,
          policies: [
            {
              description: 'mfa_required_for_registration_and_login',
              priority: 10,
              conditions: { scopes: ['openid'] },
              available_methods: ['password', 'initial-registration', 'sms'],
              success_conditions: { any_of: [{ length: 2 }, { length: 2 }] },
            },
          ],
        },
      },
    });
  });

  test('step 3: somebody new registers, shows the code, and is written down only at the end', async () => {
    await begin('registration: begin');
    expect(await call('registration: first factor')).toMatchObject(ok({ status: 'success' }));
    expect(await call('registration: authorize')).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: 'authentication is required' },
    });
    const sent = await call('registration: challenge');
    const [message] = arrived;
    expect(message).toMatchObject({ channel: 'sms', to: '+81-90-1234-5678', template: 'registration' });
    expect(sent).toMatchObject({
      status: 200,
      body: { transaction_id: message?.transactionId, verification_code: message?.code, expires_in: 300 },
    });
    expect(await call('registration: code', { 123456: String(message?.code) })).toMatchObject(
      ok({ status: 'success' }),
    );
    expect(await newUsers()).toEqual([]);
    const done = await call('registration: authorize');
    expect(done.status).toBe(200);
    const redirect = new URL(String(done.body.redirect_uri));
    expect(`${redirect.origin}${redirect.pathname}`).toBe(CALLBACK);
    expect(redirect.searchParams.get('state')).toBe('random-state-registration');
    expect(await newUsers()).toMatchObject([
      { name: 'New Test User', phone_number: '+819012345678', phone_verified: true },
    ]);
    expect(await exchange(redirect)).toMatchObject({ token_type: 'Bearer', id_token: expect.any(String) });
    // What is over is over.
    expect((await call('registration: authorize')).status).toBe(404);
  });

  test('step 4: the same person logs in', async () => {
    await begin('login: begin');
    expect(await call('login: first factor')).toMatchObject(ok({ status: 'success' }));
    const sent = await call('login: challenge');
    const [message] = arrived;
    expect(message).toMatchObject({ to: '+81-90-1234-5678', template: 'authentication' });
    expect(sent).toMatchObject(ok({ transaction_id: message?.transactionId, verification_code: message?.code }));
    expect(await call('login: code', { 654321: String(message?.code) })).toMatchObject(ok({ status: 'success' }));
    const done = await call('login: authorize');
    expect(done.status).toBe(200);
    expect(new URL(String(done.body.redirect_uri)).searchParams.get('state')).toBe('random-state-login');
    const { id_token: idToken } = await exchange(done.body.redirect_uri);
    const claims = JSON.parse(Buffer.from(String(idToken).split('.')[1] ?? '', 'base64url').toString()) as Json;
    expect(claims).toMatchObject({ name: 'New Test User', amr: expect.arrayContaining(['mfa']) });
  });

  test('what is next: the security events tell of both', async () => {
    const { status, body } = await call('security events');
    expect(status).toBe(200);
    expect(body.total_count).toBe(2);
    for (const event of items(body.list as Json)) {
      expect(event).toMatchObject({ type: 'sms_verification_success', user: { sub: expect.any(String) } });
      expect(JSON.stringify(event)).not.toMatch(/verification_code|Test1234/);
    }
  });
});

async function newUsers(): Promise<Json[]> {
  return items((await manage('GET', '/api/v2/users-by-email?email=new-user%40example.com')).body);
}

describe('errors of the guide', () => {
  /** The person of the guide, with the first factor shown. */
  const halfWay = async () => {
    await begin('login: begin');
    expect(await call('login: first factor')).toMatchObject(ok());
  };

  test('error 3: a code that is wrong, voided, late, used', async () => {
    await halfWay();
    const first = String((await call('login: challenge')).body.verification_code);
    const second = String((await call('login: challenge')).body.verification_code);
    const wrong = ['000000', '111111', '222222'].find((code) => code !== first && code !== second);
    expect(await interact('sms-authentication', { verification_code: wrong })).toMatchObject(WRONG_CODE);
    if (first !== second) {
      expect(await interact('sms-authentication', { verification_code: first })).toMatchObject(WRONG_CODE);
    }
    office.door.house.clock.advance(300_000);
    expect(await interact('sms-authentication', { verification_code: second })).toMatchObject(WRONG_CODE);
    // As the guide says: ask for another one.
    const third = (await call('login: challenge')).body.verification_code;
    expect(await interact('sms-authentication', { verification_code: third })).toMatchObject(ok({ status: 'success' }));
    expect((await call('login: authorize')).status).toBe(200);
  });

  test('error 3: the sixth try, though it is right', async () => {
    await nextDay();
    await halfWay();
    const code = String((await call('login: challenge')).body.verification_code);
    const wrong = code === '000000' ? '111111' : '000000';
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await interact('sms-authentication', { verification_code: wrong })).toMatchObject(WRONG_CODE);
    }
    expect(await interact('sms-authentication', { verification_code: code })).toMatchObject(WRONG_CODE);
  });

  test('error 4: somebody without a number', async () => {
    const account = { connection: 'Username-Password-Authentication', password: 'correct horse battery' };
    const made = await manage('POST', '/api/v2/users', { ...account, email: 'unreachable@example.com' });
    expect(made.status).toBe(201);
    await begin('login: begin');
    const shown = { username: 'unreachable@example.com', password: 'correct horse battery' };
    expect(await interact('password-authentication', shown)).toMatchObject(ok());
    expect(await interact('sms-authentication-challenge', {})).toMatchObject(NO_NUMBER);
    expect(arrived).toEqual([]);
  });

  test('error 2: the service is down, or its token endpoint alone', async () => {
    const path = `${base()}/authentication-configurations/${variables.SMS_AUTH_CONFIG_ID}`;
    expect((await manage('DELETE', path)).status).toBe(204);
    const nobody = `127.0.0.1:${await freePort()}`;
    const moved = { 'host.docker.internal:4000/token': `${nobody}/token` };
    expect((await call('configuration', moved)).status).toBe(201);
    await nextDay();
    await halfWay();
    expect(await call('login: challenge')).toMatchObject(UNREACHABLE);
    const { SMS_AUTH_CONFIG_ID } = variables;
    const again = `${base()}/authentication-configurations/${SMS_AUTH_CONFIG_ID}`;
    expect((await manage('DELETE', again)).status).toBe(204);
    expect((await call('configuration')).status).toBe(201);
    expect((await call('login: challenge')).status).toBe(200);
    await mock.close();
    expect(await call('login: challenge')).toMatchObject(UNREACHABLE);
  });
});

describe('variations of the guide', () => {
  const counted = (interaction: string) => ({
    path: `$.${interaction}.success_count`,
    type: 'integer',
    operation: 'gte',
    value: 1,
  });
  const both = (first: string, second: string) => [counted(first), counted(second)];
  const PATTERNS: Record<string, { description: string; methods: string[]; any_of: object[][] }> = {
    'pattern 2': {
      description: 'mfa_with_email',
      methods: ['password', 'initial-registration', 'email'],
      any_of: [
        both('password-authentication', 'email-authentication'),
        both('initial-registration', 'email-authentication'),
      ],
    },
    'pattern 3': {
      description: 'mfa_with_sms_or_email',
      methods: ['password', 'initial-registration', 'sms', 'email'],
      any_of: [
        both('password-authentication', 'sms-authentication'),
        both('password-authentication', 'email-authentication'),
        both('initial-registration', 'sms-authentication'),
        both('initial-registration', 'email-authentication'),
      ],
    },
  };
  beforeAll(async () => {
    await nextDay();
    const own = (method: string) => ({
      [`${method}-authentication-challenge`]: { execution: { function: `${method}_authentication_challenge` } },
      [`${method}-authentication`]: { execution: { function: `${method}_authentication` } },
    });
    const email = { type: 'email', interactions: own('email') };
    expect((await manage('POST', `${base()}/authentication-configurations`, email)).status).toBe(201);
    const { SMS_AUTH_CONFIG_ID } = variables;
    const sms = { type: 'sms', interactions: own('sms') };
    const replaced = await manage('PUT', `${base()}/authentication-configurations/${SMS_AUTH_CONFIG_ID}`, sms);
    expect(replaced.status).toBe(200);
  });

  test.each([
    ['pattern 2', ['email']],
    ['pattern 3', ['sms']],
    ['pattern 3', ['email']],
  ])('%s, met by %s', async (pattern, [method = '']) => {
    await nextDay();
    const { description, methods, any_of } = PATTERNS[pattern] ?? PATTERNS['pattern 2']!;
    const policy = {
      description,
      priority: 10,
      conditions: { scopes: ['openid'] },
      available_methods: methods,
      success_conditions: { any_of },
    };
    const { AUTH_POLICY_ID } = variables;
    const path = `${base()}/authentication-policies/${AUTH_POLICY_ID}`;
    expect((await manage('PUT', path, { flow: 'oauth', policies: [policy] })).status).toBe(200);
    await begin('login: begin');
    expect(await call('login: first factor')).toMatchObject(ok());
    expect((await call('login: authorize')).status).toBe(400);
    const sent = await interact(`${method}-authentication-challenge`, {});
    expect(sent.status).toBe(200);
    // What we send ourselves is never in the answer.
    expect(JSON.stringify(sent.body)).not.toContain('verification_code');
    const to = method === 'sms' ? '+819012345678' : 'new-user@example.com';
    const [message] = await office.door.house.store.messages.inbox(tenant.id, to, 1);
    expect(await interact(`${method}-authentication`, { verification_code: message?.code })).toMatchObject(ok());
    expect((await call('login: authorize')).status).toBe(200);
  });
});
