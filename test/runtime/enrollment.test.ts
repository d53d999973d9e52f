// Enrollment by command, on real cells and both databases: apps and phones, what may go wrong, and what counts after.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHALLENGE_FIRST, NOTHING_ENROLLABLE, oneUnusable } from '#runtime/factors/select.ts';
import type { Shown } from '#runtime/runtime.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { answer, logsOf, newTotp, offered, script, signIn, signInAgain, state, totp } from './visit.ts';

const APP = script(`api.authentication.enrollWith({ type: 'otp' });`);
const NUMBER = script(`api.authentication.enrollWith({ type: 'phone' });`);
const EITHER = script(`api.authentication.enrollWithAny([{ type: 'phone' }, { type: 'otp' }]);`);
const SEEN = script(`api.idToken.setCustomClaim('https://x/seen', {
  methods: event.authentication.methods.map((m) => m.type ?? m.name),
  factors: event.user.enrolledFactors.map((f) => f.type),
  multifactor: event.user.multifactor,
});`);
const MOBILE = '+447700900777';

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());

  const enrolledBy = (userId: string) => house.store.authenticators.ofUser(house.tenant.id, userId);
  const respond = (shown: Shown, code: string) => house.step(shown.key, { kind: 'responded', code });
  const give = (shown: Shown, address: string) => house.step(shown.key, { kind: 'addressed', address });

  describe('an app', () => {
    test("is enrolled by its code, counts as passed, and is the person's from then on", async () => {
      const { shown, user, email } = await signIn(house, [], APP, SEEN);
      expect(state(shown)).toMatchObject({ name: 'enrolling', enrollment: { factor: 'otp' } });
      expect(await enrolledBy(user.id)).toEqual([]);
      const done = await respond(shown, newTotp(house, shown));
      expect(state(done).name).toBe('completed');
      expect(done.login.outcome.idTokenClaims).toEqual({
        'https://x/seen': { methods: ['pwd', 'otp'], factors: ['otp'], multifactor: ['guardian'] },
      });
      expect(await enrolledBy(user.id)).toMatchObject([{ type: 'totp', confirmed: true, enrolledAt: house.clock.at }]);
      expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual([
        'gd_start_enroll',
        'gd_enrollment_complete',
        's',
      ]);

      // The next login finds nothing to enroll, asks for the app when told to, and does not take the code that enrolled it.
      await house.bind(APP, script(`api.authentication.challengeWith({ type: 'otp' });`));
      const spent = newTotp(house, shown);
      const { key } = await house.begin();
      const again = await house.step(key, { kind: 'submitted', identifier: email, password: 'correct horse battery' });
      expect(state(again).name).toBe('challenging');
      expect((await respond(again, spent)).notice).toEqual({ key: 'invalid-code' });
    });

    test("a wrong code is told and the same key stays; the bucket of attempts is the person's", async () => {
      const { shown, user } = await signIn(house, [], APP);
      const wrong = await respond(shown, '000000');
      expect(wrong.notice).toEqual({ key: 'invalid-code' });
      expect(state(wrong)).toEqual(state(shown));
      for (let left = 9; left > 0; left--) await respond(shown, '000000');
      const throttled = await respond(shown, newTotp(house, shown));
      expect(throttled.notice).toMatchObject({ key: 'too-many-failures' });
      expect(await enrolledBy(user.id)).toEqual([]);
      house.clock.advance(360_000);
      expect(state(await respond(shown, newTotp(house, shown))).name).toBe('completed');
    });
  });

  describe('a phone', () => {
    test('is enrolled by the code sent to it, however its number is written', async () => {
      const { shown, user } = await signIn(house, [], NUMBER, SEEN);
      expect(state(shown)).toMatchObject({ name: 'enrolling', enrollment: { factor: 'phone' } });
      expect((await house.submit(shown.key, { kind: 'responded', code: '123456' })).outcome).toBe('elsewhere');
      const sent = await give(shown, '+44 7700 900-777');
      expect(state(sent)).toMatchObject({ enrollment: { phoneNumber: MOBILE, sent: { to: 'XXXXXXXXX0777' } } });
      const done = await answer(house, sent, MOBILE);
      expect(done.login.outcome.idTokenClaims).toMatchObject({ 'https://x/seen': { factors: ['phone'] } });
      expect(await enrolledBy(user.id)).toMatchObject([{ type: 'phone', phoneNumber: MOBILE, confirmed: true }]);
      expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual([
        'gd_start_enroll',
        'gd_send_sms',
        'gd_enrollment_complete',
        's',
      ]);
    });

    test('a number that is none is told; nothing is sent', async () => {
      const { shown } = await signIn(house, [], NUMBER);
      const bad = await give(shown, 'not a number');
      expect(bad.notice).toEqual({ key: 'invalid-phone' });
      expect(state(bad)).not.toHaveProperty('enrollment.phoneNumber');
    });

    test('sent again voids the former code; the changed number needs its own', async () => {
      const { shown } = await signIn(house, [], NUMBER);
      const sent = await give(shown, MOBILE);
      const first = await house.codeFor(MOBILE);
      const again = await house.step(sent.key, { kind: 'resent' });
      const second = await house.codeFor(MOBILE);
      if (first !== second) expect((await respond(again, first)).notice).toEqual({ key: 'invalid-code' });
      const back = await house.step(again.key, { kind: 'returned' });
      expect(state(back)).not.toHaveProperty('enrollment.sent');
      const other = await give(back, '+447700900778');
      const third = await house.codeFor('+447700900778');
      if (second !== third) expect((await respond(other, second)).notice).toEqual({ key: 'invalid-code' });
      expect(state(await respond(other, third)).name).toBe('completed');
    });

    test('a code is good for five minutes', async () => {
      const { shown } = await signIn(house, [], NUMBER);
      const sent = await give(shown, MOBILE);
      house.clock.advance(5 * 60_000);
      expect((await answer(house, sent, MOBILE)).notice).toEqual({ key: 'invalid-code' });
    });
  });

  describe('a choice', () => {
    test('of two is a picker in the order asked; another one is a click away', async () => {
      const { shown, user } = await signIn(house, [], EITHER);
      expect(state(shown)).toMatchObject({ name: 'choosing', to: 'enroll' });
      expect(offered(shown)).toEqual(['phone', 'otp']);
      const number = await house.step(shown.key, { kind: 'chosen', factor: 'phone' });
      const picker = await house.step(number.key, { kind: 'reconsidered' });
      const app = await house.step(picker.key, { kind: 'chosen', factor: 'otp' });
      expect(state(await respond(app, newTotp(house, app))).name).toBe('completed');
      expect(await enrolledBy(user.id)).toMatchObject([{ type: 'totp' }]);
    });

    test('with one left is none; what cannot be had is warned about', async () => {
      const { shown, user } = await signIn(
        house,
        [],
        script(`api.authentication.enrollWithAny([{ type: 'email' }, { type: 'otp' }]);`),
      );
      expect(state(shown)).toMatchObject({ name: 'enrolling', enrollment: { factor: 'otp' } });
      expect(await logsOf(house, user.id)).toContainEqual(['w', oneUnusable('enroll', 'email')]);
    });

    test('twice in one script: the second offers what the first left', async () => {
      const twice = `api.authentication.enrollWithAny([{ type: 'otp' }, { type: 'phone' }]);`;
      const { shown, user } = await signIn(house, [], script(twice + twice));
      const app = await house.step(shown.key, { kind: 'chosen', factor: 'otp' });
      const next = await respond(app, newTotp(house, app));
      expect(state(next)).toMatchObject({ name: 'enrolling', enrollment: { factor: 'phone' } });
      expect(state(await answer(house, await give(next, MOBILE), MOBILE)).name).toBe('completed');
      expect((await enrolledBy(user.id)).map(({ type }) => type).sort()).toEqual(['phone', 'totp']);
    });

    test("in two scripts: the second finds the first's factor enrolled and goes on", async () => {
      const { shown, user } = await signIn(house, [], APP, APP, APP);
      expect(state(await respond(shown, newTotp(house, shown))).name).toBe('completed');
      expect(await enrolledBy(user.id)).toHaveLength(1);
    });
  });

  describe('whoever has a factor', () => {
    test('must show one first, in the exact words', async () => {
      const { shown, user } = await signIn(house, ['otp'], NUMBER);
      expect(state(shown)).toEqual({ name: 'denied', code: 'access_denied', reason: CHALLENGE_FIRST });
      expect(await logsOf(house, user.id)).toEqual([['mfar', CHALLENGE_FIRST]]);
    });

    test('shows it, then enrolls another, in one script', async () => {
      const both = script(
        `api.authentication.challengeWith({ type: 'otp' }); api.authentication.enrollWith({ type: 'phone' });`,
      );
      const { shown } = await signIn(house, ['otp'], both);
      const enrolling = await respond(shown, totp(house));
      expect(state(enrolling)).toMatchObject({ name: 'enrolling', enrollment: { factor: 'phone' } });
      expect(state(await answer(house, await give(enrolling, MOBILE), MOBILE)).name).toBe('completed');
    });

    test('got it in another window meanwhile: a half-done enrollment of another factor is no way round it', async () => {
      const { shown, user, email } = await signIn(house, [], EITHER);
      const number = await house.step(shown.key, { kind: 'chosen', factor: 'phone' });
      const sent = await give(number, MOBILE);
      const window = await signInAgain(house, email);
      const app = await house.step(window.key, { kind: 'chosen', factor: 'otp' });
      expect(state(await respond(app, newTotp(house, app))).name).toBe('completed');
      expect(state(await answer(house, sent, MOBILE))).toMatchObject({ name: 'denied', reason: CHALLENGE_FIRST });
      expect((await enrolledBy(user.id)).map(({ type }) => type)).toEqual(['totp']);
    });

    test('enrolled the same in another window meanwhile: nothing is enrolled twice', async () => {
      const { shown, user, email } = await signIn(house, [], APP);
      const window = await signInAgain(house, email);
      await respond(window, newTotp(house, window));
      // Who has shown nothing may be somebody who only knows the password.
      expect(state(await respond(shown, newTotp(house, shown)))).toMatchObject({
        name: 'denied',
        reason: CHALLENGE_FIRST,
      });
      expect(await enrolledBy(user.id)).toHaveLength(1);
    });
  });

  test('a factor that is switched off meanwhile: another one, or the login ends', async () => {
    const { shown } = await signIn(house, [], EITHER);
    const app = await house.step(shown.key, { kind: 'chosen', factor: 'otp' });
    const factors = house.tenant.factors;
    await house.editTenant((tenant) => ({ ...tenant, factors: { ...factors, otp: false } }));
    const moved = await respond(app, newTotp(house, app));
    expect(state(moved)).toMatchObject({ name: 'enrolling', enrollment: { factor: 'phone' } });
    await house.editTenant((tenant) => ({ ...tenant, factors: { ...factors, otp: false, sms: false } }));
    const over = await give(moved, MOBILE);
    await house.editTenant((tenant) => ({ ...tenant, factors }));
    expect(state(over)).toEqual({ name: 'denied', code: 'access_denied', reason: NOTHING_ENROLLABLE });
  });

  test('a recovery code cannot be enrolled yet: the login ends in the exact words', async () => {
    const { shown } = await signIn(house, [], script(`api.authentication.enrollWith({ type: 'recovery-code' });`));
    expect(state(shown)).toMatchObject({ name: 'denied', reason: NOTHING_ENROLLABLE });
  });
});
