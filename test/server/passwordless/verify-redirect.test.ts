// The link in a mail: opened by scanners it does nothing, its button logs in, and it goes on where the application wanted.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CALLBACK, CHALLENGE, VERIFIER } from '../oauth/front-door.ts';
import { openPasswordlessDesk, type PasswordlessDesk, PHONE } from './passwordless-desk.ts';

const MAILBOX = 'link@example.com';

let desk: PasswordlessDesk;
beforeAll(async () => {
  desk = await openPasswordlessDesk();
});
afterEach(() => desk.door.house.clock.advance(60 * 60_000));
afterAll(() => desk.close());

const AUTH = {
  redirect_uri: CALLBACK,
  scope: 'openid email',
  state: 'from the app',
  nonce: 'the-nonce',
  response_type: 'code',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};

/** Path and query of the link that was mailed. */
async function mailedLink(authParams: object = AUTH): Promise<string> {
  const asked = { connection: 'email', email: MAILBOX, phone_number: undefined, send: 'link', authParams };
  expect((await desk.start(asked)).status).toBe(200);
  const [{ text } = { text: '' }] = await desk.sent(MAILBOX);
  const { pathname, search } = new URL(/https?:\S+/.exec(text)![0]);
  return pathname + search;
}

describe('a link', () => {
  test('shows a page with a button, however often it is opened, and then logs in, once', async () => {
    const link = await mailedLink();
    for (let opened = 0; opened < 4; opened += 1) {
      const answer = await desk.door.get(link);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('set-cookie')).toBeNull();
      expect(await answer.text()).toContain(MAILBOX);
    }
    const browser = desk.door.browser();
    const page = await browser.open(link);
    const end = await browser.post(page, { action: 'default' });
    expect(end.url.origin + end.url.pathname).toBe(CALLBACK);
    expect(Object.fromEntries(end.url.searchParams)).toMatchObject({ state: 'from the app', code: expect.any(String) });
    const tokens = await desk.door.token({
      ...{ grant_type: 'authorization_code', client_id: 'app', redirect_uri: CALLBACK, code_verifier: VERIFIER },
      code: end.url.searchParams.get('code') ?? '',
    });
    expect(tokens.status).toBe(200);

    const again = await desk.door.browser().open(link);
    const refused = await desk.door.browser().post(again, { action: 'default' });
    expect(Object.fromEntries(refused.url.searchParams)).toMatchObject({
      ...{ error: 'access_denied', error_description: 'Wrong email or verification code.', state: 'from the app' },
    });
  });

  test('is answered under the other name too, and by a code that was typed into the application', async () => {
    await desk.start();
    const params = { ...AUTH, client_id: 'app', connection: 'sms', phone_number: PHONE };
    const search = new URLSearchParams({ ...params, verification_code: await desk.codeFor(PHONE) });
    const browser = desk.door.browser();
    const end = await browser.post(await browser.open(`/passwordless/verify-redirect?${search}`), {
      action: 'default',
    });
    expect(end.url.searchParams.get('code')).toEqual(expect.any(String));
  });

  test('goes on to the second factor that a script wants, and scripts see no code', async () => {
    const { house } = desk.door;
    await house.bind(`exports.onExecutePostLogin = async (event, api) => {
      const seen = JSON.stringify(event.request);
      if (seen.includes('verification_code') || seen.includes(event.user.email)) throw new Error('seen');
      api.authentication.enrollWith({ type: 'otp' });
    };`);
    const browser = desk.door.browser();
    const page = await browser.post(await browser.open(await mailedLink()), { action: 'default' });
    expect(page.url.pathname).toBe('/u/mfa-otp-enrollment-qr');
    await house.bind();
  });

  test('is not followed for a form of another site', async () => {
    const link = await mailedLink();
    const answer = await desk.door.app.request(`${desk.door.site}${link}`, {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'action=default',
    });
    expect(answer.status).toBe(403);
  });

  test.each<[string, Record<string, string>]>([
    ['without a code', { verification_code: '' }],
    ['of no client', { client_id: '' }],
    ['of a client without the grant', { client_id: 'spa' }],
    ['of no connection', { connection: '' }],
    ['of a database', { connection: 'Username-Password-Authentication' }],
    ['without an address', { email: '' }],
    ['to a callback that is not registered', { redirect_uri: 'https://evil.example/' }],
    ['with a pushed request', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }],
  ])('%s: a page, and nobody is sent anywhere', async (_name, more) => {
    const params = { ...AUTH, client_id: 'app', connection: 'email', email: MAILBOX, verification_code: 'x', ...more };
    for (const method of ['GET', 'POST']) {
      const answer = await desk.door.app.request(
        `${desk.door.site}/passwordless/verify_redirect?${new URLSearchParams(params)}`,
        {
          method,
          ...(method === 'POST' ? { body: '', headers: { 'content-type': 'application/x-www-form-urlencoded' } } : {}),
        },
      );
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(await answer.text()).not.toContain('<form');
    }
  });

  test('what is wrong with the request is told to the application', async () => {
    const link = await mailedLink({ redirect_uri: CALLBACK, state: 's' });
    const answer = await desk.door.get(link);
    expect(answer.status).toBe(302);
    // A public client needs PKCE here as everywhere.
    const said = new URL(answer.headers.get('location') ?? '').searchParams;
    expect(Object.fromEntries(said)).toMatchObject({ error: 'invalid_request', state: 's' });
  });

  test.each(['require_pushed_authorization_requests', 'require_signed_request_object'])(
    'a client with %s is let in by no link either',
    async (setting) => {
      const { store, tenant } = desk.door.house;
      const id = `strict-${setting}`;
      await store.clients.insert({ ...desk.client, id, settings: { [setting]: true } });
      await store.connections.update(tenant.id, desk.email.id, (current) => ({
        ...current,
        enabledClients: [...current.enabledClients, id],
      }));
      const link = new URL(await mailedLink(), desk.door.site);
      link.searchParams.set('client_id', id);
      const answer = await desk.door.get(link.pathname + link.search);
      const said = new URL(answer.headers.get('location') ?? '').searchParams;
      expect(Object.fromEntries(said)).toMatchObject({ error: 'invalid_request' });
    },
  );
});
