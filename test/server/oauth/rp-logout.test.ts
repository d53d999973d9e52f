// RP-initiated logout. Blocks named `oidcc-…` are modules of the OpenID Foundation's conformance suite, as far as they say
// something about the server.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signForApi, signForClient } from '#server/oauth/access-token.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

const BYE = 'https://app.example/bye';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  let browser: ReturnType<FrontDoor['browser']>;
  let idToken: string;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    await door.house.user('ana');
    for (const id of ['spa', 'web']) {
      await door.deps.store.clients.update(door.house.tenant.id, id, (client) => ({
        ...client,
        settings: { ...client.settings, allowed_logout_urls: [id === 'spa' ? BYE : 'https://web.example/bye'] },
      }));
    }
  });
  afterAll(() => door.close());

  async function signIn(who: ReturnType<FrontDoor['browser']>): Promise<string> {
    const end = await door.signIn(who, 'ana');
    return String((await door.exchange(end.get('code') ?? '')).body.id_token);
  }
  beforeEach(async () => {
    // One person signs in only so often a minute.
    door.house.clock.advance(60_000);
    browser = door.browser();
    idToken = await signIn(browser);
  });

  const isSignedIn = async () =>
    (await browser.open(door.authorizeUrl({ prompt: 'none' }))).url.searchParams.has('code');
  const logout = (parameters: Record<string, string>) =>
    browser.open(`/oidc/logout?${new URLSearchParams(parameters)}`);
  const sidOf = (token: string) =>
    (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }).sid;

  async function expectRefused(parameters: Record<string, string>, reason: RegExp) {
    const page = await logout(parameters);
    expect([page.status, page.url.pathname]).toEqual([400, '/oidc/logout']);
    expect(page.html).toMatch(reason);
    expect(await isSignedIn()).toBe(true);
  }

  async function expectQuestion(parameters: Record<string, string>) {
    const page = await logout(parameters);
    expect([page.status, page.url.pathname]).toEqual([200, '/u/logout']);
    expect(page.html).toContain('Do you want to log out?');
    expect(await isSignedIn()).toBe(true);
    return page;
  }

  describe('oidcc-rp-initiated-logout-discovery-endpoint-verification', () => {
    const discovered = async () =>
      (await (await door.get('/.well-known/openid-configuration')).json()) as Record<string, unknown>;
    test('the address is announced, unless the tenant has turned that off', async () => {
      expect((await discovered()).end_session_endpoint).toBe(`${door.site}/oidc/logout`);
      const turn = (on: boolean) =>
        door.house.editTenant((tenant) => ({
          ...tenant,
          settings: { ...tenant.settings, oidc_logout: { rp_logout_end_session_endpoint_discovery: on } },
        }));
      await turn(false);
      expect(await discovered()).not.toHaveProperty('end_session_endpoint');
      await turn(true);
      expect(await discovered()).toHaveProperty('end_session_endpoint');
    });
  });

  describe('oidcc-rp-initiated-logout', () => {
    test('ends the session at once, and state comes back', async () => {
      const end = await logout({ id_token_hint: idToken, post_logout_redirect_uri: BYE, state: 'a b&c' });
      expect(end.url.href).toBe(`${BYE}?state=a+b%26c`);
      expect(browser.cookies.get('sallyport_session')).toBe('');
      expect(await isSignedIn()).toBe(false);
      expect(await door.deps.store.sessions.find(door.house.tenant.id, sidOf(idToken))).toBeUndefined();
      expect((await door.house.logTypes()).filter((type) => type === 'slo')).toHaveLength(1);
    });

    test('by a form', async () => {
      const end = await browser.open('/oidc/logout', { id_token_hint: idToken, post_logout_redirect_uri: BYE });
      expect(end.url.href).toBe(BYE);
      expect(await isSignedIn()).toBe(false);
    });

    test('with a hint that has run out', async () => {
      door.house.clock.advance(36_001_000);
      const end = await logout({ id_token_hint: idToken, post_logout_redirect_uri: BYE });
      expect(end.url.href).toBe(BYE);
      expect(await isSignedIn()).toBe(false);
    });

    test('without a session it only leads on', async () => {
      await logout({ id_token_hint: idToken });
      const end = await logout({ id_token_hint: idToken, post_logout_redirect_uri: BYE });
      expect(end.url.href).toBe(BYE);
    });

    test('logout_hint names the session as well as an id_token', async () => {
      const end = await logout({ logout_hint: sidOf(idToken), client_id: 'spa', post_logout_redirect_uri: BYE });
      expect(end.url.href).toBe(BYE);
      expect(await isSignedIn()).toBe(false);
    });
  });

  describe('oidcc-rp-initiated-logout-bad-post-logout-redirect-uri', () => {
    test.each(['https://app.example/foo', 'https://web.example/bye', 'javascript:alert(1)', 'nowhere', `${BYE}#f`])(
      '%s',
      (uri) => expectRefused({ id_token_hint: idToken, post_logout_redirect_uri: uri }, /Allowed Logout URLs/),
    );
  });

  describe('oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri', () => {
    test('is another address', () =>
      expectRefused({ id_token_hint: idToken, post_logout_redirect_uri: `${BYE}?foo=bar` }, /Allowed Logout URLs/));
  });

  describe('oidcc-rp-initiated-logout-no-id-token-hint', () => {
    test('an address of nobody known is not gone to', () =>
      expectRefused({ post_logout_redirect_uri: BYE, state: 'x' }, /needs id_token_hint or client_id/));

    test('with a client the person is asked, and then led on', async () => {
      const page = await expectQuestion({ client_id: 'spa', post_logout_redirect_uri: BYE, state: 'x' });
      expect(page.html).toContain('Spa asks to log you out');
      const end = await browser.post(page, { action: 'accept' });
      expect(end.url.href).toBe(`${BYE}?state=x`);
      expect(await isSignedIn()).toBe(false);
    });
  });

  describe('oidcc-rp-initiated-logout-modified-id-token-hint', () => {
    test('one changed claim', async () => {
      const [header = '', payload = '', signature = ''] = idToken.split('.');
      const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'auth0|other' };
      const forged = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
      await expectRefused({ id_token_hint: forged, post_logout_redirect_uri: BYE }, /id_token_hint is not/);
    });
  });

  describe('oidcc-rp-initiated-logout-bad-id-token-hint', () => {
    test.each(['x', 'a.b.c', 'eyJhbGciOiJub25lIn0.eyJhdWQiOiJzcGEifQ.'])('%s', (token) =>
      expectRefused({ id_token_hint: token, post_logout_redirect_uri: BYE }, /id_token_hint is not/),
    );

    test('another issuer, another audience, an access token', async () => {
      const { house, deps, spa } = door;
      const claims = { iss: door.issuer, aud: 'spa', sub: 'auth0|x', sid: sidOf(idToken) };
      const bad = await Promise.all([
        signForClient(deps, house.tenant, spa, { ...claims, iss: 'https://other.example/' }),
        signForClient(deps, house.tenant, spa, { ...claims, aud: 'nobody' }),
        signForClient(deps, house.tenant, spa, { ...claims, aud: ['spa', 'web'] }),
      ]);
      const api = (await deps.store.resourceServers.findByKey(house.tenant.id, 'https://api.example/')) as Parameters<
        typeof signForApi
      >[2];
      bad.push(await signForApi(deps, house.tenant, api, { ...claims, aud: 'https://api.example/', azp: 'spa' }));
      for (const id_token_hint of bad) await expectRefused({ id_token_hint }, /id_token_hint is not/);
    });
  });

  describe('oidcc-rp-initiated-logout-no-params', () => {
    test('the person is asked, and a yes ends the session', async () => {
      const page = await expectQuestion({});
      const done = await browser.post(page, { action: 'accept' });
      expect(done.html).toContain('You are logged out');
      expect(await isSignedIn()).toBe(false);
    });

    test('a no changes nothing', async () => {
      const kept = await browser.post(await expectQuestion({}), { action: 'decline' });
      expect(kept.html).toContain('You are still logged in');
      expect(await isSignedIn()).toBe(true);
    });

    test('in the language that is asked for', async () => {
      expect((await logout({ ui_locales: 'en' })).html).toContain('<html lang="en" dir="ltr">');
      const page = await logout({ ui_locales: 'ja' });
      expect(page.html).toContain('ログアウトしますか？');
      expect((await browser.post(page, { action: 'accept' })).html).toContain('ログアウトしました');
    });
  });

  describe('oidcc-rp-initiated-logout-only-state', () => {
    test('the person is asked, and nobody gets the state', async () => {
      const done = await browser.post(await expectQuestion({ state: 'x' }), { action: 'accept' });
      expect([done.status, done.html.includes('You are logged out')]).toEqual([200, true]);
    });
  });

  describe('oidcc-rp-initiated-logout-no-post-logout-redirect-uri', () => {
    test('ends with a page', async () => {
      const done = await logout({ id_token_hint: idToken, state: 'x' });
      expect(done.html).toContain('You are logged out');
      expect(await isSignedIn()).toBe(false);
    });
  });

  describe('oidcc-rp-initiated-logout-no-state', () => {
    test('leads on without one', async () => {
      expect((await logout({ id_token_hint: idToken, post_logout_redirect_uri: BYE })).url.href).toBe(BYE);
    });
  });

  test('a hint that is signed by a shared secret counts for the client of that secret alone', async () => {
    const { house, deps, spa, web } = door;
    const shared = { ...web, settings: { ...web.settings, id_token_signed_response_alg: 'HS256' } };
    const claims = { iss: door.issuer, sub: 'auth0|x', sid: sidOf(idToken) };
    // Web's own id_tokens are not signed so, and Spa has no secret at all.
    for (const aud of [web.id, spa.id]) {
      const hint = await signForClient(deps, house.tenant, shared, { ...claims, aud });
      await expectRefused({ id_token_hint: hint }, /id_token_hint is not/);
    }
    const turn = (alg: string | null) =>
      deps.store.clients.update(house.tenant.id, web.id, (client) => ({
        ...client,
        settings: { ...client.settings, id_token_signed_response_alg: alg },
      }));
    await turn('HS256');
    const hint = await signForClient(deps, house.tenant, shared, { ...claims, aud: web.id });
    expect((await logout({ id_token_hint: hint })).html).toContain('You are logged out');
    expect(await isSignedIn()).toBe(false);
    await turn(null);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['a client_id that is not the audience', { client_id: 'web' }, /client_id is not the audience/],
    ['a logout_hint of another session', { logout_hint: 'other' }, /logout_hint is not the sid/],
  ])('beside the hint, %s is refused', (_case, more, reason) =>
    expectRefused({ id_token_hint: idToken, ...more }, reason),
  );

  test('an unknown client is refused', () => expectRefused({ client_id: 'nobody' }, /unknown client_id/));

  test('a parameter that comes twice is refused', async () => {
    const page = await browser.open('/oidc/logout?state=a&state=b');
    expect(page.status).toBe(400);
  });

  describe('somebody else wants a person signed out', () => {
    test('a hint of another session: the person is asked, and the other session stays', async () => {
      const other = await signIn(door.browser());
      await expectQuestion({ id_token_hint: other, post_logout_redirect_uri: BYE });
      expect(await door.deps.store.sessions.find(door.house.tenant.id, sidOf(other))).toBeDefined();
    });

    const cookie = () => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

    test.each<[string, Record<string, string>]>([
      ['of another origin', { origin: 'https://evil.example' }],
      ['of another site, by the browser’s word', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
      ['of a sibling', { 'sec-fetch-site': 'same-site' }],
    ])('a form %s that answers the question is refused, cookie or not', async (_case, headers) => {
      const response = await door.app.request(`${door.site}/u/logout`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: cookie(), ...headers },
        body: 'action=accept',
      });
      expect(response.status).toBe(403);
      expect(await isSignedIn()).toBe(true);
    });

    test('a form of another site comes without the cookie, and is asked again with it', async () => {
      const response = await door.app.request(`${door.site}/oidc/logout`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://app.example' },
        body: String(new URLSearchParams({ client_id: 'spa', post_logout_redirect_uri: BYE })),
      });
      expect(response.status).toBe(303);
      const page = await browser.open(response.headers.get('location') ?? '');
      expect(page.url.pathname).toBe('/u/logout');
    });

    test('the question cannot be framed, and its form may lead to the checked address only', async () => {
      const query = new URLSearchParams({ client_id: 'spa', post_logout_redirect_uri: BYE });
      const response = await door.get(`/u/logout?${query}`, { cookie: cookie() });
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("form-action 'self' https://app.example;");
      const evil = new URLSearchParams({ client_id: 'spa', post_logout_redirect_uri: 'https://evil.example/' });
      expect((await door.get(`/u/logout?${evil}`, { cookie: cookie() })).status).toBe(400);
    });

    test('an answer that is neither yes nor no is none', async () => {
      const page = await browser.open('/u/logout', { action: 'perhaps' });
      expect(page.status).toBe(400);
      expect(await isSignedIn()).toBe(true);
    });
  });
});
