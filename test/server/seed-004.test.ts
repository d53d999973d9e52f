// The guide "Set up a custom SMS gateway for passwordless connections", step by step against the whole application: each
// call answers as it is written there.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORDLESS_GRANT } from '#server/oauth/passwordless-grant.ts';
import { freePort } from '#test/kit/free-port.ts';
import { type Gateway, type GatewayAnswer, openGateway } from '#test/kit/gateway.ts';
import { items, type Json, type Office, openOffice } from './management/office.ts';

const PHONE = '+13995550123';
const AGENT = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_3)';

/** Step 4: what the set-up with Twilio has left. */
const twilioOptions = {
  disable_signup: false,
  name: 'sms',
  twilio_sid: 'TWILIO_SID',
  twilio_token: 'TWILIO_AUTH_TOKEN',
  from: '+15555555555',
  syntax: 'md_with_macros',
  template: 'Your SMS verification code is: @@password@@',
  totp: { time_step: 300, length: 6 },
  messaging_service_sid: null,
  brute_force_protection: true,
};

/** Step 5: the payload that puts a gateway in its place. */
const payload = (gatewayUrl: string, more: object = {}) => ({
  options: {
    strategy: 'sms',
    provider: 'sms_gateway',
    gateway_url: gatewayUrl,
    from: '+1 234 567',
    template: 'Your verification code is: @@password@@',
    brute_force_protection: true,
    forward_req_info: 'true',
    disable_signup: false,
    name: 'sms',
    syntax: 'md_with_macros',
    totp: { time_step: 300, length: 6 },
    ...more,
  },
  is_domain_connection: false,
  enabled_clients: [],
});

/** "Authenticated requests". */
const authentication = {
  method: 'bearer',
  subject: 'urn:Auth0',
  audience: 'urn:MySmsGateway',
  secret: 'MySecretToSignTheToken',
  secret_base64_encoded: false,
};

