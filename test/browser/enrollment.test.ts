// Test: people who get something new in a real Chromium, without JavaScript: a second factor, a remembered browser, an
// account; and the way to a form and to another site and back.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateSync } from 'otplib';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { draw } from '#test/kit/counts.ts';
import {
  ana,
  answer,
  at,
  error,
  expectToFit,
  openLogin,
  photograph,
  press,
  server,
  signIn,
  somebody,
} from './stage.ts';

let people = 0;
/** Somebody new, without any factor. */
async function newcomer(): Promise<{ email: string; password: string }> {
  const person = { email: `newcomer-${++people}@example.com`, password: 'Opens-the-gate-1' };
  await server.manage('POST', '/users', { connection: 'Username-Password-Authentication', ...person });
  return person;
}

/** The code that comes with the first factor is written down. */
async function keepRecoveryCode(page: Page): Promise<void> {
  expect(at(page)).toBe('/u/mfa-recovery-code-enrollment');
  await photograph(page, '29-recovery-code');
  await page.check('[name=saved]');
  await press(page, 'default');
}

const policies = (...names: string[]) => server.manage('PUT', '/guardian/policies', names);
const codeOf = (secret: string) => generateSync({ secret });

describe('with the policy that everybody has a second factor', () => {
  beforeEach(async () => {
    await server.bind();
    await policies('all-applications');
  });
  afterEach(() => policies());

  test('an app by its picture: the code of the shown key enrolls it', async () => {
    const page = await openLogin(await somebody());
    await signIn(page, await newcomer());
    expect(at(page)).toBe('/u/mfa-begin-enroll-options');
    expect(await page.title()).toMatch(/^Keep Your Account Safe/);
    await photograph(page, '20-enroll-picker');
    await press(page, 'otp');
    expect(at(page)).toBe('/u/mfa-otp-enrollment-qr');
    await photograph(page, '21-app-by-picture');
    expect(await page.getByRole('img', { name: /QR code/ }).isVisible()).toBe(true);
    const secret = (await page.locator('code.key').textContent()) ?? '';
    await press(page, 'toggle-view');
    expect(at(page)).toBe('/u/mfa-otp-enrollment-code');
    await photograph(page, '22-app-by-key');
    expect(await page.locator('code.key').textContent()).toBe(secret);
    await press(page, 'toggle-view');
    await answer(page, '123');
    expect(await error(page)).toBe('invalid-otp-code-format');
    await answer(page, codeOf(secret));
    await keepRecoveryCode(page);
    expect(at(page)).toBe('/dev/try/callback');
  });

  test('a phone with a country code that is picked by keyboard', async () => {
    const page = await openLogin(await somebody());
    await signIn(page, await newcomer());
    await press(page, 'sms');
    expect(at(page)).toBe('/u/mfa-sms-enrollment');
    await photograph(page, '23-phone');
    await press(page, 'pick-country-code');
    await photograph(page, '24-countries');
    await page.getByRole('button', { name: /^Japan/ }).focus();
    await Promise.all([page.waitForEvent('framenavigated'), page.keyboard.press('Enter')]);
    await page.locator('[autofocus]:focus').waitFor();
    await photograph(page, '25-phone-of-japan');
    await page.keyboard.type('090');
    await Promise.all([page.waitForEvent('framenavigated'), page.keyboard.press('Enter')]);
    expect(await error(page)).toBe('invalid-phone');
    await photograph(page, '26-phone-refused');
    const number = page.getByLabel('Phone number');
    expect(await number.inputValue()).toBe('090');
    await number.fill('090-1234-5678');
    await press(page, 'default');
    expect(at(page)).toBe('/u/mfa-sms-challenge');
    await photograph(page, '27-phone-code');
    await press(page, 'back-action');
    expect(await number.inputValue()).toBe('+819012345678');
    await press(page, 'default');
    await answer(page, await server.codeFor('+819012345678'));
    await keepRecoveryCode(page);
    expect(at(page)).toBe('/dev/try/callback');
  });

  const looks = [
    ['light', 320, 'en'],
    ['dark', 320, 'ja'],
    ['dark', 1280, 'ja'],
    ['light', 1280, 'en'],
  ] as const;
  test.each(draw(looks, 1))('%s, %d pixels wide, in %s: nothing is cut off', async (colorScheme, width, language) => {
    const context = await somebody({ colorScheme, viewport: { width, height: 640 } });
    const page = await openLogin(context, `prompt=login&ui_locales=${language}`);
    const look = async (name: string) => {
      await photograph(page, `${colorScheme}-${width}-${language}-${name}`);
      await expectToFit(page);
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      // A page of rows begins at its top.
      if ((await page.locator('[autofocus]').count()) > 0) await page.locator('[autofocus]:focus').waitFor();
    };
    await look('login');
    await page.locator('a[href^="/u/signup"]').click();
    await page.waitForURL('**/u/signup?**');
    await look('sign-up');
    await page.goBack();
    await signIn(page, await newcomer());
    await look('enroll-picker');
    await press(page, 'otp');
    await look('app-by-picture');
    await press(page, 'toggle-view');
    await look('app-by-key');
    await press(page, 'pick-authenticator');
    await press(page, 'sms');
    await look('phone');
    await press(page, 'pick-country-code');
    await look('countries');
    await press(page, 'back-action');
    await press(page, 'default');
    await look('phone-refused');
  });

  test('a browser that is remembered is not asked again, another one is', async () => {
    const context = await somebody();
    const page = await openLogin(context);
    await signIn(page, ana);
    await press(page, 'pick-authenticator');
    await press(page, 'sms');
    const box = page.getByLabel('Remember this device for 30 days');
    await box.check();
    await photograph(page, '28-remember');
    await answer(page, await server.codeFor(ana.phone ?? ''));
    expect(at(page)).toBe('/dev/try/callback');
    const again = await openLogin(context);
    await signIn(again, ana);
    expect(at(again)).toBe('/dev/try/callback');
    const other = await openLogin(await somebody());
    await signIn(other, ana);
    expect(at(other)).toBe('/u/mfa-otp-challenge');
  });
});

