// Test: the one provider of phone messages and its templates, through the Management API, in the shapes of the wire.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployTo, linesOf } from '#test/runtime/triggers/bind-to.ts';
import { items, type Json, type Office, openOffice, payloadError } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const call =
  (base: string) =>
  (method: string, path = '', body?: unknown) =>
    office.send(method, `/api/v2/branding/phone/${base}${path}`, body);
const providers = call('providers');
const templates = call('templates');
const MISSING = {
  status: 404,
  body: { statusCode: 404, error: 'Not Found', message: 'Notification Resource not found' },
};
const BAD = { status: 400, body: { message: 'Bad Operation on Notification Resource' } };
const STAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
/** The newest of so many messages, once all have come to an end. */
async function ended(count: number): Promise<Json | undefined> {
  // The first run of a script starts a cell.
  const states = async () =>
    (await messages()).map(({ state }) => String(state)).filter((state) => state === 'delivered' || state === 'failed');
  await expect.poll(states, { timeout: 15_000 }).toHaveLength(count);
  return (await messages())[0];
}
const messages = async (): Promise<Json[]> => {
  const { store, tenant } = office.door.house;
  const { records } = await store.messages.list(tenant.id, { page: { offset: 0, limit: 10 } });
  return JSON.parse(JSON.stringify(records));
};

const TWILIO = {
  name: 'twilio',
  disabled: false,
  configuration: { default_from: '1234567890', sid: 'sid', delivery_methods: ['text'] },
  credentials: { auth_token: 'auth_token' },
};

