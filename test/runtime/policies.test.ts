// What is asked after the last Action, on real cells and both databases: `multifactor.enable`, the tenant's policies, and
// browsers that are remembered (actions-api, section 3.5).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Shown } from '#runtime/runtime.ts';
import type { TenantRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { BINDING, CALLER, type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import {
  answer,
  comeBack,
  journey,
  logsOf,
  newTotp,
  offered,
  PHONE,
  script,
  sessionOf,
  signIn,
  signInAgain,
  state,
  totp,
} from './visit.ts';

const enable = (provider: string, options = '') =>
  script(`api.multifactor.enable('${provider}'${options && `, ${options}`});`);
const CHALLENGE = `api.authentication.challengeWith({ type: 'otp' });`;
const DAY = 24 * 60 * 60_000;

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());
  const policies = (...wanted: TenantRecord['policies']) =>
    house.editTenant((tenant) => ({ ...tenant, policies: wanted }));
  beforeEach(() => policies());
  const respond = (shown: Shown, code: string, remember = false) =>
    house.step(shown.key, { kind: 'responded', code, remember });

  describe('multifactor.enable', () => {
    test('asks once, after the last Action', async () => {
      const { shown } = await signIn(
        house,
        ['phone', 'otp'],
        enable('any'),
        script(`api.idToken.setCustomClaim('https://x/ran', true);`),
      );
      expect(state(shown)).toMatchObject({
        name: 'challenging',
        ask: { kind: 'challenge-or-enroll' },
      });
      expect(offered(shown)).toEqual(['otp', 'phone']);
      expect(shown.login.outcome.idTokenClaims).toEqual({ 'https://x/ran': true });
      expect(state(await respond(shown, totp(house))).name).toBe('completed');
    });

    test('another method of the person is a click away', async () => {
      const { shown } = await signIn(house, ['phone', 'otp'], enable('guardian'));
      const picker = await house.step(shown.key, { kind: 'reconsidered' });
      const sms = await house.step(picker.key, { kind: 'chosen', factor: 'phone' });
      expect(state(await answer(house, sms, PHONE)).name).toBe('completed');
    });

    test('the last call wins; none asks nothing, not even for the policy', async () => {
      await policies('all-applications');
      const { shown } = await signIn(house, ['otp'], enable('any'), enable('none'));
      expect(state(shown).name).toBe('completed');
      const other = await signIn(house, ['otp'], enable('none'), enable('any'));
      expect(state(other.shown).name).toBe('challenging');
    });

    test('is met by a command, whatever its factor', async () => {
      const { shown } = await signIn(
        house,
        ['otp', 'phone'],
        enable('google-authenticator'),
        script(`api.authentication.challengeWith({ type: 'phone' });`),
      );
      expect(state(await answer(house, shown, PHONE)).name).toBe('completed');
    });

    test('comes after a redirect of the last Action', async () => {
      const { shown } = await signIn(
        house,
        ['otp'],
        journey(`api.multifactor.enable('any'); api.redirect.sendUserTo('https://away.example/');`, ''),
      );
      expect(state(shown).name).toBe('redirected');
      expect(state(await comeBack(house, shown)).name).toBe('challenging');
    });

    test('of an app enrolls one where there is no factor; of Duo fails', async () => {
      const app = await signIn(house, [], enable('google-authenticator'));
      expect(state(app.shown)).toMatchObject({ name: 'enrolling', enrollment: { factor: 'otp' } });
      expect(state(await respond(app.shown, newTotp(house, app.shown))).name).toBe('completed');
      const duo = await signIn(house, ['otp'], enable('duo'));
      expect(state(duo.shown)).toMatchObject({ name: 'denied', code: 'access_denied' });
      expect((await logsOf(house, duo.user.id)).map(([type]) => type)).toEqual(['mfar']);
    });

    test('works with the switch for commands off', async () => {
      await house.editTenant((tenant) => ({ ...tenant, customizeMfa: false }));
      const { shown } = await signIn(house, ['otp'], enable('any'));
      await house.editTenant((tenant) => ({ ...tenant, customizeMfa: true }));
      expect(state(shown).name).toBe('challenging');
    });
  });

  describe('the policy for all applications', () => {
    beforeEach(() => policies('all-applications'));
    test('asks whoever has a factor, and enrolls whoever has none', async () => {
      const some = await signIn(house, ['phone'], script(''));
      expect(offered(some.shown)).toEqual(['phone']);
      const none = await signIn(house, [], script(''));
      expect(state(none.shown)).toMatchObject({ name: 'choosing', to: 'enroll' });
      expect(offered(none.shown)).toEqual(['otp', 'phone']);
    });
    test('is met by a command, and by an enrollment', async () => {
      const challenged = await signIn(house, ['otp'], script(CHALLENGE));
      expect(state(await respond(challenged.shown, totp(house))).name).toBe('completed');
      const enrolled = await signIn(house, [], script(`api.authentication.enrollWith({ type: 'otp' });`));
      expect(state(await respond(enrolled.shown, newTotp(house, enrolled.shown))).name).toBe('completed');
    });
    test('is not met by an enrollment that was not needed', async () => {
      const { shown } = await signIn(house, ['otp'], script(`api.authentication.enrollWith({ type: 'otp' });`));
      expect(state(shown)).toMatchObject({ name: 'challenging', ask: { kind: 'challenge-or-enroll' } });
    });
    test('asks again in every login of a session; silently it cannot', async () => {
      const { shown } = await signIn(house, ['otp'], script(''));
      const session = await sessionOf(house, await respond(shown, totp(house)));
      expect(state(await house.begin({ session })).name).toBe('challenging');
      expect(state(await house.begin({ session, door: 'silent', selection: 'nobody' }))).toMatchObject({
        code: 'interaction_required',
      });
    });
    test('without a factor to be had the login ends', async () => {
      const { factors } = house.tenant;
      await house.editTenant((tenant) => ({
        ...tenant,
        factors: { ...factors, otp: false, sms: false, email: false },
      }));
      const { shown } = await signIn(house, ['otp', 'email'], script(''));
      await house.editTenant((tenant) => ({ ...tenant, factors }));
      expect(state(shown)).toMatchObject({ name: 'denied', code: 'access_denied' });
    });
  });

  test('the adaptive policy asks in a browser that nobody knows, and not in the one it has seen', async () => {
    const { shown, email } = await signIn(house, ['otp'], script(''));
    expect(state(shown).name).toBe('completed');
    await policies('confidence-score');
    expect(state(await signInAgain(house, email)).name).toBe('completed');
    const begun = await house.begin({ binding: 'a-browser-nobody-knows' });
    const reference = { key: begun.key, binding: 'a-browser-nobody-knows' };
    const input = { kind: 'submitted', identifier: email, password: PASSWORD } as const;
    const caller = { ...CALLER, userAgent: 'another' };
    const submitted = await house.runtime.submit(house.tenant, reference, input, caller);
    expect(submitted).toMatchObject({ shown: { login: { state: { name: 'challenging', ask: { adaptive: true } } } } });
  });

  describe('a remembered browser', () => {
    const remembered = async (source: string) => {
      const visit = await signIn(house, ['otp'], source);
      expect(visit.shown.login.mfa.rememberable).toBe('offered');
      expect(state(await respond(visit.shown, totp(house), true)).name).toBe('completed');
      return visit;
    };

    test('meets a command; another browser does not, nor does one without a tick', async () => {
      const { email } = await remembered(script(CHALLENGE));
      expect(state(await signInAgain(house, email)).name).toBe('completed');
      const begun = await house.begin({ binding: 'another' });
      const input = { kind: 'submitted', identifier: email, password: PASSWORD } as const;
      const elsewhere = await house.runtime.submit(house.tenant, { key: begun.key, binding: 'another' }, input, CALLER);
      expect(elsewhere).toMatchObject({ shown: { login: { state: { name: 'challenging' } } } });
      const unticked = await signIn(house, ['otp'], script(CHALLENGE));
      await respond(unticked.shown, totp(house));
      expect(state(await signInAgain(house, unticked.email)).name).toBe('challenging');
    });

    test('meets the policy too, and so does a browser that stood in for a command', async () => {
      await policies('all-applications');
      const { email } = await remembered(script(''));
      expect(state(await signInAgain(house, email)).name).toBe('completed');
      await house.bind(script(CHALLENGE));
      expect(state(await signInAgain(house, email)).name).toBe('completed');
    });

    test.each([
      ['enabled without remembering', `api.multifactor.enable('any'); ${CHALLENGE}`],
      [
        'enabled with remembering refused',
        `api.multifactor.enable('any', { allowRememberBrowser: false }); ${CHALLENGE}`,
      ],
    ])('does not meet a command after it was %s, and shows no box', async (_how, body) => {
      const { email } = await remembered(script(CHALLENGE));
      await house.bind(script(body));
      const again = await signInAgain(house, email);
      expect(again.login).toMatchObject({ state: { name: 'challenging' }, mfa: { rememberable: 'never' } });
    });

    test('is remembered without a tick by an app that was enabled with remembering', async () => {
      const source = enable('google-authenticator', '{ allowRememberBrowser: true }');
      const { shown, email } = await signIn(house, ['otp'], source);
      expect(shown.login.mfa.rememberable).toBe('always');
      await respond(shown, totp(house));
      expect(state(await signInAgain(house, email)).name).toBe('completed');
    });

    test('is forgotten after seven days without a login, and thirty without a factor called for', async () => {
      const { email } = await remembered(script(CHALLENGE));
      house.clock.advance(6 * DAY);
      expect(state(await signInAgain(house, email)).name).toBe('completed');
      house.clock.advance(7 * DAY);
      expect(state(await signInAgain(house, email)).name).toBe('challenging');

      const quiet = await remembered(script(CHALLENGE));
      await house.bind(script(''));
      for (let week = 0; week < 4; week++) {
        house.clock.advance(6 * DAY);
        expect(state(await signInAgain(house, quiet.email)).name).toBe('completed');
      }
      house.clock.advance(6 * DAY);
      await house.bind(script(CHALLENGE));
      expect(state(await signInAgain(house, quiet.email)).name).toBe('challenging');
    });

    test('forgotten by the tenant is forgotten', async () => {
      const { user, email } = await remembered(script(CHALLENGE));
      await house.store.rememberedBrowsers.clear(house.tenant.id, user.id);
      expect(state(await signInAgain(house, email)).name).toBe('challenging');
    });

    test('does not make up for a factor that is gone', async () => {
      const { email } = await remembered(script(CHALLENGE));
      const { factors } = house.tenant;
      await house.editTenant((tenant) => ({ ...tenant, factors: { ...factors, otp: false } }));
      const again = await signInAgain(house, email);
      await house.editTenant((tenant) => ({ ...tenant, factors }));
      expect(state(again).name).toBe('denied');
    });

    test('whose only factor is a mailbox is asked all the same', async () => {
      const source = script(`api.authentication.challengeWith({ type: 'email' });`);
      const { shown, email } = await signIn(house, ['email'], source);
      await respond(shown, await house.codeFor(email), true);
      expect(state(await signInAgain(house, email)).name).toBe('challenging');
    });
  });

  test('what a login needs is asked in this browser alone', async () => {
    const { shown } = await signIn(house, ['otp'], enable('any'));
    expect((await house.runtime.read(house.tenant, { key: shown.key, binding: 'another' })).found).toBe('nothing');
    expect((await house.runtime.read(house.tenant, { key: shown.key, binding: BINDING })).found).toBe('present');
  });
});
