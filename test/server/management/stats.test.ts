// How many log in and sign up, and how risk is judged: on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tenantLog } from '#runtime/tenant-log.ts';
import { databases } from '#test/kit/databases.ts';
import { items, type Office, openOffice } from './office.ts';

const DAY = 86_400_000;

describe.each(databases())('%s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());
  const get = async (path: string) => (await office.send('GET', `/api/v2${path}`)).body;

  test('active users are those who logged in within 30 days', async () => {
    const { house } = office.door;
    expect(await get('/stats/active-users')).toBe(0);
    const now = house.ports.now();
    for (const [name, daysAgo] of Object.entries({ today: 0, month: 30, older: 30.01, never: undefined })) {
      const user = await house.user(name);
      if (daysAgo === undefined) continue;
      const lastLoginAt = now - daysAgo * DAY;
      await house.store.users.update(office.tenant.id, user.id, (current) => ({ ...current, lastLoginAt }));
    }
    expect(await get('/stats/active-users')).toBe(2);
    expect((await office.sendAsNeighbour('GET', '/api/v2/stats/active-users')).body).toBe(0);
  });

  test('logins, sign-ups and leaked passwords are counted by day, in UTC', async () => {
    const { ports, store } = office.door.house;
    const at = (written: string) => Date.parse(`${written}Z`);
    const lines: [type: string, at: number][] = [
      ['s', at('2024-02-28T23:59:59.999')],
      ['s', at('2024-02-29T00:00:00.000')],
      ['s', at('2024-02-29T12:00:00.500')],
      ['ss', at('2024-02-29T10:00:00.000')],
      ['f', at('2024-02-29T11:00:00.000')],
      ['pwd_leak', at('2024-03-01T08:00:00.000')],
      ['signup_pwd_leak', at('2024-03-01T23:59:59.999')],
      ['s', at('2024-03-02T00:00:00.000')],
    ];
    for (const [type, now] of lines) {
      const line = { type: type as 's', description: type };
      const log = tenantLog(line, { tenantId: office.tenant.id, now, random: ports.random });
      await store.commit([{ kind: 'log.insert', log }]);
    }
    const leapDay = {
      date: '2024-02-29T00:00:00.000Z',
      logins: 2,
      signups: 1,
      leaked_passwords: 0,
      created_at: '2024-02-29T00:00:00.000Z',
      updated_at: '2024-02-29T12:00:00.500Z',
    };
    const next = {
      date: '2024-03-01T00:00:00.000Z',
      logins: 0,
      signups: 0,
      leaked_passwords: 2,
      created_at: '2024-03-01T08:00:00.000Z',
      updated_at: '2024-03-01T23:59:59.999Z',
    };
    expect(await get('/stats/daily?from=20240229&to=20240301')).toEqual([leapDay, next]);
    expect(items(await get('/stats/daily?from=20240201&to=20240302'))).toHaveLength(4);
    expect(await get('/stats/daily?from=20240303&to=20240304')).toEqual([]);
    // The last 30 days where nobody says which.
    expect(await get('/stats/daily')).toEqual([]);
    const theirs = await office.sendAsNeighbour('GET', '/api/v2/stats/daily?from=20240229&to=20240301');
    expect(theirs.body).toEqual([]);
  });

  test.each(['from=20241301', 'from=20230229', 'to=2024', 'from=20200101&to=20240101', 'day=20240101'])(
    'the range %s is refused',
    async (query) => {
      const { status, body } = await office.send('GET', `/api/v2/stats/daily?${query}`);
      expect([status, body.errorCode]).toEqual([400, 'invalid_query_string']);
    },
  );

  test.each<[path: string, usual: object, change: object, wrong: object]>([
    ['/risk-assessments/settings', { enabled: true }, { enabled: false }, { enabled: 'no' }],
    ['/risk-assessments/settings/new-device', { remember_for: 30 }, { remember_for: 7 }, { remember_for: 0 }],
    ['/supplemental-signals', { akamai_enabled: false }, { akamai_enabled: true }, { other: true }],
  ])('%s is kept', async (path, usual, change, wrong) => {
    expect(await get(path)).toEqual(usual);
    const patch = (body: unknown) => office.send('PATCH', `/api/v2${path}`, body);
    expect((await patch(wrong)).body.errorCode).toBe('invalid_body');
    expect((await patch(change)).body).toEqual(change);
    expect(await get(path)).toEqual(change);
    expect((await office.sendAsNeighbour('GET', `/api/v2${path}`)).body).toEqual(usual);
    const reader = await office.as('read:attack_protection');
    expect((await reader('PATCH', `/api/v2${path}`, change)).status).toBe(403);
  });
});
