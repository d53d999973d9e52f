// The pages of keys and passkeys over HTTP, as a browser's forms reach them: fields, actions and refusals by their keys,
// what is in the page for its script, and what a browser puts off.
// Longer than 300 lines because it is rows by screen.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Asked, createSoftKey, type SoftKey } from '#server/testing/soft-key.ts';
import type { AuthenticatorRecord, JsonObject } from '#storage/records.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { script, totp } from '../../runtime/visit.ts';
import { type Answer, BROWSER, beginLogin, cookie, openPages, type Pages, stateIn } from './pages.ts';

const ASK = 'api.authentication.challengeWith';
const KEY = script(`${ASK}({ type: 'webauthn-roaming' });`);
const DEVICE = script(`${ASK}({ type: 'webauthn-platform' });`);
const KEY_OR_APP = script(`${ASK}({ type: 'webauthn-roaming' }, { additionalFactors: [{ type: 'otp' }] });`);
const ANY = script(
  `api.authentication.challengeWithAny([{ type: 'webauthn-platform' }, { type: 'webauthn-roaming' }, { type: 'otp' }]);`,
);
const APP = script(`${ASK}({ type: 'otp' });`);
const NEW_KEY = script(`api.authentication.enrollWith({ type: 'webauthn-roaming' });`);
const NEW_DEVICE = script(`api.authentication.enrollWith({ type: 'webauthn-platform' });`);
const PASSKEYS: JsonObject = { authentication_methods: { passkey: { enabled: true } } };
const ABLE = {
  'js-available': 'true',
  'is-brave': 'false',
  'webauthn-available': 'true',
  'webauthn-platform-available': 'true',
  'allow-passkeys': 'true',
};

let house: House;
let pages: Pages;
beforeAll(async () => {
  house = await openHouse({ on: ['otp', 'webauthn-roaming', 'webauthn-platform'] });
  pages = openPages(house);
});
afterAll(() => house.close());
beforeEach(async () => {
  await house.bind();
  await setConnection({});
});

async function setConnection(options: JsonObject) {
  const { connections } = house.store;
  const found = await connections.findByKey(house.tenant.id, 'Username-Password-Authentication');
  await connections.update(house.tenant.id, found?.id ?? '', (current) => ({ ...current, options }));
}

let people = 0;
type Person = { who: string; userId: string; key: SoftKey };
async function person(type?: AuthenticatorRecord['type'], has: 'otp'[] = []): Promise<Person> {
  const who = `keyholder-${++people}`;
  const user = await house.user(who, has);
  const key = createSoftKey();
  const whose = { tenantId: house.tenant.id, userId: user.id, confirmed: true, createdAt: house.clock.at };
  const id = `dev_${house.ports.random.letters(16)}`;
  const credential = key.credential(new URL(house.tenant.baseUrl).hostname, { userHandle: 'aGFuZGxl' });
  if (type) await house.store.authenticators.insert({ ...whose, id, type, credential });
  return { who, userId: user.id, key };
}

/** The password is given, and the page that follows opened. */
async function toPage(who: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const { key, path } = await beginLogin(house);
  const sent = { state: key, username: `${who}@example.com`, password: PASSWORD, action: 'default', ...fields };
  return follow(await pages.post(path, sent, headers));
}

type At = Answer & { path: string; name: string; state: string };
async function follow(answer: Answer): Promise<At> {
  const path = answer.location ?? '';
  const page = await pages.get(path);
  return { ...page, path, name: new URL(path, 'http://x').pathname.slice('/u/'.length), state: stateIn(answer) };
}
const send = (at: At, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  pages.post(at.path, { state: at.state, ...fields }, headers);
const next = async (at: At, fields: Record<string, string>) => follow(await send(at, fields));
const ended = ({ location }: Answer) => location?.startsWith('/authorize/resume');

/** What the script of the page is told to ask for. */
function optionsIn({ text }: Answer): Record<string, unknown> & { challenge: string } {
  const [, data = ''] = /data-options="([^"]*)"/.exec(text) ?? [];
  return JSON.parse(data.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
}
const asked = (page: Answer): Asked => ({
  challenge: optionsIn(page).challenge,
  relyingPartyId: new URL(house.tenant.baseUrl).hostname,
  origin: house.tenant.baseUrl,
});
const response = (value: JsonObject) => ({ response: JSON.stringify(value), action: 'default' });