describe('providers', () => {
  test('are made, read, changed and removed, and never show credentials', async () => {
    const made = await providers('POST', '', TWILIO);
    const shown = {
      id: expect.stringMatching(/^pro_[A-Za-z0-9]{22}$/),
      tenant: new URL(office.tenant.baseUrl).host,
      name: 'twilio',
      channel: 'phone',
      disabled: false,
      configuration: { sid: 'sid', default_from: '1234567890', delivery_methods: ['text'] },
      created_at: STAMP,
      updated_at: STAMP,
    };
    expect([made.status, made.body]).toEqual([201, shown]);
    const at = `/${made.body.id}`;
    expect((await providers('GET', at)).body).toEqual(shown);
    expect((await providers('GET')).body).toEqual({ providers: [{ ...shown, credentials: null }] });
    expect((await providers('GET', '?disabled=true')).body).toEqual({ providers: [] });
    expect(await providers('POST', '', TWILIO)).toMatchObject(BAD);

    const changed = await providers('PATCH', at, { disabled: true });
    expect(changed).toMatchObject({ status: 200, body: { ...shown, disabled: true } });
    const others = { configuration: { sid: 'sid', mssid: 'MG1', delivery_methods: ['text', 'voice'] } };
    expect((await providers('PATCH', at, others)).body).toMatchObject({ disabled: true, ...others });
    expect((await providers('GET', '?disabled=true')).body.providers).toHaveLength(1);
    expect(await office.sendAsNeighbour('GET', `/api/v2/branding/phone/providers${at}`)).toMatchObject(MISSING);
    const { store, tenant } = office.door.house;
    const row = await store.providers.findByKey(tenant.id, 'phone:branding');
    expect(row?.settings).toMatchObject({ credentials: { auth_token: 'auth_token' } });

    expect((await providers('DELETE', at)).status).toBe(204);
    expect(await providers('DELETE', at)).toMatchObject(MISSING);
    expect(await providers('PATCH', at, {})).toMatchObject(MISSING);
    expect(await providers('POST', `${at}/try`, { to: '+447700900123' })).toMatchObject(MISSING);
    expect((await providers('GET')).body).toEqual({ providers: [] });
  });

  const { configuration } = TWILIO;
  const ROWS: [what: string, body: object, refusal: object][] = [
    ['another name', { ...TWILIO, name: 'pigeon' }, payloadError('No enum match for: "pigeon"', 'name')],
    ['no name', { credentials: {} }, payloadError('Missing required property: name')],
    [
      'a property nobody knows',
      { ...TWILIO, colour: 'red' },
      payloadError('Additional properties not allowed: colour'),
    ],
    [
      'no account',
      { ...TWILIO, configuration: { default_from: '1', delivery_methods: ['text'] } },
      payloadError('Missing required property: sid', 'configuration'),
    ],
    ['no token', { ...TWILIO, credentials: {} }, payloadError('Missing required property: auth_token', 'credentials')],
    [
      'neither a number nor a service',
      { ...TWILIO, configuration: { sid: 'sid', delivery_methods: ['text'] } },
      BAD.body,
    ],
    [
      'a way that is none',
      { ...TWILIO, configuration: { ...configuration, delivery_methods: ['sms'] } },
      payloadError('No enum match for: "sms"', 'configuration.delivery_methods[0]'),
    ],
    [
      'the same way twice',
      { ...TWILIO, configuration: { ...configuration, delivery_methods: ['text', 'text'] } },
      payloadError('Array items are not unique (indexes 0 and 1)', 'configuration.delivery_methods'),
    ],
    [
      'a script that is not there',
      { name: 'custom', credentials: {} },
      { errorCode: 'custom_email_provider_deployed_action_not_found' },
    ],
  ];
  test.each(ROWS)('refused: %s', async (_what, body, refusal) => {
    expect(await providers('POST', '', body)).toMatchObject({ status: 400, body: refusal });
  });

  test('scopes open what they name', async () => {
    const reader = await office.as('read:phone_providers');
    expect((await reader('GET', '/api/v2/branding/phone/providers')).status).toBe(200);
    expect(await reader('POST', '/api/v2/branding/phone/providers', TWILIO)).toMatchObject({
      status: 403,
      body: { message: 'Insufficient scope, expected any of: create:phone_providers', errorCode: 'insufficient_scope' },
    });
    expect((await reader('GET', '/api/v2/branding/phone/templates')).status).toBe(403);
  });

  test('a script is tried out: taken on at once, and its end stands with the messages', async () => {
    const code = `exports.onExecuteCustomPhoneProvider = async (event, api) => {
      const { recipient, message_type, delivery_method } = event.notification;
      if (recipient === '+447700900123') return;
      api.notification.drop([message_type, delivery_method, event.user.user_id, event.user.phone_number].join(' '));
    };`;
    await deployTo(office.door.house, 'custom-phone-provider', { name: 'carrier', code });
    const { body } = await providers('POST', '', { name: 'custom', disabled: true, credentials: {} });
    expect(body).toMatchObject({ name: 'custom', configuration: { delivery_methods: ['text', 'voice'] } });
    const taken = await providers('POST', `/${body.id}/try`, { to: '+44 7700 900123', delivery_method: 'voice' });
    expect([taken.status, taken.body]).toEqual([
      202,
      { code: 202, message: 'Test notification successfully sent for processing' },
    ]);
    expect(await ended(1)).toMatchObject({
      state: 'delivered',
      channel: 'voice',
      outcome: { provider: 'custom' },
    });

    await providers('POST', `/${body.id}/try`, { to: '911234567890' });
    await ended(2);
    const [line] = (await linesOf(office.door.house, 'fn')).slice(-1);
    expect(line).toMatchObject({
      description: 'An Action dropped the message: otp_verify text  +911234567890',
      details: { notification_type: 'try-provider', to: '+911234567890' },
    });
    for (const to of ['', 'somebody', '+44 77x', '123', '1'.repeat(60), 5]) {
      expect(await providers('POST', `/${body.id}/try`, { to })).toMatchObject({
        status: 400,
        body: { errorCode: 'invalid_body' },
      });
    }
    await providers('DELETE', `/${body.id}`);
  });
});

const CONTENT = { syntax: 'liquid', from: '1234567890', body: { text: '{{code}} here', voice: 'say {{code}}' } };

