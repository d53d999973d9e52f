// A refresh token is exchanged: the scripts run again for whoever it is, and only the commit that ends this login spends the
// key. Whoever is refused or asked for a factor may come again with the same one.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Shown } from '#runtime/runtime.ts';
import type { RefreshTokenRecord } from '#storage/records.ts';
import { databases } from '#test/kit/databases.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { byPassword, byRefresh, keepToken, leftOf, letRefresh, say, tokenNow } from './at-a-client.ts';
import { logsOf, script, sessionOf, signIn, signInAgain, state, totp } from './visit.ts';

const DAY = 86_400_000;
const THROUGH = { name: 'completed', taken: true };
const GONE = { name: 'denied', code: 'invalid_grant' };
const OTP = script(`api.authentication.challengeWith({ type: 'otp' });`);

describe.each(databases())('%s', (_name, open) => {
  let house: House;
  let people = 0;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());
  beforeEach(() => letRefresh(house, { rotation_type: 'rotating', leeway: 0 }));

  /** Somebody with a refresh token from a password, and these scripts bound from then on. */
  async function holder(...scripts: string[]): Promise<{ userId: string; token: RefreshTokenRecord }> {
    await house.bind();
    const user = await house.user(`holder-${++people}`, ['otp']);
    const token = await keepToken(house, await byPassword(house, user.email ?? ''));
    await house.bind(...scripts);
    return { userId: user.id, token };
  }
  const key = (token: RefreshTokenRecord) =>
    house.store.handles.find(house.tenant.id, 'refresh-token', `key of ${token.id} 1`);

  test('an exchange rotates the token, leaves no row, and counts no login', async () => {
    const { userId, token } = await holder();
    house.clock.advance(DAY);
    const done = await byRefresh(house, token);
    expect(state(done)).toEqual(THROUGH);
    expect(await leftOf(house, done)).toEqual({ row: false, handle: false, sessions: 0, devices: 0 });
    const now = house.clock.at;
    expect(await tokenNow(house, token)).toMatchObject({
      generation: 2,
      rotatedAt: now,
      lastExchangedAt: now,
      createdAt: token.createdAt,
      expiresAt: token.expiresAt,
      idleExpiresAt: now + 15 * DAY,
    });
    expect((await house.store.users.find(house.tenant.id, userId))?.loginsCount).toBe(1);
  });

  test('scripts see the token, its methods as those of the session, and no session of a browser', async () => {
    const { token } = await holder(
      script(`api.idToken.setCustomClaim('https://x/seen', {
        protocol: event.transaction.protocol,
        methods: event.authentication.methods.map(({ name }) => name),
        token: event.refresh_token.id,
        session: event.session === undefined,
      });`),
    );
    const { login } = await byRefresh(house, token);
    const seen = { protocol: 'oauth2-refresh-token', methods: ['pwd'], token: token.id, session: true };
    expect(login.outcome.idTokenClaims).toEqual({ 'https://x/seen': seen });
    expect(login.methods).toMatchObject([{ name: 'pwd', in: 'session' }]);
  });

  describe('a key that was presented', () => {
    test('is still good after a script denied', async () => {
      const { token } = await holder(script(`api.access.deny('Not now.');`));
      expect(state(await byRefresh(house, token))).toMatchObject({ name: 'denied', reason: 'Not now.' });
      expect(await tokenNow(house, token)).toEqual(token);
      await house.bind();
      expect(state(await byRefresh(house, token))).toEqual(THROUGH);
    });
    test('is still good after a script failed', async () => {
      const { token } = await holder(script(`throw new Error('boom');`));
      expect(state(await byRefresh(house, token))).toMatchObject({ name: 'denied', code: 'access_denied' });
      expect(await tokenNow(house, token)).toEqual(token);
    });
    test('is still good while a factor is asked for, and after a wrong code', async () => {
      const { token } = await holder(OTP);
      const asked = await byRefresh(house, token);
      expect(state(asked)).toMatchObject({ name: 'choosing' });
      const chosen = await say(house, asked, { kind: 'chosen', factor: 'otp' });
      const wrong = await say(house, chosen, { kind: 'responded', code: '000000' });
      expect(wrong.notice).toEqual({ key: 'invalid-code' });
      expect(await tokenNow(house, token)).toEqual(token);
      expect(state(await say(house, wrong, { kind: 'responded', code: totp(house) }))).toEqual(THROUGH);
      expect(await tokenNow(house, token)).toMatchObject({ generation: 2 });
    });
    test('is spent by whoever shows the factor first', async () => {
      const { token } = await holder(OTP);
      const both = [await byRefresh(house, token), await byRefresh(house, token)];
      const [first, second] = await Promise.all(
        both.map((shown) => say(house, shown, { kind: 'chosen', factor: 'otp' })),
      );
      expect(state(await say(house, first!, { kind: 'responded', code: totp(house) }))).toEqual(THROUGH);
      house.clock.advance(60_000);
      const late = await say(house, second!, { kind: 'responded', code: totp(house) });
      expect(state(late)).toMatchObject(GONE);
      expect(await tokenNow(house, token)).toMatchObject({ generation: 2 });
    });
  });

  describe('at once', () => {
    const ends = async (token: RefreshTokenRecord, count: number) => {
      const all = await Promise.all(Array.from({ length: count }, () => byRefresh(house, token)));
      return all.map((shown) => state(shown).name);
    };
    const through = (names: string[]) => names.filter((name) => name === 'completed').length;

    test('without a leeway exactly one gets through', async () => {
      const { token } = await holder(script(`api.user.setAppMetadata('ran', true);`));
      expect(through(await ends(token, 4))).toBe(1);
      expect(await tokenNow(house, token)).toMatchObject({ generation: 2 });
    });
    test('within it all do, and the token is rotated once', async () => {
      await letRefresh(house, { rotation_type: 'rotating', leeway: 10 });
      const { token } = await holder();
      expect(through(await ends(token, 3))).toBe(3);
      expect(await tokenNow(house, token)).toMatchObject({ generation: 2 });
    });
    test('of one that does not rotate all do', async () => {
      await letRefresh(house, { rotation_type: 'non-rotating' });
      const { token } = await holder();
      expect(through(await ends(token, 3))).toBe(3);
      expect(await tokenNow(house, token)).toMatchObject({ generation: 1, lastExchangedAt: house.clock.at });
    });
  });

  describe('a login that waits', () => {
    const waiting = async (): Promise<{ userId: string; token: RefreshTokenRecord; chosen: Shown }> => {
      const { userId, token } = await holder(OTP);
      const chosen = await say(house, await byRefresh(house, token), { kind: 'chosen', factor: 'otp' });
      return { userId, token, chosen };
    };
    const answered = async (chosen: Shown) => state(await say(house, chosen, { kind: 'responded', code: totp(house) }));

    test('has no way on when its token was revoked', async () => {
      const { token, chosen } = await waiting();
      await house.store.refreshTokens.remove(house.tenant.id, token.id);
      expect(await answered(chosen)).toMatchObject(GONE);
    });
    test('has none when its person was blocked', async () => {
      const { userId, chosen, token } = await waiting();
      await house.store.users.update(house.tenant.id, userId, (user) => ({ ...user, blocked: true }));
      expect(await answered(chosen)).toMatchObject({ name: 'denied', code: 'unauthorized' });
      expect(await tokenNow(house, token)).toEqual(token);
    });
    test('has none when its token has run out', async () => {
      await letRefresh(house, { rotation_type: 'rotating', idle_token_lifetime: 300 });
      const { token, chosen } = await waiting();
      house.clock.advance(300_000);
      expect(await answered(chosen)).toMatchObject(GONE);
      expect(await tokenNow(house, token)).toEqual(token);
    });
  });

  describe('scripts', () => {
    test('cut its life and note things on it before there is one', async () => {
      await house.bind(
        script(`api.refreshToken.setExpiresAt(Date.now() + 60_000);
          api.refreshToken.setIdleExpiresAt(Date.now() + 30_000);
          api.refreshToken.setMetadata('from', 'login');`),
      );
      const user = await house.user(`holder-${++people}`, []);
      const token = await keepToken(house, await byPassword(house, user.email ?? ''));
      const { expiresAt = 0, idleExpiresAt = 0, metadata } = token;
      expect(Math.abs(expiresAt - (house.clock.at + 60_000))).toBeLessThan(30_000);
      expect(expiresAt - idleExpiresAt).toBe(30_000);
      expect(metadata).toEqual({ from: 'login' });
    });
    test('and of the one that is there', async () => {
      const { token } = await holder(
        script(`api.refreshToken.setMetadata('seen', event.refresh_token.metadata.seen ?? 'first');`),
        script(`api.refreshToken.setMetadata('second', event.refresh_token.metadata.seen);`),
      );
      await byRefresh(house, token);
      expect((await tokenNow(house, token))?.metadata).toEqual({ seen: 'first', second: 'first' });
    });
    test('whose noting is not kept where the login is denied', async () => {
      const { token } = await holder(
        script(`api.refreshToken.setMetadata('a', 'b');`),
        script(`api.access.deny('No.');`),
      );
      await byRefresh(house, token);
      expect(await tokenNow(house, token)).toEqual(token);
    });
    test('revoke it: the login is denied, and the token gone with its keys', async () => {
      const { userId, token } = await holder(script(`api.refreshToken.revoke('Worn out.');`));
      const done = await byRefresh(house, token);
      expect(state(done)).toEqual({ name: 'denied', code: 'access_denied', reason: 'Worn out.' });
      expect([await tokenNow(house, token), await key(token)]).toEqual([undefined, undefined]);
      expect(await logsOf(house, userId)).toContainEqual(['f', 'Worn out.']);
    });
    test('that revoke it in a login with a password deny that login and nothing else', async () => {
      const { token } = await holder(script(`api.refreshToken.revoke('Worn out.');`));
      const user = await house.store.users.find(house.tenant.id, token.userId);
      expect(state(await byPassword(house, user?.email ?? ''))).toMatchObject({ name: 'denied', reason: 'Worn out.' });
      expect(await tokenNow(house, token)).toEqual(token);
    });
  });

  describe('session.revoke', () => {
    test.each([
      ['takes the refresh tokens of that session along', '', false],
      ['leaves them where it says so', ', { preserveRefreshTokens: true }', true],
    ])('%s', async (_name, options, kept) => {
      const { email, shown } = await signIn(house, []);
      const session = await sessionOf(house, shown);
      const ofSession = await keepToken(house, shown);
      const elsewhere = await keepToken(house, await signInAgain(house, email));
      await house.bind(script(`api.session.revoke('Over.'${options});`));
      const ended = await house.begin({ session });
      expect(state(ended)).toMatchObject({ name: 'denied', reason: 'Over.' });
      expect(ofSession.sessionId).toBe(session.id);
      expect((await tokenNow(house, ofSession)) !== undefined).toBe(kept);
      expect(await tokenNow(house, elsewhere)).toEqual(elsewhere);
      await house.bind();
    });
  });

  test('nobody else is there: a login by a refresh token opens no page', async () => {
    const { token } = await holder(OTP);
    const shown = await byRefresh(house, token);
    const page = await house.runtime.read(house.tenant, { key: shown.key, binding: undefined });
    expect(page.found).toBe('nothing');
    const finished = await house.runtime.finish(house.tenant, { key: shown.key, heldBy: 'client' });
    expect(finished.outcome).toBe('elsewhere');
  });
});
