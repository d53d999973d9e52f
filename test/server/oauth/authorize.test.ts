// The authorization endpoint, row by row: what is answered with a page, what goes back to the client, what begins a login.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { CALLBACK, CHALLENGE, type FrontDoor, openFrontDoor } from './front-door.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    await door.house.user('ana');
    await door.deps.store.organizations.insert({
      tenantId: door.house.tenant.id,
      id: 'org_1',
      name: 'acme',
      metadata: {},
      settings: {},
      createdAt: 1,
      updatedAt: 1,
    });
  });
  afterAll(() => door.close());

  describe('never a redirect', () => {
    test.each([
      ['no client', { client_id: undefined }],
      ['an unknown client', { client_id: 'nobody' }],
      ['a client of another tenant', { client_id: 'https://other' }],
      ['another callback', { redirect_uri: 'https://evil.example/callback' }],
      ['a callback that begins alike', { redirect_uri: `${CALLBACK}/more` }],
      ['a callback with a query', { redirect_uri: `${CALLBACK}?a=b` }],
      ['a callback in other case', { redirect_uri: 'https://APP.example/callback' }],
      ['a callback with a fragment', { redirect_uri: `${CALLBACK}#x` }],
      ['no callback where two are registered', { client_id: 'web', redirect_uri: undefined }],
    ])('%s', async (_name, more) => {
      const response = await door.get(door.authorizeUrl(more));
      expect(response.status).toBe(400);
      expect(response.headers.get('location')).toBeNull();
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(await response.text()).not.toContain('<form');
    });

    test.each([
      ['client_id', '&client_id=spa'],
      ['redirect_uri', `&redirect_uri=${encodeURIComponent(CALLBACK)}`],
      ['state', '&state=other'],
      ['an unknown one', '&x=1&x=2'],
    ])('%s sent twice', async (_name, extra) => {
      const response = await door.get(door.authorizeUrl() + extra);
      expect(response.status).toBe(400);
      expect(response.headers.get('location')).toBeNull();
    });

    test('a query that is not well encoded', async () => {
      expect((await door.get(`${door.authorizeUrl()}&x=%zz`)).status).toBe(400);
    });
  });

  describe('an error for the client', () => {
    test.each([
      ['no response type', { response_type: undefined }, 'invalid_request'],
      ['no known response type', { response_type: 'none' }, 'unsupported_response_type'],
      ['a response type twice', { response_type: 'code code' }, 'unsupported_response_type'],
      ['a known and an unknown response type', { response_type: 'code none' }, 'unsupported_response_type'],
      ['no known response mode', { response_mode: 'jwt' }, 'invalid_request'],
      ['two response modes', { response_mode: 'query fragment' }, 'invalid_request'],
      [
        'no challenge from a public client',
        { code_challenge: undefined, code_challenge_method: undefined },
        'invalid_request',
      ],
      ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
      ['a challenge without method', { code_challenge_method: undefined }, 'invalid_request'],
      ['a method without challenge', { client_id: 'web', code_challenge: undefined }, 'invalid_request'],
      ['a challenge too short', { code_challenge: CHALLENGE.slice(1) }, 'invalid_request'],
      ['an unknown prompt', { prompt: 'maybe' }, 'invalid_request'],
      ['none and more', { prompt: 'none login' }, 'invalid_request'],
      ['a prompt twice', { prompt: 'login login' }, 'invalid_request'],
      ['a max_age that is no number', { max_age: '-1' }, 'invalid_request'],
      ['a scope with a quote', { scope: 'openid "x"' }, 'invalid_scope'],
      ['two spaces in a scope', { scope: 'openid  email' }, 'invalid_scope'],
      ['a client that describes itself', { registration: '{}' }, 'registration_not_supported'],
      ['ui_locales that are no tags', { ui_locales: 'en_GB' }, 'invalid_request'],
      ['a nonce too long', { nonce: 'n'.repeat(1025) }, 'invalid_request'],
      ['an unsigned request object', { request: 'e30.e30.' }, 'invalid_request_object'],
      ['both kinds of request', { request: 'e30.e30.', request_uri: 'urn:x' }, 'invalid_request'],
      ['a request elsewhere', { request_uri: 'https://app.example/request.jwt' }, 'request_uri_not_supported'],
      ['a thumbprint that is none', { dpop_jkt: 'x' }, 'invalid_request'],
      ['a connection nobody knows', { connection: 'nothing' }, 'invalid_request'],
      ['an invitation without organization', { invitation: 'abc' }, 'invalid_request'],
      ['an invitation nobody knows', { invitation: 'abc', organization: 'org_1' }, 'invalid_request'],
      ['a hint that is no token', { id_token_hint: 'somebody' }, 'invalid_request'],
      ['a hint that is a token of nobody', { id_token_hint: 'e30.e30.e30' }, 'invalid_request'],
      ['an unknown organization', { organization: 'nobody' }, 'invalid_request'],
      ['an unknown API', { audience: 'https://nowhere.example' }, 'access_denied'],
      ['nobody there, no session', { prompt: 'none' }, 'login_required'],
    ])('%s', async (_name, more, error) => {
      const response = await door.get(door.authorizeUrl(more));
      expect(response.status).toBe(302);
      const location = new URL(response.headers.get('location') ?? '');
      expect(location.origin + location.pathname).toBe(CALLBACK);
      const { error_description, ...rest } = Object.fromEntries(location.searchParams);
      expect(rest).toEqual({ error, state: 'the state', iss: door.issuer });
      expect(error_description).toBeTruthy();
      expect(response.headers.get('cache-control')).toBe('no-store');
      // Whoever asks in vain leaves nothing behind, in the browser either.
      expect(response.headers.getSetCookie()).toEqual([]);
    });

    test('the text for an unknown API', async () => {
      const response = await door.get(door.authorizeUrl({ audience: 'https://nowhere.example' }));
      const location = new URL(response.headers.get('location') ?? '');
      expect(location.searchParams.get('error_description')).toBe(
        'Service not enabled within domain: https://nowhere.example',
      );
    });

    test('a state that does not fit is not sent back', async () => {
      const response = await door.get(door.authorizeUrl({ state: 'é' }));
      const location = new URL(response.headers.get('location') ?? '');
      expect(location.searchParams.get('error')).toBe('invalid_request');
      expect(location.searchParams.has('state')).toBe(false);
    });

    test('a client without the grant', async () => {
      await door.deps.store.clients.insert({ ...door.web, id: 'm2m', grantTypes: ['client_credentials'] });
      const response = await door.get(door.authorizeUrl({ client_id: 'm2m' }));
      expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('unauthorized_client');
    });
  });

  describe('a login begins', () => {
    test.each([
      ['everything as usual', {}],
      ['nothing but the code', { scope: undefined, state: undefined, nonce: undefined }],
      ['no callback where one is registered', { redirect_uri: undefined }],
      [
        'a confidential client without PKCE',
        { client_id: 'web', code_challenge: undefined, code_challenge_method: undefined },
      ],
      ['a callback with its own query', { client_id: 'web', redirect_uri: 'https://app.example/second?kept=1' }],
      ['prompts', { prompt: 'login consent' }],
      ['an organization by id', { organization: 'org_1' }],
      ['an organization by name', { organization: 'Acme' }],
      ['an API', { audience: 'https://api.example/' }],
      ['parameters nobody knows', { 'ext-color': 'red', __proto__x: 'y' }],
      ['an empty parameter', { audience: '' }],
      ['a connection', { connection: 'Username-Password-Authentication' }],
      ['a key for the code', { dpop_jkt: 'A'.repeat(43) }],
      ['claims, which are not looked at', { claims: '{"id_token":{"name":{"essential":true}}}' }],
    ])('%s', async (_name, more) => {
      const response = await door.get(door.authorizeUrl(more));
      expect(response.status).toBe(302);
      expect(response.headers.get('location')).toMatch(/^\/u\/login\?state=[\w-]{43}$/);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('referrer-policy')).toBe('no-referrer');
      const [cookie = ''] = response.headers.getSetCookie();
      expect(cookie).toMatch(/HttpOnly/);
      expect(cookie).toMatch(/SameSite=Lax/);
    });

    test('by a form', async () => {
      const [path = '', query = ''] = door.authorizeUrl().split('?');
      const post = (headers: Record<string, string>) =>
        door.app.request(`${door.site}${path}`, { method: 'POST', body: query, headers });
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const own = await post(form);
      expect(own.status).toBe(302);
      expect(own.headers.get('location')).toMatch(/^\/u\/login/);

      const foreign = await post({ ...form, origin: 'https://app.example' });
      expect(foreign.status).toBe(303);
      expect(foreign.headers.get('location')).toBe(`/authorize?${query}`);
      expect(foreign.headers.getSetCookie()).toEqual([]);

      expect((await post({ 'content-type': 'application/json' })).status).toBe(400);
    });

    test('what the protocol does not know reaches the login', async () => {
      const browser = door.browser();
      const page = await browser.open(door.authorizeUrl({ 'ext-color': 'red' }));
      const found = await door.deps.runtime.read(door.house.tenant, {
        key: page.url.searchParams.get('state') ?? '',
        binding: [...browser.cookies.values()][0],
      });
      expect(found).toMatchObject({
        found: 'present',
        shown: { login: { request: { query: { 'ext-color': 'red' } } } },
      });
    });
  });

  describe('a session', () => {
    test('signs in again without a page, and scripts run again', async () => {
      await door.house.bind(`exports.onExecutePostLogin = async (event, api) => {
      api.idToken.setCustomClaim('methods', event.authentication.methods.map((m) => m.name));
      if (event.request.query.deny) api.access.deny('not today');
    };`);
      const browser = door.browser();
      expect((await door.signIn(browser, 'ana')).get('code')).toBeTruthy();
      expect(browser.cookies.has('sallyport_session')).toBe(true);

      expect((await door.signIn(browser, 'ana')).get('code')).toBeTruthy();
      const silent = await browser.open(door.authorizeUrl({ prompt: 'none' }));
      expect(Object.fromEntries(silent.url.searchParams)).toMatchObject({ state: 'the state', iss: door.issuer });
      expect((await door.exchange(silent.url.searchParams.get('code') ?? '')).status).toBe(200);

      const denied = await browser.open(door.authorizeUrl({ prompt: 'none', deny: '1' }));
      expect(Object.fromEntries(denied.url.searchParams)).toMatchObject({
        error: 'access_denied',
        error_description: 'not today',
      });

      for (const more of [{ prompt: 'login' }, { prompt: 'select_account' }]) {
        expect((await browser.open(door.authorizeUrl(more))).url.pathname).toBe('/u/login');
      }
      await door.house.bind();
    });

    test('is too old for max_age', async () => {
      const browser = door.browser();
      await door.signIn(browser, 'ana');
      door.house.clock.advance(61_000);
      expect((await browser.open(door.authorizeUrl({ max_age: '60' }))).url.pathname).toBe('/u/login');
      const silent = await browser.open(door.authorizeUrl({ max_age: '60', prompt: 'none' }));
      expect(silent.url.searchParams.get('error')).toBe('login_required');
      expect((await browser.open(door.authorizeUrl({ max_age: '62' }))).url.searchParams.get('code')).toBeTruthy();
    });

    test('a script that needs the person has nobody to ask', async () => {
      const browser = door.browser();
      await door.house.user('phil', ['phone']);
      await door.signIn(browser, 'phil');
      await door.house.bind(`exports.onExecutePostLogin = async (event, api) => {
      api.authentication.challengeWith({ type: 'phone' });
    };`);
      const silent = await browser.open(door.authorizeUrl({ prompt: 'none' }));
      expect(silent.url.searchParams.get('error')).toBe('interaction_required');
      expect(await door.deps.store.messages.inbox(door.house.tenant.id, undefined, 5)).toEqual([]);
      await door.house.bind();
    });
  });

  describe('resume', () => {
    test('a denied login goes back with its reason and leaves no session', async () => {
      await door.house.bind(`exports.onExecutePostLogin = async (event, api) => { api.access.deny('closed today'); };`);
      const browser = door.browser();
      const end = await door.signIn(browser, 'ana');
      expect(Object.fromEntries(end)).toEqual({
        error: 'access_denied',
        error_description: 'closed today',
        state: 'the state',
        iss: door.issuer,
      });
      expect(browser.cookies.has('sallyport_session')).toBe(false);
      await door.house.bind();
    });

    test('a login that is not finished goes to its page', async () => {
      const browser = door.browser();
      const page = await browser.open(door.authorizeUrl());
      const state = page.url.searchParams.get('state') ?? '';
      expect((await browser.open(`/authorize/resume?state=${state}`)).url.pathname).toBe('/u/login');
    });

    test.each(['', '?state=', '?state=nothing', '?state=a&state=b'])('%s is a page', async (query) => {
      const response = await door.get(`/authorize/resume${query}`);
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain('<form');
    });

    test('of another browser is a page', async () => {
      const page = await door.browser().open(door.authorizeUrl());
      const state = page.url.searchParams.get('state') ?? '';
      expect((await door.browser().open(`/authorize/resume?state=${state}`)).status).toBe(400);
    });
  });
});
