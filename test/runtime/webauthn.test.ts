// Security keys and devices' own authenticators as second factors, by a key in software: what is accepted, what is not and
// why, and what is kept of it.
// Longer than 300 lines because it is rows of one table: every way an answer can be wrong.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY_FAULTS, type KeyFault } from '#runtime/factors/verify-webauthn-response.ts';
import type { Shown } from '#runtime/runtime.ts';
import type { WebAuthnFactor } from '#runtime/transaction/transaction.ts';
import { type Asked, createSoftKey, type SoftKey, type Twist } from '#server/testing/soft-key.ts';
import type { AuthenticatorRecord, JsonObject, UserRecord } from '#storage/records.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { logsOf, script, signInAgain, state, totp } from './visit.ts';

const KEY = script(`api.authentication.challengeWith({ type: 'webauthn-roaming' });`);
const DEVICE = script(`api.authentication.challengeWith({ type: 'webauthn-platform' });`);
const KEY_OR_APP = script(
  `api.authentication.challengeWith({ type: 'webauthn-roaming' }, { additionalFactors: [{ type: 'otp' }] });`,
);
const NEW_KEY = script(`api.authentication.enrollWith({ type: 'webauthn-roaming' });`);
const NEW_DEVICE = script(`api.authentication.enrollWith({ type: 'webauthn-platform' });`);
const NOT_ACCEPTED = { key: 'webauthn-not-accepted' };
const FLAGS_PRESENT = 1;

let house: House;
beforeAll(async () => {
  house = await openHouse({ on: ['otp', 'webauthn-roaming', 'webauthn-platform'] });
});
afterAll(() => house.close());

const domain = () => new URL(house.tenant.baseUrl).hostname;
const asserted = (shown: Shown, response: JsonObject) => house.submit(shown.key, { kind: 'asserted', response });
const step = (shown: Shown, response: JsonObject) => house.step(shown.key, { kind: 'asserted', response });

/** What the page of this login asks a browser for. */
function asked({ login }: Shown): Asked {
  const { state: at, challenges } = login;
  const open = at.name === 'challenging' ? challenges.find(({ id }) => id === at.challengeId) : undefined;
  const pending = at.name === 'enrolling' ? at.enrollment : at.name === 'suggesting' ? at.suggestion : undefined;
  const ceremony = open?.ceremony ?? (pending && 'ceremony' in pending ? pending.ceremony : undefined);
  if (!ceremony) throw new Error(`no key is asked for at ${at.name}`);
  return { ...ceremony, origin: house.tenant.baseUrl };
}

let people = 0;

/** A person with these keys, enrolled before, and an app if wanted. */
async function person(keys: SoftKey[], type: WebAuthnFactor = 'webauthn-roaming', has: 'otp'[] = []) {
  const name = `keys-${++people}`;
  const user = await house.user(name, has);
  const ids: string[] = [];
  for (const key of keys) ids.push(await enroll(user, key, type));
  return { user, email: `${name}@example.com`, ids };
}

async function enroll(
  user: UserRecord,
  key: SoftKey,
  type: AuthenticatorRecord['type'],
  more: Partial<AuthenticatorRecord> = {},
) {
  const id = `dev_${house.ports.random.letters(16)}`;
  await house.store.authenticators.insert({
    tenantId: house.tenant.id,
    id,
    userId: user.id,
    type,
    confirmed: true,
    credential: key.credential(domain()),
    createdAt: house.clock.at,
    ...more,
  });
  return id;
}

/** A person with one key, at the page that asks for it. */
async function atKey(bound = KEY, has: 'otp'[] = []) {
  await house.bind(bound);
  const key = createSoftKey();
  const whose = await person([key], bound === DEVICE ? 'webauthn-platform' : 'webauthn-roaming', has);
  return { key, ...whose, shown: await signInAgain(house, whose.email) };
}

async function setRoaming(userVerification: 'required' | 'preferred' | 'discouraged') {
  await house.editTenant((tenant) => ({ ...tenant, webauthn: { roaming: { userVerification, overrides: false } } }));
}

