// What a client enrolls for a person, and the recovery code that comes with the first factor: whole logins by the token
// endpoint's way of beginning them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { CALLER, type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { asked, byPassword, newcomer, say } from './at-a-client.ts';
import { newTotp, offered, script, state } from './visit.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open(), on: ['otp', 'sms', 'email', 'recovery-code'] });
  });
  afterAll(() => house.close());

  const somebody = (has: ('otp' | 'phone' | 'email')[], ...scripts: string[]) => newcomer(house, has, ...scripts);
  const rowsOf = async (userId: string) =>
    (await house.store.authenticators.ofUser(house.tenant.id, userId)).map(({ type, confirmed }) => [type, confirmed]);

  describe('a first enrollment', () => {
    const ENROLL = script(`api.authentication.enrollWithAny([{ type: 'otp' }, { type: 'phone' }]);`);

    test('comes with a recovery code, whose row is written with that of the authenticator', async () => {
      const { user, email } = await somebody([], ENROLL);
      const begun = await say(house, await byPassword(house, email), { kind: 'chosen', factor: 'otp' });
      const { recoveryCode } = enrollmentOf(begun);
      expect(recoveryCode).toMatch(/^[A-Z0-9]{24}$/);
      expect(await rowsOf(user.id)).toEqual([]);
      const done = await say(house, begun, { kind: 'responded', code: newTotp(house, begun) });
      expect(state(done)).toMatchObject({ name: 'completed' });
      expect(await rowsOf(user.id)).toEqual(
        expect.arrayContaining([
          ['totp', true],
          ['recovery-code', true],
        ]),
      );
      const stored = await house.store.authenticators.ofUser(house.tenant.id, user.id);
      expect(JSON.stringify(stored)).not.toContain(recoveryCode);
    });
    test('on pages comes with one too', async () => {
      const { email } = await somebody([], ENROLL);
      house.clock.advance(60_000);
      const { key } = await house.begin();
      const picker = await house.step(key, { kind: 'submitted', identifier: email, password: PASSWORD });
      const begun = await house.step(picker.key, { kind: 'chosen', factor: 'otp' });
      expect(enrollmentOf(begun).recoveryCode).toMatch(/^[A-Z0-9]{24}$/);
    });
    test('is begun anew by asking for another factor', async () => {
      const { user, email } = await somebody([], ENROLL);
      const app = await say(house, await byPassword(house, email), { kind: 'chosen', factor: 'otp' });
      const phone = await say(house, app, { kind: 'chosen', factor: 'phone' });
      expect(enrollmentOf(phone)).toMatchObject({ factor: 'phone' });
      const sent = await say(house, phone, { kind: 'addressed', address: '+447700900777' });
      const code = await house.codeFor('+447700900777');
      expect(state(await say(house, sent, { kind: 'responded', code }))).toMatchObject({ name: 'completed' });
      expect((await rowsOf(user.id)).map(([type]) => type).sort()).toEqual(['phone', 'recovery-code']);
    });
    test('may be a mailbox, which no script and no page enrolls', async () => {
      await house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
      const { user, email } = await somebody([]);
      const shown = await byPassword(house, email);
      expect(offered(shown)).toEqual(['otp', 'phone', 'email']);
      const blank = await say(house, shown, { kind: 'chosen', factor: 'email' });
      const wrong = await say(house, blank, { kind: 'addressed', address: 'no mailbox' });
      expect(wrong.notice).toEqual({ key: 'invalid-email' });
      const to = `other-${email}`;
      const sent = await say(house, wrong, { kind: 'addressed', address: to.toUpperCase() });
      const code = await house.codeFor(to);
      expect(state(await say(house, sent, { kind: 'responded', code }))).toMatchObject({ name: 'completed' });
      expect(await house.store.authenticators.ofUser(house.tenant.id, user.id)).toContainEqual(
        expect.objectContaining({ type: 'email', email: to, confirmed: true }),
      );
      const page = await house.begin();
      const onPage = await house.step(page.key, {
        kind: 'submitted',
        identifier: (await somebody([])).email,
        password: PASSWORD,
      });
      expect(offered(onPage)).toEqual(['otp', 'phone']);
      await house.editTenant((tenant) => ({ ...tenant, policies: [] }));
    });
  });

  describe('a recovery code', () => {
    /** Somebody with an app and the recovery code that came with it. */
    const withRecovery = async () => {
      const { user, email } = await somebody([], script(`api.authentication.enrollWith({ type: 'otp' });`));
      const begun = await say(house, await byPassword(house, email), { kind: 'chosen', factor: 'otp' });
      const { recoveryCode = '' } = enrollmentOf(begun);
      await say(house, begun, { kind: 'responded', code: newTotp(house, begun) });
      await house.bind(script(`api.authentication.challengeWithAny([{ type: 'otp' }, { type: 'recovery-code' }]);`));
      const use = async (code: string) => {
        const chosen = await say(house, await byPassword(house, email), { kind: 'chosen', factor: 'recovery-code' });
        return say(house, chosen, { kind: 'responded', code });
      };
      return { user, email, recoveryCode, use };
    };

    test('opens once, and another takes its place', async () => {
      const { recoveryCode, use } = await withRecovery();
      const done = await use(`${recoveryCode.slice(0, 8)} ${recoveryCode.slice(8).toLowerCase()}`);
      expect(state(done)).toMatchObject({ name: 'completed' });
      expect(done.recoveryCode).toMatch(/^[A-Z0-9]{24}$/);
      expect((await use(recoveryCode)).notice).toEqual({ key: 'invalid-code' });
      const again = await use(done.recoveryCode ?? '');
      expect(state(again)).toMatchObject({ name: 'completed' });
      expect(again.login.methods).toContainEqual(expect.objectContaining({ name: 'mfa', type: 'recovery-code' }));
    });
    test('of two that present it at once one gets through', async () => {
      const { email, recoveryCode } = await withRecovery();
      const logins = [];
      for (let i = 0; i < 3; i++) {
        logins.push(await say(house, await byPassword(house, email), { kind: 'chosen', factor: 'recovery-code' }));
      }
      const all = await Promise.all(
        logins.map((shown) => say(house, shown, { kind: 'responded', code: recoveryCode })),
      );
      expect(all.filter((shown) => state(shown).name === 'completed')).toHaveLength(1);
      expect(all.filter((shown) => shown.recoveryCode !== undefined)).toHaveLength(1);
    });
    test('is one of the ways on a page', async () => {
      const { email } = await withRecovery();
      house.clock.advance(60_000);
      const { key } = await house.begin();
      const shown = await house.step(key, { kind: 'submitted', identifier: email, password: PASSWORD });
      expect(offered(shown)).toEqual(['otp', 'recovery-code']);
    });
    test('is asked for no more once the switch is off', async () => {
      const { email, recoveryCode } = await withRecovery();
      const chosen = await say(house, await byPassword(house, email), { kind: 'chosen', factor: 'recovery-code' });
      const switchTo = (on: boolean) =>
        house.editTenant((tenant) => ({ ...tenant, factors: { ...tenant.factors, 'recovery-code': on } }));
      await switchTo(false);
      const shown = await say(house, chosen, { kind: 'responded', code: recoveryCode });
      expect(state(shown)).toMatchObject({ name: 'choosing' });
      expect(offered(shown)).toEqual(['otp']);
      await switchTo(true);
    });
  });

  describe('somebody who is known adds an authenticator', () => {
    const enroll = async (has: ('otp' | 'phone')[], shownBefore: boolean) => {
      const { user, email } = await somebody(has, script(`throw new Error('no script runs');`));
      const connection = await house.store.connections.findByKey(house.tenant.id, user.connection);
      const methods = shownBefore ? [{ name: 'mfa', type: 'otp', at: house.clock.at, in: 'transaction' } as const] : [];
      const { id: connectionId = '', name = '', strategy = '' } = connection ?? {};
      const subject = { kind: 'user', userId: user.id, connectionId, connection: name, strategy } as const;
      const ask = { kind: 'enroll', ordinal: 1, prefer: 'any', factors: [{ type: 'phone' }] } as const;
      const shown = await house.runtime.begin(
        house.tenant,
        {
          door: 'token',
          selection: 'client',
          purpose: 'enrollment',
          request: asked(house),
          person: { subject, methods },
          queue: [{ ...ask, factors: [...ask.factors] }],
        },
        CALLER,
      );
      return { user, email, shown };
    };

    test('without a script, and it is done when the code is right', async () => {
      const { user, shown } = await enroll(['otp'], true);
      expect(state(shown)).toMatchObject({ name: 'choosing', to: 'enroll' });
      const begun = await say(house, shown, { kind: 'chosen', factor: 'phone' });
      expect(enrollmentOf(begun)).not.toHaveProperty('recoveryCode');
      const sent = await say(house, begun, { kind: 'addressed', address: '+447700900888' });
      const done = await say(house, sent, { kind: 'responded', code: await house.codeFor('+447700900888') });
      expect(state(done)).toEqual({ name: 'completed', taken: true });
      expect(done.login.plan).toEqual([]);
      expect((await rowsOf(user.id)).map(([type]) => type)).toEqual(['totp', 'phone']);
      expect((await house.store.users.find(house.tenant.id, user.id))?.loginsCount).toBe(0);
    });
    test('not for a password alone where there is one already', async () => {
      const { shown } = await enroll(['otp'], false);
      expect(state(shown)).toMatchObject({ name: 'denied', code: 'access_denied' });
    });
    test('owes nothing to the policy of logins', async () => {
      await house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
      const { shown } = await enroll(['phone'], true);
      await house.editTenant((tenant) => ({ ...tenant, policies: [] }));
      // There is nothing left to enroll.
      expect(state(shown)).toMatchObject({ name: 'completed' });
    });
  });
});

function enrollmentOf(shown: Awaited<ReturnType<typeof byPassword>>) {
  const { state: at } = shown.login;
  if (at.name !== 'enrolling') throw new Error(`nothing is being enrolled at ${at.name}`);
  return at.enrollment;
}