describe('a key that is asked for', () => {
  test('signs what stands in the page, with scripts of ours and no others', async () => {
    await house.bind(KEY);
    const { who, key } = await person('webauthn-roaming');
    const page = await toPage(who);
    expect(page.name).toBe('mfa-webauthn-roaming-challenge');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(optionsIn(page)).toEqual({
      challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      rpId: new URL(house.tenant.baseUrl).hostname,
      userVerification: 'discouraged',
      allowCredentials: [{ type: 'public-key', id: key.id, transports: ['usb'] }],
      hints: ['security-key'],
      timeout: 300_000,
    });
    expect(page.text).toContain('<noscript>');
    expect(ended(await send(page, { ...response(key.get(asked(page))), rememberBrowser: 'true' }))).toBe(true);
  });

  test.each<[what: string, fields: Record<string, string>]>([
    ['nothing', { action: 'default' }],
    ['no JSON', { action: 'default', response: '{' }],
    ['a list', { action: 'default', response: '[]' }],
    ['a number', { action: 'default', response: '5' }],
    ['null', { action: 'default', response: 'null' }],
    ['an empty object', { action: 'default', response: '{}' }],
    ['what is nested without end', { action: 'default', response: `{"id":${'['.repeat(5000)}${']'.repeat(5000)}}` }],
  ])('%s in its place: the same page, with its key', async (_what, fields) => {
    await house.bind(KEY);
    const { who } = await person('webauthn-roaming');
    const page = await toPage(who);
    const refused = await send(page, fields);
    expect([refused.status, refused.error]).toEqual([400, 'webauthn-not-accepted']);
    expect(asked(refused)).toEqual(asked(page));
    expect(refused.text).not.toContain('data-begins');
  });

  test('too many tries say so', async () => {
    await house.bind(KEY);
    const { who, key } = await person('webauthn-roaming');
    const page = await toPage(who);
    const wrong = response(key.get(asked(page), { forged: true }));
    for (let tries = 15; tries > 0; tries--) await send(page, wrong);
    const refused = await send(page, wrong);
    expect([refused.status, refused.error]).toEqual([429, 'too-many-webauthn-challenge-attempts-error']);
    expect(refused.headers.get('retry-after')).toBe('4');
  });

  test('is one way of two: the picker is a click away, and back', async () => {
    await house.bind(KEY_OR_APP);
    const { who, key } = await person('webauthn-roaming', ['otp']);
    const page = await toPage(who);
    const picker = await next(page, { action: 'pick-authenticator' });
    expect(picker.name).toBe('mfa-login-options');
    const back = await next(picker, { action: 'webauthn-roaming' });
    expect(back.name).toBe('mfa-webauthn-roaming-challenge');
    expect(ended(await send(back, response(key.get(asked(back)))))).toBe(true);
  });

  test.each<[said: string, turnedTo: string]>([
    ['{"name":"NotAllowedError","message":"x"}', 'mfa-webauthn-error'],
    ['{"name":"NotSupportedError"}', 'mfa-webauthn-not-available-error'],
    ['{"name":"SecurityError"}', 'mfa-webauthn-not-available-error'],
    ['{', 'mfa-webauthn-error'],
    ['', 'mfa-webauthn-error'],
    ['[{}]', 'mfa-webauthn-error'],
  ])('a browser that says %j leads to a page with ways on', async (said, turnedTo) => {
    await house.bind(KEY_OR_APP);
    const { who } = await person('webauthn-roaming', ['otp']);
    const page = await toPage(who);
    const error = await next(page, { action: `showError::${said}` });
    expect([error.name, error.status]).toEqual([turnedTo, 200]);
    expect((await next(error, { action: 'pick-authenticator' })).name).toBe('mfa-login-options');
  });

  test('tries again with a challenge of its own, the former one is void', async () => {
    await house.bind(DEVICE);
    const { who, key } = await person('webauthn-platform');
    const page = await toPage(who);
    const error = await next(page, { action: 'showError::{"name":"NotAllowedError"}' });
    const again = await next(error, { action: 'try-again' });
    expect(again.name).toBe('mfa-webauthn-platform-challenge');
    expect(asked(again).challenge).not.toBe(asked(page).challenge);
    expect((await send(again, response(key.get(asked(page))))).error).toBe('webauthn-not-accepted');
    expect(ended(await send(again, response(key.get(asked(again)))))).toBe(true);
  });

  test('left open too long: the page waits for nobody, and a late answer is told', async () => {
    await house.bind(KEY);
    const { who, key } = await person('webauthn-roaming');
    const page = await toPage(who);
    house.clock.advance(5 * 60_000);
    expect(optionsIn(await pages.get(page.path))).toMatchObject({ timeout: 0 });
    expect((await send(page, response(key.get(asked(page))))).error).toBe('webauthn-not-accepted');
    const again = await next(page, { action: 'try-again' });
    expect(ended(await send(again, response(key.get(asked(again)))))).toBe(true);
  });

  test('another action is refused', async () => {
    await house.bind(KEY);
    const { who } = await person('webauthn-roaming');
    const page = await toPage(who);
    expect((await send(page, { action: 'snooze-enrollment' })).error).toBe('authenticator-error');
  });
});