test('a new account', async () => {
  await server.bind();
  const page = await openLogin(await somebody());
  await page.getByRole('link', { name: 'Sign up' }).click();
  await page.waitForURL('**/u/signup?**');
  await photograph(page, '30-sign-up');
  await page.getByLabel('Email address').fill('somebody');
  await page.getByLabel('Password').fill('Opens-the-gate-1');
  await press(page, 'default');
  expect(await error(page)).toBe('invalid-email');
  await photograph(page, '31-sign-up-refused');
  await page.getByLabel('Email address').fill('dora@example.com');
  await page.getByLabel('Password').fill('Opens-the-gate-1');
  await press(page, 'default');
  expect(at(page)).toBe('/dev/try/callback');
});

test('a form of a script', async () => {
  const field = (id: string, type: string, label: string, more = {}) => ({
    ...{ id, category: 'FIELD', type, label },
    ...more,
  });
  const options = [
    { value: 'work', label: 'At work' },
    { value: 'home', label: 'At home' },
  ];
  const components = [
    {
      id: 'intro',
      category: 'BLOCK',
      type: 'RICH_TEXT',
      config: { content: '<h2>Tell us about you</h2><p>Welcome, {{vars.who}}. It takes a minute.</p>' },
    },
    field('name', 'TEXT', 'Full name', { required: true, hint: 'As on your badge' }),
    field('born', 'DATE', 'Day of birth'),
    field('place', 'CHOICE', 'Where do you use it?', { required: true, config: { options } }),
    field('team', 'DROPDOWN', 'Team', { config: { options: [{ value: 'a', label: 'Blue' }] } }),
    field('about', 'TEXT', 'About you', { config: { multiline: true } }),
    { id: 'line', category: 'BLOCK', type: 'DIVIDER' },
    field('terms', 'LEGAL', '', { required: true, config: { text: 'I have read the terms of use' } }),
    { id: 'next', category: 'BLOCK', type: 'NEXT_BUTTON', config: { text: 'Save and continue' } },
  ];
  const { id } = await server.manage('POST', '/forms', {
    name: 'Profile',
    start: { next_node: 'step', coordinates: { x: 0, y: 0 } },
    nodes: [{ id: 'step', type: 'STEP', coordinates: { x: 0, y: 0 }, config: { components, next_node: '$ending' } }],
    ending: { resume_flow: true },
  });
  await server.bind(
    `exports.onExecutePostLogin = async (event, api) => {
       api.prompt.render('${id}', { fields: { name: 'Ana' }, vars: { who: 'Ana' } });
     };
     exports.onContinuePostLogin = async (event, api) => {
       api.idToken.setCustomClaim('https://form.example/fields', JSON.stringify(event.prompt.fields));
     };`,
  );
  const page = await openLogin(await somebody({ viewport: { width: 320, height: 640 } }));
  await signIn(page, ana);
  expect(at(page)).toBe('/u/form');
  await photograph(page, '40-form');
  await expectToFit(page);
  await press(page, 'default');
  expect(await error(page)).toBe('invalid-field');
  expect(await page.getByRole('alert').textContent()).toContain('Where do you use it?');
  await photograph(page, '41-form-refused');
  await expectToFit(page);
  await page.getByLabel('At home').check();
  await page.getByLabel('I have read').check();
  await page.getByLabel('Team').selectOption('Blue');
  await press(page, 'default');
  expect(at(page)).toBe('/dev/try/callback');
  expect(await page.locator('main').textContent()).toContain('\\"place\\":\\"home\\"');
  await server.bind();
});

