// Test: the pages that wait for a phone, as a browser without scripts sees them, and what their script asks.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AuthenticatorRecord } from '#storage/records.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { type Exchange, openExchange, type Phone } from '../push/phone.ts';
import { type Answer, openPages, type Pages, signInOn, stateIn } from './pages.ts';

const ask = (call: string, options = '') =>
  `exports.onExecutePostLogin = async (event, api) => api.authentication.${call}({ type: 'push-notification'${options} });`;
const ENROLL = ask('enrollWith');
const CHALLENGE = ask('challengeWith');
const CODELESS = ask('challengeWith', ', options: { otpFallback: false }');
const EITHER = `exports.onExecutePostLogin = async (event, api) =>
  api.authentication.challengeWithAny([{ type: 'push-notification' }, { type: 'otp' }]);`;

let house: House;
let pages: Pages;
let phones: Exchange;
let people = 0;
let who: string;
beforeAll(async () => {
  house = await openHouse({ on: ['push-notification', 'otp'] });
  pages = openPages(house);
  phones = openExchange(house);
}, 60_000);
afterAll(() => house.close());
beforeEach(async () => {
  who = `caller-${++people}`;
  house.clock.advance(60_000);
});

const pathOf = ({ location }: Answer) => new URL(location ?? '', 'http://x').pathname;
const press = (at: Answer, path: string, action: string, more: Record<string, string> = {}) =>
  pages.post(`${path}?state=${stateIn(at)}`, { state: stateIn(at), action, ...more });
const look = (at: Answer, path: string) => pages.get(`${path}?state=${stateIn(at)}`);
const status = async (at: Answer) => JSON.parse((await look(at, '/u/mfa-push-status')).text);

const PUSH = '/u/mfa-push-challenge-push';
const QR = '/u/mfa-push-enrollment-qr';

