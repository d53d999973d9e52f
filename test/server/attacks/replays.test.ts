// Attacks by repetition: whatever was used once is brought again, right after its use and much later. It opens nothing, and
// where that says that somebody has stolen it, what came of it ends.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GRANT, type MfaDesk, NATIVE, openMfaDesk, PHONE } from '../mfa-api/mfa-desk.ts';
import { CHALLENGE_OTP, FORM, hasTokens, send, signIn, stateOf } from './attacker.ts';

const ROTATING = { refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 0 } };
const LATER = [
  ['at once', 0],
  ['an hour later', 3_600_000],
  ['after the sweep', 2 * 86_400_000],
] as const;

let desk: MfaDesk;
beforeAll(async () => {
  desk = await openMfaDesk();
  const { store, tenant } = desk.door.house;
  const grantTypes = ['authorization_code', 'refresh_token'];
  for (const id of ['spa', 'native']) {
    await store.clients.update(tenant.id, id, (client) => ({
      ...client,
      settings: ROTATING,
      grantTypes: [...new Set([...client.grantTypes, ...grantTypes])],
    }));
  }
}, 60_000);
afterAll(() => desk.close());
beforeEach(async () => {
  desk.nextStep();
  await desk.door.house.bind();
});

const wait = async (ms: number) => {
  desk.door.house.clock.advance(ms);
  if (ms > 86_400_000) await desk.door.deps.runtime.tidy();
};
const REFUSED = { status: 403, body: { error: 'invalid_grant' } };
const refresh = (refresh_token: unknown, client: object = { client_id: 'spa' }) =>
  desk.door.token({ grant_type: 'refresh_token', ...client, refresh_token: String(refresh_token) });
const codeOf = async (name: string) =>
  (await desk.door.signIn(desk.door.browser(), name, { scope: 'openid offline_access' })).get('code') ?? '';

describe.each(LATER)('brought again %s', (_when, ms) => {
  test('a code', async () => {
    const { name } = await desk.newUser();
    const code = await codeOf(name);
    const { body } = await desk.door.exchange(code);
    await wait(ms);
    expect(await desk.door.exchange(code)).toMatchObject(REFUSED);
    // RFC 6749 §4.1.2; after a day nobody remembers which tokens they were.
    expect((await refresh(body.refresh_token)).status).toBe(ms > 86_400_000 ? 200 : 403);
  });

  test('a code that somebody tried in vain', async () => {
    const { name } = await desk.newUser();
    const code = await codeOf(name);
    expect(await desk.door.exchange(code, { code_verifier: 'x'.repeat(43) })).toMatchObject(REFUSED);
    await wait(ms);
    expect(await desk.door.exchange(code)).toMatchObject(REFUSED);
  });

  test('a refresh token', async () => {
    const { name } = await desk.newUser();
    const { body: first } = await desk.door.exchange(await codeOf(name));
    const { body: second } = await refresh(first.refresh_token);
    await wait(ms);
    expect(await refresh(first.refresh_token)).toMatchObject(REFUSED);
    expect(await refresh(second.refresh_token)).toMatchObject(REFUSED);
  });

  test('a refresh token of a client with a secret, by itself and by another client', async () => {
    const { name } = await desk.newUser();
    const { body: first } = await desk.signIn(name, { scope: 'openid offline_access' });
    const { body: second } = await refresh(first.refresh_token, NATIVE);
    await wait(ms);
    // Another client’s word ends nothing.
    expect(await refresh(first.refresh_token)).toMatchObject(REFUSED);
    expect((await refresh(second.refresh_token, NATIVE)).status).toBe(200);
    expect(await refresh(first.refresh_token, NATIVE)).toMatchObject(REFUSED);
    expect(await refresh(second.refresh_token, NATIVE)).toMatchObject(REFUSED);
  });

  test('an mfa_token, with the same code and with a new one', async () => {
    const { name } = await desk.newUser('otp', 'phone');
    await desk.door.house.bind(CHALLENGE_OTP);
    const token = await desk.mfaToken(name);
    const code = desk.code();
    expect((await desk.otp(token, code)).status).toBe(200);
    await wait(ms);
    const refused = {
      body: { error: ms === 0 ? 'invalid_grant' : expect.stringMatching(/^(invalid_grant|expired_token)$/) },
    };
    expect(await desk.otp(token, code)).toMatchObject(refused);
    desk.nextStep();
    expect(await desk.otp(token, desk.code())).toMatchObject(refused);
    expect(await desk.call('POST', 'challenge', { body: { mfa_token: token } })).toMatchObject(refused);
    expect(await desk.call('GET', 'authenticators', { bearer: token })).toMatchObject(refused);
    const recovery = { grant_type: `${GRANT}mfa-recovery-code`, mfa_token: token, recovery_code: 'X'.repeat(24) };
    expect(await desk.token(recovery)).toMatchObject(refused);
  });
});

test('a code of an app, in another login of the same person', async () => {
  const { name } = await desk.newUser('otp');
  await desk.door.house.bind(CHALLENGE_OTP);
  const code = desk.code();
  expect((await desk.otp(await desk.mfaToken(name), code)).status).toBe(200);
  expect(await desk.otp(await desk.mfaToken(name), code)).toMatchObject(REFUSED);
  const page = await signIn(desk.door, desk.door.browser(), name);
  expect(hasTokens(await desk.door.browser().post(page, { code, action: 'default' }))).toBe(false);
});

test('a code that was sent, after the next one was', async () => {
  const { name } = await desk.newUser('phone');
  await desk.door.house.bind(CHALLENGE_OTP.replace('otp', 'phone'));
  const token = await desk.mfaToken(name);
  const ask = async () => {
    const { body } = await desk.call('POST', 'challenge', { body: { mfa_token: token } });
    return { oob: String(body.oob_code), code: await desk.door.house.codeFor(PHONE) };
  };
  const [first, second] = [await ask(), await ask()];
  expect((await desk.oob(token, first.oob, first.code)).status).toBeGreaterThan(399);
  // Two codes of six digits may be the same once in a million.
  if (first.code !== second.code) expect((await desk.oob(token, second.oob, first.code)).status).toBe(403);
  expect((await desk.oob(token, second.oob, second.code)).status).toBe(200);
});

test('the form of a login that is over, and its end', async () => {
  const { name } = await desk.newUser('otp');
  await desk.door.house.bind(CHALLENGE_OTP);
  const browser = desk.door.browser();
  const page = await signIn(desk.door, browser, name);
  const fields = { state: stateOf(page), code: desk.code(), action: 'default' };
  expect(hasTokens(await browser.post(page, fields))).toBe(true);
  browser.cookies.delete('sallyport_session');
  const init = { method: 'POST', headers: FORM, body: String(new URLSearchParams(fields)) };
  for (const path of [page.url.pathname + page.url.search, `/authorize/resume?state=${stateOf(page)}`]) {
    const again = await send(desk.door, browser, path, path.startsWith('/u') ? init : {});
    expect(again.headers.get('location') ?? '').not.toContain('code=');
    expect(again.headers.getSetCookie().join()).not.toContain('sallyport_session');
  }
});
