// Test: a phone that approves sign-ins, from the picture to its removal: what it may do, what nobody may do in its place,
// and that the login goes on only where it is held.
import { generateSync } from 'otplib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Shown } from '#runtime/runtime.ts';
import type { UserRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { type Exchange, openExchange, type Phone } from './phone.ts';

const ENROLL = `exports.onExecutePostLogin = async (event, api) => api.authentication.enrollWith({ type: 'push-notification' });`;
const CHALLENGE = `exports.onExecutePostLogin = async (event, api) => api.authentication.challengeWith({ type: 'push-notification' });`;
const CODELESS = CHALLENGE.replace(`'push-notification'`, `'push-notification', options: { otpFallback: false }`);

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  let phones: Exchange;
  let people = 0;
  let user: UserRecord;
  let who: string;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open(), on: ['push-notification', 'otp', 'sms'] });
    phones = openExchange(house);
  }, 60_000);
  afterAll(() => house.close());
  beforeEach(async () => {
    who = `person-${++people}`;
    user = await house.user(who);
    house.clock.advance(60_000);
  });

  async function signIn(script: string): Promise<Shown> {
    await house.bind(script);
    const { key } = await house.begin();
    return house.step(key, { kind: 'submitted', identifier: `${who}@example.com`, password: PASSWORD });
  }
  /** The key of the picture that an enrolling login shows. */
  function pictureOf({ login: { state } }: Shown): string {
    if (state.name !== 'enrolling' || state.enrollment.factor !== 'push-notification') throw new Error(state.name);
    return state.enrollment.key;
  }
  /** A login that has enrolled a phone and is over. */
  async function newPhone(name?: string): Promise<Phone> {
    const shown = await signIn(ENROLL);
    const { phone } = await phones.enroll(pictureOf(shown), name);
    const told = await house.step(shown.key, { kind: 'polled' });
    expect(told.login.state).toMatchObject({ name: 'informing', notes: [{ kind: 'enrolled' }] });
    const done = await house.step(told.key, { kind: 'acknowledged' });
    expect(done.login.state.name).toBe('completed');
    return phone;
  }
  const numberOf = ({ login }: Shown) => login.challenges[0]?.number ?? '';
  const poll = (shown: Shown) => house.step(shown.key, { kind: 'polled' });
  const noticeOf = async (shown: Shown) => (await poll(shown)).notice?.key;

  describe('enrollment', () => {
    test('makes a device that counts once the browser says so', async () => {
      const shown = await signIn(ENROLL);
      expect((await poll(shown)).notice?.key).toBe('challenge-transaction-pending');
      const key = pictureOf(shown);
      expect(await phones.offer(key)).toMatchObject({ status: 200, body: { account: `${who}@example.com` } });
      const { status, body, phone } = await phones.enroll(key, ' My\u0007phone ');
      expect(status).toBe(200);
      expect(body.public_key).toMatch(/^[\w-]{87}$/);
      const row = await house.store.authenticators.find(house.tenant.id, phone.id);
      expect(row).toMatchObject({ confirmed: false, name: 'My phone', userId: user.id, type: 'push' });
      expect(row?.device?.publicKey).not.toHaveProperty('d');
      expect((await phone.say('requests')).body).toMatchObject({ confirmed: false, requests: [] });

      const told = await poll(shown);
      expect(told.login.state.name).toBe('informing');
      expect((await phone.say('requests')).body).toMatchObject({ confirmed: true });
      expect(await house.logTypes()).toContain('gd_enrollment_complete');
    });

    test('is for one phone: the second to read the picture comes too late', async () => {
      const shown = await signIn(ENROLL);
      const key = pictureOf(shown);
      const both = await Promise.all([phones.enroll(key), phones.enroll(key)]);
      expect(both.map(({ status }) => status).sort()).toEqual([200, 410]);
      expect((await phones.offer(key)).body.error).toBe('enrollment-over');
    });

    test.each<[name: string, meanwhile: (shown: Shown) => Promise<unknown> | unknown]>([
      ['has run out', () => house.clock.advance(5 * 60_000)],
      ['was drawn anew', (shown) => house.step(shown.key, { kind: 'resent' })],
      [
        'belongs to a blocked user',
        () => house.store.users.update(house.tenant.id, user.id, (u) => ({ ...u, blocked: true })),
      ],
    ])('a picture that %s opens nothing', async (_case, meanwhile) => {
      const shown = await signIn(ENROLL);
      const key = pictureOf(shown);
      await meanwhile(shown);
      expect(await phones.offer(key)).toMatchObject({ status: 410, body: { error: 'enrollment-over' } });
      expect(await phones.enroll(key)).toMatchObject({ status: 410, body: { error: 'enrollment-over' } });
    });

    test('a factor that was switched off meanwhile cannot be enrolled', async () => {
      const shown = await signIn(ENROLL);
      await switchPush(false);
      expect((await phones.enroll(pictureOf(shown))).body.error).toBe('enrollment-over');
      await switchPush(true);
    });

    test.each([
      ['nobody', 'k'.repeat(43)],
      ['the login itself', 'its key'],
    ])('the key of %s is none', async (_case, given) => {
      const shown = await signIn(ENROLL);
      const key = given === 'its key' ? shown.key : given;
      expect((await phones.enroll(key)).body.error).toBe('enrollment-over');
    });
  });

  const switchPush = (on: boolean) =>
    house.editTenant((tenant) => ({ ...tenant, factors: { ...tenant.factors, 'push-notification': on } }));

  describe('a challenge', () => {
    test('is shown with what it is about and approved by the number; the login moves in its browser alone', async () => {
      const phone = await newPhone();
      const shown = await signIn(CHALLENGE);
      const number = numberOf(shown);
      const request = await phone.request();
      expect(request).toMatchObject({ application: 'App', ip: '203.0.113.7', user_agent: 'test' });
      expect(new Set(request.choices).size).toBe(3);
      expect(request.choices).toContain(number);
      expect(request).not.toHaveProperty('number');
      expect(await noticeOf(shown)).toBe('challenge-transaction-pending');

      const answer = { request: request.id, decision: 'approve', number };
      expect((await phone.say('answer', answer)).body.outcome).toBe('approved');
      const read = await house.runtime.read(house.tenant, { key: shown.key, binding: 'this-browser' });
      expect(read).toMatchObject({ found: 'present', shown: { login: { state: { name: 'challenging' } } } });
      const done = await poll(shown);
      expect(done.login.state.name).toBe('completed');
      expect(done.login.methods.at(-1)).toMatchObject({
        name: 'mfa',
        type: 'push-notification',
        authenticatorId: phone.id,
      });
      expect((await phone.say('answer', answer)).body.error).toBe('answered-request');
    });

    test.each([
      ['refused', { decision: 'refuse' }, 'refused'],
      ['answered with another number', { decision: 'approve', number: '777' }, 'wrong-number'],
    ])('that is %s is over, and can be sent again', async (_case, decision, outcome) => {
      const phone = await newPhone();
      const shown = await signIn(CHALLENGE);
      const { id } = await phone.request();
      expect((await phone.say('answer', { request: id, ...decision })).body.outcome).toBe(outcome);
      const told = await poll(shown);
      expect(told.notice?.key).toBe('transaction-rejected');
      const right = { request: id, decision: 'approve', number: numberOf(shown) };
      expect((await phone.say('answer', right)).body.error).toBe('answered-request');
      expect(await noticeOf(shown)).toBe('transaction-rejected');
      const { records } = await house.store.logs.list(house.tenant.id, {
        order: 'newest',
        page: { offset: 0, limit: 20 },
      });
      const rejected = records.filter(({ type, userId }) => type === 'gd_auth_rejected' && userId === user.id);
      expect(rejected).toMatchObject([{ ip: '203.0.113.7', clientName: 'App', userAgent: 'test' }]);

      const again = await house.step(shown.key, { kind: 'resent' });
      const anew = await phone.request();
      expect(anew.id).not.toBe(id);
      await phone.say('answer', { request: anew.id, decision: 'approve', number: numberOf(again) });
      expect((await poll(again)).login.state.name).toBe('completed');
    });

    test('that ran out takes no answer, and the page says so', async () => {
      const phone = await newPhone();
      const shown = await signIn(CHALLENGE);
      const { id } = await phone.request();
      house.clock.advance(5 * 60_000);
      const late = { request: id, decision: 'approve', number: numberOf(shown) };
      expect((await phone.say('answer', late)).body.error).toBe('expired-request');
      expect((await phone.say('requests')).body.requests).toEqual([]);
      expect(await noticeOf(shown)).toBe('transaction-not-found');
    });

    test('is answered by its own device alone', async () => {
      const phone = await newPhone();
      const [own, ownUser] = [who, user];
      who = `stranger-${people}`;
      user = await house.user(who);
      const other = await newPhone();
      [who, user] = [own, ownUser];
      const shown = await signIn(CHALLENGE);
      const { id } = await phone.request();
      const answer = { request: id, decision: 'approve', number: numberOf(shown) };
      expect(await other.say('answer', answer)).toMatchObject({ status: 404, body: { error: 'unknown-request' } });
      expect(await noticeOf(shown)).toBe('challenge-transaction-pending');
    });

    test('goes with its device: one that was removed while it was open approves nothing', async () => {
      const phone = await newPhone();
      const shown = await signIn(CHALLENGE);
      const { id } = await phone.request();
      expect((await phone.say('remove')).status).toBe(200);
      const answer = { request: id, decision: 'approve', number: numberOf(shown) };
      expect((await phone.say('answer', answer)).body.error).toBe('unknown-device');
      expect((await poll(shown)).login.state).toMatchObject({ name: 'denied', code: 'access_denied' });
      expect(await house.logTypes()).toContain('gd_unenroll');
    });

    test('goes with the factor: switched off in mid-login, an approval counts for nothing', async () => {
      const phone = await newPhone();
      const shown = await signIn(CHALLENGE);
      const request = await phone.request();
      const answer = { request: request.id, decision: 'approve', number: numberOf(shown) };
      await switchPush(false);
      expect((await phone.say('answer', answer)).body.error).toBe('unknown-request');
      expect((await poll(shown)).login.state.name).toBe('denied');
      await switchPush(true);
    });

    test('of one login does not open another of the same person', async () => {
      const phone = await newPhone();
      const first = await signIn(CHALLENGE);
      const second = await signIn(CHALLENGE);
      const { body } = await phone.say('requests');
      expect(body.requests).toHaveLength(2);
      const id = second.login.challenges[0]?.id ?? '';
      await phone.say('answer', { request: id, decision: 'approve', number: numberOf(second) });
      expect(await noticeOf(first)).toBe('challenge-transaction-pending');
      expect((await poll(second)).login.state.name).toBe('completed');
    });

    test('is answered once, however many tabs ask', async () => {
      const phone = await newPhone();
      const shown = await signIn(CHALLENGE);
      const { id } = await phone.request();
      await phone.say('answer', { request: id, decision: 'approve', number: numberOf(shown) });
      const tabs = await Promise.all([1, 2].map(() => house.submit(shown.key, { kind: 'polled' })));
      expect(tabs.map(({ outcome }) => outcome).sort()).toEqual(['elsewhere', 'moved']);
    });

    test('two answers at once: one stands', async () => {
      const phone = await newPhone();
      const shown = await signIn(CHALLENGE);
      const { id } = await phone.request();
      const said = await Promise.all([
        phone.say('answer', { request: id, decision: 'approve', number: numberOf(shown) }),
        phone.say('answer', { request: id, decision: 'refuse' }),
      ]);
      expect(said.map(({ status }) => status).sort()).toEqual([200, 409]);
    });

    test('is met by a code of the device, unless the script says otherwise', async () => {
      const phone = await newPhone();
      const code = () => generateSync({ secret: phone.secret, epoch: Math.floor(house.clock.at / 1000) });
      const shown = await signIn(CHALLENGE);
      expect((await house.step(shown.key, { kind: 'responded', code: code() })).login.state.name).toBe('completed');
      expect((await phone.say('requests')).body.requests).toEqual([]);
      house.clock.advance(60_000);
      const without = await signIn(CODELESS);
      const refused = await house.step(without.key, { kind: 'responded', code: code() });
      expect(refused.notice?.key).toBe('authenticator-error');
    });

    test('comes at most five times a minute', async () => {
      const phone = await newPhone();
      let shown = await signIn(CHALLENGE);
      for (let sent = 1; sent < 5; sent++) {
        shown = await house.step(shown.key, { kind: 'resent' });
        expect(shown.notice).toBeUndefined();
      }
      const last = await house.step(shown.key, { kind: 'resent' });
      expect(last.notice?.key).toBe('too-many-push');
      // What was asked last stays open, and nothing else does.
      const { body } = await phone.say('requests');
      expect(body.requests).toMatchObject([{ id: last.login.challenges[0]?.id }]);
      house.clock.advance(12_000);
      expect((await house.step(last.key, { kind: 'resent' })).notice).toBeUndefined();
    });

    test('comes at most ten times in one login', async () => {
      await newPhone();
      let shown = await signIn(CHALLENGE);
      for (let sent = 1; sent < 10; sent++) {
        house.clock.advance(12_000);
        shown = await house.step(shown.key, { kind: 'resent' });
        expect(shown.notice).toBeUndefined();
      }
      house.clock.advance(60_000);
      expect((await house.step(shown.key, { kind: 'resent' })).notice?.key).toBe('too-many-push');
    });

    test('stands in the dev inbox with its device as the address', async () => {
      const phone = await newPhone();
      const shown = await signIn(CHALLENGE);
      const [message] = await house.store.messages.inbox(house.tenant.id, phone.id, 1);
      expect(message).toMatchObject({ channel: 'push', id: shown.login.challenges[0]?.id, code: numberOf(shown) });
      expect(await house.logTypes()).toContain('gd_send_pn');
    });
  });
});