describe('a key that was enrolled', () => {
  test('signs the challenge of this login: it goes on, and the counter is kept', async () => {
    await house.bind(KEY, script(`api.idToken.setCustomClaim('https://x/m', event.authentication.methods);`));
    const key = createSoftKey();
    const { user, email, ids } = await person([key]);
    const shown = await signInAgain(house, email);
    const done = await step(shown, key.get(asked(shown), { counter: 7 }));
    expect(state(done).name).toBe('completed');
    expect(done.login.outcome.idTokenClaims['https://x/m']).toMatchObject([
      { name: 'pwd' },
      { name: 'mfa', type: 'webauthn-roaming' },
    ]);
    expect(await house.store.authenticators.find(house.tenant.id, ids[0] ?? '')).toMatchObject({
      credential: { counter: 7 },
      lastAuthAt: house.clock.at,
    });
    expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual(['gd_auth_succeed', 's']);
  });

  test('may be any of theirs', async () => {
    await house.bind(KEY);
    const keys = [createSoftKey(), createSoftKey()];
    const { email, ids } = await person(keys);
    const shown = await signInAgain(house, email);
    const second = keys[1] as SoftKey;
    const done = await step(shown, second.get(asked(shown)));
    expect(done.login.methods.at(-1)).toMatchObject({ name: 'mfa', authenticatorId: ids[1] });
  });

  test('that keeps no counter is fine each time', async () => {
    const { key, email, shown } = await atKey();
    expect(state(await step(shown, key.get(asked(shown), { counter: 0 }))).name).toBe('completed');
    const again = await signInAgain(house, email);
    expect(state(await step(again, key.get(asked(again), { counter: 0 }))).name).toBe('completed');
  });

  test('is backed up from now on', async () => {
    const { key, shown, ids } = await atKey();
    await step(shown, key.get(asked(shown), { flags: 1 | 4 | 8 | 16 }));
    expect(await house.store.authenticators.find(house.tenant.id, ids[0] ?? '')).toMatchObject({
      credential: { backedUp: true },
    });
  });

  test.each<[why: string, bound: string, twist: Twist, fault: KeyFault | 'fine']>([
    ['another challenge', KEY, { challenge: 'c29tZXRoaW5nIGVsc2U' }, 'other-challenge'],
    ['another site', KEY, { origin: 'https://evil.example' }, 'other-origin'],
    ['another port of this host', KEY, { origin: 'http://localhost:4000' }, 'other-origin'],
    ['a frame in another site', KEY, { clientData: { crossOrigin: true } }, 'other-origin'],
    ['a frame that says where', KEY, { clientData: { topOrigin: 'https://evil.example' } }, 'other-origin'],
    ['another domain', KEY, { relyingPartyId: 'evil.example' }, 'other-relying-party'],
    ['a signature of another key', KEY, { forged: true }, 'wrong-signature'],
    ['what a new key signs', KEY, { type: 'webauthn.create' }, 'malformed'],
    ['nobody at the key', KEY, { flags: 0 }, 'nobody-present'],
    ['a backup of what cannot be backed up', KEY, { flags: 1 | 4 | 16 }, 'malformed'],
    ['a key that nobody knows', KEY, { id: 'bm9ib2R5' }, 'unknown-key'],
    ['nobody verified by the device', DEVICE, { flags: FLAGS_PRESENT }, 'nobody-verified'],
    ['nobody verified by a key, which need not', KEY, { flags: FLAGS_PRESENT }, 'fine'],
  ])('answers with %s', async (_why, bound, twist, fault) => {
    const { key, user, shown } = await atKey(bound);
    const next = await step(shown, key.get(asked(shown), twist));
    if (fault === 'fine') return expect(state(next).name).toBe('completed');
    expect(next.notice).toEqual(NOT_ACCEPTED);
    expect(state(next)).toEqual(state(shown));
    const [line] = await logsOf(house, user.id);
    expect(line).toEqual(['gd_webauthn_challenge_failed', `Security key not accepted: ${KEY_FAULTS[fault]}`]);
    // Nothing is lost by it.
    expect(state(await step(shown, key.get(asked(shown)))).name).toBe('completed');
  });

  test.each<[setting: 'required' | 'preferred', took: boolean]>([
    ['required', false],
    ['preferred', true],
  ])('verifies its person where the tenant says %s', async (setting, took) => {
    await setRoaming(setting);
    const { key, shown } = await atKey();
    await setRoaming('discouraged');
    // The page that is open says what it said.
    expect(shown.login.challenges[0]?.ceremony?.userVerification).toBe(setting);
    const next = await step(shown, key.get(asked(shown), { flags: FLAGS_PRESENT }));
    expect(state(next).name === 'completed').toBe(took);
  });

  test('is a copy where its counter does not grow', async () => {
    const { key, user, email, shown } = await atKey();
    await step(shown, key.get(asked(shown), { counter: 5 }));
    for (const counter of [5, 4, 0]) {
      const again = await signInAgain(house, email);
      expect((await step(again, key.get(asked(again), { counter }))).notice, `${counter}`).toEqual(NOT_ACCEPTED);
    }
    const faults = (await logsOf(house, user.id)).filter(([type]) => type === 'gd_webauthn_challenge_failed');
    expect(faults).toHaveLength(3);
    expect(faults[0]?.[1]).toContain(KEY_FAULTS['counter-not-grown']);
  });

  test('answered once: the same answer opens no other login', async () => {
    const { key, email, shown } = await atKey();
    const response = key.get(asked(shown), { counter: 0 });
    const other = await signInAgain(house, email);
    await step(shown, response);
    expect((await asserted(shown, response)).outcome).toBe('elsewhere');
    expect((await step(other, response)).notice).toEqual(NOT_ACCEPTED);
  });

  test('two tabs at once: one counter is counted once', async () => {
    const { key, email, shown } = await atKey();
    const other = await signInAgain(house, email);
    const answers = [
      [shown, key.get(asked(shown), { counter: 9 })],
      [other, key.get(asked(other), { counter: 9 })],
    ] as const;
    const ends = await Promise.all(answers.map(([at, response]) => step(at, response)));
    expect(ends.map((end) => state(end).name).sort()).toEqual(['challenging', 'completed']);
  });

  test('comes too late after five minutes; asked for anew it is taken', async () => {
    const { key, shown } = await atKey();
    const former = asked(shown);
    house.clock.advance(5 * 60_000);
    const late = await step(shown, key.get(former));
    expect(late.notice).toEqual(NOT_ACCEPTED);
    const anew = await house.step(late.key, { kind: 'resent' });
    expect(asked(anew).challenge).not.toBe(former.challenge);
    expect((await step(anew, key.get(former))).notice).toEqual(NOT_ACCEPTED);
    expect(state(await step(anew, key.get(asked(anew)))).name).toBe('completed');
  });

  test("of somebody else, or of another tenant's person, is none of theirs", async () => {
    const { shown, user } = await atKey();
    const stranger = createSoftKey();
    await person([stranger]);
    expect((await step(shown, stranger.get(asked(shown)))).notice).toEqual(NOT_ACCEPTED);
    const foreign = createSoftKey();
    await enroll(user, foreign, 'webauthn-roaming', { credential: foreign.credential('elsewhere.example') });
    const { relyingPartyId: _, ...at } = asked(shown);
    const there = foreign.get({ ...at, relyingPartyId: 'elsewhere.example' });
    expect((await step(shown, there)).notice).toEqual(NOT_ACCEPTED);
  });

  test('a kind of key answers for its kind only', async () => {
    const { shown, user } = await atKey();
    const device = createSoftKey();
    await enroll(user, device, 'webauthn-platform');
    expect((await step(shown, device.get(asked(shown)))).notice).toEqual(NOT_ACCEPTED);
  });

  test.each<[what: string, gone: (ids: string[]) => Promise<unknown>]>([
    ['removed', (ids) => house.store.authenticators.remove(house.tenant.id, ids[0] ?? '')],
    [
      'switched off',
      () => house.editTenant((tenant) => ({ ...tenant, factors: { ...tenant.factors, 'webauthn-roaming': false } })),
    ],
    [
      'bound to another domain',
      () =>
        house.editTenant((tenant) => ({
          ...tenant,
          webauthn: { roaming: { userVerification: 'discouraged', overrides: true, relyingPartyId: 'localhost' } },
        })),
    ],
  ])('%s while it is asked for: another method is', async (_what, gone) => {
    const { tenant } = house;
    const { key, ids, shown } = await atKey(KEY_OR_APP, ['otp']);
    await gone(ids);
    const next = await step(shown, key.get(asked(shown)));
    expect(next.login.challenges.at(-1)).toMatchObject({ factor: 'otp' });
    expect(state(await house.step(next.key, { kind: 'responded', code: totp(house) })).name).toBe('completed');
    await house.editTenant(() => tenant);
  });

  test('is not answered by a code, and a code not by a key', async () => {
    const { key, shown } = await atKey(KEY_OR_APP, ['otp']);
    const coded = await house.step(shown.key, { kind: 'responded', code: '123456' });
    expect(coded.notice).toEqual({ key: 'authenticator-error' });
    const picker = await house.step(shown.key, { kind: 'reconsidered' });
    const app = await house.step(picker.key, { kind: 'chosen', factor: 'otp' });
    expect((await asserted(app, key.get(asked(shown)))).outcome).toBe('elsewhere');
    // Back at the key, the challenge that is open is the same one.
    const again = await house.step(app.key, { kind: 'reconsidered' });
    const back = await house.step(again.key, { kind: 'chosen', factor: 'webauthn-roaming' });
    expect(asked(back)).toEqual(asked(shown));
    expect(state(await step(back, key.get(asked(back)))).name).toBe('completed');
  });

  test('fifteen times in a minute and no more; a right answer costs nothing', async () => {
    const { key, shown } = await atKey();
    for (let tries = 15; tries > 0; tries--) await step(shown, key.get(asked(shown), { forged: true }));
    const throttled = await step(shown, key.get(asked(shown)));
    expect(throttled.notice).toEqual({ key: 'too-many-webauthn-challenge-attempts-error', retryAfterSeconds: 4 });
    house.clock.advance(4_000);
    expect(state(await step(shown, key.get(asked(shown)))).name).toBe('completed');
  });
});