describe('a new key', () => {
  test('is made, named and told of', async () => {
    await house.bind(NEW_KEY);
    const { who, userId, key } = await person();
    const page = await toPage(who);
    expect(page.name).toBe('mfa-webauthn-roaming-enrollment');
    expect(optionsIn(page)).toMatchObject({
      rp: { id: new URL(house.tenant.baseUrl).hostname, name: house.tenant.name },
      user: { id: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/), name: `${who}@example.com`, displayName: who },
      excludeCredentials: [],
      authenticatorSelection: {
        authenticatorAttachment: 'cross-platform',
        residentKey: 'discouraged',
        userVerification: 'discouraged',
      },
      attestation: 'none',
    });
    expect(optionsIn(page).pubKeyCredParams).toContainEqual({ type: 'public-key', alg: -7 });
    expect((await send(page, { action: 'default' })).error).toBe('webauthn-not-accepted');
    const naming = await next(page, response(key.create(asked(page))));
    expect(naming.name).toBe('mfa-webauthn-change-key-nickname');
    expect(naming.text).toContain('value="My security key"');
    const nameless = await send(naming, { nickname: '  ', action: 'default' });
    expect([nameless.status, nameless.error]).toEqual([400, 'no-nickname']);
    const told = await next(naming, { nickname: '<b>Blue</b> key of mine, long', action: 'default' });
    expect(told.name).toBe('mfa-webauthn-enrollment-success');
    expect(ended(await send(told, { action: 'default' }))).toBe(true);
    const [row] = await house.store.authenticators.ofUser(house.tenant.id, userId);
    expect(row?.name).toBe('<b>Blue</b> key of m');
  });

  test('that is made again is known to the browser: the page names those there are', async () => {
    await house.bind(script(`api.authentication.challengeWith({ type: 'webauthn-roaming' });`));
    const { who, key } = await person('webauthn-roaming');
    const page = await toPage(who);
    expect(optionsIn(page).allowCredentials).toMatchObject([{ id: key.id }]);
  });

  test("a device's own authenticator is called like the browser; putting it off is not offered", async () => {
    await house.bind(NEW_DEVICE);
    const { who, key, userId } = await person();
    const page = await toPage(who);
    expect(page.name).toBe('mfa-webauthn-platform-enrollment');
    expect(optionsIn(page)).toMatchObject({
      authenticatorSelection: { authenticatorAttachment: 'platform', userVerification: 'required' },
    });
    for (const action of ['snooze-enrollment', 'refuse-add-device']) {
      expect((await send(page, { action })).error).toBe('authenticator-error');
    }
    const error = await next(page, { action: 'showError::{"name":"InvalidStateError"}' });
    expect(error.name).toBe('mfa-webauthn-error');
    const again = await next(error, { action: 'try-again' });
    expect(again.name).toBe('mfa-webauthn-platform-enrollment');
    expect((await next(again, response(key.create(asked(again))))).name).toBe('mfa-webauthn-enrollment-success');
    const [row] = await house.store.authenticators.ofUser(house.tenant.id, userId);
    expect(row?.name).toBe('My device');
  });
});

