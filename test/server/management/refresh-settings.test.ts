// How a client's refresh tokens are to live, as the Management API takes it, refuses it and tells of it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import { type Office, openOffice, payloadError } from './office.ts';

const API = 'https://api.example/';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
  const { ports, tenant } = office.door.house;
  await newClient(ports, tenant.id, { id: 'steady', name: 'Steady', grantTypes: ['refresh_token'] });
});
afterAll(() => office.close());
const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);

describe('the settings of a client', () => {
  const ROTATING = { rotation_type: 'rotating', expiration_type: 'expiring' };
  const patch = (refresh_token: unknown) => send('PATCH', '/clients/steady', { refresh_token });

  test.each<[string, object | null, object]>([
    ['whole', { ...ROTATING, leeway: 60, token_lifetime: 10, idle_token_lifetime: 5 }, { leeway: 60 }],
    ['in part', ROTATING, { leeway: 0, token_lifetime: 2_592_000, infinite_token_lifetime: false }],
    [
      'for several audiences',
      { ...ROTATING, policies: [{ audience: API, scope: ['read:things'] }] },
      { policies: [{ audience: API, scope: ['read:things'] }] },
    ],
    ['none', null, { rotation_type: 'non-rotating', expiration_type: 'non-expiring', infinite_token_lifetime: true }],
  ])('are taken: %s', async (_name, given, shown) => {
    const { status, body } = await patch(given);
    expect([status, body.refresh_token]).toEqual([200, expect.objectContaining({ ...given, ...shown })]);
  });

  test.each<[string, unknown, string, string]>([
    ['no kind', { rotation_type: 'rotating' }, 'Missing required property: expiration_type', 'refresh_token'],
    ['an unknown kind', { ...ROTATING, rotation_type: 'x' }, 'No enum match for: "x"', 'refresh_token.rotation_type'],
    ['a long leeway', { ...ROTATING, leeway: 61 }, 'Value 61 is greater than maximum 60', 'refresh_token.leeway'],
    ['a negative one', { ...ROTATING, leeway: -1 }, 'Value -1 is less than minimum 0', 'refresh_token.leeway'],
    [
      'half a second',
      { ...ROTATING, token_lifetime: 0.5 },
      'Expected type integer but found type number',
      'refresh_token.token_lifetime',
    ],
    [
      'no life at all',
      { ...ROTATING, idle_token_lifetime: 0 },
      'Value 0 is less than minimum 1',
      'refresh_token.idle_token_lifetime',
    ],
    ['more', { ...ROTATING, forever: true }, 'Additional properties not allowed: forever', 'refresh_token'],
    [
      'rotation without an end',
      { rotation_type: 'rotating', expiration_type: 'non-expiring' },
      'Rotating refresh tokens must have expiration_type expiring',
      'refresh_token.expiration_type',
    ],
    ['a text', 'rotating', 'Expected type object but found type string', 'refresh_token'],
  ])('are refused: %s', async (_name, given, reason, path) => {
    expect(await patch(given)).toMatchObject({ status: 400, body: payloadError(reason, path) });
  });

  test('say of a client without a secret what is so', async () => {
    const { body } = await send('GET', '/clients/spa');
    expect(body.refresh_token).toMatchObject(ROTATING);
  });
});
