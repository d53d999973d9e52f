// Attacks with two hands: the same thing sent several times at one moment, on both databases. It happens once, whoever is
// first, and nothing that was only lost breaks.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import type { Page, PlainBrowser } from '#test/kit/plain-browser.ts';
import { type MfaDesk, NATIVE, openMfaDesk, PHONE } from '../mfa-api/mfa-desk.ts';
import { CHALLENGE_OTP, FORM, hasTokens, JSON_BODY, send, signIn, stateOf } from './attacker.ts';

const TIMES = 5;

describe.each(databases())('%s', (_name, open) => {
  let desk: MfaDesk;
  beforeAll(async () => {
    desk = await openMfaDesk({ databaseUrl: await open() });
    const { store, tenant } = desk.door.house;
    await store.clients.update(tenant.id, 'spa', (client) => ({
      ...client,
      grantTypes: ['authorization_code', 'refresh_token'],
    }));
    await store.clients.insert({ ...desk.door.spa, id: 'third', settings: { is_first_party: false } });
    const { records } = await store.connections.list(tenant.id);
    for (const { id } of records) {
      await store.connections.update(tenant.id, id, (each) => ({
        ...each,
        enabledClients: [...each.enabledClients, 'third'],
      }));
    }
  }, 60_000);
  afterAll(() => desk.close());
  beforeEach(async () => {
    desk.nextStep();
    await desk.door.house.bind();
    await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: [] }));
  });

  const often = <T>(act: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: TIMES }, act));
  const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).sort();
  const ONCE = [200, ...Array.from({ length: TIMES - 1 }, () => 403)];
  const logs = async (type: string, userId: string) => {
    const { store, tenant } = desk.door.house;
    const query = { type, userId, order: 'newest', page: { offset: 0, limit: 1 } } as const;
    return (await store.logs.list(tenant.id, query)).total;
  };
  /** One form of a page, its redirects not followed. */
  const submit = (browser: PlainBrowser, page: Page, fields: Record<string, string>) => {
    const body = String(new URLSearchParams({ state: stateOf(page), ...fields }));
    return send(desk.door, browser, page.url.pathname + page.url.search, { method: 'POST', headers: FORM, body });
  };

  test('a code of authorization', async () => {
    const { user, name } = await desk.newUser();
    const said = await desk.door.signIn(desk.door.browser(), name);
    const answers = await often(() => desk.door.exchange(said.get('code') ?? ''));
    expect(statuses(answers)).toEqual(ONCE);
    expect(await logs('seacft', user.id)).toBe(1);
  });

  test('a refresh token', async () => {
    const { user, name } = await desk.newUser();
    const said = await desk.door.signIn(desk.door.browser(), name, { scope: 'openid offline_access' });
    const { body } = await desk.door.exchange(said.get('code') ?? '');
    const refresh_token = String(body.refresh_token);
    const answers = await often(() =>
      desk.door.token({ grant_type: 'refresh_token', client_id: 'spa', refresh_token }),
    );
    expect(statuses(answers)).toEqual(ONCE);
    expect(await logs('sertft', user.id)).toBe(1);
  });

  test('the code of an app at the MFA API', async () => {
    const { user, name } = await desk.newUser('otp');
    await desk.door.house.bind(CHALLENGE_OTP);
    const token = await desk.mfaToken(name);
    const answers = await often(() => desk.otp(token, desk.code()));
    expect(statuses(answers)).toEqual(ONCE);
    expect(await logs('gd_auth_succeed', user.id)).toBe(1);
  });

  test('the code of an app in two logins', async () => {
    const { name } = await desk.newUser('otp');
    await desk.door.house.bind(CHALLENGE_OTP);
    const tokens = [await desk.mfaToken(name), await desk.mfaToken(name)];
    const answers = await Promise.all(tokens.map((token) => desk.otp(token, desk.code())));
    expect(statuses(answers)).toEqual([200, 403]);
  });

  test('the wish for a message', async () => {
    const { name } = await desk.newUser('phone');
    await desk.door.house.bind(CHALLENGE_OTP.replace('otp', 'phone'));
    const token = await desk.mfaToken(name);
    const { store, tenant } = desk.door.house;
    const sent = async () => (await store.messages.inbox(tenant.id, PHONE, 100)).length;
    const before = await sent();
    const asked = await often(() =>
      desk.call('POST', 'challenge', { body: { ...NATIVE, mfa_token: token, challenge_type: 'oob' } }),
    );
    for (const { status } of asked) expect([200, 403]).toContain(status);
    const good = asked.filter(({ status }) => status === 200);
    expect(good.length).toBeGreaterThan(0);
    // Not a message more than answers that promise one, and the last of them opens.
    expect((await sent()) - before).toBe(good.length);
    const code = await desk.door.house.codeFor(PHONE);
    const opened = [];
    for (const { body } of good) opened.push((await desk.oob(token, String(body.oob_code), code)).status);
    expect(opened.filter((status) => status === 200)).toHaveLength(1);
  });

  test('a factor on the pages', async () => {
    const { user, name } = await desk.newUser('otp');
    await desk.door.house.bind(CHALLENGE_OTP);
    const browser = desk.door.browser();
    const page = await signIn(desk.door, browser, name);
    const answers = await often(() => submit(browser, page, { code: desk.code(), action: 'default' }));
    // Who lost is led to where the login is now.
    for (const { status } of answers) expect(status).toBeLessThan(400);
    expect(await logs('gd_auth_succeed', user.id)).toBe(1);
    const ends = await often(() => send(desk.door, browser, `/authorize/resume?state=${stateOf(page)}`));
    const codes = [...answers, ...ends].map((answer) => answer.headers.get('location') ?? '');
    expect(new Set(codes.filter((location) => location.includes('code='))).size).toBeLessThan(2);
  });

  test('a consent', async () => {
    const { user, name } = await desk.newUser();
    const browser = desk.door.browser();
    const page = await signIn(desk.door, browser, name, { client_id: 'third', scope: 'openid email' });
    expect(page.url.pathname).toBe('/u/consent');
    const answers = await often(() => submit(browser, page, { action: 'accept' }));
    for (const { status } of answers) expect(status).toBeLessThan(400);
    const { store, tenant } = desk.door.house;
    const page0 = { offset: 0, limit: 9 };
    const { records } = await store.consents.list(tenant.id, { userId: user.id, page: page0 });
    expect(records).toMatchObject([{ clientId: 'third', scope: ['openid', 'email'] }]);
    const resume = answers[0]?.headers.get('location') ?? '';
    const ends = await often(() => send(desk.door, browser, resume));
    expect(ends.filter((end) => end.headers.get('location')?.includes('code='))).toHaveLength(1);
  });

  test('an acceptance and a refusal: one of the two', async () => {
    const { user, name } = await desk.newUser();
    const browser = desk.door.browser();
    const page = await signIn(desk.door, browser, name, { client_id: 'third', scope: 'openid email' });
    const [yes, no] = await Promise.all([
      submit(browser, page, { action: 'accept' }),
      submit(browser, page, { action: 'decline' }),
    ]);
    for (const { status } of [yes, no]) expect(status).toBeLessThan(500);
    const end = await browser.open(page.url.href);
    const { store, tenant } = desk.door.house;
    const { total } = await store.consents.list(tenant.id, { userId: user.id, page: { offset: 0, limit: 9 } });
    // Whoever has tokens has a consent, and the other way round.
    expect(hasTokens(end) ? 1 : 0).toBe(total);
  });

  test('a logout', async () => {
    const { user, name } = await desk.newUser();
    const browser = desk.door.browser();
    await signIn(desk.door, browser, name);
    const answers = await often(() => send(desk.door, browser, '/v2/logout?client_id=spa'));
    for (const { status } of answers) expect(status).toBeLessThan(400);
    expect(await logs('slo', user.id)).toBe(1);
    const end = await browser.open(desk.door.authorizeUrl({ prompt: 'none' }));
    expect(end.url.searchParams.get('error')).toBe('login_required');
  });

  test('a revocation', async () => {
    const { user, name } = await desk.newUser();
    const { body } = await desk.signIn(name, { scope: 'openid offline_access' });
    const answers = await often(async () =>
      desk.door.app.request(`${desk.door.site}/oauth/revoke`, {
        method: 'POST',
        headers: JSON_BODY,
        body: JSON.stringify({ ...NATIVE, token: body.refresh_token }),
      }),
    );
    expect(statuses(answers)).toEqual(Array.from({ length: TIMES }, () => 200));
    expect(await logs('srrt', user.id)).toBeGreaterThan(0);
  });
});
