// Test: how a person comes to have a second factor on the pages: the picker, the app by picture and by key, the phone
// with its country.
import { generateSync } from 'otplib';
import { decodeQR } from 'qr/decode.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '#test/kit/house.ts';
import { type Answer, openPages, type Pages, signInOn, stateIn } from './pages.ts';

let house: House;
let pages: Pages;
let people = 0;

beforeAll(async () => {
  house = await openHouse({ on: ['otp', 'sms'] });
  await house.editTenant((tenant) => ({
    ...tenant,
    friendlyName: 'House & Garden: Ltd',
    policies: ['all-applications'],
  }));
  pages = openPages(house);
}, 60_000);
afterAll(() => house.close());

/** Somebody without a factor signs in and is at the picker. */
async function atPicker(locale = 'en'): Promise<{ picker: Answer; email: string }> {
  const name = `newcomer-${++people}`;
  await house.user(name);
  return { picker: await signInOn(house, pages, name, { locale }), email: `${name}@example.com` };
}

async function choose(action: string, locale = 'en'): Promise<{ path: string; state: string; email: string }> {
  const { picker, email } = await atPicker(locale);
  const chosen = await pages.post(picker.location ?? '', { state: stateIn(picker), action });
  expect(chosen.status).toBe(302);
  return { path: chosen.location ?? '', state: stateIn(chosen), email };
}

const keyIn = (text: string) => /<code class="key"[^>]*>(.*?)<\/code>/.exec(text)?.[1]?.replace(/<[^>]*>/g, '') ?? '';
const codeOf = (secret: string) => generateSync({ secret, epoch: Math.floor(house.clock.at / 1000) });

/** Reads the picture of a page as a phone does: from its dark and light squares. */
function scan(text: string): string {
  const size = Number(/class="qr"[^>]*viewBox="0 0 (\d+) /.exec(text)?.[1]);
  const scale = 4;
  const width = size * scale;
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [, x, y, wide] of text.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let dy = 0; dy < scale; dy++) {
      const from = ((Number(y) * scale + dy) * width + Number(x) * scale) * 4;
      for (let at = from; at < from + Number(wide) * scale * 4; at += 4) data.fill(0, at, at + 3);
    }
  }
  return decodeQR({ width, height: width, data });
}

test('the picker of what to enroll: factors in order, and no way back', async () => {
  const { picker } = await atPicker();
  expect(picker.location).toMatch(/^\/u\/mfa-begin-enroll-options\?state=[\w-]{43}$/);
  const { text } = await pages.get(picker.location ?? '');
  expect(text).toContain('<h1>Keep Your Account Safe</h1>');
  expect(text).toMatch(/value="otp"[\s\S]*value="sms"/);
  expect(text).not.toContain('back-action');
  const refused = await pages.post(picker.location ?? '', { state: stateIn(picker), action: 'duo' });
  expect(refused).toMatchObject({ status: 400, error: 'authenticator-error' });
});

