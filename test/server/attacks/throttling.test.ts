// Attacks: many tries from one address, at whatever names: passwords sprayed over people, accounts made by the hundred,
// one person's logins in a flood. Development lifts none of these limits.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AttackProtectionRecord } from '#storage/records.ts';
import type { FrontDoor } from '../oauth/front-door.ts';
import { from, guess, guesses, HERE, logsOf, openBehindProxy, protect, right, THERE } from './guesser.ts';

const suspiciousIp: NonNullable<AttackProtectionRecord['suspiciousIp']> = {
  enabled: true,
  shields: ['block', 'admin_notification'],
  allowlist: [],
  stage: {
    'pre-login': { max_attempts: 4, rate: 864_000 },
    'pre-user-registration': { max_attempts: 2, rate: 1200 },
    'pre-custom-token-exchange': { max_attempts: 10, rate: 600_000 },
  },
};

let door: FrontDoor;
beforeAll(async () => {
  door = await openBehindProxy({ SALLYPORT_DEV: '1' });
  await door.house.user('ana');
});
afterAll(() => door.close());
beforeEach(() => {
  door.house.clock.advance(86_400_000);
});

const signUp = async (email: string, ip = HERE) => {
  const answer = await door.app.request(`${door.site}/dbconnections/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...from(ip) },
    body: JSON.stringify({
      client_id: 'spa',
      connection: 'Username-Password-Authentication',
      email,
      password: 'correct horse battery',
    }),
  });
  return { status: answer.status, body: (await answer.json()) as { code?: string }, headers: answer.headers };
};

test('one password at many names: the address is stopped, not the people, and gains a try now and then', async () => {
  await protect(door, { suspiciousIp });
  const before = (await logsOf(door, 'limit_mu')).length;
  for (let i = 0; i < 4; i++) expect((await guess(door, `nobody-${i}@example.com`)).told).toBe('wrong-credentials');
  const stopped = await guess(door, 'nobody-5@example.com');
  expect([stopped.told, stopped.status, stopped.headers.get('retry-after')]).toEqual(['ip-blocked', 429, '864']);
  expect((await right(door, 'ana@example.com')).told).toBe('ip-blocked');
  expect((await right(door, 'ana@example.com', THERE)).told).toBe('code');
  const lines = (await logsOf(door, 'limit_mu')).slice(before);
  expect(lines).toMatchObject([{ ip: HERE, details: { flow: 'pre-login' } }]);
  door.house.clock.advance(864_000);
  expect((await right(door, 'ana@example.com')).told).toBe('code');
});

test('right passwords cost the address nothing', async () => {
  await protect(door, { suspiciousIp });
  expect(await guesses(door, 6, 'ana@example.com', { password: 'correct horse battery' })).not.toContain('ip-blocked');
});

test.each<[name: string, settings: Partial<typeof suspiciousIp>]>([
  ['an address on the list', { allowlist: ['203.0.113.0/24'] }],
  ['a tenant that only wants to be told', { shields: ['admin_notification'] }],
  ['a tenant that switched it off', { enabled: false }],
])('%s is not stopped', async (_name, settings) => {
  await protect(door, { suspiciousIp: { ...suspiciousIp, ...settings } });
  for (let i = 0; i < 6; i++) expect((await guess(door, `nobody-${i}@example.com`)).told).toBe('wrong-credentials');
  for (let i = 0; i < 4; i++) expect((await signUp(`${people++}@example.com`)).status).toBe(200);
});

let people = 0;

test('more sign-ups than the tenant allows stop the address, at the endpoint and on the page', async () => {
  await protect(door, { suspiciousIp });
  const before = (await logsOf(door, 'limit_mu')).length;
  const all = [];
  for (let i = 0; i < 4; i++) all.push((await signUp(`new-${people++}@example.com`)).status);
  expect(all).toEqual([200, 200, 429, 429]);
  const { body, headers } = await signUp(`new-${people++}@example.com`);
  expect([body.code, headers.get('retry-after')]).toEqual(['too_many_requests', '2']);
  expect((await logsOf(door, 'limit_mu')).slice(before)).toMatchObject([
    { details: { flow: 'pre-user-registration' } },
  ]);
  expect((await signUp(`new-${people++}@example.com`, THERE)).status).toBe(200);
  door.house.clock.advance(1200);
  expect((await signUp(`new-${people++}@example.com`)).status).toBe(200);
});

test('one person logs in from one address twenty times a minute, then ten, with the right password too', async () => {
  await protect(door, {
    suspiciousIp: {
      ...suspiciousIp,
      stage: { ...suspiciousIp.stage, 'pre-login': { max_attempts: 100, rate: 864_000 } },
    },
  });
  const told = await guesses(door, 21, 'ana@example.com', { password: 'correct horse battery' });
  expect(told).toEqual([...Array.from({ length: 20 }, () => 'code'), 'same-user-login']);
  const over = await right(door, 'ANA@example.com');
  expect([over.told, over.status, over.headers.get('retry-after')]).toEqual(['same-user-login', 429, '6']);
  expect((await logsOf(door, 'limit_sul')).filter(({ ip }) => ip === HERE)).toHaveLength(1);
  expect((await right(door, 'ana@example.com', THERE)).told).toBe('code');
  expect((await guess(door, 'nobody@example.com')).told).toBe('wrong-credentials');
  door.house.clock.advance(6000);
  expect(await guesses(door, 2, 'ana@example.com', { password: 'correct horse battery' })).toEqual([
    'code',
    'same-user-login',
  ]);
}, 60_000);
