// What an application that is not the tenant's own may do for a person: asked once, remembered, asked again for more, and
// never asked where nobody can answer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Opening, Shown } from '#runtime/runtime.ts';
import type { LoginRequest, Reply } from '#runtime/transaction/transaction.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { BINDING, CALLER, type House, openHouse, PASSWORD, REPLY } from '#test/kit/house.ts';
import { asked, byPassword } from './at-a-client.ts';
import { logsOf, script, sessionOf, state, totp } from './visit.ts';

const SCOPE = ['openid', 'profile', 'email'];
const ALLOWED = { kind: 'consented', allowed: true } as const;

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  let people = 0;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
    const { store, tenant, client } = house;
    await store.clients.update(tenant.id, client.id, (current) => ({
      ...current,
      settings: { ...current.settings, is_first_party: false },
    }));
  });
  afterAll(() => house.close());

  const somebody = async () => {
    const user = await house.user(`consenting-${++people}`, ['otp']);
    return { userId: user.id, email: user.email ?? '' };
  };
  const request = (more: Partial<LoginRequest> = {}): LoginRequest =>
    asked(house, { reply: REPLY, protocol: 'oidc-basic-profile', scope: SCOPE, ...more });
  const signIn = async (email: string, more: Partial<LoginRequest> = {}): Promise<Shown> => {
    house.clock.advance(60_000);
    const { key } = await house.begin({ request: request(more) });
    return house.step(key, { kind: 'submitted', identifier: email, password: PASSWORD });
  };
  const granted = async (userId: string, audience = '') =>
    (await house.store.consents.find(house.tenant.id, userId, house.client.id, audience))?.scope;
  const wanted = (shown: Shown) => {
    const at = state(shown);
    return at.name === 'consenting' ? at.scope : at.name;
  };

  test('is asked for after the scripts, and written down by the commit that ends the login', async () => {
    const { userId, email } = await somebody();
    await house.bind(script(`api.authentication.challengeWith({ type: 'otp' });`));
    const shown = await signIn(email);
    expect(state(shown).name).toBe('challenging');
    const consenting = await house.step(shown.key, { kind: 'responded', code: totp(house) });
    await house.bind();
    expect(wanted(consenting)).toEqual(SCOPE);
    expect(await granted(userId)).toBeUndefined();
    // A key of an earlier ask consents to nothing.
    expect((await house.submit(shown.key, ALLOWED)).outcome).toBe('elsewhere');
    const done = await house.step(consenting.key, ALLOWED);
    expect(state(done)).toEqual({ name: 'completed', taken: false });
    expect(await granted(userId)).toEqual(SCOPE);
  });

  test('given once is not asked for again; more is, and adds to it', async () => {
    const { userId, email } = await somebody();
    await house.step((await signIn(email)).key, ALLOWED);
    expect(wanted(await signIn(email))).toBe('completed');
    expect(wanted(await signIn(email, { scope: ['openid'] }))).toBe('completed');
    const more = await signIn(email, { scope: ['openid', 'phone'] });
    expect(wanted(more)).toEqual(['phone']);
    await house.step(more.key, ALLOWED);
    expect(new Set(await granted(userId))).toEqual(new Set([...SCOPE, 'phone']));
    expect(wanted(await signIn(email))).toBe('completed');
  });

  test('for one API is none for another', async () => {
    const { userId, email } = await somebody();
    await house.step((await signIn(email, { audience: 'https://one.example/' })).key, ALLOWED);
    expect(await granted(userId, 'https://one.example/')).toEqual(SCOPE);
    expect(await granted(userId)).toBeUndefined();
    expect(wanted(await signIn(email, { audience: 'https://two.example/' }))).toEqual(SCOPE);
  });

  test.each<[string, string[], string[]]>([
    ['all of it is shown', SCOPE, SCOPE],
    ['something is, where nothing in particular is wanted', [], ['openid']],
  ])('with prompt=consent is asked for whatever was allowed before: %s', async (_name, scope, shownScope) => {
    const { email } = await somebody();
    await house.step((await signIn(email)).key, ALLOWED);
    expect(wanted(await signIn(email, { prompt: ['consent'], scope }))).toEqual(shownScope);
  });

  test('refused is told to the application, leaves no session, and is not remembered', async () => {
    const { userId, email } = await somebody();
    const shown = await signIn(email);
    const done = await house.step(shown.key, { kind: 'consented', allowed: false });
    expect(state(done)).toMatchObject({ name: 'denied', code: 'access_denied' });
    expect(await granted(userId)).toBeUndefined();
    expect((await house.store.sessions.ofUser(house.tenant.id, userId, { offset: 0, limit: 5 })).total).toBe(0);
    expect((await logsOf(house, userId)).map(([type]) => type)).toContain('f');
    expect(wanted(await signIn(email))).toEqual(SCOPE);
  });

  describe('where nobody can answer', () => {
    const silently = async (email: string, allowed: boolean) => {
      const first = await signIn(email, allowed ? {} : { scope: ['openid'] });
      const done = await house.step(first.key, ALLOWED);
      const session = await sessionOf(house, done);
      const opening: Partial<Opening> = { door: 'silent', selection: 'nobody', session };
      return house.begin({ ...opening, request: request({ prompt: ['none'] }) });
    };
    test('a silent login goes on by what was allowed before', async () => {
      const { email } = await somebody();
      expect(wanted(await silently(email, true))).toBe('completed');
    });
    test('one that wants more is told so', async () => {
      const { email } = await somebody();
      expect(state(await silently(email, false))).toMatchObject({ name: 'denied', code: 'consent_required' });
    });
    test.each<[string, Reply]>([
      ['the token endpoint asks nobody: who gives a password there trusts the application', { by: 'token' }],
    ])('%s', async (_name, reply) => {
      const { userId, email } = await somebody();
      expect(wanted(await byPassword(house, email, { request: asked(house, { reply }) }))).toBe('completed');
      expect(await granted(userId)).toBeUndefined();
    });
  });

  test('a device that waits is allowed by the person at the page', async () => {
    const { userId, email } = await somebody();
    const reply: Reply = { by: 'device', ticketId: 'tic_1' };
    const shown = await signIn(email, { reply, protocol: 'oauth2-device-code' });
    expect(wanted(shown)).toEqual(SCOPE);
    await house.step(shown.key, ALLOWED);
    expect(await granted(userId)).toEqual(SCOPE);
  });

  test('a page in another browser consents to nothing', async () => {
    const { userId, email } = await somebody();
    const { key } = await signIn(email);
    const stranger = await house.runtime.submit(house.tenant, { key, binding: `${BINDING}-not` }, ALLOWED, CALLER);
    expect(stranger.outcome).toBe('nothing');
    expect(await granted(userId)).toBeUndefined();
  });

  test('who is blocked meanwhile allows nothing any more', async () => {
    const { userId, email } = await somebody();
    const { key } = await signIn(email);
    await house.store.users.update(house.tenant.id, userId, (user) => ({ ...user, blocked: true }));
    expect(state(await house.step(key, ALLOWED))).toMatchObject({ name: 'denied', code: 'unauthorized' });
    expect(await granted(userId)).toBeUndefined();
  });
});