describe('an authenticator app', () => {
  test('by its picture, which holds the same key as the text', async () => {
    const { path, state, email } = await choose('otp');
    expect(path).toMatch(/^\/u\/mfa-otp-enrollment-qr\?state=/);
    const { text, status } = await pages.get(path);
    expect(status).toBe(200);
    expect(text).toMatch(/<svg class="qr" role="img" aria-label="[^"]+"/);
    const secret = keyIn(text);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const scanned = new URL(scan(text));
    expect(scanned.protocol + scanned.host).toBe('otpauth:totp');
    expect(decodeURIComponent(scanned.pathname)).toBe(`/House & Garden  Ltd:${email}`);
    expect(Object.fromEntries(scanned.searchParams)).toEqual({
      secret,
      issuer: 'House & Garden  Ltd',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
    expect(text).toContain(`href="${scanned.href.replaceAll('&', '&amp;')}"`);
    const done = await pages.post(path, { state, code: codeOf(secret), action: 'default' });
    expect(done.location).toMatch(/^\/authorize\/resume\?state=/);
  });

  test('by its key alone, and back to the picture: one key, no step of the login', async () => {
    const { path, state } = await choose('otp');
    const secret = keyIn((await pages.get(path)).text);
    const toggled = await pages.post(path, { state, action: 'toggle-view' });
    expect(toggled.location).toBe(`/u/mfa-otp-enrollment-code?state=${state}`);
    const page = await pages.get(toggled.location ?? '');
    expect(page.text).not.toContain('class="qr"');
    expect(keyIn(page.text)).toBe(secret);
    const back = await pages.post(toggled.location ?? '', { state, action: 'toggle-view' });
    expect(back.location).toBe(path);
    const done = await pages.post(toggled.location ?? '', { state, code: codeOf(secret) });
    expect(done.location).toMatch(/^\/authorize\/resume/);
  });

  test.each([
    ['', 'no-code'],
    ['12345', 'invalid-otp-code-format'],
    ['000000', 'invalid-code'],
  ])('refuses %j with %s on both pages', async (code, error) => {
    const { path, state } = await choose('otp');
    for (const page of [path, path.replace('-qr', '-code')]) {
      const answer = await pages.post(page, { state, code });
      expect(answer).toMatchObject({ status: 400, error });
      expect(keyIn(answer.text)).toMatch(/^[A-Z2-7]{32}$/);
    }
  });

  test('another method instead', async () => {
    const { path, state } = await choose('otp');
    const again = await pages.post(path, { state, action: 'pick-authenticator' });
    expect(again.location).toMatch(/^\/u\/mfa-begin-enroll-options/);
    const phone = await pages.post(again.location ?? '', { state: stateIn(again), action: 'sms' });
    expect(phone.location).toMatch(/^\/u\/mfa-sms-enrollment/);
  });
});

describe('a phone', () => {
  test('of a chosen country; the number can be changed; its code enrolls it', async () => {
    const { path, state } = await choose('sms');
    expect(path).toMatch(/^\/u\/mfa-sms-enrollment\?state=/);
    const page = await pages.get(path);
    expect(page.text).toMatch(/type="tel" autocomplete="tel"/);
    expect(page.text).toContain('US +1');

    const list = await pages.post(path, { state, action: 'pick-country-code' });
    expect(list.location).toBe(`/u/mfa-country-codes?state=${state}&country=US1`);
    const countries = await pages.get(list.location ?? '');
    expect(countries.text).toContain('value="selection-action::JP81"');
    expect(countries.text.match(/selection-action::/g)?.length).toBeGreaterThan(200);
    const cancelled = await pages.post(list.location ?? '', { state, action: 'back-action' });
    expect(cancelled.location).toBe(`/u/mfa-sms-enrollment?state=${state}&country=US1`);
    const japan = await pages.post(list.location ?? '', { state, action: 'selection-action::JP81' });
    expect(japan.location).toBe(`/u/mfa-sms-enrollment?state=${state}&country=JP81`);
    expect((await pages.get(japan.location ?? '')).text).toContain('JP +81');

    const mistyped = await pages.post(japan.location ?? '', { state, phone: '090-1234-5678', action: 'default' });
    expect(mistyped.location).toMatch(/^\/u\/mfa-sms-challenge\?state=/);
    const challenge = await pages.get(mistyped.location ?? '');
    expect(challenge.text).toContain('5678');
    expect(challenge.text).not.toContain('9012345678');
    expect(challenge.text).not.toContain('rememberBrowser');
    const back = await pages.post(mistyped.location ?? '', { state: stateIn(mistyped), action: 'back-action' });
    expect(back.location).toMatch(/^\/u\/mfa-sms-enrollment/);
    expect((await pages.get(back.location ?? '')).text).toContain('value="+819012345678"');

    const at = { path: back.location ?? '', state: stateIn(back) };
    const sent = await pages.post(at.path, { state: at.state, phone: '+81 90 8765 4321' });
    const resent = await pages.post(sent.location ?? '', { state: stateIn(sent), action: 'resend-code' });
    expect(resent.location).toMatch(/^\/u\/mfa-sms-challenge/);
    const code = await house.codeFor('+819087654321');
    const wrong = await pages.post(resent.location ?? '', {
      state: stateIn(resent),
      code: code === '000000' ? '1' : '000000',
    });
    expect(wrong.error).toBe('invalid-code');
    const done = await pages.post(resent.location ?? '', { state: stateIn(resent), code });
    expect(done.location).toMatch(/^\/authorize\/resume/);
  });

  test.each([
    ['JP81', '０９０ー１２３４ー５６７８', '+819012345678'],
    ['GB44', '07700 900123', '+447700900123'],
    ['DE49', '0049 30 123456', '+4930123456'],
    ['IT39', '312 345 6789', '+393123456789'],
    ['US1', '(415) 555-0101', '+14155550101'],
    ['US1', '+44 7700 900123', '+447700900123'],
    ['nowhere', '415 555 0102', '+14155550102'],
  ])('%s %s is %s', async (country, phone, sentTo) => {
    const { path, state } = await choose('sms');
    const sent = await pages.post(`${path}&country=${country}`, { state, phone });
    expect(sent.location).toMatch(/^\/u\/mfa-sms-challenge/);
    expect(await house.codeFor(sentTo)).toMatch(/^\d{6}$/);
  });

  test.each([
    [{ phone: '' }, 'no-phone'],
    [{ phone: '12' }, 'invalid-phone'],
    [{ phone: 'call me' }, 'invalid-phone'],
    [{ phone: '"><script>' }, 'invalid-phone'],
    [{ phone: '4155550101', action: 'resend-code' }, 'authenticator-error'],
  ])('refuses %j with %s', async (fields, error) => {
    const { path, state } = await choose('sms');
    const answer = await pages.post(`${path}&country=JP81`, { state, ...fields } as Record<string, string>);
    expect(answer).toMatchObject({ status: 400, error });
    expect(answer.text).toContain('JP +81');
    expect(answer.text).toContain(`value="${fields.phone.replace('"><', '&quot;&gt;&lt;').replace('t>', 't&gt;')}"`);
  });

  test.each(['selection-action::XX1', 'selection-action::', 'default', ''])('no country is %j', async (action) => {
    const { path, state } = await choose('sms');
    const answer = await pages.post(path.replace('mfa-sms-enrollment', 'mfa-country-codes'), { state, action });
    expect(answer).toMatchObject({ status: 400, error: 'authenticator-error' });
  });

  test('in Japanese: the language has a country of its own, and names for the others', async () => {
    const { path } = await choose('sms', 'ja');
    expect((await pages.get(path)).text).toContain('JP +81');
    const { text } = await pages.get(path.replace('mfa-sms-enrollment', 'mfa-country-codes'));
    expect(text).toMatch(/selection-action::JP81"[^>]*autofocus[^>]*>日本/);
    expect(text).toContain('ドイツ');
  });

  test('a screen that is not the present one leads to the one that is', async () => {
    const { path, state } = await choose('sms');
    const sent = await pages.post(path, { state, phone: '415 555 0103' });
    const late = await pages.post(path, { state: stateIn(sent), phone: '415 555 0104' });
    expect(late.location).toMatch(/^\/u\/mfa-sms-challenge/);
    expect((await pages.get(`/u/mfa-otp-enrollment-qr?state=${stateIn(sent)}`)).location).toMatch(/mfa-sms-challenge/);
  });
});
