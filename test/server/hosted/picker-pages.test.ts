// Test: the two pickers with every factor: their rows, what a row says of whom it would ask, and that only what is offered
// can be chosen. The addresses of a password reset's challenges beside them.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FactorRequest } from '#runtime/transaction/transaction.ts';
import type { AuthenticatorRecord, UserRecord } from '#storage/records.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { type Answer, BROWSER, openPages, type Pages, signInOn, stateIn } from './pages.ts';

let house: House;
let pages: Pages;
let ana: UserRecord;
let people = 0;

const ALL = [
  'otp',
  'sms',
  'email',
  'recovery-code',
  'push-notification',
  'webauthn-roaming',
  'webauthn-platform',
] as const;

beforeAll(async () => {
  house = await openHouse({ on: [...ALL] });
  pages = openPages(house);
  ana = await house.user('ana', ['otp', 'phone', 'email']);
  const base = { tenantId: ana.tenantId, userId: ana.id, confirmed: true, createdAt: house.clock.at };
  const credential = (id: string): Pick<AuthenticatorRecord, 'credential'> => ({
    credential: {
      id,
      publicKey: 'pQECAyYgASFYIA',
      relyingPartyId: new URL(house.tenant.baseUrl).hostname,
      counter: 0,
      deviceType: 'singleDevice',
      backedUp: false,
      transports: ['usb'],
      aaguid: '00000000-0000-0000-0000-000000000000',
    },
  });
  const rows: AuthenticatorRecord[] = [
    { ...base, id: 'dev_push', type: 'push', name: 'Ana’s <phone>', secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' },
    { ...base, id: 'dev_key', type: 'webauthn-roaming', name: 'Blue key', ...credential('a') },
    { ...base, id: 'dev_device', type: 'webauthn-platform', ...credential('b') },
    { ...base, id: 'dev_code', type: 'recovery-code', secret: 'x' },
  ];
  for (const row of rows) await house.store.authenticators.insert(row);
}, 60_000);
afterAll(() => house.close());
beforeEach(() => house.editTenant((tenant) => ({ ...tenant, messageTypes: ['sms', 'voice'] })));

const script = (body: string) => house.bind(`exports.onExecutePostLogin = async (event, api) => { ${body} };`);
const any = (command: string, ...types: string[]) =>
  script(`api.authentication.${command}(${JSON.stringify(types.map((type) => ({ type })))});`);
const press = (from: Answer, fields: Record<string, string>) =>
  pages.post(from.location ?? '', { state: stateIn(from), ...fields });
const see = async (from: Answer) => (await pages.get(from.location ?? '')).text;
const at = ({ location = '' }: Answer) => location.replace(/\?.*$/, '').replace('/u/', '');
const rowsIn = (text: string) =>
  [...text.matchAll(/<button class="pick"[^>]* value="([^"]+)"/g)].map(([, value]) => value);

/** Name and what stands below it, as somebody reads a row. */
const rowOf = (text: string, action: string) =>
  new RegExp(`value="${action}"[^>]*>(.*?)</button>`)
    .exec(text)?.[1]
    ?.replaceAll(/<[^>]*>/g, '')
    .trim();

const IN_ORDER = [
  'recovery-code',
  'email',
  'phone',
  'otp',
  'push-notification',
  'webauthn-roaming',
  'webauthn-platform',
];

describe('what to show', () => {
  test('rows in the order of the script, each with its icon and whom it asks', async () => {
    await any('challengeWithAny', ...IN_ORDER);
    const text = await see(await signInOn(house, pages, 'ana'));
    expect(rowsIn(text)).toEqual(IN_ORDER);
    expect(text.match(/<svg class="icon"/g)?.length).toBeGreaterThanOrEqual(IN_ORDER.length);
    expect(Object.fromEntries(IN_ORDER.map((action) => [action, rowOf(text, action)]))).toEqual({
      'recovery-code': 'Recovery code The code that you wrote down.',
      email: 'Email ****@exam*******',
      phone: 'Phone XXXXXXXXX0123',
      otp: 'Google Authenticator or similar Your app shows a code.',
      // A name that somebody gave is text.
      'push-notification': 'Notification on your phone Ana’s &lt;phone&gt;',
      'webauthn-roaming': 'Security key Blue key',
      'webauthn-platform': 'Fingerprint or face recognition This device recognizes you.',
    });
    // Nothing was shown before that one could go back to.
    expect(text).not.toContain('back-action');
  });

  test.each([
    ['sms', 'SMS XXXXXXXXX0123'],
    ['voice', 'Phone call XXXXXXXXX0123'],
  ] as const)('where phones are reached by %s alone, the row says so', async (way, expected) => {
    await house.editTenant((tenant) => ({ ...tenant, messageTypes: [way] }));
    await any('challengeWithAny', 'phone', 'otp');
    const text = await see(await signInOn(house, pages, 'ana'));
    expect(rowsIn(text)).toEqual([way, 'otp']);
    expect(rowOf(text, way)).toBe(expected);
  });

  test.each([
    ['otp', 'mfa-otp-challenge'],
    ['phone', 'mfa-sms-challenge'],
    ['email', 'mfa-email-challenge'],
    ['recovery-code', 'mfa-recovery-code-challenge'],
    ['push-notification', 'mfa-push-challenge-push'],
    ['webauthn-roaming', 'mfa-webauthn-roaming-challenge'],
    ['webauthn-platform', 'mfa-webauthn-platform-challenge'],
  ])('%s leads to %s, which leads back', async (action, screen) => {
    await any('challengeWithAny', ...IN_ORDER);
    const chosen = await press(await signInOn(house, pages, 'ana'), { action });
    expect(at(chosen)).toBe(screen);
    const page = await pages.get(chosen.location ?? '');
    expect(page).toMatchObject({ status: 200, hasForm: true });
    expect(page.text).toContain('pick-authenticator');
    const picker = await press(chosen, { action: 'pick-authenticator' });
    expect(at(picker)).toBe('mfa-login-options');
    expect((await press(picker, { action: 'back-action' })).location).toBe(chosen.location);
  });

  test('alone, a factor has no way to others', async () => {
    for (const type of ['otp', 'phone', 'email', 'recovery-code']) {
      await any('challengeWithAny', type);
      const page = await signInOn(house, pages, 'ana');
      expect(await see(page)).not.toContain('pick-authenticator');
      expect((await press(page, { action: 'pick-authenticator' })).location).toBe(page.location);
    }
  });

  test.each(['email', 'duo', 'toString', '', 'phone '])('%j was not offered', async (action) => {
    await any('challengeWithAny', 'phone', 'otp');
    const picker = await signInOn(house, pages, 'ana');
    const answer = await press(picker, { action });
    if (answer.status === 302) expect(answer.location).toBe(picker.location);
    else expect(answer).toMatchObject({ status: 400, error: 'authenticator-error' });
  });
});

describe('what to enroll', () => {
  const OFFERED = ['push-notification', 'otp', 'phone', 'webauthn-roaming'];
  const newcomer = async () => {
    const name = `newcomer-${++people}`;
    await house.user(name);
    return signInOn(house, pages, name);
  };

  test('rows say what each is like', async () => {
    await any('enrollWithAny', ...OFFERED);
    const picker = await newcomer();
    expect(at(picker)).toBe('mfa-begin-enroll-options');
    const text = await see(picker);
    expect(rowsIn(text)).toEqual(OFFERED);
    expect(rowOf(text, 'otp')).toMatch(/^Google Authenticator or similar .+\.$/);
    expect(text).not.toContain('back-action');
  });
  test.each([
    ['otp', 'mfa-otp-enrollment-qr'],
    ['phone', 'mfa-phone-enrollment'],
    ['sms', 'mfa-phone-enrollment'],
    ['push-notification', 'mfa-push-welcome'],
    ['webauthn-roaming', 'mfa-webauthn-roaming-enrollment'],
  ])('%s leads to %s, and from there to the others', async (action, screen) => {
    await any('enrollWithAny', ...OFFERED);
    const chosen = await press(await newcomer(), { action });
    expect(at(chosen)).toBe(screen);
    expect(await pages.get(chosen.location ?? '')).toMatchObject({ status: 200, hasForm: true });
    expect(at(await press(chosen, { action: 'pick-authenticator' }))).toBe('mfa-begin-enroll-options');
  });
});

describe('while a password is reset', () => {
  const connection = 'Username-Password-Authentication';
  const resetting = async (...factors: FactorRequest[]) => {
    const row = await house.store.connections.findByKey(house.tenant.id, connection);
    const subject = {
      kind: 'user',
      userId: ana.id,
      connectionId: row?.id ?? '',
      connection,
      strategy: 'auth0',
    } as const;
    const { request } = (await house.begin()).login;
    const { key } = await house.begin({
      purpose: 'password-reset',
      binding: BROWSER,
      request: { ...request, reply: { by: 'page' } },
      person: { subject, methods: [] },
      queue: [{ kind: 'challenge', prefer: 'first', factors, ordinal: 1 }],
    });
    // Any of its addresses leads to the present one.
    return pages.get(`/u/mfa-login-options?state=${key}`);
  };

  test.each<[FactorRequest, string]>([
    [{ type: 'otp' }, 'otp-challenge'],
    [{ type: 'phone' }, 'sms-challenge'],
    [{ type: 'phone', options: { preferredMethod: 'voice' } }, 'voice-challenge'],
    [{ type: 'phone', options: { preferredMethod: 'both' } }, 'phone-challenge'],
    [{ type: 'email' }, 'email-challenge'],
    [{ type: 'recovery-code' }, 'recovery-code-challenge'],
    [{ type: 'push-notification' }, 'push-challenge-push'],
    [{ type: 'webauthn-roaming' }, 'webauthn-roaming-challenge'],
    [{ type: 'webauthn-platform' }, 'webauthn-platform-challenge'],
  ])('%j has an address of its own: %s', async (factor, name) => {
    const page = await resetting(factor, { type: 'email' });
    expect(at(page)).toBe(`reset-password-mfa-${name}`);
    const { status, text } = await pages.get(page.location ?? '');
    expect(status).toBe(200);
    expect(text).toContain(`action="/u/reset-password-mfa-${name}?state=`);
    // Its forms stay there, and that of a login leads there.
    const refused = await press(page, { action: 'nonsense' });
    expect(refused).toMatchObject({ status: 400, error: 'authenticator-error' });
    const plain = await pages.get(`/u/mfa-${name}?state=${stateIn(page)}`);
    expect(plain.location).toBe(page.location);
  });

  test('a login has none of these addresses', async () => {
    await any('challengeWithAny', 'otp');
    const page = await signInOn(house, pages, 'ana');
    const twin = (page.location ?? '').replace('/u/mfa-', '/u/reset-password-mfa-');
    expect((await pages.get(twin)).location).toBe(page.location);
    expect((await pages.post(twin, { state: stateIn(page), code: '123456' })).location).toBe(page.location);
    expect((await pages.get(twin.replace('otp', 'nothing'))).status).toBe(404);
  });
});