/** Whatever somebody may post in place of an answer, given a right one. */
const NONSENSE: [what: string, make: (right: JsonObject) => JsonObject][] = [
  ['nothing', () => ({})],
  ['no id', ({ id: _, ...rest }) => rest],
  ['a number as its id', (right) => ({ ...right, id: 5, rawId: 5 })],
  ['an id that is no base64url', (right) => ({ ...right, id: '!!', rawId: '!!' })],
  ['two ids', (right) => ({ ...right, rawId: 'b3RoZXI' })],
  ['an endless id', (right) => ({ ...right, id: 'A'.repeat(5000), rawId: 'A'.repeat(5000) })],
  ['another type', (right) => ({ ...right, type: 'password' })],
  ['no response', (right) => ({ ...right, response: null })],
  ['a list as response', (right) => ({ ...right, response: [] })],
  ['a text as response', (right) => ({ ...right, response: 'x' })],
  ['no client data', (right) => part(right, { clientDataJSON: null })],
  ['client data that is no JSON', (right) => part(right, { clientDataJSON: encode('{') })],
  ['client data null', (right) => part(right, { clientDataJSON: encode('null') })],
  ['client data in a list', (right) => part(right, { clientDataJSON: encode('[]') })],
  ['client data without end', (right) => part(right, { clientDataJSON: encode(' '.repeat(60_000)) })],
];
const encode = (text: string) => Buffer.from(text).toString('base64url');
const part = (right: JsonObject, more: JsonObject) => ({
  ...right,
  response: { ...(right.response as JsonObject), ...more },
});

