// Codes, passwords, sessions and a changing world, in real logins on real cells and both databases.
import { hash as bcrypt } from '@node-rs/bcrypt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import { BINDING, type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { ANY, logsOf, offered, PHONE, script, signIn, state, totp } from './visit.ts';

describe.each(databases())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());

  describe('codes', () => {
    test('a new code voids the former', async () => {
      const { shown } = await signIn(house, ['phone'], ANY);
      const first = await house.codeFor(PHONE);
      const again = await house.step(shown.key, { kind: 'resent' });
      const second = await house.codeFor(PHONE);
      expect((await house.step(again.key, { kind: 'responded', code: first })).notice).toEqual({ key: 'invalid-code' });
      expect(state(await house.step(again.key, { kind: 'responded', code: second })).name).toBe('completed');
    });

    test('ten wrong codes empty the bucket; then the right one must wait, resend or not', async () => {
      const { shown, user } = await signIn(house, ['phone'], ANY);
      const right = await house.codeFor(PHONE);
      const wrong = right === '000000' ? '000001' : '000000';
      for (let i = 0; i < 10; i++) {
        expect((await house.step(shown.key, { kind: 'responded', code: wrong })).notice?.key).toBe('invalid-code');
      }
      const eleventh = await house.step(shown.key, { kind: 'responded', code: right });
      expect(eleventh).toMatchObject({
        notice: { key: 'too-many-failures', retryAfterSeconds: 360 },
        login: { state: { name: 'challenging' } },
      });
      const resent = await house.step(shown.key, { kind: 'resent' });
      const fresh = await house.codeFor(PHONE);
      expect((await house.step(resent.key, { kind: 'responded', code: fresh })).notice?.key).toBe('too-many-failures');
      house.clock.advance(6 * 60_000);
      const late = await house.step(resent.key, { kind: 'resent' });
      expect(state(await house.step(late.key, { kind: 'responded', code: await house.codeFor(PHONE) })).name).toBe(
        'completed',
      );
      expect((await logsOf(house, user.id)).filter(([type]) => type === 'gd_otp_rate_limit_exceed')).toHaveLength(2);
    });

    test('a code is void after five minutes', async () => {
      const { shown } = await signIn(house, ['phone'], ANY);
      const code = await house.codeFor(PHONE);
      house.clock.advance(5 * 60_000);
      expect((await house.step(shown.key, { kind: 'responded', code })).notice?.key).toBe('invalid-code');
    });

    test('without a provider and without an inbox the login goes on and the page can say so', async () => {
      const production = await openHouse({
        databaseUrl: await open(),
        sandbox: house.ports.sandbox,
        ports: { inbox: false },
      });
      await production.bind(ANY);
      await production.user('ana', ['phone']);
      const { key } = await production.begin();
      const shown = await production.step(key, {
        kind: 'submitted',
        identifier: 'ana@example.com',
        password: PASSWORD,
      });
      expect(shown.login).toMatchObject({ state: { name: 'challenging' }, challenges: [{ undelivered: true }] });
      expect(await production.logTypes()).toContain('gd_send_sms_failure');
      await production.close();
    });
  });

  describe('the world during a pause', () => {
    test.each([
      [
        'blocked',
        (h: House, id: string) => h.store.users.update(h.tenant.id, id, (row) => ({ ...row, blocked: true })),
      ],
      ['client removed', (h: House) => h.store.clients.remove(h.tenant.id, h.client.id)],
    ])('%s: denied', async (_how, happen) => {
      const other = await openHouse({ databaseUrl: await open(), sandbox: house.ports.sandbox });
      await other.bind(ANY);
      const user = await other.user('ana', ['phone']);
      const { key } = await other.begin();
      const shown = await other.step(key, { kind: 'submitted', identifier: 'ana@example.com', password: PASSWORD });
      const code = await other.codeFor(PHONE);
      await happen(other, user.id);
      expect(state(await other.step(shown.key, { kind: 'responded', code })).name).toBe('denied');
      await other.close();
    });

    test('a deleted user takes the open login along', async () => {
      const { shown, user } = await signIn(house, ['phone'], ANY);
      await house.store.users.remove(house.tenant.id, user.id);
      expect((await house.submit(shown.key, { kind: 'responded', code: '000000' })).outcome).toBe('nothing');
    });

    test('a factor switched off: select again', async () => {
      const { shown } = await signIn(house, ['phone', 'otp'], ANY);
      const sms = await house.step(shown.key, { kind: 'chosen', factor: 'phone' });
      const code = await house.codeFor(PHONE);
      await house.editTenant((tenant) => ({ ...tenant, factors: { ...tenant.factors, sms: false } }));
      const again = await house.step(sms.key, { kind: 'responded', code });
      await house.editTenant((tenant) => ({ ...tenant, factors: { ...tenant.factors, sms: true } }));
      expect(state(again).name).toBe('challenging');
      expect(offered(again)).toEqual(['otp']);
    });
  });

  describe('who is there', () => {
    test('a wrong password and an unknown address look the same; the log tells them apart', async () => {
      const user = await house.user(`w${house.clock.at}`);
      const { email } = user;
      const { key } = await house.begin();
      const wrong = await house.step(key, { kind: 'submitted', identifier: email!, password: 'nope' });
      const unknown = await house.step(key, { kind: 'submitted', identifier: 'nobody@example.com', password: 'nope' });
      expect(wrong.notice).toEqual({ key: 'wrong-credentials' });
      expect(unknown).toEqual(wrong);
      expect((await house.logTypes()).slice(-2)).toEqual(['fp', 'fu']);
      expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual(['fp']);
    });

    test('an imported bcrypt hash is taken once and replaced', async () => {
      const passwordHash = await bcrypt(PASSWORD, { cost: 4 });
      const user = await house.user('imported', [], { passwordHash });
      await house.bind();
      const { key } = await house.begin();
      expect(
        state(await house.step(key, { kind: 'submitted', identifier: user.email!, password: PASSWORD })).name,
      ).toBe('completed');
      const row = await house.store.users.find(house.tenant.id, user.id);
      expect(row?.passwordHash).toMatch(/^\$argon2id\$/);
      expect((await house.ports.passwords.verify(PASSWORD, row?.passwordHash)).ok).toBe(true);
    });

    test('a session runs the scripts again, and what it proved before is seen but not enough', async () => {
      const seen = script(
        `api.idToken.setCustomClaim('https://x/methods', event.authentication.methods.map((m) => m.type ?? m.name)); api.authentication.challengeWith({ type: 'otp' });`,
      );
      const { shown, user } = await signIn(house, ['otp'], seen);
      const done = await house.step(shown.key, { kind: 'responded', code: totp(house) });
      const finished = await house.runtime.finish(house.tenant, { key: done.key, binding: BINDING });
      if (finished.outcome !== 'finished') throw new Error(finished.outcome);
      const session = await house.runtime.recognise(house.tenant, finished.sessionKey);
      const sso = await house.begin({ session: session! });
      expect(state(sso).name).toBe('challenging');
      expect(sso.login.outcome.idTokenClaims).toEqual({ 'https://x/methods': ['pwd', 'otp'] });

      const silent = await house.begin({ session: session!, door: 'silent', selection: 'nobody' });
      expect(state(silent)).toMatchObject({ name: 'denied', code: 'interaction_required' });
      expect((await house.runtime.read(house.tenant, { key: silent.key, binding: BINDING })).found).toBe('nothing');
      await house.bind(script(''));
      expect(state(await house.begin({ session: session!, door: 'silent', selection: 'nobody' })).name).toBe(
        'completed',
      );
      expect((await house.store.users.find(house.tenant.id, user.id))?.loginsCount).toBe(1);
    });

    test('silent without a session needs a login, and leaves nothing', async () => {
      expect(state(await house.begin({ door: 'silent', selection: 'nobody' }))).toMatchObject({
        name: 'denied',
        code: 'login_required',
      });
    });

    test('neither a denied nor an unfinished login leaves a session', async () => {
      const denied = await signIn(house, [], script(`api.access.deny('no');`));
      const waiting = await signIn(house, ['otp'], ANY);
      for (const { shown } of [denied, waiting]) {
        expect(await house.store.sessions.find(house.tenant.id, shown.login.sessionId)).toBeUndefined();
      }
    });
  });
});
