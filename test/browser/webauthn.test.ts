// Test: keys and passkeys in a real Chromium with virtual authenticators of every kind: enrolled, asked for, refused, named,
// suggested and put off.
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { draw } from '#test/kit/counts.ts';
import { at, error, openLogin, photograph, press, server, signIn, somebody } from './stage.ts';

type Kind = 'platform' | 'u2f' | 'roaming' | 'passkey';

/** As Chromium's WebAuthn domain takes them. */
const AUTHENTICATORS = {
  platform: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
  u2f: { protocol: 'u2f', transport: 'usb' },
  roaming: { protocol: 'ctap2', transport: 'usb', hasResidentKey: false, hasUserVerification: false },
  passkey: {
    protocol: 'ctap2',
    ctap2Version: 'ctap2_1',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    defaultBackupEligibility: true,
    defaultBackupState: true,
  },
} as const;

/** A person's device, and what stands for their finger. */
type Device = {
  page: Page;
  /** Whether the authenticator knows its person. */
  verify(isVerified: boolean): Promise<void>;
};

async function device(kind: Kind): Promise<Device> {
  const page = await (await somebody({ javaScriptEnabled: true })).newPage();
  const cdp: CDPSession = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const isUserVerified = kind === 'platform' || kind === 'passkey';
  const options = { ...AUTHENTICATORS[kind], isUserVerified, automaticPresenceSimulation: true };
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  return {
    page,
    verify: async (isUserVerified) => {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
  };
}

const DATABASE = 'Username-Password-Authentication';
const ENDED = '/dev/try/callback';
let people = 0;
type Person = { email: string; password: string; id: string };
async function newcomer(): Promise<Person> {
  const person = { email: `keys-${++people}@example.com`, password: 'Opens-the-gate-1' };
  const made = await server.manage('POST', '/users', { connection: DATABASE, ...person });
  return { ...person, id: String(made.user_id) };
}

const factor = (name: string, enabled: boolean) => server.manage('PUT', `/guardian/factors/${name}`, { enabled });
const methodsOf = ({ id }: Person): Promise<unknown> =>
  server.manage('GET', `/users/${encodeURIComponent(id)}/authentication-methods`);
/** Asks what is written down for the person: once bound, nothing is built again. */
const ASKS = `exports.onExecutePostLogin = async (event, api) => {
  const { ask, type } = event.user.app_metadata;
  if (ask === 'enroll') api.authentication.enrollWith({ type });
  if (ask === 'anew') api.multifactor.enable('any', { allowRememberBrowser: false });
  if (ask === 'challenge' || ask === 'anew') api.authentication.challengeWith({ type });
  if (ask === 'any') api.authentication.challengeWithAny([{ type }, { type: 'otp' }]);
};`;
/** `anew`: without a box to tick, so that the page begins by itself. */
const asks = ({ id }: Person, ask: 'enroll' | 'challenge' | 'anew' | 'any' | null, type: string) =>
  server.manage('PATCH', `/users/${encodeURIComponent(id)}`, { app_metadata: { ask, type } });

async function toLogin(page: Page): Promise<void> {
  await page.goto(`${server.site}/dev/try/start?prompt=login`);
  await page.locator('input[name="js-available"][value="true"]').waitFor({ state: 'attached' });
}

/** Gives name and password, and waits for nothing: the page that follows may be gone in no time. */
async function begin(page: Page, { email, password }: Person): Promise<void> {
  await page.fill('[name=username]', email);
  await page.fill('[name=password]', password);
  await page.click('button[name=action][value=default]');
}

/** Enrolls a key of this kind; the device is at the end of that login. */
async function enrolled(kind: Kind, type: string): Promise<{ who: Person; device: Device }> {
  const who = await newcomer();
  await asks(who, 'enroll', type);
  const own = await device(kind);
  const { page } = own;
  await toLogin(page);
  await signIn(page, who);
  expect(at(page)).toBe(`/u/mfa-${type}-enrollment`);
  await photograph(page, `60-${type}-enrollment`);
  await page.click('[data-ceremony-start]');
  if (type === 'webauthn-roaming') {
    await page.waitForURL('**/u/mfa-webauthn-change-key-nickname?**');
    await photograph(page, '61-nickname');
    await page.fill('[name=nickname]', 'Blue key');
    await press(page, 'default');
  }
  await page.waitForURL('**/u/mfa-webauthn-enrollment-success?**');
  await photograph(page, `62-${type}-ready`);
  await press(page, 'default');
  expect(at(page)).toBe(ENDED);
  return { who, device: own };
}

let connection: { id: string; options: Record<string, unknown> };
const setPasskeys = (enabled: boolean, more: Record<string, unknown> = {}) =>
  server.manage('PATCH', `/connections/${connection.id}`, {
    options: { ...connection.options, authentication_methods: { passkey: { enabled } }, ...more },
  });

beforeAll(async () => {
  const all: unknown = await server.manage('GET', '/connections');
  const [first] = (all as (typeof connection & { name: string })[]).filter(({ name }) => name === DATABASE);
  if (!first) throw new Error('there is no database connection');
  connection = first;
  await setPasskeys(false);
  await factor('webauthn-platform', true);
  await factor('webauthn-roaming', true);
  // What is written down with a first factor has its own tests.
  await factor('recovery-code', false);
  await server.bind(ASKS);
});

describe('a second factor', () => {
  const kinds: [name: string, kind: Kind, type: 'webauthn-platform' | 'webauthn-roaming'][] = [
    ["the device's own authenticator", 'platform', 'webauthn-platform'],
    ['a security key of the older kind', 'u2f', 'webauthn-roaming'],
    ['a security key that verifies nobody', 'roaming', 'webauthn-roaming'],
    ['a device that shares its keys with others', 'passkey', 'webauthn-platform'],
  ];
  test.each(draw(kinds, 2))('%s: enrolled, asked for, and asked for by itself', async (_name, kind, type) => {
    const { who, device } = await enrolled(kind, type);
    const { page } = device;
    expect(await methodsOf(who)).toMatchObject([{ type, confirmed: true }]);
    await asks(who, 'challenge', type);
    await toLogin(page);
    await signIn(page, who);
    expect(at(page)).toBe(`/u/mfa-${type}-challenge`);
    await photograph(page, `63-${type}-challenge`);
    await page.getByLabel('Remember this device').check();
    await page.click('[data-ceremony-start]');
    await page.waitForURL(`**${ENDED}**`);
    expect(await page.locator('main').textContent()).toContain('mfa');
    await asks(who, 'anew', type);
    await toLogin(page);
    await begin(page, who);
    await page.waitForURL(`**${ENDED}**`);
  });

  test('a device that does not know its person: told so, tried again, and taken', async () => {
    const { who, device } = await enrolled('platform', 'webauthn-platform');
    const { page } = device;
    await asks(who, 'anew', 'webauthn-platform');
    await device.verify(false);
    await toLogin(page);
    await begin(page, who);
    await page.waitForURL('**/u/mfa-webauthn-platform-challenge?**');
    // What it tries by itself is no error.
    await page.locator('[data-waiting]').waitFor({ state: 'attached' });
    await page.click('[data-ceremony-start]');
    await page.waitForURL('**/u/mfa-webauthn-error?**');
    await photograph(page, '64-not-accepted');
    await device.verify(true);
    await page.click('button[name=action][value=try-again]');
    await page.waitForURL(`**${ENDED}**`);
  });

  test('another key than the one that was enrolled: another method', async () => {
    const { who } = await enrolled('roaming', 'webauthn-roaming');
    await asks(who, 'challenge', 'webauthn-roaming');
    const other = await device('roaming');
    await toLogin(other.page);
    await signIn(other.page, who);
    await other.page.click('[data-ceremony-start]');
    await other.page.waitForURL('**/u/mfa-webauthn-error?**');
  });

  test('beside another one, for whoever comes with a session: the browser says first what it can', async () => {
    const { who, device } = await enrolled('roaming', 'webauthn-roaming');
    const { page } = device;
    await server.manage('POST', `/users/${encodeURIComponent(who.id)}/authentication-methods`, {
      type: 'totp',
      totp_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
      name: 'App',
    });
    await asks(who, null, '');
    await toLogin(page);
    await signIn(page, who);
    await asks(who, 'any', 'webauthn-roaming');
    const passed: string[] = [];
    page.on('framenavigated', () => passed.push(at(page)));
    await page.goto(`${server.site}/dev/try/start?prompt=`);
    await page.waitForURL('**/u/mfa-login-options?**');
    expect(passed).toContain('/u/mfa-detect-browser-capabilities');
    await press(page, 'webauthn-roaming');
    await page.click('[data-ceremony-start]');
    await page.waitForURL(`**${ENDED}**`);
  });

  test('without JavaScript the page says what to do', async () => {
    const { who } = await enrolled('roaming', 'webauthn-roaming');
    await asks(who, 'challenge', 'webauthn-roaming');
    const page = await openLogin(await somebody());
    await signIn(page, who);
    expect(at(page)).toBe('/u/mfa-webauthn-roaming-challenge');
    expect(await page.locator('noscript').textContent()).toContain('JavaScript');
    await press(page, 'default');
    expect(await error(page)).toBe('webauthn-not-accepted');
  });
});

describe('a passkey', () => {
  beforeEach(async () => {
    await setPasskeys(true);
  });
  afterAll(() => setPasskeys(false));

  async function made(): Promise<{ who: Person; device: Device }> {
    const who = await newcomer();
    const own = await device('passkey');
    const { page } = own;
    await toLogin(page);
    await signIn(page, who);
    expect(at(page)).toBe('/u/passkey-enrollment');
    await photograph(page, '65-passkey');
    await page.click('[data-ceremony-start]');
    await page.waitForURL('**/u/mfa-webauthn-enrollment-success?**');
    await photograph(page, '66-passkey-ready');
    await press(page, 'default');
    expect(at(page)).toBe(ENDED);
    return { who, device: own };
  }

  test('is offered after the password, and the next time the browser offers it by itself', async () => {
    const { who, device } = await made();
    expect(await methodsOf(who)).toMatchObject([
      { type: 'passkey', credential_device_type: 'multi_device', credential_backed_up: true, name: 'Chrome on Linux' },
    ]);
    const { page } = device;
    await page.goto(`${server.site}/dev/try/start?prompt=login`);
    await page.waitForURL(`**${ENDED}**`);
    // Taken away here, the browser still offers it: once, and not again by itself.
    const [{ id }] = (await methodsOf(who)) as [{ id: string }];
    await server.manage(
      'DELETE',
      `/users/${encodeURIComponent(who.id)}/authentication-methods/${encodeURIComponent(id)}`,
    );
    await page.goto(`${server.site}/dev/try/start?prompt=login`);
    await page.locator('[data-error="passkey-not-accepted"]').waitFor();
    await page.locator('input[name="js-available"][value="true"]').waitFor({ state: 'attached' });
    await signIn(page, who);
    expect(at(page)).toBe('/u/passkey-enrollment');
  });

  test('by the button', async () => {
    await setPasskeys(true, { passkey_options: { challenge_ui: 'button' } });
    const { device } = await made();
    const { page } = device;
    await toLogin(page);
    expect(await page.getAttribute('[name=username]', 'autocomplete')).toBe('username');
    await photograph(page, '67-login-with-passkey');
    await page.getByRole('button', { name: 'Continue with a passkey' }).click();
    await page.waitForURL(`**${ENDED}**`);
  });

  test('of a device that does not know its person opens nothing; the password does', async () => {
    await setPasskeys(true, { passkey_options: { challenge_ui: 'button' } });
    const { who, device } = await made();
    const { page } = device;
    await device.verify(false);
    await toLogin(page);
    await page.getByRole('button', { name: 'Continue with a passkey' }).click();
    await page.locator('[data-ceremony]').waitFor({ state: 'attached' });
    await signIn(page, who);
    expect(at(page)).toBe(ENDED);
  });

  test('may wait: this browser is not asked again for a week', async () => {
    const who = await newcomer();
    const { page } = await device('passkey');
    await toLogin(page);
    await signIn(page, who);
    await press(page, 'abort-passkey-enrollment');
    expect(at(page)).toBe(ENDED);
    await toLogin(page);
    await signIn(page, who);
    expect(at(page)).toBe(ENDED);
  });

  test('without JavaScript nothing is offered', async () => {
    const page = await openLogin(await somebody());
    expect(await page.getByRole('button', { name: 'Continue with a passkey' }).isVisible()).toBe(false);
    await signIn(page, await newcomer());
    expect(at(page)).toBe(ENDED);
  });
});
