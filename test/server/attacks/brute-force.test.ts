// Attacks: guessing one person's password. Ten failures in a row from one address are all there are, for names that
// nobody has just as well; the owner gets a link that lets them in again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttackProtectionRecord } from '#storage/records.ts';
import { PASSWORD } from '#test/kit/house.ts';
import type { FrontDoor } from '../oauth/front-door.ts';
import { guess, guesses, HERE, logsOf, mailsTo, openBehindProxy, protect, right, THERE } from './guesser.ts';

const DAY = 86_400_000;
const bruteForce: NonNullable<AttackProtectionRecord['bruteForce']> = {
  enabled: true,
  shields: ['block', 'user_notification'],
  mode: 'count_per_identifier_and_ip',
  allowlist: [],
  max_attempts: 3,
};

let door: FrontDoor;
beforeAll(async () => {
  door = await openBehindProxy();
});
afterAll(() => door.close());

let people = 0;
const person = async (): Promise<string> => {
  const name = `person-${++people}`;
  await door.house.user(name);
  return `${name}@example.com`;
};
const times = (count: number, told: string) => Array.from({ length: count }, () => told);

test('ten wrong passwords in a row are all that one address has, by default', async () => {
  const ana = await person();
  expect(await guesses(door, 10, ana)).toEqual(times(10, 'wrong-credentials'));
  const blocked = await right(door, ana);
  expect([blocked.told, blocked.status]).toEqual(['user-blocked', 429]);
  expect(blocked.html).toContain('blocked after multiple consecutive login attempts');
  expect((await right(door, ana.toUpperCase())).told).toBe('user-blocked');
  expect((await right(door, ana, THERE)).told).toBe('code');
  // Once for the block, not for every try.
  const lines = (await logsOf(door, 'limit_wc')).filter(({ userName }) => userName === ana);
  expect(lines).toMatchObject([{ ip: HERE, userId: expect.stringMatching(/^auth0\|/) }]);
  door.house.clock.advance(30 * DAY);
  expect((await right(door, ana)).told).toBe('code');
});

