// The spend guard of messages as administrators set it; on both databases in full.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type Office, openOffice, payloadError } from './office.ts';

const PATH = '/api/v2/attack-protection/message-spend';
const DEFAULTS = {
  per_number: { hour: null, day: null },
  per_day: { sms: null, voice: null, email: null },
  countries: { sms: { allow: [], deny: [] }, voice: { allow: [], deny: [] } },
  alert_at: 0.8,
};

describe.each(databasesInFull())('what messages may cost on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = (method: string, body?: unknown) => office.send(method, PATH, body);

  test('has no bound at first, is changed in parts, and replaced as a whole', async () => {
    expect(await send('GET')).toMatchObject({ status: 200, body: DEFAULTS });
    const first = { per_day: { sms: 500 }, countries: { voice: { deny: ['+44', '+1876', '+44'] } } };
    const merged = {
      ...DEFAULTS,
      per_day: { sms: 500, voice: null, email: null },
      countries: { ...DEFAULTS.countries, voice: { allow: [], deny: ['+44', '+1876'] } },
    };
    expect(await send('PATCH', first)).toMatchObject({ status: 200, body: merged });
    const second = { per_number: { hour: 5, day: 20 }, per_day: { sms: null, email: 0 }, alert_at: 0.5 };
    const both = {
      ...merged,
      per_number: { hour: 5, day: 20 },
      per_day: { sms: null, voice: null, email: 0 },
      alert_at: 0.5,
    };
    expect((await send('PATCH', second)).body).toEqual(both);
    expect((await send('PATCH', {})).body).toEqual(both);
    expect((await send('GET')).body).toEqual(both);
    expect((await office.sendAsNeighbour('GET', PATH)).body).toEqual(DEFAULTS);
    const whole = { countries: { sms: { allow: ['+81'] } } };
    expect((await send('PUT', whole)).body).toEqual({
      ...DEFAULTS,
      countries: { ...DEFAULTS.countries, sms: { allow: ['+81'], deny: [] } },
    });
    expect((await send('PUT', {})).body).toEqual(DEFAULTS);
  });

  const notCode = (code: string) => `Object didn't pass validation for format calling-code: ${code}`;
  test.each<[change: unknown, reason: string, path?: string]>([
    [{ per_number: { hour: 0 } }, 'Value 0 is less than minimum 1', 'per_number.hour'],
    [{ per_number: { day: 1001 } }, 'Value 1001 is greater than maximum 1000', 'per_number.day'],
    [{ per_number: { hour: 1.5 } }, 'Expected type integer but found type number', 'per_number.hour'],
    [{ per_number: { week: 1 } }, 'Additional properties not allowed: week', 'per_number'],
    [{ per_day: { sms: -1 } }, 'Value -1 is less than minimum 0', 'per_day.sms'],
    [{ per_day: { push: 1 } }, 'Additional properties not allowed: push', 'per_day'],
    [{ per_day: { sms: '5' } }, 'Expected type integer but found type string', 'per_day.sms'],
    [{ countries: { sms: { deny: ['44'] } } }, notCode('44'), 'countries.sms.deny[0]'],
    [{ countries: { voice: { allow: ['+44', '+999'] } } }, notCode('+999'), 'countries.voice.allow[1]'],
    [{ countries: { voice: { allow: ['+4 4'] } } }, notCode('+4 4'), 'countries.voice.allow[0]'],
    [{ countries: { email: { deny: [] } } }, 'Additional properties not allowed: email', 'countries'],
    [{ countries: { sms: { deny: '+44' } } }, 'Expected type array but found type string', 'countries.sms.deny'],
    [{ alert_at: 0 }, 'Value 0 is less than minimum 0.01', 'alert_at'],
    [{ alert_at: 2 }, 'Value 2 is greater than maximum 1', 'alert_at'],
    [{ enabled: true }, 'Additional properties not allowed: enabled'],
    [[], 'Expected type object but found type array'],
  ])('refuses %j', async (change, reason, path) => {
    for (const method of ['PUT', 'PATCH']) {
      expect(await send(method, change)).toMatchObject({ status: 400, body: payloadError(reason, path) });
    }
  });

  test.each([
    ['GET', 'read:attack_protection'],
    ['PUT', 'update:attack_protection'],
    ['PATCH', 'update:attack_protection'],
  ])('%s needs %s', async (method, scope) => {
    const reader = await office.as('read:actions');
    expect(await reader(method, PATH, method === 'GET' ? undefined : {})).toMatchObject({
      status: 403,
      body: { message: `Insufficient scope, expected any of: ${scope}`, errorCode: 'insufficient_scope' },
    });
  });
});