/** Somebody with a phone, and whatever more they have. */
async function withPhone(has: 'otp'[] = []): Promise<Phone> {
  const user = await house.user(who);
  await house.bind(ENROLL);
  const at = await signInOn(house, pages, who);
  const { text } = await look(at, '/u/mfa-push-enrollment-code');
  const { phone } = await phones.enroll(/push\/enroll#([\w-]+)"/.exec(text)?.[1] ?? '');
  await press(await press(at, QR, 'continue'), '/u/mfa-push-success', 'continue');
  for (const type of has) {
    const row = { tenantId: house.tenant.id, id: `dev_${house.ports.random.letters(16)}`, userId: user.id };
    const more = { type: type === 'otp' ? 'totp' : type, secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' } as const;
    await house.store.authenticators.insert({ ...row, ...more, confirmed: true, createdAt: house.clock.at });
  }
  house.clock.advance(60_000);
  return phone;
}

async function challenged(script = CHALLENGE): Promise<Answer> {
  await house.bind(script);
  return signInOn(house, pages, who);
}

const numberIn = ({ text }: Answer) => /<b class="number"[^>]*>(\d\d)</.exec(text)?.[1] ?? '';
async function approve(phone: Phone, at: Answer): Promise<void> {
  const number = numberIn(await look(at, PUSH));
  const { id } = await phone.request();
  expect((await phone.say('answer', { request: id, decision: 'approve', number })).body.outcome).toBe('approved');
}

describe('enrollment', () => {
  test('begins with what it is about, and shows the address as a picture and as text', async () => {
    await house.user(who);
    await house.bind(ENROLL);
    const at = await signInOn(house, pages, who);
    expect(pathOf(at)).toBe('/u/mfa-push-welcome');
    expect(pathOf(await press(at, '/u/mfa-push-welcome', 'enroll'))).toBe(QR);
    const picture = await look(at, QR);
    expect(picture.status).toBe(200);
    expect(picture.text).toContain('<svg class="qr"');
    expect(picture.headers.get('content-security-policy')).toContain("connect-src 'self'");
    expect(pathOf(await press(at, QR, 'toggle-view'))).toBe('/u/mfa-push-enrollment-code');
    const { text } = await look(at, '/u/mfa-push-enrollment-code');
    expect(text).toMatch(new RegExp(`href="${house.tenant.baseUrl}/push/enroll#[\\w-]{43}"`));
    expect(await press(at, QR, 'continue')).toMatchObject({ status: 400, error: 'challenge-transaction-pending' });
    expect(await status(at)).toEqual({ status: 'pending' });
  });

  test('whose picture has run out offers another', async () => {
    await house.user(who);
    await house.bind(ENROLL);
    const at = await signInOn(house, pages, who);
    house.clock.advance(5 * 60_000);
    expect(await status(at)).toEqual({ status: 'answered' });
    const over = await press(at, QR, 'continue');
    expect(over).toMatchObject({ status: 400, error: 'transaction-not-found' });
    expect(over.text).not.toContain('class="qr"');
    expect(over.text).toContain('value="resend"');
    const again = await press(at, QR, 'resend');
    expect(pathOf(again)).toBe('/u/mfa-push-welcome');
    expect(await status(again)).toEqual({ status: 'pending' });
  });

  test('ends with a page that says so', async () => {
    await house.user(who);
    await house.bind(ENROLL);
    const at = await signInOn(house, pages, who);
    const { text } = await look(at, '/u/mfa-push-enrollment-code');
    await phones.enroll(/push\/enroll#([\w-]+)"/.exec(text)?.[1] ?? '');
    expect(await status(at)).toEqual({ status: 'answered' });
    const done = await press(at, '/u/mfa-push-enrollment-code', 'continue');
    expect(pathOf(done)).toBe('/u/mfa-push-success');
    expect((await look(done, '/u/mfa-push-success')).status).toBe(200);
    expect(pathOf(await press(done, '/u/mfa-push-success', 'continue'))).toBe('/authorize/resume');
  });
});

describe('a challenge', () => {
  test('shows the number and the phone, and goes on when it was approved', async () => {
    const phone = await withPhone();
    const at = await challenged();
    expect(pathOf(at)).toBe(PUSH);
    const page = await look(at, PUSH);
    expect(numberIn(page)).toMatch(/^\d\d$/);
    expect(page.text).toContain('My phone');
    expect(page.text).not.toContain('pick-authenticator');
    expect(page.text).not.toContain('pick-push');
    expect(await press(at, PUSH, 'continue')).toMatchObject({ status: 400, error: 'challenge-transaction-pending' });
    expect(await status(at)).toEqual({ status: 'pending' });
    await approve(phone, at);
    expect(await status(at)).toEqual({ status: 'answered' });
    expect(pathOf(await press(at, PUSH, 'continue'))).toBe('/authorize/resume');
  });

  test.each<[name: string, error: string, meanwhile: (phone: Phone) => Promise<unknown> | unknown]>([
    [
      'refused',
      'transaction-rejected',
      async (phone) => phone.say('answer', { request: (await phone.request()).id, decision: 'refuse' }),
    ],
    ['too late', 'transaction-not-found', () => house.clock.advance(5 * 60_000)],
  ])('that is %s says what to do next, and nothing waits any more', async (_case, error, meanwhile) => {
    const phone = await withPhone();
    const at = await challenged();
    await meanwhile(phone);
    expect(await status(at)).toEqual({ status: 'answered' });
    const over = await press(at, PUSH, 'continue');
    expect(over).toMatchObject({ status: 400, error });
    expect(over.text).toContain('value="resend"');
    expect(over.text).not.toContain('data-waits');
    expect(over.text).not.toContain('class="number"');
    const again = await press(at, PUSH, 'resend');
    expect(pathOf(again)).toBe(PUSH);
    await approve(phone, again);
    expect(pathOf(await press(again, PUSH, 'continue'))).toBe('/authorize/resume');
  });

  test('remembers the browser when the box is ticked', async () => {
    const phone = await withPhone();
    const at = await challenged();
    await approve(phone, at);
    await press(at, PUSH, 'continue', { rememberBrowser: 'true' });
    expect(pathOf(await challenged())).toBe('/authorize/resume');
  });

  test('has a page for codes where the script has them', async () => {
    await withPhone();
    const at = await challenged();
    expect(pathOf(await press(at, PUSH, 'enter-otp-code'))).toBe('/u/mfa-push-challenge-code');
    const code = '/u/mfa-push-challenge-code';
    expect((await look(at, code)).text).toContain('name="code"');
    expect(await press(at, code, 'default', { code: '12' })).toMatchObject({ error: 'invalid-otp-code-format' });
    expect(await press(at, code, 'default', { code: '000000' })).toMatchObject({ status: 400, error: 'invalid-code' });
    expect(pathOf(await press(at, code, 'back-action'))).toBe(PUSH);
    const without = await challenged(CODELESS);
    expect((await look(without, PUSH)).text).not.toContain('enter-otp-code');
    expect(await press(without, PUSH, 'enter-otp-code')).toMatchObject({ error: 'authenticator-error' });
    expect(pathOf(await look(without, code))).toBe(PUSH);
  });

  test('leads to other methods and back, and the same request stands', async () => {
    const phone = await withPhone(['otp']);
    const picker = await challenged(EITHER);
    expect(pathOf(picker)).toBe('/u/mfa-login-options');
    const at = await press(picker, '/u/mfa-login-options', 'push-notification');
    expect(pathOf(at)).toBe(PUSH);
    const { id } = await phone.request();
    const back = await press(at, PUSH, 'pick-authenticator');
    expect(pathOf(back)).toBe('/u/mfa-login-options');
    expect(pathOf(await press(back, '/u/mfa-login-options', 'back-action'))).toBe(PUSH);
    expect((await phone.request()).id).toBe(id);
  });

  test('of somebody with two phones: the list, and the other one is asked', async () => {
    const first = await withPhone();
    const row = (await house.store.authenticators.find(house.tenant.id, first.id)) as AuthenticatorRecord;
    const second = {
      ...row,
      id: `dev_${house.ports.random.letters(16)}`,
      name: 'Old phone',
      createdAt: row.createdAt + 1,
    };
    await house.store.authenticators.insert(second);
    const at = await challenged();
    expect((await look(at, PUSH)).text).toContain('value="pick-push"');
    const list = await press(at, PUSH, 'pick-push');
    expect(pathOf(list)).toBe('/u/mfa-push-list');
    const { text } = await look(list, '/u/mfa-push-list');
    expect(text).toMatch(/selection-action::0.*My phone.*selection-action::1.*Old phone/s);
    expect(await press(list, '/u/mfa-push-list', 'selection-action::2')).toMatchObject({
      error: 'authenticator-error',
    });
    const other = await press(list, '/u/mfa-push-list', 'selection-action::1');
    expect(pathOf(other)).toBe(PUSH);
    expect((await look(other, PUSH)).text).toContain('Old phone');
    expect((await house.store.pushRequests.pending(house.tenant.id, second.id, house.clock.at)).length).toBe(1);
    const again = await press(await press(other, PUSH, 'pick-push'), '/u/mfa-push-list', 'back-action');
    expect((await look(again, PUSH)).text).toContain('Old phone');
  });

  test('whose phone was removed goes on to what is left', async () => {
    const phone = await withPhone(['otp']);
    const at = await press(await challenged(EITHER), '/u/mfa-login-options', 'push-notification');
    await phone.say('remove');
    expect(await status(at)).toEqual({ status: 'answered' });
    expect(pathOf(await press(at, PUSH, 'continue'))).toBe('/u/mfa-otp-challenge');
  });

  test('in two tabs: the second goes where the first has led', async () => {
    const phone = await withPhone();
    const at = await challenged();
    await approve(phone, at);
    await press(at, PUSH, 'continue');
    expect(pathOf(await press(at, PUSH, 'continue'))).toBe('/authorize/resume');
    expect(await status(at)).toEqual({ status: 'answered' });
  });

  test('is asked about by its own browser alone', async () => {
    await withPhone();
    const at = await challenged();
    const stranger = await pages.get(`/u/mfa-push-status?state=${stateIn(at)}`, { cookie: 'sallyport_browser=other' });
    expect(stranger.status).toBe(400);
    expect((await pages.get('/u/mfa-push-status')).status).toBe(400);
  });
});
