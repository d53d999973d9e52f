// Test: who carries text messages and calls, through the Management API, in the shapes of the wire.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Office, openOffice, payloadError } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const BASE = '/api/v2/guardian/factors';
const send = (method: string, path: string, body?: unknown) => office.send(method, `${BASE}/${path}`, body);
const empty = { from: null, messaging_service_sid: null, auth_token: null, sid: null };

describe.each(['phone', 'sms'])('%s', (factor) => {
  const other = factor === 'phone' ? 'sms' : 'phone';

  test('a provider is selected, under either name', async () => {
    for (const provider of ['auth0', 'twilio', 'phone-message-hook']) {
      expect(await send('PUT', `${factor}/selected-provider`, { provider })).toMatchObject({
        status: 200,
        body: { provider },
      });
      for (const name of [factor, other]) {
        expect((await send('GET', `${name}/selected-provider`)).body).toEqual({ provider });
      }
    }
    expect((await office.sendAsNeighbour('GET', `${BASE}/${factor}/selected-provider`)).body).toEqual({});
    expect((await send('PUT', `${factor}/selected-provider`, { provider: 'pigeon' })).body).toEqual(
      payloadError('No enum match for: "pigeon"', 'provider'),
    );
  });

  test('keys of Twilio: PUT replaces and echoes what was sent, GET shows all four', async () => {
    await send('PUT', `${factor}/providers/twilio`, {});
    expect((await send('GET', `${factor}/providers/twilio`)).body).toEqual(empty);
    const steps = [
      { from: '+15550100', sid: 'AC1', auth_token: 'token', messaging_service_sid: null },
      { sid: 'AC2', messaging_service_sid: 'MG1' },
      {},
    ];
    for (const given of steps) {
      expect(await send('PUT', `${factor}/providers/twilio`, given)).toMatchObject({ status: 200, body: given });
      for (const name of [factor, other]) {
        expect((await send('GET', `${name}/providers/twilio`)).body).toEqual({ ...empty, ...given });
      }
    }
    expect((await office.sendAsNeighbour('GET', `${BASE}/${factor}/providers/twilio`)).body).toEqual(empty);
  });

  test.each([
    [{ from: 'x'.repeat(65) }, 'String is too long (65 chars), maximum 64', 'from'],
    [{ sid: 'x'.repeat(1001) }, 'String is too long (1001 chars), maximum 1000', 'sid'],
    [{ auth_token: 5 }, 'Expected type string but found type integer', 'auth_token'],
    [{ token: 'x' }, 'Additional properties not allowed: token', undefined],
  ])('keys that are none: %j', async (given, reason, path) => {
    expect((await send('PUT', `${factor}/providers/twilio`, given)).body).toEqual(payloadError(reason, path));
  });

  test('templates', async () => {
    const given = {
      enrollment_message: 'Use @@code@@ to enroll at {{tenant.friendly_name}}',
      verification_message: '{% if locale contains "ja" %}{{code}} です{% else %}{{code}}{% endif %}',
    };
    expect(await send('PUT', `${factor}/templates`, given)).toMatchObject({ status: 200, body: given });
    for (const name of [factor, other]) expect((await send('GET', `${name}/templates`)).body).toEqual(given);
    expect((await office.sendAsNeighbour('GET', `${BASE}/${factor}/templates`)).status).toBe(204);
    expect((await send('PUT', `${factor}/templates`, { enrollment_message: 'x' })).body).toEqual(
      payloadError('Missing required property: verification_message'),
    );
    // Nothing of a refused write is kept.
    expect((await send('GET', `${factor}/templates`)).body).toEqual(given);
  });
});

test.each([
  ['{% if code %}', /tag .*if.* not closed, line:1, col:1/],
  ['line one\n  {{ code | unheard_of }}', /undefined filter: unheard_of, line:2, col:3/],
  ['{% include "x" %}', /tag "include" not found, line:1, col:1/],
  ['@@code@@ {{ }', /line:1, col:10/],
  ['{% for i in (1..100000000) %}{{ i }}{% endfor %}', /line:1/],
  ['x'.repeat(100_001), /longer than 100000 characters/],
])('a template that cannot be used is refused with its place: %.40s', async (template, reason) => {
  for (const key of ['enrollment_message', 'verification_message']) {
    const good = { enrollment_message: '{{code}}', verification_message: '{{code}}' };
    const refused = await send('PUT', 'phone/templates', { ...good, [key]: template });
    expect(refused).toMatchObject({ status: 400, body: { errorCode: 'invalid_body' } });
    expect(refused.body.message).toMatch(reason);
    expect(refused.body.message).toMatch(new RegExp(`on property ${key}\\.$`));
  }
});

test('scopes', async () => {
  const [reader, writer, stranger] = await Promise.all([
    office.as('read:guardian_factors'),
    office.as('update:guardian_factors'),
    office.as('read:users'),
  ]);
  const paths: [path: string, body: object][] = [
    ['phone/selected-provider', { provider: 'twilio' }],
    ['sms/providers/twilio', {}],
    ['phone/templates', { enrollment_message: 'x', verification_message: 'x' }],
    ['phone/message-types', { message_types: ['sms'] }],
  ];
  for (const [path, body] of paths) {
    expect((await reader('GET', `${BASE}/${path}`)).status).toBe(200);
    expect((await writer('PUT', `${BASE}/${path}`, body)).status).toBe(200);
    expect((await reader('PUT', `${BASE}/${path}`, body)).status).toBe(403);
    expect((await writer('GET', `${BASE}/${path}`)).status).toBe(403);
    expect((await stranger('GET', `${BASE}/${path}`)).status).toBe(403);
  }
});
