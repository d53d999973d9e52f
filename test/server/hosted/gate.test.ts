// Test: the hosted pages of a login of the JSON flow: they take it up by its id, in the browser that began it, and bring it to
// its end under its policy. A plain client walks them, as somebody without scripts does.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { OWN_CODES } from '../json-flow/flow-desk.ts';
import { CALLBACK } from '../oauth/front-door.ts';
import {
  arrive,
  at,
  code,
  desk,
  isOver,
  openDesk,
  PASSWORD_AND,
  person,
  send,
  signIn,
  under,
  underEither,
  underSms,
} from './gate-walk.ts';

openDesk();

describe('a login', () => {
  test('with a password and the code of a text message', async () => {
    await underSms();
    const { username, phone } = await person();
    const walk = await arrive();
    expect(at(walk)).toEqual({ path: '/u/login', status: 200, error: undefined });
    expect(walk.page.html).toContain('/u/signup?state=');
    await signIn(walk, username);
    expect(at(walk)).toMatchObject({ path: '/u/mfa-sms-challenge', status: 200 });
    expect(walk.page.html).toContain(`XXXXXXXXX${phone.slice(-4)}`);
    expect(walk.page.html).not.toContain(phone);
    expect(walk.page.html).not.toContain('value="pick-authenticator"');
    await send(walk, { code: await code(phone) });
    const answered = isOver(walk);
    expect(answered).toMatchObject({ state: 'st', code: expect.any(String) });
    const tokens = await desk.door.token({
      grant_type: 'authorization_code',
      client_id: 'web',
      client_secret: 'web secret + more',
      redirect_uri: CALLBACK,
      code: answered.code ?? '',
    });
    expect(tokens).toMatchObject({ status: 200, body: { id_token: expect.any(String) } });
  });

  test('by choice: one factor, then the other instead', async () => {
    await underEither();
    const { username, phone } = await person();
    const walk = await arrive();
    await signIn(walk, username);
    expect(at(walk)).toMatchObject({ path: '/u/mfa-login-options', status: 200 });
    for (const text of ['value="sms"', 'value="email"', `XXXXXXXXX${phone.slice(-4)}`, '@exam*']) {
      expect(walk.page.html).toContain(text);
    }
    await send(walk, { action: 'sms' });
    expect(at(walk)).toMatchObject({ path: '/u/mfa-sms-challenge' });
    const first = await code(phone);
    await send(walk, { action: 'pick-authenticator' });
    await send(walk, { action: 'email' });
    expect(at(walk)).toMatchObject({ path: '/u/mfa-email-challenge' });
    // Back to the first: its code is still good, and no other is sent.
    await send(walk, { action: 'pick-authenticator' });
    await send(walk, { action: 'sms' });
    expect(await code(phone)).toBe(first);
    await send(walk, { code: first });
    expect(isOver(walk)).toMatchObject({ code: expect.any(String) });
  });

  test('another code on request, and the former is no longer good', async () => {
    await underSms();
    const { username, phone } = await person();
    const walk = await arrive();
    await signIn(walk, username);
    const first = await code(phone);
    await send(walk, { action: 'resend-code' });
    expect(at(walk)).toMatchObject({ path: '/u/mfa-sms-challenge', status: 200 });
    const second = await code(phone);
    expect(second).not.toBe(first);
    await send(walk, { code: first });
    expect(at(walk)).toEqual({ path: '/u/mfa-sms-challenge', status: 400, error: 'invalid-code' });
    await send(walk, { code: second });
    expect(isOver(walk)).toMatchObject({ code: expect.any(String) });
  });

  test.each<[string, Record<string, string>, string]>([
    ['no name', { password: 'x' }, 'no-email'],
    ['no password', { username: 'a@b.example' }, 'no-password'],
    ['a wrong password', { username: 'person-0@example.com', password: 'wrong' }, 'wrong-credentials'],
    ['an unknown name', { username: 'nobody@example.com', password: 'wrong' }, 'wrong-credentials'],
    ['an action that is not there', { action: 'resend-code' }, 'authenticator-error'],
  ])('refused on its page: %s', async (_what, fields, error) => {
    await underSms();
    const walk = await arrive();
    await send(walk, fields);
    expect(at(walk)).toEqual({ path: '/u/login', status: 400, error });
  });

  test('too many wrong codes', async () => {
    await underSms();
    const { username, phone } = await person();
    const walk = await arrive();
    await signIn(walk, username);
    for (let tries = 0; tries < 5; tries++) await send(walk, { code: 'aaaaaa' });
    const right = await code(phone);
    await send(walk, { code: right });
    expect(at(walk)).toMatchObject({ path: '/u/mfa-sms-challenge', status: 400, error: 'invalid-code' });
  });

  test('one that can never be let through goes back to its application', async () => {
    await under(['password', 'sms'], [PASSWORD_AND('sms-authentication')], {
      failure_conditions: {
        any_of: [[{ path: '$.sms-authentication.failure_count', operation: 'gte', value: 1 }]],
      },
    });
    const { username, phone } = await person();
    const walk = await arrive();
    await signIn(walk, username);
    await send(walk, { code: 'aaaaaa' });
    expect(at(walk)).toMatchObject({ path: '/u/mfa-sms-challenge', error: 'invalid-code' });
    await send(walk, { code: await code(phone) });
    expect(isOver(walk)).toMatchObject({ error: 'access_denied', state: 'st' });
  });
});

