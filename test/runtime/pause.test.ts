// The pause, on real cells and both databases: what a script asks for is what a person meets.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOTHING_USABLE, oneUnusable } from '#runtime/factors/select.ts';
import { SWITCH_IS_OFF } from '#runtime/pipeline/run-action.ts';
import { databases } from '#test/kit/databases.ts';
import { BINDING, type House, openHouse } from '#test/kit/house.ts';
import { ANY, answer, logsOf, offered, PHONE, script, signIn, state, totp } from './visit.ts';

const EMAIL_FOR_PHONE = script(
  `if (event.authentication.methods.some((m) => m.name === 'mfa' && m.type === 'phone')) api.authentication.challengeWith({ type: 'email' });`,
);

describe.each(databases())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());

  describe('the pause', () => {
    test('two scripts: a picker, an SMS, and a second challenge by the script that saw it', async () => {
      const { shown, user, email } = await signIn(house, ['phone', 'otp', 'email'], ANY, EMAIL_FOR_PHONE);
      expect(state(shown).name).toBe('choosing');
      expect(offered(shown)).toEqual(['phone', 'otp']);
      const sms = await house.step(shown.key, { kind: 'chosen', factor: 'phone' });
      expect(sms.login.challenges).toMatchObject([{ factor: 'phone', sentTo: 'XXXXXXXXX0123' }]);
      const mail = await answer(house, sms, PHONE);
      expect(state(mail)).toMatchObject({ name: 'challenging', ask: { ordinal: 2 } });
      expect(offered(mail)).toEqual(['email']);
      const done = await answer(house, mail, email);
      expect(state(done)).toEqual({ name: 'completed', taken: false });
      expect(done.login.methods.map(({ name, type }) => type ?? name)).toEqual(['pwd', 'phone', 'email']);

      const finished = await house.runtime.finish(house.tenant, { key: done.key, binding: BINDING });
      if (finished.outcome !== 'finished') throw new Error(finished.outcome);
      const redeemed = await house.runtime.redeem(house.tenant, finished.code);
      expect(redeemed?.login.id).toBe(done.login.id);
      expect(await house.store.commit(redeemed ? [redeemed.spend] : [])).toEqual({ ok: true });
      expect(await house.runtime.redeem(house.tenant, finished.code)).toBeUndefined();
      expect((await house.runtime.recognise(house.tenant, finished.sessionKey))?.userId).toBe(user.id);
      expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual([
        'gd_send_sms',
        'gd_auth_succeed',
        'gd_send_email',
        'gd_auth_succeed',
        's',
      ]);
    });

    test('the second script asks nothing of somebody who used another factor', async () => {
      const { shown } = await signIn(house, ['phone', 'otp', 'email'], ANY, EMAIL_FOR_PHONE);
      const otp = await house.step(shown.key, { kind: 'chosen', factor: 'otp' });
      expect(state(await house.step(otp.key, { kind: 'responded', code: totp(house) })).name).toBe('completed');
    });

    test('one usable factor skips the picker; the other is warned about', async () => {
      const { shown, user } = await signIn(house, ['otp'], ANY);
      expect(state(shown).name).toBe('challenging');
      expect(offered(shown)).toEqual(['otp']);
      expect(await logsOf(house, user.id)).toEqual([['w', oneUnusable('challenge', 'phone')]]);
    });

    test('challengeWith shows its default; another method is one click away and coming back sends nothing', async () => {
      const { shown } = await signIn(
        house,
        ['phone', 'otp'],
        script(`api.authentication.challengeWith({ type: 'phone' }, { additionalFactors: [{ type: 'otp' }] });`),
      );
      expect(state(shown)).toMatchObject({ name: 'challenging' });
      const code = await house.codeFor(PHONE);
      const picker = await house.step(shown.key, { kind: 'reconsidered' });
      expect(offered(picker)).toEqual(['phone', 'otp']);
      const back = await house.step(picker.key, { kind: 'returned' });
      const again = await house.step((await house.step(back.key, { kind: 'reconsidered' })).key, {
        kind: 'chosen',
        factor: 'phone',
      });
      expect(await house.codeFor(PHONE)).toBe(code);
      expect(state(await house.step(again.key, { kind: 'responded', code })).name).toBe('completed');
    });

    test('challengeWith alone has no other method', async () => {
      const { shown } = await signIn(
        house,
        ['phone', 'otp'],
        script(`api.authentication.challengeWith({ type: 'phone' });`),
      );
      expect((await house.submit(shown.key, { kind: 'reconsidered' })).outcome).toBe('elsewhere');
    });

    test('two commands of one script are two challenges, one after the other', async () => {
      const { shown } = await signIn(
        house,
        ['phone', 'otp'],
        script(
          `api.authentication.challengeWith({ type: 'otp' }); api.authentication.challengeWith({ type: 'phone' });`,
        ),
      );
      expect(offered(shown)).toEqual(['otp']);
      const second = await house.step(shown.key, { kind: 'responded', code: totp(house) });
      expect(offered(second)).toEqual(['phone']);
      expect(state(await answer(house, second, PHONE)).name).toBe('completed');
    });

    test('a factor passed in this login is not asked again', async () => {
      const { shown } = await signIn(
        house,
        ['otp'],
        script(`api.authentication.challengeWith({ type: 'otp' });`),
        script(`api.authentication.challengeWith({ type: 'otp' });`),
      );
      expect(state(await house.step(shown.key, { kind: 'responded', code: totp(house) })).name).toBe('completed');
    });

    test('nothing usable ends the login, in the exact words', async () => {
      const { shown, user } = await signIn(house, [], ANY);
      expect(state(shown)).toEqual({ name: 'denied', code: 'access_denied', reason: NOTHING_USABLE });
      expect(await logsOf(house, user.id)).toEqual([['mfar', NOTHING_USABLE]]);
    });

    test('a fifth challenge ends the login and names the limit', async () => {
      const five = script(`for (let i = 0; i < 5; i++) api.authentication.challengeWith({ type: 'otp' });`);
      expect(state((await signIn(house, ['otp'], five)).shown)).toMatchObject({
        name: 'denied',
        reason: expect.stringContaining('limit of four'),
      });
    });

    test('with the tenant switch off a command fails closed', async () => {
      await house.editTenant((tenant) => ({ ...tenant, customizeMfa: false }));
      const { shown, user } = await signIn(house, ['otp'], ANY);
      await house.editTenant((tenant) => ({ ...tenant, customizeMfa: true }));
      expect(state(shown)).toMatchObject({ name: 'denied', code: 'access_denied', reason: SWITCH_IS_OFF });
      expect(SWITCH_IS_OFF).toContain('customize_mfa_in_postlogin_action');
      expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual(['mfar']);
    });
  });
});