describe('a passkey at the login page', () => {
  const login = async (ui?: string) => {
    await setConnection({ ...PASSKEYS, ...(ui === undefined ? {} : { passkey_options: { challenge_ui: ui } }) });
    const { key, path } = await beginLogin(house);
    return { ...(await pages.get(path)), path, state: key, name: 'login' };
  };

  test.each<[ui: string | undefined, autofill: boolean, button: boolean]>([
    [undefined, true, true],
    ['both', true, true],
    ['autofill', true, false],
    ['button', false, true],
  ])('with challenge_ui %s', async (ui, autofill, button) => {
    const { text } = await login(ui);
    expect(text.includes('autocomplete="username webauthn"')).toBe(autofill);
    expect(text.includes('data-autofill')).toBe(autofill);
    expect(text.includes('data-shows=button')).toBe(button);
  });

  test('signs in, and says what the browser can do', async () => {
    const { key } = await person('passkey');
    const page = await login();
    expect(optionsIn(page)).toMatchObject({ allowCredentials: [], userVerification: 'required' });
    const answer = key.get(asked(page), { userHandle: 'aGFuZGxl' });
    expect(ended(await send(page, { ...response(answer), action: 'passkey', ...ABLE }))).toBe(true);
  });

  test.each<[what: string, fields: Record<string, string>]>([
    ['nothing', {}],
    ['no JSON', { response: 'x' }],
    ['an unknown key', { response: '{"id":"AAAA","rawId":"AAAA","type":"public-key"}' }],
  ])('%s is refused by its key; the browser is not asked again by itself', async (_what, fields) => {
    const page = await login();
    const refused = await send(page, { action: 'passkey', ...fields });
    expect([refused.status, refused.error]).toEqual([400, 'passkey-not-accepted']);
    expect(refused.text).toContain('data-begins="autofill-later"');
  });

  test('where there are none, the page knows nothing of them', async () => {
    const { key, path } = await beginLogin(house);
    const page = await pages.get(path);
    expect(page.text).not.toMatch(/data-ceremony|username webauthn/);
    expect((await pages.post(path, { state: key, action: 'passkey', response: '{}' })).error).toBe(
      'authenticator-error',
    );
  });
});

