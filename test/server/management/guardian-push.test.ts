// Test: who delivers push messages, through the Management API, in the shapes of the wire.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Office, openOffice, payloadError } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const BASE = '/api/v2/guardian/factors/push-notification';
const send = (method: string, path: string, body?: unknown) => office.send(method, `${BASE}/${path}`, body);

test('the selected provider is ours until another is named', async () => {
  expect((await send('GET', 'selected-provider')).body).toEqual({ provider: 'guardian' });
  for (const provider of ['direct', 'sns', 'guardian']) {
    expect(await send('PUT', 'selected-provider', { provider })).toMatchObject({ status: 200, body: { provider } });
    expect((await send('GET', 'selected-provider')).body).toEqual({ provider });
  }
  const wrong = await send('PUT', 'selected-provider', { provider: 'pigeon' });
  expect(wrong).toMatchObject({ status: 400, body: { errorCode: 'invalid_body' } });
});

const SNS = {
  aws_access_key_id: 'id',
  aws_secret_access_key: 'secret',
  aws_region: 'us-west-1',
  sns_apns_platform_application_arn: 'arn:apns',
  sns_gcm_platform_application_arn: 'arn:gcm',
};

describe('credentials', () => {
  test('of SNS are echoed, and never given back whole', async () => {
    const { aws_secret_access_key: _secret, ...shown } = SNS;
    expect((await send('GET', 'providers/sns')).body).toEqual({});
    expect(await send('PUT', 'providers/sns', SNS)).toMatchObject({ status: 200, body: SNS });
    expect((await send('GET', 'providers/sns')).body).toEqual(shown);
    expect((await send('PATCH', 'providers/sns', { aws_region: 'eu-west-1' })).body).toEqual({
      aws_region: 'eu-west-1',
    });
    expect((await send('GET', 'providers/sns')).body).toEqual({ ...shown, aws_region: 'eu-west-1' });
    await send('PUT', 'providers/sns', { aws_region: 'x' });
    expect((await send('GET', 'providers/sns')).body).toEqual({ aws_region: 'x' });
    expect((await office.sendAsNeighbour('GET', `${BASE}/providers/sns`)).body).toEqual({});
  });

  test('of APNs show whether there are any', async () => {
    expect((await send('GET', 'providers/apns')).body).toEqual({ enabled: false });
    const given = { sandbox: true, bundle_id: 'com.example', p12: 'cDEy' };
    expect((await send('PUT', 'providers/apns', given)).body).toEqual({ sandbox: true, bundle_id: 'com.example' });
    expect((await send('GET', 'providers/apns')).body).toEqual({
      sandbox: true,
      bundle_id: 'com.example',
      enabled: true,
    });
  });

  test.each([
    ['fcm', { server_key: 'key' }],
    ['fcmv1', { server_credentials: '{"private_key":"x"}' }],
  ])('of %s are answered with nothing', async (name, given) => {
    for (const method of ['PUT', 'PATCH']) {
      expect(await send(method, `providers/${name}`, given)).toMatchObject({ status: 200, body: {} });
    }
    const row = await office.door.house.store.providers.findByKey(office.tenant.id, `push:${name}`);
    expect(row?.settings).toEqual(given);
  });

  test.each([
    ['providers/sns', { region: 'x' }],
    ['providers/apns', { sandbox: 'yes' }],
    ['providers/fcm', { server_key: 5 }],
    ['providers/fcmv1', { server_credentials: 'x'.repeat(10_001) }],
  ])('that %s cannot hold are refused', async (path, body) => {
    expect(await send('PUT', path, body)).toMatchObject({ status: 400, body: { errorCode: 'invalid_body' } });
  });

  test('need a scope', async () => {
    const reader = await office.as('read:guardian_factors');
    expect((await reader('PUT', `${BASE}/providers/sns`, SNS)).status).toBe(403);
    expect((await reader('GET', `${BASE}/providers/sns`)).status).toBe(200);
  });
});

test('the links to an application of a store are kept', async () => {
  const path = '/api/v2/prompts/mfa-push';
  expect((await office.send('GET', path)).body).toEqual({});
  const given = {
    app_name: 'App',
    apple_app_link: 'https://apple.example/a',
    google_app_link: 'https://google.example/a',
  };
  expect(await office.send('PATCH', path, given)).toMatchObject({ status: 200, body: given });
  expect((await office.send('PATCH', path, { app_name: 'Other' })).body).toEqual({ ...given, app_name: 'Other' });
  expect((await office.send('GET', path)).body).toEqual({ ...given, app_name: 'Other' });
  const { body } = await office.send('PATCH', path, { other: 1 });
  expect(body).toEqual(payloadError('Additional properties not allowed: other'));
});
