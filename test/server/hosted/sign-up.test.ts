// Test: the sign-up page: where it is, what it asks, what it hands on.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { type Answer, beginLogin, openPages, type Pages } from './pages.ts';

const PASSWORD = 'Correct-horse-battery-9';

let house: House;
let pages: Pages;
let people = 0;
beforeAll(async () => {
  house = await openHouse();
  await house.user('ana');
  pages = openPages(house);
}, 60_000);
afterAll(() => house.close());

const signUp = async (fields: Record<string, string>, query = {}): Promise<Answer> => {
  const { key } = await beginLogin(house, { query });
  return pages.post(`/u/signup?state=${key}`, { state: key, ...fields });
};

/** Changes the tenant's connection. */
async function withOptions(options: JsonObject, run: () => Promise<void>): Promise<void> {
  const [connection] = (await house.store.connections.list(house.tenant.id)).records;
  const edit = (more: JsonObject) =>
    house.store.connections.update(house.tenant.id, connection?.id ?? '', (row) => ({ ...row, options: more }));
  await edit(options);
  try {
    await run();
  } finally {
    await edit({});
  }
}

test('is a link away from the login page, and back', async () => {
  const { key, path } = await beginLogin(house);
  expect((await pages.get(path)).text).toContain(`href="/u/signup?state=${key}"`);
  const page = await pages.get(`/u/signup?state=${key}`);
  expect(page.text).toContain(`href="/u/login?state=${key}"`);
  expect(page.text).toContain('autocomplete="new-password"');
  expect(page.text).not.toContain('name="username"');
});

test('comes first when the application says so, and the login page still works', async () => {
  const { key } = await beginLogin(house, { query: { screen_hint: 'signup' }, loginHint: 'new@example.com' });
  const other = await pages.get(`/u/mfa-otp-challenge?state=${key}`);
  expect(other.location).toBe(`/u/signup?state=${key}`);
  expect((await pages.get(other.location ?? '')).text).toContain('value="new@example.com"');
  const wrong = await pages.post(`/u/login?state=${key}`, { state: key, username: 'ana@example.com', password: 'x' });
  expect(wrong.error).toBe('wrong-credentials');
});

test('is not there where nobody may sign up', async () => {
  await withOptions({ disable_signup: true }, async () => {
    const { key, path } = await beginLogin(house, { query: { screen_hint: 'signup' } });
    expect((await pages.get(path)).text).not.toContain('/u/signup');
    expect((await pages.get(`/u/signup?state=${key}`)).location).toBe(path);
    const sent = await pages.post(`/u/signup?state=${key}`, { state: key, email: 'x@example.com', password: PASSWORD });
    expect(sent.location).toBe(path);
    expect(
      await house.store.users.findByIdentifier(house.tenant.id, 'Username-Password-Authentication', 'x@example.com'),
    ).toBeUndefined();
  });
});

test('asks for a name where accounts have one', async () => {
  await withOptions({ requires_username: true }, async () => {
    const { key } = await beginLogin(house);
    expect((await pages.get(`/u/signup?state=${key}`)).text).toContain('name="username"');
    const refused = await signUp({ email: 'n@example.com', password: PASSWORD });
    expect(refused).toMatchObject({ status: 400, error: 'invalid-field' });
    expect(refused.text).toContain('Please check: Username');
  });
});

describe('refuses', () => {
  test.each([
    [{}, 'no-email'],
    [{ email: '  ', password: PASSWORD }, 'no-email'],
    [{ email: 'somebody', password: PASSWORD }, 'invalid-email'],
    [{ email: 'a b@example.com', password: PASSWORD }, 'invalid-email'],
    [{ email: 'a@example', password: PASSWORD }, 'invalid-email'],
    [{ email: 'a@b@example.com', password: PASSWORD }, 'invalid-email'],
    [{ email: 'b@example.com' }, 'no-password'],
    [{ email: 'b@example.com', password: 'x' }, 'password-too-weak'],
    [{ email: 'b@example.com', password: PASSWORD, action: 'resend-code' }, 'authenticator-error'],
  ])('%j with %s', async (fields, error) => {
    const answer = await signUp(fields as Record<string, string>);
    expect(answer).toMatchObject({ status: 400, error });
    expect(answer.text).not.toContain(PASSWORD);
    if ('email' in fields) expect(answer.text).toContain(`value="${fields.email}"`);
  });
});

describe('says what a password needs', () => {
  const strict = {
    passwordPolicy: 'excellent',
    password_dictionary: { enable: true, dictionary: ['Sallyport-Rules-1'] },
    password_no_personal_info: { enable: true },
  };

  test('on the page, in the words of its language', async () => {
    await withOptions(strict, async () => {
      const { key } = await beginLogin(house);
      const { text } = await pages.get(`/u/signup?state=${key}`);
      expect(text).toContain('at least 10 characters');
      expect(text).toContain('3 of these: lower case letters, upper case letters, digits, and special characters');
      expect(text).toContain('no character more than 2 times in a row');
      expect(text).toMatch(/aria-describedby="password-rules"/);
    });
  });

  test.each([
    ['Sallyporttttt-1', 'password-too-weak'],
    ['Sallyport-Rules-1', 'password-too-common'],
    ['Somebody-New-1', 'password-contains-user-information'],
  ])('%s: %s', async (password, error) => {
    await withOptions(strict, async () => {
      const answer = await signUp({ email: 'somebody@example.com', password });
      expect(answer).toMatchObject({ status: 400, error });
      expect(answer.text).toMatch(/name="password"[^>]*aria-invalid="true" aria-describedby="refusal password-rules"/);
    });
  });
});

describe('a whole sign-up', () => {
  test('goes on as a login of the new account', async () => {
    const email = `new-${++people}@example.com`;
    const done = await signUp({ email, password: PASSWORD, 'ulp-team': 'blue', action: 'default' });
    expect(done.location).toMatch(/^\/authorize\/resume/);
    const user = await house.store.users.findByIdentifier(house.tenant.id, 'Username-Password-Authentication', email);
    expect(user).toMatchObject({ email });
  });

  test('of an address that is taken', async () => {
    const answer = await signUp({ email: 'ana@example.com', password: PASSWORD });
    expect(answer).toMatchObject({ status: 400, error: 'user-exists' });
  });
});
