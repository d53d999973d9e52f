// Faults that attackers found in factors, each with the row that shows it: what a password alone gained, what was lost when
// something was removed, linked or changed meanwhile, and what scripts may write beside a factor.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Shown } from '#runtime/runtime.ts';
import type { Capabilities, EnrollmentOf } from '#runtime/transaction/transaction.ts';
import { type Asked, createSoftKey } from '#server/testing/soft-key.ts';
import type { AuthenticatorRecord, TenantRecord, UserRecord } from '#storage/records.ts';
import { type House, openHouse, PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import { logsOf, newTotp, script, signIn, signInAgain, state, totp } from './visit.ts';

const ABLE: Capabilities = { webauthn: true, platform: true, passkeys: true };
const KEY = script(`api.authentication.enrollWith({ type: 'webauthn-roaming' });`);
const NUMBER = '+447700900177';

let house: House;
beforeAll(async () => {
  house = await openHouse({
    on: ['otp', 'sms', 'email', 'webauthn-roaming', 'push-notification', 'recovery-code'],
  });
  const { connections } = house.store;
  const found = await connections.findByKey(house.tenant.id, 'Username-Password-Authentication');
  const options = { authentication_methods: { passkey: { enabled: true } } };
  await connections.update(house.tenant.id, found?.id ?? '', (current) => ({ ...current, options }));
});
afterAll(() => house.close());

const domain = () => new URL(house.tenant.baseUrl).hostname;
const kept = (user: UserRecord) => house.store.authenticators.ofUser(house.tenant.id, user.id);

/** What the page of this login asks a browser to make. */
function asked({ login: { state: at } }: Shown): Asked {
  const pending = at.name === 'enrolling' ? at.enrollment : at.name === 'suggesting' ? at.suggestion : undefined;
  if (!pending || !('ceremony' in pending)) throw new Error(`no key is made at ${at.name}`);
  return { ...pending.ceremony, origin: house.tenant.baseUrl };
}
const make = (shown: Shown) =>
  house.step(shown.key, { kind: 'asserted', response: createSoftKey().create(asked(shown)), name: 'Key' });

async function enroll(user: UserRecord, more: Partial<AuthenticatorRecord> & Pick<AuthenticatorRecord, 'type'>) {
  const id = `dev_${house.ports.random.letters(16)}`;
  const row = { tenantId: house.tenant.id, id, userId: user.id, confirmed: true, createdAt: house.clock.at };
  await house.store.authenticators.insert({ ...row, ...more });
  return id;
}

/** Password and nothing else, in a browser that could have a passkey. */
async function byPassword(who: string): Promise<Shown> {
  house.clock.advance(60_000);
  const { key } = await house.begin();
  const identifier = `${who}@example.com`;
  return house.step(key, { kind: 'submitted', identifier, password: PASSWORD, capabilities: ABLE });
}

/** The tenant is another one for as long as `during` takes. */
async function meanwhile<T>(edit: (tenant: TenantRecord) => TenantRecord, during: () => Promise<T>): Promise<T> {
  const { tenant } = house;
  await house.editTenant(edit);
  return during().finally(() => house.editTenant(() => tenant));
}

describe('a passkey', () => {
  test('is not had by a password alone where the account has a second factor', async () => {
    await house.bind();
    const user = await house.user('has-factor', ['otp']);
    expect(state(await byPassword('has-factor')).name).toBe('completed');
    // The account gets its factor from another window.
    const other = await house.user('gets-factor');
    const suggesting = await byPassword('gets-factor');
    expect(state(suggesting).name).toBe('suggesting');
    await enroll(other, { type: 'totp', secret: TOTP_KEY });
    const refused = await make(suggesting);
    expect(refused.notice).toEqual({ key: 'webauthn-not-accepted' });
    expect(state(await house.step(refused.key, { kind: 'skipped' })).name).toBe('completed');
    for (const whose of [user, other]) expect((await kept(whose)).map(({ type }) => type)).toEqual(['totp']);
  });

  test('is offered once that factor is shown', async () => {
    await house.bind(script(`api.authentication.challengeWith({ type: 'otp' });`));
    await house.user('shows-factor', ['otp']);
    const shown = await byPassword('shows-factor');
    const next = await house.step(shown.key, { kind: 'responded', code: totp(house) });
    expect(state(next)).toMatchObject({ name: 'suggesting', suggestion: { factor: 'passkey' } });
  });

  test('is not offered where it would not be found: to whoever came by a linked account', async () => {
    await house.bind();
    const primary = await house.user('primary', [], { connection: 'Staff' });
    const { id } = await house.user('secondary');
    await house.store.users.update(house.tenant.id, id, (user) => ({ ...user, linkedTo: primary.id }));
    expect(state(await byPassword('secondary')).name).toBe('completed');
  });

  test('is no second factor: with the first one comes a recovery code', async () => {
    await house.bind(script(`api.authentication.enrollWith({ type: 'otp' });`));
    const user = await house.user('has-passkey');
    await enroll(user, { type: 'passkey', credential: createSoftKey().credential(domain()) });
    const shown = await signInAgain(house, 'has-passkey@example.com');
    const told = await house.step(shown.key, { kind: 'responded', code: newTotp(house, shown) });
    expect(state(told)).toMatchObject({ name: 'informing', notes: [{ kind: 'recovery-code', because: 'enrolled' }] });
  });
});

describe('meanwhile', () => {
  test('the key that is being named is removed: the login goes on', async () => {
    await house.bind(KEY);
    const user = await house.user('names');
    const naming = await make(await signInAgain(house, 'names@example.com'));
    for (const { id } of await kept(user)) await house.store.authenticators.remove(house.tenant.id, id);
    const told = await house.step(naming.key, { kind: 'named', name: 'Blue key' });
    expect(state(told)).toMatchObject({ name: 'informing', notes: [{ kind: 'enrolled' }, { kind: 'recovery-code' }] });
    expect(await kept(user)).toEqual([]);
  });

  test('the tenant goes to another domain: the key is made for that one', async () => {
    await house.bind(KEY);
    const user = await house.user('moves');
    const shown = await signInAgain(house, 'moves@example.com');
    const relyingPartyId = 'localhost';
    const roaming = { userVerification: 'discouraged', overrides: true, relyingPartyId } as const;
    await meanwhile(
      (tenant) => ({ ...tenant, webauthn: { roaming } }),
      async () => {
        const again = await make(shown);
        expect(state(again)).toMatchObject({ name: 'enrolling', enrollment: { ceremony: { relyingPartyId } } });
        expect(await kept(user)).toEqual([]);
        expect(state(await make(again)).name).toBe('informing');
      },
    );
  });

  test('the person is blocked: their phone is asked no more', async () => {
    await house.bind(script(`api.authentication.challengeWith({ type: 'push-notification' });`));
    const user = await house.user('blocked');
    const id = await enroll(user, { type: 'push', secret: TOTP_KEY, device: { publicKey: {} } });
    const shown = await signInAgain(house, 'blocked@example.com');
    const pending = async () => (await house.store.pushRequests.pending(house.tenant.id, id, house.clock.at)).length;
    expect(await pending()).toBe(1);
    await house.store.users.update(house.tenant.id, user.id, (current) => ({ ...current, blocked: true }));
    expect(state(await house.step(shown.key, { kind: 'polled' })).name).toBe('denied');
    expect(await pending()).toBe(0);
  });

  test('two windows each enroll a first factor: there is one recovery code, the last one told', async () => {
    await house.bind(
      script(`
        api.authentication.challengeWith({ type: 'email' });
        api.authentication.enrollWithAny([{ type: 'otp' }, { type: 'phone' }]);`),
    );
    const user = await house.user('two', ['email']);
    const atPicker = async () => {
      const shown = await signInAgain(house, 'two@example.com');
      return house.step(shown.key, { kind: 'responded', code: await house.codeFor('two@example.com') });
    };
    const app = await house.step((await atPicker()).key, { kind: 'chosen', factor: 'otp' });
    const blank = await house.step((await atPicker()).key, { kind: 'chosen', factor: 'phone' });
    const phone = await house.step(blank.key, { kind: 'addressed', address: NUMBER });
    await house.step(app.key, { kind: 'responded', code: newTotp(house, app) });
    const told = state(await house.step(phone.key, { kind: 'responded', code: await house.codeFor(NUMBER) }));
    expect((await kept(user)).map(({ type }) => type).sort()).toEqual(['phone', 'recovery-code', 'totp']);
    const [note] = told.name === 'informing' ? told.notes : [];
    if (note?.kind !== 'recovery-code') throw new Error(`no recovery code is told at ${told.name}`);

    await house.bind(script(`api.authentication.challengeWith({ type: 'recovery-code' });`));
    const again = await signInAgain(house, 'two@example.com');
    const used = await house.step(again.key, { kind: 'responded', code: note.code });
    expect(state(used)).toMatchObject({ notes: [{ kind: 'recovery-code', because: 'used' }] });
  });
});

describe('a script writes', () => {
  test.each<[preferred: string, types: TenantRecord['messageTypes'], via: string]>([
    ["'voice'", ['sms', 'voice'], 'voice'],
    ["'sms'", ['sms', 'voice'], 'sms'],
    ["'both'", ['sms', 'voice'], 'sms'],
    ["'pigeon'", ['sms', 'voice'], 'sms'],
    ["'voice'", ['sms'], 'sms'],
  ])('that a new phone is reached by %s where there is %s: it is by %s', async (preferred, messageTypes, via) => {
    await house.bind(
      script(`api.authentication.enrollWith({ type: 'phone', options: { preferredMethod: ${preferred} } });`),
    );
    const who = `reached-${house.ports.random.hex(6)}`;
    await house.user(who);
    await meanwhile(
      (tenant) => ({ ...tenant, messageTypes }),
      async () => {
        const shown = await signInAgain(house, `${who}@example.com`);
        const at = state(await house.step(shown.key, { kind: 'addressed', address: NUMBER }));
        const enrollment = at.name === 'enrolling' ? (at.enrollment as EnrollmentOf<'phone'>) : undefined;
        expect(enrollment?.sent?.via).toBe(via);
      },
    );
  });

  const NOT_SET_UP = /^An MFA (challenge|enrollment) is used in a PostLogin action but/;
  const NO_OBJECT = 'The options of a factor of api.authentication.challengeWith must be an object.';
  const NO_FACTOR = "api.authentication.challengeWith takes factors such as { type: 'otp' }.";
  test.each<[call: string, has: ('otp' | 'phone')[], expected: string | RegExp]>([
    [`challengeWith({ type: 'otp', options: null })`, ['otp'], 'challenging otp'],
    [`challengeWith({ type: 'otp', options: { free: ['form'] } }, null)`, ['otp'], 'challenging otp'],
    [`challengeWith({ type: 'otp', options: [] })`, ['otp'], NO_OBJECT],
    [`challengeWith({ type: 'otp', options: 'x' })`, ['otp'], NO_OBJECT],
    [`challengeWith('otp')`, ['otp'], NO_FACTOR],
    [`challengeWith()`, ['otp'], NO_FACTOR],
    [`challengeWith({ type: 'OTP' })`, ['otp'], NOT_SET_UP],
    [`challengeWith({ type: 'sms' })`, ['phone'], NOT_SET_UP],
    [`challengeWith({ type: '__proto__' }, { additionalFactors: [{ type: 'otp' }] })`, ['otp'], 'challenging otp'],
    [`challengeWithAny([])`, ['otp'], NOT_SET_UP],
    [`challengeWithAny([{ type: 'otp' }, { type: 'otp' }])`, ['otp', 'phone'], 'challenging otp'],
    [`challengeWithAny([{ type: 'phone' }, { type: 'duo' }, { type: 'otp' }])`, ['otp', 'phone'], 'choosing phone,otp'],
    [`enrollWith({ type: 'email' })`, [], NOT_SET_UP],
    [`enrollWith({ type: 'recovery-code' })`, [], NOT_SET_UP],
    [`enrollWith({ type: 'push' })`, [], 'enrolling push-notification'],
    [`enrollWith({ type: 'otp' })`, ['otp'], 'completed'],
  ])('%s of somebody who has %s: %s', async (call, has, expected) => {
    const { user, shown } = await signIn(house, has, script(`api.authentication.${call};`));
    const at = state(shown);
    const offers = 'offers' in at ? ` ${at.offers.map(({ factor }) => factor).join()}` : '';
    const seen = at.name === 'denied' ? at.reason : `${at.name}${offers}`;
    if (typeof expected === 'string') expect(seen).toBe(expected);
    else expect(seen).toMatch(expected);
    const warned = (await logsOf(house, user.id)).some(([type]) => type === 'w');
    expect(warned).toBe(call.includes('__proto__') || call.includes('duo'));
  });
});
