// Test: people in front of a real Chromium, without JavaScript, from the demo application's start page to its tokens.
import { describe, expect, test } from 'vitest';
import {
  ana,
  answer,
  at,
  ben,
  cleo,
  error,
  openLogin,
  phone,
  photograph,
  press,
  server,
  signIn,
  somebody,
} from './stage.ts';

describe('from the demo page to the tokens', () => {
  test('the administrator: picker, SMS from the inbox, then e-mail', async () => {
    const context = await somebody();
    const page = await context.newPage();
    await page.goto(`${server.site}/dev/try`);
    await photograph(page, '01-try');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await photograph(page, '02-login');
    await page.getByLabel('Email address').fill(ana.email);
    await page.getByLabel('Password').fill(ana.password);
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect.poll(() => at(page)).toBe('/u/mfa-login-options');
    await photograph(page, '03-picker');
    await page.getByRole('button', { name: /^SMS/ }).click();
    await expect.poll(() => at(page)).toBe('/u/mfa-sms-challenge');
    await photograph(page, '04-sms');

    const inbox = await context.newPage();
    await inbox.goto(`${server.site}/dev/inbox`);
    await photograph(inbox, '05-inbox');
    const code = await inbox.locator('.big-code').first().textContent();
    await answer(page, code ?? '');
    expect(at(page)).toBe('/u/mfa-email-challenge');
    await photograph(page, '06-email');
    await answer(page, await server.codeFor(ana.email));

    expect(at(page)).toBe('/dev/try/callback');
    await photograph(page, '07-tokens');
    expect(await page.locator('h1').textContent()).toBe('Signed in as Ana');
    const claims = await page.locator('main').textContent();
    expect(claims).toMatch(/amr\s*\["mfa"\]/);
    expect(claims).toMatch(/email\s*ana@example\.com/);

    await page.getByRole('link', { name: 'See what happened' }).click();
    await photograph(page, '07-timeline');
    expect(at(page)).toMatch(/^\/dev\/logins\/[0-9a-f-]{36}$/);
    expect(await page.locator('h1').textContent()).toBe('Login of ana@example.com');
  });

  test('the administrator with the authenticator app is asked nothing more', async () => {
    const context = await somebody();
    const start = await context.newPage();
    await start.goto(`${server.site}/dev/try`);
    const code = (await start.locator('strong code').textContent()) ?? '';
    const page = await openLogin(context);
    await signIn(page, ana);
    await press(page, 'otp');
    await photograph(page, '08-otp');
    await answer(page, code);
    expect(at(page)).toBe('/dev/try/callback');

    // Once more with the session: no password, but the scripts run again.
    await page.getByRole('link', { name: 'Sign in again, with the session' }).click();
    await expect.poll(() => at(page)).toBe('/u/mfa-login-options');
  });

  test('one factor: no picker and nowhere else to go', async () => {
    const page = await openLogin(await somebody());
    await signIn(page, ben);
    expect(at(page)).toBe('/u/mfa-sms-challenge');
    expect(await page.locator('[value=pick-authenticator]').count()).toBe(0);
    await answer(page, await server.codeFor(ben.phone ?? ''));
    expect(await page.locator('h1').textContent()).toBe('Signed in as Ben');
  });

  test('no factor: the application is told, and says what to do', async () => {
    const page = await openLogin(await somebody());
    await signIn(page, cleo);
    expect(at(page)).toBe('/dev/try/callback');
    await photograph(page, '09-denied');
    expect(await page.locator('[role=alert]').textContent()).toMatch(/^access_denied: ./);
  });
});