describe('templates', () => {
  test('are listed with those that nobody has written', async () => {
    const list = items((await templates('GET')).body.templates as Json);
    expect(list.map(({ type, id }) => [type, id])).toEqual([
      ['otp_verify', undefined],
      ['otp_enroll', undefined],
      ['change_password', undefined],
      ['blocked_account', undefined],
      ['password_breach', undefined],
    ]);
    expect(list[0]).toMatchObject({
      channel: 'phone',
      disabled: false,
      content: {
        syntax: 'liquid',
        body: { text: '{{ code | escape }} is your verification code for {{ friendly_name | escape }}' },
      },
    });
    expect((await templates('GET', '?disabled=true')).body).toEqual({ templates: [] });
  });

  test('are made, changed, reset and removed', async () => {
    const made = await templates('POST', '', { type: 'otp_verify', disabled: false, content: CONTENT });
    const shown = {
      id: expect.stringMatching(/^tem_[A-Za-z0-9]{22}$/),
      tenant: new URL(office.tenant.baseUrl).host,
      channel: 'phone',
      type: 'otp_verify',
      disabled: false,
      created_at: STAMP,
      updated_at: STAMP,
      content: CONTENT,
    };
    expect([made.status, made.body]).toEqual([201, shown]);
    const at = `/${made.body.id}`;
    expect((await templates('POST', '', { type: 'otp_verify' })).status).toBe(409);
    expect((await templates('GET', at)).body).toEqual(shown);
    expect(items((await templates('GET')).body.templates as Json)[0]).toEqual(shown);

    const changed = await templates('PATCH', at, { disabled: true, content: { body: { text: 'only {{code}}' } } });
    expect(changed.body).toMatchObject({
      disabled: true,
      content: { from: '1234567890', body: { text: 'only {{code}}', voice: 'say {{code}}' } },
    });
    const reset = await templates('PATCH', `${at}/reset`);
    expect(reset).toMatchObject({
      status: 200,
      body: { disabled: true, content: { from: '1234567890', body: { voice: expect.stringContaining('I repeat') } } },
    });
    expect((await templates('PATCH', at, { content: { from: null } })).body.content).not.toHaveProperty('from');
    expect(await office.sendAsNeighbour('GET', `/api/v2/branding/phone/templates${at}`)).toMatchObject(MISSING);

    expect((await templates('DELETE', at)).status).toBe(204);
    for (const [method, path] of [
      ['GET', at],
      ['DELETE', at],
      ['PATCH', `${at}/reset`],
    ] as const) {
      expect(await templates(method, path)).toMatchObject(MISSING);
    }
    expect(await templates('PATCH', at, {})).toMatchObject(MISSING);
    expect(await templates('POST', `${at}/try`, { to: '+447700900123' })).toMatchObject(MISSING);
  });

  test('the phone factor keeps its templates beside them, and neither finds the other', async () => {
    const guardian = '/api/v2/guardian/factors/phone/templates';
    await office.send('PUT', guardian, { enrollment_message: '{{code}} a', verification_message: '{{code}} b' });
    const { store, tenant } = office.door.house;
    const { records } = await store.pages.list(tenant.id, { parent: 'phone-template' });
    expect(records.map(({ name }) => name)).toEqual(['mfa']);
    expect(await templates('GET', `/${records[0]?.id}`)).toMatchObject(MISSING);
    expect(items((await templates('GET')).body.templates as Json)).toHaveLength(5);
  });

  const bad = (body: object) => ({ type: 'otp_enroll', content: { syntax: 'liquid', body } });
  test.each([
    [
      'a tag that is not closed',
      bad({ text: 'a\n{% if code %}' }),
      /line:2, col:1' on property content\.body\.text\.$/,
    ],
    ['a filter that is none', bad({ voice: '{{ code | shout }}' }), /undefined filter: shout.*content\.body\.voice/],
    ['another file', bad({ text: '{% include "x" %}' }), /tag "include" not found/],
    ['another syntax', { type: 'otp_enroll', content: { syntax: 'jinja' } }, /on property content\.syntax/],
    ['another type', { type: 'sms' }, /No enum match for: "sms"/],
    ['a text that is none', bad({ text: 5 }), /Expected type string but found type integer/],
    ['too long a text', bad({ text: 'x'.repeat(100_001) }), /longer than 100000 characters/],
  ])('refused: %s', async (_what, body, message) => {
    const refused = await templates('POST', '', body);
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringMatching(message)]);
  });

  test('are tried out, switched off as they are, and nobody is there to carry them', async () => {
    const { body } = await templates('POST', '', { type: 'blocked_account', disabled: true, content: CONTENT });
    expect((await templates('POST', `/${body.id}/try`, { to: '+447700900123', delivery_method: 'text' })).status).toBe(
      202,
    );
    // No provider: the dev inbox has it, in the words of the template.
    const message = await ended(3);
    expect(message).toMatchObject({
      outcome: { provider: 'inbox' },
      text: `${message?.code} here`,
      to: '+447700900123',
    });
  });
});