describe('with three in a row', () => {
  beforeAll(() => protect(door, { bruteForce }));

  test('of many at once no more are judged', async () => {
    const ana = await person();
    const all = await Promise.all(Array.from({ length: 12 }, () => guess(door, ana)));
    expect(all.filter(({ told }) => told === 'wrong-credentials')).toHaveLength(3);
    expect(all.filter(({ told }) => told === 'user-blocked')).toHaveLength(9);
  });

  test('a right password in between begins the count anew', async () => {
    const ana = await person();
    for (let i = 0; i < 3; i++) {
      expect(await guesses(door, 2, ana)).toEqual(times(2, 'wrong-credentials'));
      expect((await right(door, ana)).told).toBe('code');
    }
  });

  test('and gives the address its tries back, but not those that were wrong', async () => {
    const ana = await person();
    const key = `sign-in ${HERE}`;
    const bucket = { capacity: 100, refillSeconds: 864 };
    const { store, tenant, ports } = door.house;
    await store.clearAttempts(tenant.id, key);
    await guesses(door, 2, ana);
    await right(door, ana);
    for (let i = 0; i < 98; i++) await store.takeAttempt(tenant.id, key, bucket, ports.now());
    expect(await store.isExhausted(tenant.id, key, bucket, ports.now())).toBe(true);
    await store.clearAttempts(tenant.id, key);
  });

  test('the owner is mailed a link; opening it changes nothing, its button lifts the block, once', async () => {
    const ana = await person();
    await guesses(door, 5, ana);
    const mails = await mailsTo(door, ana);
    expect(mails).toHaveLength(1);
    const link = new URL(/http\S+/.exec(mails[0] ?? '')?.[0] ?? '');
    expect(`${link.origin}${link.pathname}`).toBe(`${door.site}/u/unblock`);
    const path = link.pathname + link.search;
    const post = (init: RequestInit = {}) =>
      door.app.request(door.site + path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'action=default',
        ...init,
      });

    for (let i = 0; i < 2; i++) {
      const page = await door.get(path);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<button type="submit" name="action" value="default"');
      expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    }
    expect((await right(door, ana)).told).toBe('user-blocked');
    const foreign = await post({ headers: { origin: 'https://other.example' } });
    expect([foreign.status, (await right(door, ana)).told]).toEqual([403, 'user-blocked']);
    const done = await post();
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('Your account is unblocked')]);
    expect((await right(door, ana)).told).toBe('code');
    expect([(await post()).status, (await door.get(path)).status]).toEqual([400, 400]);
    // It lifts nothing that comes later.
    await guesses(door, 3, ana);
    expect((await post()).status).toBe(400);
    expect((await right(door, ana)).told).toBe('user-blocked');
  });

  test('whoever guesses from many networks does not fill the mailbox of the owner', async () => {
    const ana = await person();
    for (let i = 0; i < 7; i++) await guesses(door, 3, ana, { ip: `198.51.100.${i}` });
    expect(await mailsTo(door, ana)).toHaveLength(5);
    door.house.clock.advance(3_600_000);
    await guesses(door, 3, ana, { ip: '198.51.100.99' });
    expect(await mailsTo(door, ana)).toHaveLength(6);
  });

  test.each([
    '/u/unblock',
    '/u/unblock?ticket=',
    '/u/unblock?ticket=wrong',
    '/u/unblock?ticket=%00',
    '/u/unblock?ticket=%',
  ])('%s is no link of ours', async (path) => {
    expect((await door.get(path)).status).toBe(400);
  });

  test('an old link is none any more, nor is one of another tenant', async () => {
    const ana = await person();
    await guesses(door, 3, ana);
    const path = /\/u\/unblock\S+/.exec((await mailsTo(door, ana))[0] ?? '')?.[0] ?? '';
    const { store, tenant } = door.house;
    const key = path.split('=')[1] ?? '';
    expect(await store.tickets.findByKey('another', 'unblock', key)).toBeUndefined();
    expect(await store.tickets.findByKey(tenant.id, 'password-reset', key)).toBeUndefined();
    door.house.clock.advance(5 * DAY);
    expect((await door.get(path)).status).toBe(400);
  });

  test('a new password lifts the block', async () => {
    const ana = await person();
    await guesses(door, 3, ana);
    const { store, tenant, ports } = door.house;
    const user = await store.users.findByIdentifier(tenant.id, 'Username-Password-Authentication', ana);
    const passwordHash = await ports.passwords.hash(PASSWORD);
    const at = ports.now();
    const change = { kind: 'user.set-password' as const, tenantId: tenant.id, id: user?.id ?? '', passwordHash, at };
    expect(await store.commit([change])).toEqual({ ok: true });
    expect((await right(door, ana)).told).toBe('code');
  });

  test.each([1, 10])('from any address of one household (%i)', async (host) => {
    const ana = await person();
    for (let i = 0; i < 3; i++) await guess(door, ana, { ip: `2001:db8:${host}:1::${i + 1}` });
    expect((await right(door, ana, `2001:db8:${host}:1:ffff::1`)).told).toBe('user-blocked');
    expect((await right(door, ana, `2001:db8:${host}:2::1`)).told).toBe('code');
  });
});

test.each<[name: string, settings: Partial<typeof bruteForce>, here: string, there: string, mails: number]>([
  ['counted by name alone, everywhere', { mode: 'count_per_identifier' }, 'user-blocked', 'user-blocked', 1],
  ['where nothing is blocked, only told', { shields: ['user_notification'] }, 'code', 'code', 1],
  ['where nobody is told', { shields: ['block'] }, 'user-blocked', 'code', 0],
  ['from an address on the list', { allowlist: ['203.0.113.0/24'] }, 'code', 'code', 0],
  ['switched off', { enabled: false }, 'code', 'code', 0],
])('%s', async (_name, settings, here, there, mails) => {
  await protect(door, { bruteForce: { ...bruteForce, ...settings } });
  const ana = await person();
  expect(await guesses(door, 3, ana)).toEqual(times(3, 'wrong-credentials'));
  expect([(await right(door, ana)).told, (await right(door, ana, THERE)).told]).toEqual([here, there]);
  expect(await mailsTo(door, ana)).toHaveLength(mails);
});