const ASSERTION_NONSENSE: typeof NONSENSE = [
  ...NONSENSE,
  ['no signature', (right) => part(right, { signature: null })],
  ['an empty signature', (right) => part(right, { signature: '' })],
  ['a signature that is none', (right) => part(right, { signature: 'AAAA' })],
  ['no authenticator data', (right) => part(right, { authenticatorData: null })],
  ['short authenticator data', (right) => part(right, { authenticatorData: 'AAAA' })],
];

const ATTESTATION_NONSENSE: typeof NONSENSE = [
  ...NONSENSE,
  ['no attestation', (right) => part(right, { attestationObject: null })],
  ['an attestation that is a number', (right) => part(right, { attestationObject: 'AA' })],
  ['an attestation that ends early', (right) => part(right, { attestationObject: 'o2NmbXRkbm9uZQ' })],
  ['lists in lists', (right) => part(right, { attestationObject: Buffer.alloc(12_000, 0x81).toString('base64url') })],
];

describe('nonsense', () => {
  test('in place of what a key signed is refused, and the login stays', async () => {
    const { key, shown } = await atKey();
    for (const [what, make] of ASSERTION_NONSENSE) {
      const next = await step(shown, make(key.get(asked(shown))));
      expect(next.notice, what).toEqual(NOT_ACCEPTED);
      house.clock.advance(4_000);
    }
    expect(state(await step(shown, key.get(asked(shown)))).name).toBe('completed');
  });

  test('in place of a new key is refused, and the enrollment stays', async () => {
    await house.bind(NEW_KEY);
    const { email } = await person([]);
    const shown = await signInAgain(house, email);
    const key = createSoftKey();
    for (const [what, make] of ATTESTATION_NONSENSE) {
      const next = await step(shown, make(key.create(asked(shown))));
      expect(next.notice, what).toEqual(NOT_ACCEPTED);
    }
    expect(state(await step(shown, key.create(asked(shown)))).name).toBe('informing');
  });
});