describe('to another site', () => {
  /** Asks one question, and sends the person back by a link or by a form. */
  let site: Server;
  beforeEach(async () => {
    site = createServer((request, response) => {
      const state = new URL(request.url ?? '/', 'http://x').searchParams.get('state');
      response.setHeader('content-type', 'text/html');
      response.end(`<h1>Other</h1><a href="${server.site}/continue?state=${state}&answer=link">link</a>
<form method="post" action="${server.site}/continue?state=${state}"><input name="answer" value="form"><button>send</button></form>`);
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    const { port } = site.address() as AddressInfo;
    await server.bind(
      `exports.onExecutePostLogin = async (event, api) => api.redirect.sendUserTo('http://127.0.0.1:${port}/ask');
       exports.onContinuePostLogin = async (event, api) => {
         api.idToken.setCustomClaim('https://other.example/answer', event.request.body.answer ?? event.request.query.answer);
       };`,
    );
  });
  afterEach(async () => {
    site.closeAllConnections();
    await new Promise((closed) => site.close(closed));
    await server.bind();
  });

  /** From the login form to the other site: its policy does not name it, and the browser goes there all the same. */
  async function atOther(): Promise<Page> {
    const page = await openLogin(await somebody());
    await page.fill('[name=username]', ana.email);
    await page.fill('[name=password]', ana.password);
    await page.click('button[name=action]');
    await page.waitForURL('http://127.0.0.1:*/ask?state=*');
    return page;
  }

  test('and back by a link', async () => {
    const page = await atOther();
    await page.getByRole('link').click();
    await page.waitForURL('**/dev/try/callback?**');
    expect(await page.locator('main').textContent()).toMatch(/answer\s*link/);
  });

  test('and back by a form, with one more button', async () => {
    const page = await atOther();
    await page.getByRole('button').click();
    await page.waitForURL('**/continue?**');
    await photograph(page, '50-relay');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL('**/dev/try/callback?**');
    expect(await page.locator('main').textContent()).toMatch(/answer\s*form/);
  });
});