describe('what is suggested', () => {
  test('a passkey: made, or not now', async () => {
    await setConnection(PASSKEYS);
    const { who, key, userId } = await person();
    const page = await toPage(who, ABLE);
    expect(page.name).toBe('passkey-enrollment');
    expect(optionsIn(page)).toMatchObject({ authenticatorSelection: { residentKey: 'required' } });
    const told = await next(page, response(key.create(asked(page))));
    expect(told.text).toContain('Your passkey is ready');
    expect(ended(await send(told, { action: 'default' }))).toBe(true);
    expect(await house.store.authenticators.ofUser(house.tenant.id, userId)).toMatchObject([{ type: 'passkey' }]);
  });

  test.each<[action: string, days: number]>([['abort-passkey-enrollment', 7]])(
    '%s puts it off in this browser for %d days',
    async (action, days) => {
      await setConnection(PASSKEYS);
      const { who } = await person();
      const page = await toPage(who, ABLE);
      const skipped = await send(page, { action });
      expect(ended(skipped)).toBe(true);
      expect(skipped.headers.get('set-cookie')).toContain(`sallyport_put_off=1; Max-Age=${days * 86_400}`);
      const again = { cookie: `${cookie(BROWSER)}; sallyport_put_off=1` };
      const { key, path } = await beginLogin(house);
      const fields = { state: key, username: `${who}@example.com`, password: PASSWORD, action: 'default', ...ABLE };
      expect(ended(await pages.post(path, fields, again))).toBe(true);
    },
  );

  test.each<[action: string, days: number]>([
    ['snooze-enrollment', 7],
    ['refuse-add-device', 365],
  ])("this device's authenticator: %s puts it off for %d days", async (action, days) => {
    await house.bind(APP);
    const { who } = await person(undefined, ['otp']);
    const app = await toPage(who, ABLE);
    const page = await next(app, { code: totp(house), action: 'default' });
    expect(page.name).toBe('mfa-webauthn-platform-enrollment');
    const skipped = await send(page, { action });
    expect(ended(skipped)).toBe(true);
    expect(skipped.headers.get('set-cookie')).toContain(`Max-Age=${days * 86_400}`);
  });

  test('its error page leads back, or on', async () => {
    await setConnection(PASSKEYS);
    const { who } = await person();
    const page = await toPage(who, ABLE);
    const error = await next(page, { action: 'showError::{"name":"NotAllowedError"}' });
    expect((await next(error, { action: 'try-again' })).name).toBe('passkey-enrollment');
    expect(ended(await send(error, { action: 'refuse-add-device' }))).toBe(true);
  });

  test.each<[what: string, connection: JsonObject, bound: string]>([
    ['a passkey', PASSKEYS, ''],
    ["this device's authenticator", {}, APP],
  ])('where the browser cannot make %s after all, its page leads on', async (_what, connection, bound) => {
    await setConnection(connection);
    if (bound) await house.bind(bound);
    const { who } = await person(undefined, bound ? ['otp'] : []);
    const first = await toPage(who, ABLE);
    const page = bound ? await next(first, { code: totp(house), action: 'default' }) : first;
    const error = await next(page, { action: 'showError::{"name":"NotSupportedError"}' });
    expect([error.name, error.text]).toEqual([
      'mfa-webauthn-not-available-error',
      expect.stringContaining('value="refuse-add-device"'),
    ]);
    expect(ended(await send(error, { action: 'refuse-add-device' }))).toBe(true);
  });

  test.each<[why: string, fields: Record<string, string>]>([
    ['a client that knows no fields', {}],
    ['a browser whose script has not run', Object.fromEntries(Object.keys(ABLE).map((name) => [name, '']))],
    ['a browser without an authenticator', { ...ABLE, 'webauthn-platform-available': 'false' }],
    ['fields that make no sense', { ...ABLE, 'allow-passkeys': 'perhaps' }],
  ])('nothing to %s', async (_why, fields) => {
    await setConnection(PASSKEYS);
    const { who } = await person();
    const { key, path } = await beginLogin(house);
    const sent = { state: key, username: `${who}@example.com`, password: PASSWORD, action: 'default', ...fields };
    expect(ended(await pages.post(path, sent))).toBe(true);
  });
});

describe('what the browser can do', () => {
  test('is known from the login page: what it cannot is not offered', async () => {
    await house.bind(ANY);
    const { who } = await person('webauthn-platform', ['otp']);
    const unable = { ...ABLE, 'webauthn-platform-available': 'false' };
    expect((await toPage(who, unable)).name).toBe('mfa-otp-challenge');
    expect((await toPage(who, ABLE)).name).toBe('mfa-login-options');
    expect((await toPage(who)).name).toBe('mfa-login-options');
  });

  /** Signs in again with the session of a login before. */
  async function withSession(who: string): Promise<At> {
    await house.bind();
    const { key, path } = await beginLogin(house);
    const done = await pages.post(path, {
      ...{ state: key, username: `${who}@example.com`, password: PASSWORD },
      action: 'default',
    });
    const finished = await house.runtime.finish(house.tenant, { key: stateIn(done), binding: BROWSER });
    if (finished.outcome !== 'finished') throw new Error(finished.outcome);
    await house.bind(ANY);
    const { login } = await house.begin();
    const begun = await house.begin({ binding: BROWSER, session: finished.session, request: login.request });
    const [first] = ['mfa-detect-browser-capabilities'];
    const at = `/u/${first}?state=${begun.key}`;
    return { ...(await pages.get(at)), path: at, name: first ?? '', state: begun.key };
  }

  test('is found out first for whoever comes with a session', async () => {
    const { who } = await person('webauthn-platform', ['otp']);
    const page = await withSession(who);
    expect(page.status).toBe(200);
    const picker = await next(page, { ...ABLE, action: 'pick-authenticator' });
    expect(picker.name).toBe('mfa-login-options');
    expect(picker.text).toContain('value="webauthn-platform"');
  });

  test('a client that says nothing goes on without keys', async () => {
    const { who } = await person('webauthn-platform', ['otp']);
    const page = await withSession(who);
    expect((await next(page, { action: 'pick-authenticator' })).name).toBe('mfa-otp-challenge');
  });
});