describe('a new key', () => {
  async function atNewKey(bound = NEW_KEY) {
    await house.bind(bound);
    const whose = await person([]);
    return { ...whose, key: createSoftKey(), shown: await signInAgain(house, whose.email) };
  }
  const kept = (user: UserRecord) => house.store.authenticators.ofUser(house.tenant.id, user.id);

  test('is kept with what it says of itself, named by its person, and good at the next login', async () => {
    const { key, user, email, shown } = await atNewKey();
    const response = key.create(asked(shown), { transports: ['usb', 'nfc', 'telepathy'] });
    const named = await house.step(shown.key, { kind: 'asserted', response, name: 'Security key' });
    expect(state(named)).toMatchObject({
      name: 'informing',
      notes: [{ kind: 'naming', name: 'Security key' }, { kind: 'enrolled' }],
    });
    const told = await house.step(named.key, { kind: 'named', name: 'Blue key' });
    expect(state(told)).toMatchObject({ notes: [{ kind: 'enrolled', name: 'Blue key' }] });
    const done = await house.step(told.key, { kind: 'acknowledged' });
    expect(state(done).name).toBe('completed');
    expect(await kept(user)).toMatchObject([
      {
        type: 'webauthn-roaming',
        name: 'Blue key',
        confirmed: true,
        credential: {
          id: key.id,
          transports: ['nfc', 'usb'],
          deviceType: 'singleDevice',
          backedUp: false,
          relyingPartyId: domain(),
          userAgent: 'test',
        },
      },
    ]);
    expect((await logsOf(house, user.id)).map(([type]) => type)).toEqual([
      'gd_start_enroll',
      'gd_enrollment_complete',
      's',
    ]);
    await house.bind(KEY);
    const again = await signInAgain(house, email);
    expect(state(await step(again, key.get(asked(again)))).name).toBe('completed');
  });

  test('that is their first brings a recovery code, told last', async () => {
    const { tenant } = house;
    await house.editTenant((t) => ({ ...t, factors: { ...t.factors, 'recovery-code': true } }));
    const { key, user, shown } = await atNewKey();
    const named = await step(shown, key.create(asked(shown)));
    await house.editTenant(() => tenant);
    expect(state(named)).toMatchObject({
      notes: [{ kind: 'naming' }, { kind: 'enrolled' }, { kind: 'recovery-code', because: 'enrolled' }],
    });
    expect((await kept(user)).map(({ type }) => type).sort()).toEqual(['recovery-code', 'webauthn-roaming']);
  });

  test("a device's own authenticator has no name to give, and is told of", async () => {
    const { key, user, shown } = await atNewKey(NEW_DEVICE);
    const told = await step(shown, key.create(asked(shown), { transports: ['internal'] }));
    expect(state(told)).toMatchObject({
      name: 'informing',
      notes: [{ kind: 'enrolled', factor: 'webauthn-platform' }],
    });
    expect(await kept(user)).toMatchObject([{ type: 'webauthn-platform', name: 'This device' }]);
  });

  test.each<[why: string, bound: string, twist: Twist & { format?: string }, fault: KeyFault]>([
    ['another challenge', NEW_KEY, { challenge: 'c29tZXRoaW5nIGVsc2U' }, 'other-challenge'],
    ['another site', NEW_KEY, { origin: 'https://evil.example' }, 'other-origin'],
    ['a frame', NEW_KEY, { clientData: { crossOrigin: true } }, 'other-origin'],
    ['another domain', NEW_KEY, { relyingPartyId: 'evil.example' }, 'other-relying-party'],
    ['nobody at the key', NEW_KEY, { flags: 0 }, 'nobody-present'],
    ['nobody verified by the device', NEW_DEVICE, { flags: FLAGS_PRESENT }, 'nobody-verified'],
    ['what a known key signs', NEW_KEY, { type: 'webauthn.get' }, 'malformed'],
    ['another id beside it', NEW_KEY, { id: 'b3RoZXI' }, 'malformed'],
    ['a statement of a maker', NEW_KEY, { format: 'fido-u2f' }, 'attested'],
    ['a statement of no known kind', NEW_KEY, { format: 'mine' }, 'attested'],
  ])('that comes with %s is not kept', async (_why, bound, twist, fault) => {
    const { key, user, shown } = await atNewKey(bound);
    const next = await step(shown, key.create(asked(shown), twist));
    expect(next.notice).toEqual(NOT_ACCEPTED);
    expect(await kept(user)).toEqual([]);
    expect(await logsOf(house, user.id)).toContainEqual([
      'gd_webauthn_enrollment_failed',
      `Security key could not be enrolled: ${KEY_FAULTS[fault]}`,
    ]);
  });

  test("that is enrolled already, by whomever, is nobody else's", async () => {
    const { shown, user } = await atNewKey();
    const taken = createSoftKey();
    await person([taken]);
    expect((await step(shown, taken.create(asked(shown)))).notice).toEqual(NOT_ACCEPTED);
    expect(await kept(user)).toEqual([]);
  });

  test('is asked for by a factor that was switched off meanwhile: the login ends, and nothing is kept', async () => {
    const { tenant } = house;
    const { key, user, shown } = await atNewKey();
    await house.editTenant((t) => ({ ...t, factors: { ...t.factors, 'webauthn-roaming': false } }));
    const next = await step(shown, key.create(asked(shown)));
    await house.editTenant(() => tenant);
    expect(state(next).name).toBe('denied');
    expect(await kept(user)).toEqual([]);
  });

  test('in two tabs: who has shown nothing cannot give a second one', async () => {
    const { key, user, email, shown } = await atNewKey();
    const other = await signInAgain(house, email);
    await step(shown, key.create(asked(shown)));
    expect(state(await step(other, createSoftKey().create(asked(other)))).name).toBe('denied');
    expect(await kept(user)).toHaveLength(1);
  });
});