describe('what people do', () => {
  test('keyboard only', async () => {
    const page = await openLogin(await somebody());
    const isReady = () => page.locator('[autofocus]:focus').waitFor();
    const enter = async () => {
      await Promise.all([page.waitForEvent('framenavigated'), page.keyboard.press('Enter')]);
      await page.waitForLoadState();
      // Each page puts the focus where typing begins; the picker is read from its top.
      if (at(page) !== '/u/mfa-login-options') await isReady();
    };
    await isReady();
    await page.keyboard.type(ana.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(ana.password);
    await enter();
    expect(at(page)).toBe('/u/mfa-login-options');
    await page.keyboard.press('Tab');
    await enter(); // The first row.
    expect(at(page)).toBe('/u/mfa-sms-challenge');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('name')).toBe('rememberBrowser');
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('value')).toBe('pick-authenticator');
    await enter();
    expect(at(page)).toBe('/u/mfa-login-options');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('value')).toBe('back-action');
    await enter();
    expect(at(page)).toBe('/u/mfa-sms-challenge');
    await page.keyboard.type(await server.codeFor(phone));
    await enter();
    expect(at(page)).toBe('/u/mfa-email-challenge');
  });

  test('mistakes: read aloud, tied to the field, and the right answer still goes', async () => {
    const page = await openLogin(await somebody());
    await press(page, 'default');
    expect(await error(page)).toBe('no-email');
    await page.fill('[name=username]', ben.email);
    await page.fill('[name=password]', 'wrong');
    await press(page, 'default');
    expect(await error(page)).toBe('wrong-credentials');
    await photograph(page, '10-wrong-password');
    expect(await page.inputValue('[name=username]')).toBe(ben.email);
    expect(await page.inputValue('[name=password]')).toBe('');
    await page.fill('[name=password]', ben.password);
    await press(page, 'default');
    await answer(page, '12');
    expect(await error(page)).toBe('invalid-otp-code-format');
    const code = await server.codeFor(ben.phone ?? '');
    await answer(page, code === '000000' ? '000001' : '000000');
    expect(await error(page)).toBe('invalid-code');
    await photograph(page, '11-wrong-code');
    const field = page.getByLabel('Enter the 6-digit code');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    const described = await field.getAttribute('aria-describedby');
    expect(await page.locator(`#${described}`).textContent()).toContain('wrong');
    expect(await page.title()).toMatch(/^Error: /);
    await answer(page, code);
    expect(at(page)).toBe('/dev/try/callback');
  });

  test('an old code, and a new one', async () => {
    const page = await openLogin(await somebody());
    await signIn(page, ben);
    const former = await server.codeFor(ben.phone ?? '');
    await server.advance(301);
    await answer(page, former);
    expect(await error(page)).toBe('invalid-code');
    const sent = await server.sentTo(ben.phone ?? '');
    await press(page, 'resend-code');
    expect(await server.sentTo(ben.phone ?? '')).toBe(sent + 1);
    await answer(page, await server.codeFor(ben.phone ?? ''));
    expect(at(page)).toBe('/dev/try/callback');
  });

  test('two tabs, two logins', async () => {
    const context = await somebody();
    const [one, two] = [await openLogin(context), await openLogin(context)];
    await signIn(one, ben);
    const code = await server.codeFor(ben.phone ?? '');
    await signIn(two, ana);
    await answer(one, code);
    expect(await one.locator('h1').textContent()).toBe('Signed in as Ben');
    await press(two, 'sms');
    expect(at(two)).toBe('/u/mfa-sms-challenge');
  });

  test('back and reload in the middle', async () => {
    const page = await openLogin(await somebody());
    await signIn(page, ben);
    const code = await server.codeFor(ben.phone ?? '');
    await page.goBack();
    await page.reload();
    expect(at(page)).toBe('/u/mfa-sms-challenge');
    await answer(page, code);
    expect(at(page)).toBe('/dev/try/callback');
  });

  test('another browser cannot take over', async () => {
    const page = await openLogin(await somebody());
    const thief = await (await somebody()).newPage();
    const stolen = await thief.goto(page.url());
    expect(stolen?.status()).toBe(400);
    expect(await thief.locator('form').count()).toBe(0);
    await photograph(thief, '12-other-browser');
  });
});
