// Passkeys in place of a name and a password, by a key in software: who gets in, who does not, and how somebody comes to
// have one.
// Longer than 300 lines because both halves are rows about one key.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY_FAULTS, type KeyFault } from '#runtime/factors/verify-webauthn-response.ts';
import type { Opening, Shown } from '#runtime/runtime.ts';
import type { Capabilities } from '#runtime/transaction/transaction.ts';
import { type Asked, createSoftKey, type SoftKey, type Twist } from '#server/testing/soft-key.ts';
import type { JsonObject, UserRecord } from '#storage/records.ts';
import { CALLER, type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { logsOf, script, state, totp } from './visit.ts';

const CONNECTION = 'Username-Password-Authentication';
const PASSKEYS: JsonObject = { authentication_methods: { passkey: { enabled: true } } };
const ABLE: Capabilities = { webauthn: true, platform: true, passkeys: true };
const NOT_ACCEPTED = { key: 'passkey-not-accepted' };
const HANDLE = 'dGhlaXIgaGFuZGxl';

let house: House;
beforeAll(async () => {
  house = await openHouse({ on: ['otp', 'webauthn-roaming', 'webauthn-platform'] });
  await setConnection(PASSKEYS);
});
afterAll(() => house.close());

async function setConnection(options: JsonObject, name = CONNECTION) {
  const { connections } = house.store;
  const found = await connections.findByKey(house.tenant.id, name);
  if (!found) throw new Error(name);
  await connections.update(house.tenant.id, found.id, (current) => ({ ...current, options }));
}

const domain = () => new URL(house.tenant.baseUrl).hostname;
const asked = ({ login: { passkeyChallenge: challenge = '' } }: Shown): Asked => ({
  challenge,
  relyingPartyId: domain(),
  origin: house.tenant.baseUrl,
});
const kept = (user: UserRecord) => house.store.authenticators.ofUser(house.tenant.id, user.id);

let people = 0;
async function person(has: 'otp'[] = [], more: Partial<UserRecord> = {}) {
  const name = `passkeys-${++people}`;
  const key = createSoftKey();
  const user = await house.user(name, has, more);
  const id = await keep(user, key);
  return { user, key, id, email: `${name}@example.com` };
}

async function keep(user: UserRecord, key: SoftKey, credential = key.credential(domain(), { userHandle: HANDLE })) {
  const id = `dev_${house.ports.random.letters(16)}`;
  const row = { tenantId: house.tenant.id, id, userId: user.id, confirmed: true, createdAt: house.clock.at };
  await house.store.authenticators.insert({ ...row, type: 'passkey', credential });
  return id;
}

async function atLogin(more: Partial<Opening> = {}): Promise<Shown> {
  house.clock.advance(60_000);
  return house.begin(more);
}

async function enter(key: SoftKey, twist: Twist = {}, at?: Shown): Promise<Shown> {
  const shown = at ?? (await atLogin());
  const response = key.get(asked(shown), { userHandle: HANDLE, ...twist });
  return house.step(shown.key, { kind: 'asserted', response });
}

describe('a passkey', () => {
  test('says who it is and lets them in: scripts see a passkey, and the login counts', async () => {
    await house.bind(
      script(`api.idToken.setCustomClaim('https://x/m', event.authentication.methods.map(({ name }) => name));`),
    );
    const { user, key, id } = await person();
    const done = await enter(key, { counter: 3 });
    expect(state(done).name).toBe('completed');
    expect(done.login.subject).toMatchObject({ userId: user.id, connection: CONNECTION });
    expect(done.login.outcome.idTokenClaims).toEqual({ 'https://x/m': ['passkey'] });
    expect(await house.store.users.find(house.tenant.id, user.id)).toMatchObject({
      loginsCount: 1,
      lastLoginAt: house.clock.at,
      lastIp: CALLER.ip,
    });
    expect(await house.store.authenticators.find(house.tenant.id, id)).toMatchObject({
      credential: { counter: 3 },
      lastAuthAt: house.clock.at,
    });
    expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual(['s']);
    await house.bind();
  });

  test('is no second factor: what a script asks for is asked', async () => {
    await house.bind(script(`api.authentication.challengeWith({ type: 'otp' });`));
    const { key } = await person(['otp']);
    const shown = await enter(key);
    expect(state(shown).name).toBe('challenging');
    expect(state(await house.step(shown.key, { kind: 'responded', code: totp(house) })).name).toBe('completed');
    await house.bind();
  });

  test.each<[why: string, twist: Twist, fault: KeyFault]>([
    ['another challenge', { challenge: 'c29tZXRoaW5n' }, 'other-challenge'],
    ['another site', { origin: 'https://evil.example' }, 'other-origin'],
    ['another domain', { relyingPartyId: 'evil.example' }, 'other-relying-party'],
    ['a forged signature', { forged: true }, 'wrong-signature'],
    ['nobody verified', { flags: 1 }, 'nobody-verified'],
    ["somebody else's handle", { userHandle: 'b3RoZXI' }, 'other-person'],
    ['a handle that is none', { userHandle: '!' }, 'other-person'],
  ])('with %s is not accepted', async (_why, twist, fault) => {
    const { user, key } = await person();
    const shown = await atLogin();
    const refused = await enter(key, twist, shown);
    expect(refused.notice).toEqual(NOT_ACCEPTED);
    expect(state(refused)).toEqual({ name: 'identifying' });
    expect(await logsOf(house, user.id)).toEqual([['f', `Passkey not accepted: ${KEY_FAULTS[fault]}`]]);
    expect(state(await enter(key, {}, shown)).name).toBe('completed');
  });

  test('that nobody knows, or whose answer cannot be read, is not accepted', async () => {
    expect((await enter(createSoftKey())).notice).toEqual(NOT_ACCEPTED);
    const shown = await atLogin();
    const nonsense: JsonObject[] = [{}, { id: 5 }, { id: 'AAAA', rawId: 'AAAA', response: null }];
    for (const response of nonsense) {
      expect((await house.step(shown.key, { kind: 'asserted', response })).notice).toEqual(NOT_ACCEPTED);
    }
  });

  test('answered once opens one login, and an answer to another login none', async () => {
    const { key } = await person();
    const shown = await atLogin();
    const other = await atLogin();
    const response = key.get(asked(shown), { userHandle: HANDLE, counter: 0 });
    await house.step(shown.key, { kind: 'asserted', response });
    expect((await house.step(other.key, { kind: 'asserted', response })).notice).toEqual(NOT_ACCEPTED);
  });

  test('that was brought here from elsewhere has a handle that we may not know', async () => {
    const { user } = await person();
    const brought = createSoftKey();
    await keep(user, brought, brought.credential(domain()));
    expect(state(await enter(brought, { userHandle: 'ZnJvbSBlbHNld2hlcmU' })).name).toBe('completed');
  });

  test('a second factor is none', async () => {
    const { user } = await person();
    const key = createSoftKey();
    const row = { tenantId: house.tenant.id, id: 'dev_second', userId: user.id, confirmed: true, createdAt: 1 };
    const credential = key.credential(domain(), { userHandle: HANDLE });
    await house.store.authenticators.insert({ ...row, type: 'webauthn-platform', credential });
    expect((await enter(key)).notice).toEqual(NOT_ACCEPTED);
  });

  test('of another domain, or removed meanwhile, is none', async () => {
    const { user, key, id } = await person();
    const elsewhere = createSoftKey();
    await keep(user, elsewhere, elsewhere.credential('elsewhere.example', { userHandle: HANDLE }));
    expect((await enter(elsewhere, { relyingPartyId: 'elsewhere.example' })).notice).toEqual(NOT_ACCEPTED);
    const shown = await atLogin();
    await house.store.authenticators.remove(house.tenant.id, id);
    expect((await enter(key, {}, shown)).notice).toEqual(NOT_ACCEPTED);
  });

  test('whose counter does not grow is a copy', async () => {
    const { key } = await person();
    await enter(key, { counter: 5 });
    expect((await enter(key, { counter: 5 })).notice).toEqual(NOT_ACCEPTED);
  });

  test('of a blocked person opens nothing, and says so only to whoever has it', async () => {
    const { key } = await person([], { blocked: true });
    expect((await enter(key, { forged: true })).notice).toEqual(NOT_ACCEPTED);
    expect(state(await enter(key))).toMatchObject({ name: 'denied', reason: 'user is blocked' });
  });

  test('of an account that was linked to another opens that one', async () => {
    const primary = await person();
    const { user, key } = await person();
    await house.store.users.update(house.tenant.id, user.id, (current) => ({ ...current, linkedTo: primary.user.id }));
    const done = await enter(key);
    expect(done.login.subject).toMatchObject({ userId: primary.user.id });
  });

  test.each<[where: string, options: JsonObject]>([
    ['says nothing of them', {}],
    ['has them off', { authentication_methods: { passkey: { enabled: false } } }],
    ['says what is no answer', { authentication_methods: 'passkey' }],
  ])('opens nothing where the connection %s', async (_where, options) => {
    const { key } = await person();
    await setConnection(options);
    const refused = await enter(key);
    await setConnection(PASSKEYS);
    expect(refused.notice).toEqual(NOT_ACCEPTED);
  });

  test('opens nothing where the application signs in people of another connection', async () => {
    const { key } = await person();
    const elsewhere = await person([], { connection: 'Staff' });
    expect((await enter(elsewhere.key)).notice).toEqual(NOT_ACCEPTED);
    const { login } = await atLogin();
    const named = await atLogin({ request: { ...login.request, connection: 'Staff' } });
    expect((await enter(key, {}, named)).notice).toEqual(NOT_ACCEPTED);
  });

  test('is tried as often from one address as a password is, and no more', async () => {
    const { key } = await person();
    const stage = { max_attempts: 3, rate: 60_000 };
    const { tenant } = house;
    await house.editTenant((t) => ({
      ...t,
      attackProtection: {
        suspiciousIp: {
          enabled: true,
          shields: ['block'],
          allowlist: [],
          stage: { 'pre-login': stage, 'pre-user-registration': stage, 'pre-custom-token-exchange': stage },
        },
      },
    }));
    const shown = await house.begin();
    for (let tries = 3; tries > 0; tries--) await enter(key, { forged: true }, shown);
    expect((await enter(key, {}, shown)).notice).toMatchObject({ key: 'ip-blocked' });
    await house.editTenant(() => tenant);
  });
});

describe('who has none', () => {
  async function withPassword(capabilities: Capabilities | undefined = ABLE, has: 'otp'[] = []) {
    const name = `beginner-${++people}`;
    const user = await house.user(name, has);
    const shown = await atLogin();
    const email = `${name}@example.com`;
    const given = capabilities ? { capabilities } : {};
    return {
      user,
      email,
      shown: await house.step(shown.key, { kind: 'submitted', identifier: email, password: PASSWORD, ...given }),
    };
  }

  const ceremonyOf = ({ login }: Shown): Asked => {
    if (login.state.name !== 'suggesting') throw new Error(`nothing is suggested at ${login.state.name}`);
    return { ...login.state.suggestion.ceremony, origin: house.tenant.baseUrl };
  };
  const create = (shown: Shown, key: SoftKey, twist: Parameters<SoftKey['create']>[1] = {}) =>
    house.step(shown.key, { kind: 'asserted', response: key.create(ceremonyOf(shown), twist), name: 'Chrome' });

  test('is offered one after the password; made, told of, and taken the next time', async () => {
    const { user, shown } = await withPassword();
    expect(state(shown)).toMatchObject({ name: 'suggesting', suggestion: { factor: 'passkey' } });
    const key = createSoftKey();
    const told = await create(shown, key, { flags: 1 | 4 | 8 | 16 });
    expect(state(told)).toEqual({
      name: 'informing',
      notes: [{ kind: 'enrolled', factor: 'passkey', name: 'Chrome' }],
    });
    expect(state(await house.step(told.key, { kind: 'acknowledged' })).name).toBe('completed');
    const [row] = await kept(user);
    expect(row).toMatchObject({
      type: 'passkey',
      name: 'Chrome',
      confirmed: true,
      credential: { deviceType: 'multiDevice', backedUp: true, relyingPartyId: domain() },
    });
    expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual(['gd_enrollment_complete', 's']);
    const handle = row?.credential?.userHandle ?? '';
    expect(state(await enter(key, { userHandle: handle })).name).toBe('completed');
  });

  test('has it under the name of who keeps it, where that is known', async () => {
    const { user, shown } = await withPassword();
    await create(shown, createSoftKey(), { aaguid: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd' });
    expect(await kept(user)).toMatchObject([{ name: 'iCloud Keychain' }]);
  });

  test('may do without', async () => {
    const { user, shown } = await withPassword();
    expect(state(await house.step(shown.key, { kind: 'skipped' })).name).toBe('completed');
    expect(await kept(user)).toEqual([]);
  });

  test.each<[why: string, twist: Twist]>([
    ['nobody verified', { flags: 1 }],
    ['another challenge', { challenge: 'c29tZXRoaW5n' }],
    ['another site', { origin: 'https://evil.example' }],
  ])('made one with %s: it is not kept, and may be made again', async (_why, twist) => {
    const { user, shown } = await withPassword();
    const key = createSoftKey();
    const refused = await create(shown, key, twist);
    expect(refused.notice).toEqual({ key: 'webauthn-not-accepted' });
    expect(await kept(user)).toEqual([]);
    expect(state(await create(refused, key)).name).toBe('informing');
  });

  test.each<[why: string, capabilities: Capabilities | undefined]>([
    ['no script runs', undefined],
    ['the device has no authenticator', { ...ABLE, platform: false }],
    ['it was put off in this browser', { ...ABLE, passkeys: false }],
  ])('is offered nothing where %s', async (_why, capabilities) => {
    const name = `beginner-${++people}`;
    await house.user(name);
    const { key } = await atLogin();
    const submitted = { kind: 'submitted', identifier: `${name}@example.com`, password: PASSWORD } as const;
    const shown = await house.step(key, { ...submitted, ...(capabilities ? { capabilities } : {}) });
    expect(state(shown).name).toBe('completed');
  });

  test('is offered nothing where the connection does not want it', async () => {
    await setConnection({ ...PASSKEYS, passkey_options: { progressive_enrollment_enabled: false } });
    const { shown } = await withPassword();
    await setConnection(PASSKEYS);
    expect(state(shown).name).toBe('completed');
  });

  test("is offered this device's authenticator after another factor, and has it as a factor from then on", async () => {
    await setConnection({});
    await house.bind(script(`api.authentication.challengeWith({ type: 'otp' });`));
    const { user, shown } = await withPassword(ABLE, ['otp']);
    const suggesting = await house.step(shown.key, { kind: 'responded', code: totp(house) });
    expect(state(suggesting)).toMatchObject({ name: 'suggesting', suggestion: { factor: 'webauthn-platform' } });
    const told = await create(suggesting, createSoftKey());
    expect(state(told)).toMatchObject({ notes: [{ kind: 'enrolled', factor: 'webauthn-platform' }] });
    expect((await kept(user)).map(({ type }) => type)).toEqual(['totp', 'webauthn-platform']);
    await house.bind();
    await setConnection(PASSKEYS);
  });

  test('got that authenticator from another window meanwhile: it is not kept twice', async () => {
    await setConnection({});
    await house.bind(script(`api.authentication.challengeWith({ type: 'otp' });`));
    const { user, email, shown } = await withPassword(ABLE, ['otp']);
    const suggesting = await house.step(shown.key, { kind: 'responded', code: totp(house) });
    const second = await atLogin();
    const submitted = { kind: 'submitted', identifier: email, password: PASSWORD, capabilities: ABLE } as const;
    const window = await house.step(second.key, submitted);
    const other = await house.step(window.key, { kind: 'responded', code: totp(house) });
    await create(other, createSoftKey());
    expect((await create(suggesting, createSoftKey())).notice).toEqual({ key: 'webauthn-not-accepted' });
    expect(await kept(user)).toHaveLength(2);
    await house.bind();
    await setConnection(PASSKEYS);
  });
});