describe('the guide to a custom SMS gateway', () => {
  let office: Office;
  let gateway: Gateway;
  let clientId: string;
  let connectionId: string;

  beforeAll(async () => {
    [office, gateway] = await Promise.all([openOffice(undefined, { egressAllow: ['127.0.0.1'] }), openGateway()]);
    const app = { name: 'App', grant_types: [PASSWORDLESS_GRANT], token_endpoint_auth_method: 'none' };
    clientId = String((await office.send('POST', '/api/v2/clients', app)).body.client_id);
  });
  afterEach(() => {
    gateway.calls.length = 0;
    gateway.demand(undefined);
    gateway.answer({ status: 200 });
    // As often as one person may ask.
    office.door.house.clock.advance(60 * 60_000);
  });
  afterAll(() => Promise.all([office.close(), gateway.close()]));

  const api = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  const call = (path: string, body: object, headers: Record<string, string> = {}) =>
    office.sender(office.tenant, undefined)('POST', path, body, headers);
  const start = (more: object = {}) =>
    call(
      '/passwordless/start',
      { client_id: clientId, connection: 'sms', phone_number: PHONE, ...more },
      { 'user-agent': AGENT },
    );
  const patch = (more: object = {}) => api('PATCH', `/connections/${connectionId}`, payload(gateway.url, more));
  const open = () => api('PATCH', `/connections/${connectionId}/clients`, [{ client_id: clientId, status: true }]);
  const codeIn = ({ body }: { body: Record<string, unknown> }) => String(body.body).slice(-6);

  test('steps 1 to 4: the connection is found by its name, with the information of Twilio', async () => {
    const made = await api('POST', '/connections', { name: 'sms', strategy: 'sms', options: twilioOptions });
    expect(made.status).toBe(201);
    const listed = await api('GET', '/connections');
    expect(listed.status).toBe(200);
    const found = items(listed.body).find(({ name }) => String(name) === 'sms');
    expect(found).toEqual({
      id: expect.stringMatching(/^con_[A-Za-z0-9]{16}$/),
      options: twilioOptions,
      strategy: 'sms',
      name: 'sms',
      is_domain_connection: false,
      realms: ['sms'],
      enabled_clients: [],
    });
    connectionId = String(found?.id);
  });

  test('step 5: the options are replaced whole, and what is left out is gone', async () => {
    const { status, body } = await patch();
    expect(status).toBe(200);
    expect(body.options).toEqual(payload(gateway.url).options);
    expect(body).toMatchObject({ id: connectionId, is_domain_connection: false, enabled_clients: [] });
    expect((await api('GET', `/connections/${connectionId}`)).body).toEqual(body);
  });

  test('`"enabled_clients": []` opens it to no client until one is enabled', async () => {
    expect(await start()).toMatchObject({
      status: 400,
      body: { error: 'bad.connection', error_description: 'Connection is disabled' },
    });
    expect((await open()).status).toBe(204);
    expect((await start()).status).toBe(200);
  });

  test('the gateway gets recipient, body and sender, and who asked', async () => {
    const { status, body } = await start();
    expect(status).toBe(200);
    expect(body).toEqual({ _id: expect.stringMatching(/^[0-9a-f]{24}$/), phone_number: PHONE, phone_verified: false });
    expect(gateway.calls.map(({ method, body: sent }) => ({ method, sent }))).toEqual([
      {
        method: 'POST',
        sent: {
          recipient: PHONE,
          body: expect.stringMatching(/^Your verification code is: \d{6}$/),
          sender: '+1 234 567',
          req: { ip: '127.0.0.1', 'user-agent': AGENT },
        },
      },
    ]);
  });

  test('without `forward_req_info` it is not told who asked', async () => {
    await patch({ forward_req_info: false });
    await open();
    expect((await start()).status).toBe(200);
    expect(Object.keys(gateway.calls[0]?.body ?? {})).toEqual(['recipient', 'body', 'sender']);
  });

  test.each([
    ['as it stands', {}, Buffer.from('MySecretToSignTheToken')],
    [
      'encoded',
      { secret: Buffer.from('MySecretToSignTheToken').toString('base64url'), secret_base64_encoded: true },
      Buffer.from('MySecretToSignTheToken'),
    ],
  ])('authenticated requests, the secret %s', async (_name, more, key) => {
    const gatewayAuthentication = { ...authentication, ...more };
    const patched = await patch({ gateway_authentication: gatewayAuthentication });
    expect((patched.body.options as Json).gateway_authentication).toEqual(gatewayAuthentication);
    await open();
    gateway.demand({ key, subject: 'urn:Auth0', audience: 'urn:MySmsGateway', issuer: `${office.tenant.baseUrl}/` });
    expect((await start()).status).toBe(200);
    expect(gateway.calls[0]?.claims).toMatchObject({ sub: 'urn:Auth0', aud: 'urn:MySmsGateway' });
    expect(gateway.calls[0]?.headers.authorization).toMatch(/^Bearer /);
  });

  test.each<[string, GatewayAnswer, string]>([
    ['500', { status: 500 }, 'Unexpected response while calling the SMS gateway: 500'],
    ['201', { status: 201 }, 'Unexpected response while calling the SMS gateway: 201'],
    ['302', { status: 302, headers: { location: '/' } }, 'Unexpected response while calling the SMS gateway: 302'],
    ['401', { status: 401 }, 'Authentication failed while calling the SMS gateway: 401'],
  ])('errors: %s is answered in that request, and the gateway is asked once', async (_name, how, text) => {
    gateway.answer(how);
    expect(await start()).toMatchObject({
      status: 400,
      body: { error: 'sms_provider_error', error_description: text },
    });
    await office.door.house.runtime.deliverDue();
    office.door.house.clock.advance(10 * 60_000);
    await office.door.house.runtime.deliverDue();
    expect(gateway.calls).toHaveLength(1);
  });

  test('the answer is the status alone', async () => {
    gateway.answer({ status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Error</h1>' });
    expect((await start()).status).toBe(200);
  });

  test('a gateway that cannot be reached', async () => {
    await patch({ gateway_url: `http://127.0.0.1:${await freePort()}/` });
    await open();
    expect(await start()).toMatchObject({
      status: 400,
      body: {
        error: 'sms_provider_error',
        error_description: 'Unexpected response while calling the SMS gateway: ECONNREFUSED',
      },
    });
    await patch();
    await open();
  });

  test('whoever has the code signs up with it, and logs in with the next', async () => {
    const exchange = (otp: string) =>
      call('/oauth/token', {
        grant_type: PASSWORDLESS_GRANT,
        client_id: clientId,
        username: PHONE,
        otp,
        realm: 'sms',
        scope: 'openid profile phone',
      });
    const first = await start();
    const signedUp = await exchange(codeIn(gateway.calls[0]!));
    expect(signedUp.status).toBe(200);
    const { sub } = JSON.parse(Buffer.from(String(signedUp.body.id_token).split('.')[1]!, 'base64url').toString());
    expect(sub).toBe(`sms|${first.body._id}`);
    const second = await start();
    expect(second.body).toEqual({ _id: first.body._id, phone_number: PHONE, phone_verified: true });
    expect((await exchange(codeIn(gateway.calls[1]!))).status).toBe(200);
    const wrong = await exchange(codeIn(gateway.calls[1]!));
    expect(wrong).toMatchObject({
      status: 403,
      body: { error: 'invalid_grant', error_description: 'Wrong phone number or verification code.' },
    });
  });
});