describe('where nothing goes out', () => {
  test('the page says so, offers it again, and goes on once it works', async () => {
    await underSms();
    const { store, tenant } = desk.door.house;
    const record = await store.authenticationConfigurations.findByKey(tenant.id, 'sms');
    const carriedOut = (interactions: JsonObject) =>
      store.authenticationConfigurations.update(tenant.id, record?.id ?? '', (own) => ({ ...own, interactions }));
    const closed = { function: 'http_request', http_request: { url: 'http://127.0.0.1:9/sms', method: 'POST' } };
    await carriedOut({ 'sms-authentication-challenge': { execution: closed } });
    const { username } = await person();
    const walk = await arrive();
    await signIn(walk, username);
    expect(at(walk)).toEqual({ path: '/u/mfa-login-options', status: 200, error: 'send-sms-failed' });
    await send(walk, { action: 'sms' });
    expect(at(walk)).toEqual({ path: '/u/mfa-login-options', status: 400, error: 'send-sms-failed' });
    await carriedOut(OWN_CODES('sms'));
    await send(walk, { action: 'sms' });
    expect(at(walk)).toMatchObject({ path: '/u/mfa-sms-challenge', status: 200 });
  });
});

describe('nobody else', () => {
  test('takes up a login that another browser began, by its id or by its page', async () => {
    await underSms();
    const walk = await arrive();
    const stranger = desk.door.browser();
    await stranger.open('/authorize?client_id=spa');
    for (const browser of [stranger, desk.door.browser()]) {
      for (const address of [`/authorize?id=${walk.id}`, walk.page.url.href]) {
        const page = await browser.open(address);
        expect(page.status).toBe(400);
        expect(page.html).not.toContain('<form');
      }
    }
  });

  test('nor one that a program began', async () => {
    await underSms();
    const { id } = await desk.begin();
    const page = await desk.door.browser().open(`/authorize?id=${id}`);
    expect(page.status).toBe(400);
  });

  test('posts a form of another site', async () => {
    await underSms();
    const walk = await arrive();
    const cookie = [...walk.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await desk.door.app.request(walk.page.url.href, {
      method: 'POST',
      headers: {
        cookie,
        origin: 'https://evil.example',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: String(new URLSearchParams({ username: 'person-0@example.com', password: PASSWORD, action: 'default' })),
    });
    expect(answer.status).toBe(403);
  });

  test.each([
    ['', 400],
    ['nothing', 400],
    ['00000000-0000-4000-8000-000000000000', 400],
    ["x' OR 1=1", 400],
    ['%00', 400],
    ['a'.repeat(4000), 400],
  ])('an id that names nothing: %s', async (id, status) => {
    expect((await desk.door.browser().open(`/authorize?id=${encodeURIComponent(id)}`)).status).toBe(status);
  });
});
