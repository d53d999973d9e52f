// Whole logins in the hands of a client: begun with a password, a second factor chosen by the client, nothing of a browser.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { BINDING, CALLER, type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { byPassword, leftOf, newcomer, say, submitAsClient } from './at-a-client.ts';
import { ANY, logsOf, offered, PHONE, script, state, totp } from './visit.ts';

const SEEN = script(`api.idToken.setCustomClaim('https://x/seen', {
  methods: event.authentication.methods.map(({ name, type }) => type ?? name),
  protocol: event.transaction.protocol,
  body: event.request.body,
});`);
const NOTHING = { row: false, handle: false, sessions: 0, devices: 0 };
const ENROLLED = { row: true, handle: true, sessions: 0, devices: 0 };

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open(), on: ['otp', 'sms', 'email', 'recovery-code'] });
  });
  afterAll(() => house.close());

  const somebody = (has: ('otp' | 'phone' | 'email')[], ...scripts: string[]) => newcomer(house, has, ...scripts);

  describe('a right password', () => {
    test('is through at once, and leaves no row, no session and no browser', async () => {
      const { user, email } = await somebody([], SEEN);
      const done = await byPassword(house, email);
      expect(state(done)).toEqual({ name: 'completed', taken: true });
      expect(done.login.subject).toMatchObject({ userId: user.id });
      expect(done.login.outcome.idTokenClaims).toEqual({
        'https://x/seen': {
          methods: ['pwd'],
          protocol: 'oauth2-password',
          body: { grant_type: 'password' },
        },
      });
      expect(await leftOf(house, done)).toEqual(NOTHING);
      expect((await house.store.users.find(house.tenant.id, user.id))?.loginsCount).toBe(1);
    });
    test('writes what scripts recorded', async () => {
      const { user, email } = await somebody([], script(`api.user.setAppMetadata('by', event.transaction.protocol);`));
      await byPassword(house, email);
      const row = await house.store.users.find(house.tenant.id, user.id);
      expect(row?.appMetadata).toEqual({ by: 'oauth2-password' });
    });
    test('that a script denies leaves no row either, and its line', async () => {
      const { user, email } = await somebody([], script(`api.access.deny('Not here.');`));
      const done = await byPassword(house, email);
      expect(state(done)).toEqual({ name: 'denied', code: 'access_denied', reason: 'Not here.' });
      expect(await leftOf(house, done)).toEqual(NOTHING);
      expect(await logsOf(house, user.id)).toContainEqual(['f', 'Not here.']);
    });
    test('cannot be fetched like a login on pages', async () => {
      const { email } = await somebody(['otp'], ANY);
      const shown = await byPassword(house, email);
      const done = await say(house, await say(house, shown, { kind: 'chosen', factor: 'otp' }), {
        kind: 'responded',
        code: totp(house),
      });
      expect(state(done)).toEqual({ name: 'completed', taken: true });
      for (const reference of [{ key: done.key, heldBy: 'client' } as const, { key: done.key, binding: BINDING }]) {
        const finished = await house.runtime.finish(house.tenant, reference);
        expect(finished.outcome).not.toBe('finished');
      }
    });
  });

  test.each<[string, string, string]>([
    ['a wrong password', 'a guess', 'wrong-credentials'],
    ['an empty one', '', 'wrong-credentials'],
  ])('%s leaves the login where it was, and nothing of it', async (_name, password, notice) => {
    const { email } = await somebody([], SEEN);
    const shown = await byPassword(house, email, { password });
    expect(shown).toMatchObject({ notice: { key: notice }, login: { state: { name: 'identifying' } } });
    expect(await leftOf(house, shown)).toEqual(NOTHING);
    expect((await house.runtime.read(house.tenant, { key: shown.key, heldBy: 'client' })).found).toBe('nothing');
  });

  test('somebody who is sent away by a script cannot go there', async () => {
    const { email } = await somebody([], script(`api.redirect.sendUserTo('https://away.example/');`));
    const shown = await byPassword(house, email);
    expect(state(shown)).toMatchObject({ name: 'denied', code: 'interaction_required' });
    expect(await leftOf(house, shown)).toEqual(NOTHING);
  });

  describe('a second factor', () => {
    test('is offered even where there is only one, and nothing is sent', async () => {
      const { email } = await somebody(['phone'], script(`api.authentication.challengeWith({ type: 'phone' });`));
      const before = (await house.store.messages.inbox(house.tenant.id, PHONE, 50)).length;
      const shown = await byPassword(house, email);
      expect(state(shown)).toMatchObject({ name: 'choosing', to: 'challenge' });
      expect(offered(shown)).toEqual(['phone']);
      expect(await leftOf(house, shown)).toEqual(ENROLLED);
      expect((await house.store.messages.inbox(house.tenant.id, PHONE, 50)).length).toBe(before);
    });
    test('is sent to the authenticator that is named', async () => {
      const { user, email } = await somebody(['phone'], ANY);
      const second = '+447700900555';
      const id = 'dev_second';
      const row = { tenantId: house.tenant.id, userId: user.id, confirmed: true, createdAt: house.clock.at };
      await house.store.authenticators.insert({ ...row, id, type: 'phone', phoneNumber: second });
      const shown = await byPassword(house, email);
      const sent = await say(house, shown, { kind: 'chosen', factor: 'phone', authenticatorId: id });
      expect(sent.login.challenges).toMatchObject([{ authenticatorId: id, factor: 'phone' }]);
      const code = await house.codeFor(second);
      expect(state(await say(house, sent, { kind: 'responded', code }))).toMatchObject({ name: 'completed' });
      const refused = await submitAsClient(house, shown, {
        kind: 'chosen',
        factor: 'phone',
        authenticatorId: 'dev_none',
      });
      expect(refused.outcome).not.toBe('moved');
    });
    test('may be another while one is open, and either answers', async () => {
      const { email } = await somebody(['phone', 'otp'], ANY);
      const shown = await byPassword(house, email);
      const first = await say(house, shown, { kind: 'chosen', factor: 'phone' });
      const [byPhone] = first.login.challenges;
      const second = await say(house, first, { kind: 'chosen', factor: 'otp' });
      expect(second.login.challenges.map(({ factor }) => factor)).toEqual(['phone', 'otp']);
      // A code for another challenge than the one it was sent for.
      const wrong = await say(house, second, { kind: 'responded', code: await house.codeFor(PHONE) });
      expect(wrong.notice).toEqual({ key: 'invalid-code' });
      const done = await say(house, wrong, {
        kind: 'responded',
        code: await house.codeFor(PHONE),
        challengeId: byPhone!.id,
      });
      expect(state(done)).toMatchObject({ name: 'completed' });
      expect(done.login.methods.map(({ type }) => type)).toEqual([undefined, 'phone']);
    });
    test('asked for again by a later Action comes with a key of its own', async () => {
      const { email } = await somebody(
        ['otp', 'phone'],
        ...['otp', 'phone'].map((type) => script(`api.authentication.challengeWith({ type: '${type}' });`)),
      );
      const first = await byPassword(house, email);
      const chosen = await say(house, first, { kind: 'chosen', factor: 'otp' });
      const second = await say(house, chosen, { kind: 'responded', code: totp(house) });
      expect(state(second)).toMatchObject({ name: 'choosing' });
      expect(second.key).not.toBe(first.key);
      const stale = await submitAsClient(house, first, { kind: 'chosen', factor: 'phone' });
      expect(stale.outcome).toBe('elsewhere');
    });
    test('does not remember anything where there is no browser', async () => {
      const { user, email } = await somebody(['otp'], ANY);
      const chosen = await say(house, await byPassword(house, email), { kind: 'chosen', factor: 'otp' });
      const done = await say(house, chosen, { kind: 'responded', code: totp(house), remember: true });
      expect(state(done)).toMatchObject({ name: 'completed' });
      for (const device of ['', BINDING])
        expect(await house.store.rememberedBrowsers.find(house.tenant.id, user.id, device)).toBeUndefined();
      expect(state(await byPassword(house, email)).name).toBe('choosing');
    });
    test('waits for ten minutes, and no longer', async () => {
      const { email } = await somebody(['otp'], ANY);
      const shown = await byPassword(house, email);
      house.clock.advance(10 * 60_000 - 1);
      const reference = { key: shown.key, heldBy: 'client' } as const;
      expect((await house.runtime.read(house.tenant, reference)).found).toBe('present');
      house.clock.advance(1);
      expect((await house.runtime.read(house.tenant, reference)).found).toBe('expired');
    });
  });

  test('a key opens its own door alone', async () => {
    const { email } = await somebody(['otp'], ANY);
    const ofClient = await byPassword(house, email);
    const ofPage = await house.begin();
    const asBrowser = { key: ofClient.key, binding: BINDING };
    expect((await house.runtime.read(house.tenant, asBrowser)).found).toBe('nothing');
    expect((await house.runtime.read(house.tenant, { key: ofClient.key, binding: undefined })).found).toBe('nothing');
    const asClient = { key: ofPage.key, heldBy: 'client' } as const;
    expect((await house.runtime.read(house.tenant, asClient)).found).toBe('nothing');
    const said = await house.runtime.submit(
      house.tenant,
      asClient,
      { kind: 'submitted', identifier: email, password: PASSWORD },
      CALLER,
    );
    expect(said.outcome).toBe('nothing');
  });
});
