// The library's scripts about risk, preference, phones that approve, keys and recovery codes, each through a real isolate and
// a real login: what its header promises is what people meet.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recoveryCodeMac } from '#runtime/factors/recovery-code.ts';
import { openGeography } from '#runtime/risk/geography.ts';
import { parseUntrustedAddresses } from '#runtime/risk/untrusted-addresses.ts';
import type { Shown } from '#runtime/runtime.ts';
import { createSoftKey, type SoftKey } from '#server/testing/soft-key.ts';
import type { AuthenticatorRecord, UserRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { BINDING, CALLER, type House, openHouse, PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import { writeMmdb } from '#test/kit/mmdb.ts';
import { newTotp, totp } from './visit.ts';

const HOME = '198.51.100.7';
const LISTED = '198.51.100.66';
const FAR = '203.0.113.7';
const place = (iso_code: string, latitude: number, longitude: number) => ({
  country: { iso_code },
  location: { latitude, longitude },
});
const geography = openGeography(
  writeMmdb({ '198.51.100.0/24': place('GB', 51.5, -0.12), '203.0.113.0/24': place('JP', 35.68, 139.69) }),
);
const parsed = parseUntrustedAddresses(`${LISTED} a-list abuse\n`);
if (!parsed.ok) throw new Error(parsed.reason);
const untrusted = parsed.list;

const PHONE = '+447700900123';
const RECOVERY = 'A'.repeat(24);
const read = (name: string) => readFileSync(new URL(`../../actions/library/${name}.js`, import.meta.url), 'utf8');

describe.each(databasesInFull())('%s', (_name, open) => {
  type Own = 'otp' | 'phone' | 'push' | 'webauthn-roaming' | 'webauthn-platform' | 'recovery-code';
  type Somebody = { user: UserRecord; key: SoftKey };
  type Seat = { binding?: string; ip?: string; userAgent?: string };

  let house: House;
  beforeAll(async () => {
    house = await openHouse({
      databaseUrl: await open(),
      ports: { geography, untrusted },
      on: ['otp', 'sms', 'push-notification', 'webauthn-roaming', 'webauthn-platform', 'recovery-code'],
    });
    await house.editTenant((tenant) => ({ ...tenant, messageTypes: ['sms', 'voice'] }));
    await house.store.roles.insert({
      tenantId: house.tenant.id,
      id: 'rol_a',
      name: 'admin',
      createdAt: 0,
      updatedAt: 0,
    });
  });
  afterAll(() => house.close());

  let people = 0;
  async function person(has: Own[] = [], more: Partial<UserRecord> & { admin?: true } = {}): Promise<Somebody> {
    const { admin, ...profile } = more;
    const { store, tenant, ports, clock } = house;
    const base = has.filter((each) => each === 'otp' || each === 'phone');
    const user = await house.user(`lib-${++people}`, base, profile);
    if (admin) await store.assignments.addRoles(tenant.id, user.id, ['rol_a']);
    const key = createSoftKey();
    for (const type of has.filter((each) => each !== 'otp' && each !== 'phone')) {
      const id = `dev_${ports.random.letters(16)}`;
      const row: AuthenticatorRecord = {
        tenantId: tenant.id,
        id,
        userId: user.id,
        type,
        confirmed: true,
        createdAt: clock.at,
      };
      const more: Partial<AuthenticatorRecord> = {
        ...(type === 'push' ? { name: 'Pixel', secret: TOTP_KEY, device: { publicKey: {} } } : {}),
        ...(type.startsWith('webauthn') ? { credential: key.credential(new URL(tenant.baseUrl).hostname) } : {}),
        ...(type === 'recovery-code' ? { secret: recoveryCodeMac(ports.mac, id, RECOVERY) } : {}),
      };
      await store.authenticators.insert({ ...row, ...more });
    }
    return { user, key };
  }

  /** Somebody gives the right password, a minute later, from there. */
  async function signIn({ user }: Somebody, scripts: string[] = [], seat: Seat = {}): Promise<Shown> {
    await house.bind(...scripts.map(read));
    house.clock.advance(60_000);
    const { binding = BINDING, ip = HOME, userAgent = 'Firefox' } = seat;
    const { key } = await house.begin({ binding });
    const input = { kind: 'submitted', identifier: user.email ?? '', password: PASSWORD } as const;
    const submitted = await house.runtime.submit(house.tenant, { key, binding }, input, { ...CALLER, ip, userAgent });
    if (submitted.outcome !== 'moved') throw new Error(submitted.outcome);
    return submitted.shown;
  }

  /** What a login shows now: the state, the factor in front and how it travels, what else is offered. */
  function seen({ login: { state, challenges } }: Shown): string {
    if (state.name === 'denied') return `denied: ${state.reason}`;
    if (!('offers' in state)) return state.name;
    const offers = state.offers.map(({ factor }) => factor);
    if (state.name === 'choosing') return `${state.to} ${state.within?.by ?? offers.join(' or ')}`;
    const open = challenges.find(({ id }) => state.name === 'challenging' && id === state.challengeId);
    const front = state.name === 'enrolling' ? state.enrollment.factor : open?.factor;
    const others = offers.filter((factor) => factor !== front);
    const via = open?.via === undefined ? '' : ` by ${open.via}`;
    return `${state.name} ${front}${via}${others.length > 0 ? `, or ${others.join(' or ')}` : ''}`;
  }
  const step = (shown: Shown, code: string) => house.step(shown.key, { kind: 'responded', code });
  const choose = (shown: Shown, factor: 'recovery-code' | 'otp') => house.step(shown.key, { kind: 'chosen', factor });

  describe('adaptive', () => {
    /** Somebody who has signed in from home an hour ago. */
    async function known(has: Own[]): Promise<Somebody> {
      const somebody = await person(has);
      expect(seen(await signIn(somebody))).toBe('completed');
      house.clock.advance(3_600_000);
      return somebody;
    }
    const NEW = { binding: 'another-browser', userAgent: 'Chrome' };
    const ROWS: [what: string, has: Own[], seat: Seat, expected: string][] = [
      ['a known browser', ['otp'], {}, 'completed'],
      ['a new one, of somebody with two factors', ['otp', 'phone'], NEW, 'challenge otp or phone'],
      ['a new one, of somebody with one', ['phone'], NEW, 'challenging phone by sms'],
      ['another user agent in a known browser', ['otp'], { userAgent: 'Chrome' }, 'challenging otp'],
      ['a new one, of somebody with none', [], NEW, 'enroll otp or phone'],
      ['impossible travel', ['otp'], { ip: FAR }, 'challenging otp'],
      ['a listed address', ['otp'], { ip: LISTED }, 'challenging otp'],
      [
        'a new browser far away, of somebody with none',
        [],
        { ...NEW, ip: FAR },
        'denied: This sign-in does not look like you. Please sign in from a device that you have used before.',
      ],
    ];
    test.each(ROWS)('%s', async (_what, has, seat, expected) => {
      const shown = await signIn(await known(has), ['adaptive'], seat);
      expect(seen(shown)).toBe(expected);
      expect(shown.login.mfa.rememberable ?? 'never').toBe('never');
    });

    test('a first login asks for nothing; a factor that was shown lets the person in', async () => {
      expect(seen(await signIn(await person(['otp']), ['adaptive']))).toBe('completed');
      const asked = await signIn(await known(['otp']), ['adaptive'], NEW);
      const submitted = await house.runtime.submit(
        house.tenant,
        { key: asked.key, binding: NEW.binding },
        { kind: 'responded', code: totp(house) },
        CALLER,
      );
      expect(submitted.outcome === 'moved' && seen(submitted.shown)).toBe('completed');
    });
  });

  describe('preferred-method', () => {
    const ROWS: [chosen: unknown, has: Own[], expected: string][] = [
      ['sms', ['otp', 'phone'], 'challenging phone by sms, or otp'],
      ['voice', ['otp', 'phone'], 'challenging phone by voice, or otp'],
      ['both', ['otp', 'phone'], 'challenge channel'],
      ['otp', ['otp', 'phone'], 'challenging otp, or phone'],
      ['push-notification', ['otp', 'push'], 'challenging push-notification, or otp'],
      ['voice', ['otp'], 'challenging otp'],
      [undefined, ['phone'], 'challenging phone by sms'],
      [{ odd: true }, ['otp', 'phone'], 'challenging otp, or phone'],
      ['sms', [], 'completed'],
    ];
    test.each(ROWS)('%j of somebody with %j: %s', async (chosen, has, expected) => {
      const userMetadata = (chosen === undefined ? {} : { mfa_method: chosen }) as UserRecord['userMetadata'];
      expect(seen(await signIn(await person(has, { userMetadata }), ['preferred-method']))).toBe(expected);
    });

    test('by call: the code that was said lets the person in', async () => {
      const somebody = await person(['phone'], { userMetadata: { mfa_method: 'voice' } });
      const asked = await signIn(somebody, ['preferred-method']);
      expect(seen(await step(asked, await house.codeFor(PHONE)))).toBe('completed');
    });
  });

  describe('push-first', () => {
    const ROWS: [has: Own[], expected: string][] = [
      [['push', 'otp', 'phone'], 'challenging push-notification, or otp or phone'],
      [['push'], 'challenging push-notification'],
      [['otp', 'phone'], 'challenge otp or phone'],
      [[], 'enroll push-notification or otp'],
    ];
    test.each(ROWS)('somebody with %j: %s', async (has, expected) => {
      expect(seen(await signIn(await person(has), ['push-first']))).toBe(expected);
    });

    test('the phone says yes, and the login goes on where it is', async () => {
      const shown = await signIn(await person(['push']), ['push-first']);
      const { state } = shown.login;
      const id = state.name === 'challenging' ? state.challengeId : '';
      const { tenant, clock, store } = house;
      expect((await house.step(shown.key, { kind: 'polled' })).notice).toEqual({
        key: 'challenge-transaction-pending',
      });
      await store.commit([{ kind: 'push-request.answer', tenantId: tenant.id, id, state: 'approved', at: clock.at }]);
      expect(seen(await house.step(shown.key, { kind: 'polled' }))).toBe('completed');
    });

    test.each([
      [undefined, 'completed'],
      [true, 'challenging push-notification'],
    ] as const)('a code in its place, of an administrator: %s', async (admin, expected) => {
      const shown = await signIn(await person(['push'], admin ? { admin } : {}), ['push-first']);
      expect(seen(await step(shown, totp(house)))).toBe(expected);
    });
  });

  describe('keys-first', () => {
    const ROWS: [has: Own[], expected: string][] = [
      [['webauthn-roaming', 'otp', 'recovery-code'], 'challenging webauthn-roaming, or recovery-code'],
      [['webauthn-platform', 'phone'], 'challenging webauthn-platform'],
      [['otp', 'phone'], 'challenge otp or phone'],
      [[], 'completed'],
    ];
    test.each(ROWS)('somebody with %j: %s', async (has, expected) => {
      expect(seen(await signIn(await person(has), ['keys-first']))).toBe(expected);
    });

    test('the key signs, or the recovery code is shown: the person is in', async () => {
      const somebody = await person(['webauthn-roaming', 'recovery-code']);
      const asked = await signIn(somebody, ['keys-first']);
      const ceremony = asked.login.challenges[0]?.ceremony;
      if (!ceremony) throw new Error('nothing to sign');
      const response = somebody.key.get({ ...ceremony, origin: house.tenant.baseUrl });
      expect(seen(await house.step(asked.key, { kind: 'asserted', response }))).toBe('completed');
      const again = await signIn(somebody, ['keys-first']);
      const picker = await house.step(again.key, { kind: 'reconsidered' });
      const note = await step(await choose(picker, 'recovery-code'), RECOVERY);
      expect(seen(note)).toBe('informing');
      expect(seen(await house.step(note.key, { kind: 'acknowledged' }))).toBe('completed');
    });
  });

  describe('recovery', () => {
    const SCRIPTS = ['recovery-first', 'recovery-second'];
    async function byCode(somebody: Somebody): Promise<Shown> {
      const asked = await signIn(somebody, SCRIPTS);
      expect(seen(asked)).toBe('challenging otp, or recovery-code');
      const picker = await house.step(asked.key, { kind: 'reconsidered' });
      const note = await step(await choose(picker, 'recovery-code'), RECOVERY.toLowerCase());
      return house.step(note.key, { kind: 'acknowledged' });
    }

    test('who needed the code sets up another factor; its app alone does not ask for one', async () => {
      const shown = await byCode(await person(['otp', 'recovery-code']));
      expect(seen(shown)).toBe('enroll phone or webauthn-roaming');
      const phone = await house.step(shown.key, { kind: 'chosen', factor: 'phone' });
      const sent = await house.step(phone.key, { kind: 'addressed', address: '+447700900777' });
      expect(seen(await step(sent, await house.codeFor('+447700900777')))).toBe('completed');
      const other = await person(['otp', 'recovery-code']);
      expect(seen(await step(await signIn(other, SCRIPTS), totp(house)))).toBe('completed');
    });

    test('who has all of it goes on', async () => {
      const everything = await person(['otp', 'phone', 'webauthn-roaming', 'recovery-code']);
      expect(seen(await byCode(everything))).toBe('completed');
    });

    test('the code works once: the next time the one that was shown does', async () => {
      const somebody = await person(['otp', 'phone', 'webauthn-roaming', 'recovery-code']);
      await byCode(somebody);
      const asked = await signIn(somebody, SCRIPTS);
      const code = await choose(await house.step(asked.key, { kind: 'reconsidered' }), 'recovery-code');
      expect((await step(code, RECOVERY)).notice).toEqual({ key: 'invalid-code' });
    });
  });

  test('what is set up on the way counts at once', async () => {
    const picker = await signIn(await person(), ['push-first']);
    const app = await choose(picker, 'otp');
    const note = await step(app, newTotp(house, app));
    expect(seen(note)).toBe('informing');
    expect(seen(await house.step(note.key, { kind: 'acknowledged' }))).toBe('completed');
  });
});
