// Test: a forgotten password in a real Chromium, without JavaScript: from the login page to the mail, from the mail to the
// new password, and in with it.
import { expect, test } from 'vitest';
import { at, cleo, error, expectToFit, openLogin, photograph, press, server, signIn, somebody } from './stage.ts';

const NEW = 'a new horse for Cleo 9';

async function linkTo(email: string): Promise<string> {
  const answer = await fetch(`${server.site}/dev/inbox.json?to=${encodeURIComponent(email)}`);
  const [mail] = (await answer.json()) as { text: string }[];
  return /https?:\/\/\S+/.exec(mail?.text ?? '')?.[0] ?? '';
}

test('the login page leads to the mail, the mail to the new password, in Japanese on a small screen', async () => {
  const context = await somebody({ locale: 'ja-JP', colorScheme: 'dark', viewport: { width: 320, height: 640 } });
  const page = await openLogin(context);
  await expectToFit(page);
  await photograph(page, 'reset-1-login');
  await page.getByRole('link', { name: 'パスワードをお忘れの場合' }).click();
  await expect.poll(() => at(page)).toBe('/u/reset-password/request');
  await press(page, 'default');
  expect(await error(page)).toBe('no-email');
  await page.locator('[autofocus]:focus').waitFor();
  await expectToFit(page);
  await photograph(page, 'reset-2-request');
  await page.getByLabel('メールアドレス').fill(cleo.email);
  await press(page, 'default');
  await expectToFit(page);
  await photograph(page, 'reset-3-sent');
  expect(await page.getByRole('link', { name: 'ログインに戻る' }).count()).toBe(1);

  await page.goto(await linkTo(cleo.email));
  expect(at(page)).toBe('/u/reset-password');
  await page.getByLabel('新しいパスワード', { exact: true }).fill(NEW);
  await page.getByLabel('新しいパスワード（確認）').fill('something else');
  await press(page, 'default');
  expect(await error(page)).toBe('password-mismatch');
  await expectToFit(page);
  await photograph(page, 'reset-4-mismatch');
});

test('a program that opened the link before takes nothing away; the new password opens, the link no more', async () => {
  const context = await somebody();
  const page = await openLogin(context);
  await page.getByRole('link', { name: 'Forgot password?' }).click();
  await page.getByLabel('Email address').fill(cleo.email);
  await press(page, 'default');
  const link = await linkTo(cleo.email);
  await fetch(link);
  await page.goto(link);
  await photograph(page, 'reset-5-form');
  await page.getByLabel('New password', { exact: true }).fill(NEW);
  await page.getByLabel('Re-enter new password').fill(NEW);
  await press(page, 'default');
  expect(at(page)).toBe('/u/reset-password-success');
  await expectToFit(page);
  await photograph(page, 'reset-6-done');
  await page.goto(link);
  expect(await page.locator('h1').textContent()).toBe('This link does not work any more');
  await expectToFit(page);
  await photograph(page, 'reset-7-gone');
  const login = await openLogin(context);
  await signIn(login, { email: cleo.email, password: cleo.password });
  expect(await error(login)).toBe('wrong-credentials');
  await signIn(login, { email: cleo.email, password: NEW });
  expect(at(login)).not.toBe('/u/login');
});

test('a browser follows a form to the site that an administrator named, whatever the policy of the page', async () => {
  const found = await server.manage('GET', `/users-by-email?email=${cleo.email}`);
  const [user] = found as unknown as { user_id: string }[];
  const ticket = await server.manage('POST', '/tickets/password-change', {
    user_id: user?.user_id,
    result_url: `${server.site.replace('localhost', '127.0.0.1')}/dev/inbox`,
  });
  const page = await (await somebody()).newPage();
  await page.goto(String(ticket.ticket));
  await page.getByLabel('New password', { exact: true }).fill(cleo.password);
  await page.getByLabel('Re-enter new password').fill(cleo.password);
  await press(page, 'default');
  await expect.poll(() => new URL(page.url()).hostname).toBe('127.0.0.1');
  expect(new URL(page.url()).searchParams.get('success')).toBe('true');
});
