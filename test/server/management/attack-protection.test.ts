// Attack protection as administrators set it, blocks as they see and lift them; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type Json, type Office, openOffice, payloadError } from './office.ts';

describe.each(databasesInFull())('attack protection on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  const theirs = (method: string, path: string, body?: unknown) =>
    office.sendAsNeighbour(method, `/api/v2${path}`, body);
  const at = (family: string) => `/attack-protection/${family}`;

  test.each<[family: string, defaults: object]>([
    [
      'brute-force-protection',
      {
        enabled: true,
        shields: ['block', 'user_notification'],
        mode: 'count_per_identifier_and_ip',
        allowlist: [],
        max_attempts: 10,
      },
    ],
    [
      'suspicious-ip-throttling',
      {
        enabled: true,
        shields: ['admin_notification', 'block'],
        allowlist: [],
        stage: {
          'pre-login': { max_attempts: 100, rate: 864_000 },
          'pre-user-registration': { max_attempts: 50, rate: 1200 },
          'pre-custom-token-exchange': { max_attempts: 10, rate: 600_000 },
        },
      },
    ],
    [
      'breached-password-detection',
      {
        enabled: false,
        shields: [],
        admin_notification_frequency: [],
        method: 'standard',
        stage: { 'pre-user-registration': { shields: [] }, 'pre-change-password': { shields: [] } },
      },
    ],
    [
      'bot-detection',
      {
        challenge_password_policy: 'never',
        challenge_passwordless_policy: 'never',
        challenge_password_reset_policy: 'never',
        allowlist: [],
        bot_detection_level: 'medium',
        monitoring_mode_enabled: false,
      },
    ],
  ])('%s has the usual defaults, and an empty change keeps them', async (family, defaults) => {
    expect(await theirs('GET', at(family))).toMatchObject({ status: 200, body: defaults });
    expect(await theirs('PATCH', at(family), {})).toMatchObject({ status: 200, body: defaults });
    expect((await theirs('GET', at(family))).body).toEqual(defaults);
  });

  test.each<[family: string, change: object, shown: object]>([
    ['brute-force-protection', { enabled: false }, { enabled: false, max_attempts: 10 }],
    [
      'brute-force-protection',
      { enabled: true, shields: ['block', 'block'], allowlist: ['127.0.0.1', '2001:db8::/32'], max_attempts: 5 },
      {
        enabled: true,
        shields: ['block'],
        mode: 'count_per_identifier_and_ip',
        allowlist: ['127.0.0.1', '2001:db8::/32'],
        max_attempts: 5,
      },
    ],
    [
      'suspicious-ip-throttling',
      { stage: { 'pre-login': { max_attempts: 5, rate: 34_560 } } },
      {
        enabled: true,
        stage: {
          'pre-login': { max_attempts: 5, rate: 34_560 },
          'pre-user-registration': { max_attempts: 50, rate: 1200 },
          'pre-custom-token-exchange': { max_attempts: 10, rate: 600_000 },
        },
      },
    ],
    [
      'breached-password-detection',
      { enabled: true, shields: ['block'], stage: { 'pre-change-password': { shields: ['block'] } } },
      {
        enabled: true,
        shields: ['block'],
        stage: { 'pre-user-registration': { shields: [] }, 'pre-change-password': { shields: ['block'] } },
      },
    ],
    [
      'bot-detection',
      { bot_detection_level: 'low', allowlist: ['192.168.1.1'] },
      { bot_detection_level: 'low', challenge_password_policy: 'never', allowlist: ['192.168.1.1'] },
    ],
  ])('%s: %j is merged and kept', async (family, change, shown) => {
    expect(await send('PATCH', at(family), change)).toMatchObject({ status: 200, body: shown });
    expect((await send('GET', at(family))).body).toMatchObject(shown);
  });

  test.each<[family: string, change: unknown, reason: string, path?: string]>([
    ['brute-force-protection', { max_attempts: 0 }, 'Value 0 is less than minimum 1', 'max_attempts'],
    ['brute-force-protection', { max_attempts: 101 }, 'Value 101 is greater than maximum 100', 'max_attempts'],
    ['brute-force-protection', { max_attempts: 1.5 }, 'Expected type integer but found type number', 'max_attempts'],
    ['brute-force-protection', { mode: 'x' }, 'No enum match for: "x"', 'mode'],
    [
      'brute-force-protection',
      { shields: ['admin_notification'] },
      'No enum match for: "admin_notification"',
      'shields[0]',
    ],
    ['brute-force-protection', { shields: 'block' }, 'Expected type array but found type string', 'shields'],
    ['brute-force-protection', { enabled: 'yes' }, 'Expected type boolean but found type string', 'enabled'],
    ['brute-force-protection', { x: 1 }, 'Additional properties not allowed: x'],
    [
      'brute-force-protection',
      { allowlist: ['10.0.0.0/33'] },
      "Object didn't pass validation for format ip-address or cidr: 10.0.0.0/33",
      'allowlist[0]',
    ],
    ['suspicious-ip-throttling', { stage: { x: {} } }, 'Additional properties not allowed: x', 'stage'],
    [
      'suspicious-ip-throttling',
      { stage: { 'pre-login': { max_attempts: 5 } } },
      'Missing required property: rate',
      'stage.pre-login',
    ],
    [
      'suspicious-ip-throttling',
      { stage: { 'pre-login': { max_attempts: 5, rate: -1 } } },
      'Value -1 is less than minimum 0',
      'stage.pre-login.rate',
    ],
    ['breached-password-detection', { method: 'x' }, 'No enum match for: "x"', 'method'],
    ['bot-detection', { bot_detection_level: 'none' }, 'No enum match for: "none"', 'bot_detection_level'],
    ['captcha', { recaptcha_v2: { secret: 's' } }, 'Missing required property: site_key', 'recaptcha_v2'],
    ['captcha', { active_provider_id: 'mine' }, 'No enum match for: "mine"', 'active_provider_id'],
    ['captcha', [], 'Expected type object but found type array'],
  ])('%s refuses %j', async (family, change, reason, path) => {
    expect(await send('PATCH', at(family), change)).toMatchObject({ status: 400, body: payloadError(reason, path) });
  });

  test.each([
    ['GET', '/attack-protection/captcha', 'read:attack_protection'],
    ['PATCH', '/attack-protection/captcha', 'update:attack_protection'],
    ['GET', '/user-blocks?identifier=a', 'read:users'],
    ['DELETE', '/user-blocks?identifier=a', 'update:users'],
    ['GET', '/user-blocks/a', 'read:users'],
    ['DELETE', '/user-blocks/a', 'update:users'],
    ['GET', '/anomaly/blocks/ips/1.1.1.1', 'read:anomaly_blocks'],
    ['DELETE', '/anomaly/blocks/ips/1.1.1.1', 'delete:anomaly_blocks'],
  ])('%s %s needs %s', async (method, path, scope) => {
    const reader = await office.as('read:actions');
    expect(await reader(method, `/api/v2${path}`, method === 'PATCH' ? {} : undefined)).toMatchObject({
      status: 403,
      body: { message: `Insufficient scope, expected any of: ${scope}`, errorCode: 'insufficient_scope' },
    });
  });

  describe('blocks', () => {
    const block = async (identifier: string, network: string, failures = 10) => {
      const { store, clock } = office.door.house;
      const failure = { identifier, network, most: 10, until: clock.at + 1000 };
      for (let i = 0; i < failures; i++) await store.loginBlocks.count(office.tenant.id, failure, clock.at);
    };
    const blockedFor = async (path: string) => (await send('GET', path)).body.blocked_for as unknown as Json[];

    beforeAll(() =>
      send('PATCH', at('brute-force-protection'), { enabled: true, shields: ['block'], max_attempts: 10 }),
    );

    test('of a name are shown and lifted, whosever it is', async () => {
      await block('nobody@example.com', '203.0.113.7');
      await block('nobody@example.com', '');
      await block('nobody@example.com', '203.0.113.9', 9);
      const path = '/user-blocks?identifier=Nobody%40example.com';
      expect(await blockedFor(path)).toEqual(
        expect.arrayContaining([
          { identifier: 'nobody@example.com', ip: '203.0.113.7' },
          { identifier: 'nobody@example.com' },
        ]),
      );
      expect(await blockedFor(path)).toHaveLength(2);
      expect((await theirs('GET', path)).body).toEqual({ blocked_for: [] });
      expect((await theirs('DELETE', path)).status).toBe(204);
      expect(await blockedFor(path)).toHaveLength(2);
      expect((await send('DELETE', path)).status).toBe(204);
      expect(await blockedFor(path)).toEqual([]);
      expect((await send('DELETE', path)).status).toBe(204);
    });

    test('of a person are those of all their names', async () => {
      const user = await office.door.house.user('blocked', [], { username: 'Blocked', phoneNumber: '+447700900555' });
      const path = `/user-blocks/${encodeURIComponent(user.id)}`;
      for (const name of ['blocked@example.com', 'blocked', '+447700900555', 'else@example.com'])
        await block(name, '203.0.113.7');
      expect((await blockedFor(path)).map(({ identifier }) => identifier).sort()).toEqual(
        ['blocked@example.com', 'blocked', '+447700900555'].sort(),
      );
      expect((await theirs('GET', path)).body.errorCode).toBe('inexistent_user');
      expect((await send('DELETE', path)).status).toBe(204);
      expect(await blockedFor(path)).toEqual([]);
      expect(await blockedFor('/user-blocks?identifier=else@example.com')).toHaveLength(1);
    });

    test('are none where the protection is off, if one asks so', async () => {
      await block('off@example.com', '203.0.113.7');
      const path = '/user-blocks?identifier=off@example.com';
      const asked = async (word: string) =>
        (await blockedFor(`${path}&consider_brute_force_enablement=${word}`)).length;
      expect([await asked('true'), await asked('false')]).toEqual([1, 1]);
      await send('PATCH', at('brute-force-protection'), { enabled: false });
      expect([await asked('true'), await asked('false'), (await blockedFor(path)).length]).toEqual([0, 1, 1]);
      await send('PATCH', at('brute-force-protection'), { enabled: true, max_attempts: 11 });
      expect(await blockedFor(path)).toEqual([]);
      await send('PATCH', at('brute-force-protection'), { max_attempts: 10 });
    });

    test('of addresses are shown and lifted', async () => {
      await send('PATCH', at('suspicious-ip-throttling'), {
        stage: { 'pre-login': { max_attempts: 2, rate: 60_000 } },
      });
      const { store, clock } = office.door.house;
      const path = '/anomaly/blocks/ips/203.0.113.7';
      const take = () =>
        store.takeAttempt(office.tenant.id, 'sign-in 203.0.113.7', { capacity: 2, refillSeconds: 60 }, clock.at);
      await take();
      expect(await send('GET', path)).toMatchObject({
        status: 404,
        body: { statusCode: 404, error: 'Not Found', message: 'Not Found' },
      });
      await take();
      expect((await send('GET', path)).status).toBe(200);
      expect((await send('GET', '/anomaly/blocks/ips/203.0.113.8')).status).toBe(404);
      expect((await theirs('GET', path)).status).toBe(404);
      expect((await theirs('DELETE', path)).status).toBe(204);
      expect((await send('GET', path)).status).toBe(200);
      expect((await send('DELETE', path)).status).toBe(204);
      expect((await send('GET', path)).status).toBe(404);
      expect((await send('DELETE', path)).status).toBe(204);
    });

    test.each([
      ['GET', '/user-blocks', 400, 'invalid_query_string'],
      ['DELETE', '/user-blocks', 400, 'invalid_query_string'],
      ['GET', '/user-blocks?identifier=', 400, 'invalid_query_string'],
      ['GET', '/user-blocks?identifier=a&x=1', 400, 'invalid_query_string'],
      ['GET', '/user-blocks?identifier=a&consider_brute_force_enablement=maybe', 400, 'invalid_query_string'],
      ['GET', `/user-blocks?identifier=${'x'.repeat(321)}`, 400, 'invalid_query_string'],
      ['GET', '/user-blocks?identifier=a%00', 400, 'invalid_uri'],
      ['GET', '/user-blocks/auth0%7Cnobody', 404, 'inexistent_user'],
      ['DELETE', '/user-blocks/auth0%7Cnobody', 404, 'inexistent_user'],
      ['GET', '/anomaly/blocks/ips/localhost', 400, 'invalid_uri'],
      ['DELETE', '/anomaly/blocks/ips/10.0.0.0%2F8', 400, 'invalid_uri'],
      ['GET', `/anomaly/blocks/ips/${'1'.repeat(5000)}`, 400, 'invalid_uri'],
    ])('%s %s answers %i', async (method, path, status, errorCode) => {
      expect(await send(method, path)).toMatchObject({ status, body: { statusCode: status, errorCode } });
    });
  });
});
