// Connections that send codes: made, listed, changed, opened to clients and deleted; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, payloadError, user } from './office.ts';

const ID = expect.stringMatching(/^con_[A-Za-z0-9]{16}$/);

/** As a provisioning tool sends and expects it. */
const emailOptions = {
  name: 'Codes by mail',
  email: {
    syntax: 'liquid',
    from: '{{application.name}} <test@example.com>',
    subject: 'Email Login - {{application.name}}',
    body: '<html><body>email contents</body></html>',
  },
  totp: { time_step: 100, length: 4 },
  authParams: { scope: 'openid profile' },
  disable_signup: true,
  brute_force_protection: true,
  upstream_params: { screen_name: { alias: 'login_hint' } },
};

describe.each(databasesInFull())('passwordless connections on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  const make = (body: object) => send('POST', '/connections', body);

  test('without options it has one, and with them exactly those', async () => {
    const shown = (name: string, options: object, strategy = 'email') => ({
      ...{ id: ID, options, strategy, name, is_domain_connection: false, realms: [name], enabled_clients: [] },
    });
    const plain = await make({ name: 'Mail-1', strategy: 'email' });
    expect(plain).toMatchObject({ status: 201, body: shown('Mail-1', { brute_force_protection: true }) });
    expect(Object.keys(plain.body)).toHaveLength(7);
    const patched = await send('PATCH', `/connections/${plain.body.id}`, { options: emailOptions });
    expect(patched).toMatchObject({ status: 200, body: shown('Mail-1', emailOptions) });
    const options = { twilio_token: 'kept in clear', nobodys: { deep: [1] }, forward_req_info: true };
    const sms = await make({ name: 'sms', strategy: 'sms', options, enabled_clients: ['web'], display_name: 'Phones' });
    const expected = { ...shown('sms', options, 'sms'), enabled_clients: ['web'], display_name: 'Phones' };
    expect(sms.body).toEqual(expected);
    expect((await send('GET', `/connections/${sms.body.id}`)).body).toEqual(expected);
    expect(items((await send('GET', '/connections?strategy=sms')).body)).toEqual([expected]);
    expect(items((await send('GET', '/connections?name=Mail-1&fields=name')).body)).toEqual([{ name: 'Mail-1' }]);
    const theirs = await office.sendAsNeighbour('GET', `/api/v2/connections/${sms.body.id}`);
    expect(theirs.status).toBe(404);
  });

  test('clients are let in and shut out one by one', async () => {
    const { body } = await make({ name: 'opened', strategy: 'sms' });
    const clients = () => send('GET', `/connections/${body.id}/clients`);
    const put = (status: boolean) => send('PATCH', `/connections/${body.id}/clients`, [{ client_id: 'spa', status }]);
    expect((await put(true)).status).toBe(204);
    expect((await clients()).body).toEqual({ clients: [{ client_id: 'spa' }] });
    await put(false);
    expect((await clients()).body).toEqual({ clients: [] });
  });

  test('deleted with its people and its place in organizations; a second time nothing is there', async () => {
    const { body } = await make({ name: 'short', strategy: 'sms' });
    const person = await send('POST', '/users', { connection: 'short', phone_number: '+15550133' });
    expect(person.status).toBe(201);
    const linked = await send('POST', '/users', { connection: 'short', phone_number: '+15550134' });
    const primary = await send('POST', '/users', user('stays'));
    const link = { provider: 'sms', user_id: linked.body.user_id };
    expect((await send('POST', `/users/${primary.body.user_id}/identities`, link)).body).toHaveLength(2);
    const organization = await send('POST', '/organizations', { name: `org-${Date.now()}` });
    const enabled = `/organizations/${organization.body.id}/enabled_connections`;
    expect((await send('POST', enabled, { connection_id: body.id })).status).toBe(201);
    const deleted = await send('DELETE', `/connections/${body.id}`);
    expect(deleted).toMatchObject({ status: 202, body: { deleted_at: expect.stringMatching(/^\d{4}-.*Z$/) } });
    expect((await send('GET', `/connections/${body.id}`)).status).toBe(404);
    expect((await send('GET', `/users/${person.body.user_id}`)).status).toBe(404);
    expect((await send('GET', enabled)).body).toEqual([]);
    const [stayed] = items((await send('GET', '/users-by-email?email=stays@example.com')).body);
    expect(stayed?.identities).toHaveLength(1);
    // One that was only hidden would let its number in to the account that stays, by the next connection of that name.
    expect(await office.door.house.store.users.find(office.tenant.id, String(linked.body.user_id))).toBeUndefined();
    expect(await send('DELETE', `/connections/${body.id}`)).toMatchObject({ status: 204, body: {} });
    expect((await make({ name: 'short', strategy: 'email' })).status).toBe(201);
  });

  test('refused', async () => {
    const bodyOf = async (body: object) => (await make(body)).body;
    const base = { name: 'no', strategy: 'sms' };
    await make({ name: 'taken', strategy: 'sms' });
    expect(await bodyOf({ name: 'taken', strategy: 'email' })).toEqual({
      statusCode: 409,
      error: 'Conflict',
      message: 'A connection with the same name already exists',
    });
    expect(await bodyOf({ strategy: 'sms' })).toEqual(payloadError('Missing required property: name'));
    expect(await bodyOf({ ...base, strategy: 'pigeon' })).toEqual(
      payloadError('No enum match for: "pigeon"', 'strategy'),
    );
    expect(await bodyOf({ ...base, name: '-no' })).toMatchObject({ statusCode: 400, errorCode: 'invalid_body' });
    expect(await bodyOf({ ...base, enabled_clients: ['none'] })).toMatchObject({
      message: 'The client "none" does not exist.',
    });
    const reader = await office.as('read:connections', 'update:connections');
    for (const [method, path, scope] of [
      ['POST', '/connections', 'create:connections'],
      ['DELETE', '/connections/x', 'delete:connections'],
    ] as const) {
      expect(await reader(method, `/api/v2${path}`, method === 'POST' ? base : undefined)).toMatchObject({
        status: 403,
        body: { message: `Insufficient scope, expected any of: ${scope}` },
      });
    }
  });

  const gateway = { provider: 'sms_gateway', gateway_url: 'https://sms.example/' };
  const authentication = { method: 'bearer', subject: 's', audience: 'a', secret: 'x' };
  test.each<[string, object, string, string]>([
    ['sms', { provider: 'pigeon' }, 'No enum match for: "pigeon"', 'options.provider'],
    ['sms', { provider: 'sms_gateway' }, 'Missing required property: gateway_url', 'options'],
    ...['ftp://sms.example/', 'sms.example', 'javascript:alert(1)', '{urlOfYourGateway}'].map(
      (url): [string, object, string, string] => [
        'sms',
        { ...gateway, gateway_url: url },
        `Object didn't pass validation for format uri: ${url}`,
        'options.gateway_url',
      ],
    ),
    ['sms', { forward_req_info: 'yes' }, "Data does not match any schemas from 'oneOf'", 'options.forward_req_info'],
    ['sms', { totp: { time_step: 59 } }, 'Value 59 is less than minimum 60', 'options.totp.time_step'],
    ['sms', { totp: { length: 41 } }, 'Value 41 is greater than maximum 40', 'options.totp.length'],
    ['sms', { totp: { length: 3 } }, 'Value 3 is less than minimum 4', 'options.totp.length'],
    ['sms', { disable_signup: 'true' }, 'Expected type boolean but found type string', 'options.disable_signup'],
    [
      'sms',
      { ...gateway, gateway_authentication: { ...authentication, method: 'basic' } },
      'No enum match for: "basic"',
      'options.gateway_authentication.method',
    ],
    [
      'sms',
      { ...gateway, gateway_authentication: { ...authentication, subject: 's'.repeat(65) } },
      'String is too long (65 chars), maximum 64',
      'options.gateway_authentication.subject',
    ],
    [
      'sms',
      { ...gateway, gateway_authentication: { ...authentication, audience: 'a'.repeat(129) } },
      'String is too long (129 chars), maximum 128',
      'options.gateway_authentication.audience',
    ],
    [
      'sms',
      { ...gateway, gateway_authentication: { ...authentication, secret: '' } },
      'String is too short (0 chars), minimum 1',
      'options.gateway_authentication.secret',
    ],
    // One letter alone stands for no byte.
    ...['a b', 'x', 'x='].map((secret): [string, object, string, string] => [
      'sms',
      { ...gateway, gateway_authentication: { ...authentication, secret, secret_base64_encoded: true } },
      'The secret is not base64url',
      'options.gateway_authentication.secret',
    ]),
    ['sms', { syntax: 'mustache' }, 'No enum match for: "mustache"', 'options.syntax'],
    [
      'sms',
      { template: 'Hello\nyour code is @@password' },
      'a macro is written @@name@@, and this one is not, line:2, col:14',
      'options.template',
    ],
    [
      'sms',
      { template: 'Code:\n {% if code %}{{ code }}', syntax: 'liquid' },
      'tag {% if code %} not closed, line:2, col:2',
      'options.template',
    ],
    [
      'email',
      { email: { subject: 'Hello {{ name | nofilter }}' } },
      'undefined filter: nofilter, line:1, col:7',
      'options.email.subject',
    ],
    [
      'email',
      { email: { body: '<p>\n\n{{ code</p>' } },
      'output "{{ code</p>" not closed, line:3, col:1',
      'options.email.body',
    ],
    [
      'email',
      { email: { body: '@@x', syntax: 'md_with_macros' } },
      'a macro is written @@name@@, and this one is not, line:1, col:1',
      'options.email.body',
    ],
  ])('options of %s that are not understood: %j', async (strategy, options, reason, path) => {
    const made = await make({ name: 'never', strategy, options });
    expect(made.body).toEqual(payloadError(reason, path));
    const kept = await make({ name: `kept-${Math.random().toString(36).slice(2)}`, strategy });
    const patched = await send('PATCH', `/connections/${kept.body.id}`, { options });
    expect(patched.body).toEqual(payloadError(reason, path));
    expect(((await send('GET', `/connections/${kept.body.id}`)).body as Json).options).toEqual({
      brute_force_protection: true,
    });
  });
});
