// Which address is one that a client has registered: row by row, with what an attacker would try. Then the hints that a
// request gives about the person, through the real endpoint.
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signingKey } from '#server/oauth/keys.ts';
import { chooseCallback, isWebOrigin, matchesRegistered } from '#server/oauth/registered-url.ts';
import type { ClientRecord } from '#storage/records.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

const client = (callbacks: string[], more: Partial<ClientRecord> = {}): ClientRecord =>
  ({ callbacks, settings: {}, ...more }) as ClientRecord;

describe('a wildcard', () => {
  const one = 'https://*.example.com/cb';
  test.each([
    [one, 'https://a.example.com/cb', true],
    [one, 'https://a-1.example.com/cb', true],
    [one, 'https://example.com/cb', false],
    [one, 'https://.example.com/cb', false],
    [one, 'https://a.b.example.com/cb', false],
    [one, 'https://a.example.com/cb/more', false],
    [one, 'https://a.example.com/cb?x=1', false],
    [one, 'https://a.example.com:8443/cb', false],
    [one, 'http://a.example.com/cb', false],
    [one, 'https://evil.example/.example.com/cb', false],
    [one, 'https://evil.example#.example.com/cb', false],
    [one, 'https://evil.example?.example.com/cb', false],
    [one, 'https://evil.example\\.example.com/cb', false],
    [one, 'https://evil@a.example.com/cb', false],
    [one, 'https://a%2eexample.com/cb', false],
    [one, 'https://a.exampleXcom/cb', false],
    [one, 'https://*.example.com/cb', false],
    [one, 'https://a.example.com/cb\n', false],
    [one, 'https://-a.example.com/cb', false],
    ['https://pr-*.example.com/cb', 'https://pr-7.example.com/cb', true],
    ['https://pr-*.example.com/cb', 'https://7.example.com/cb', false],
    ['https://*.example.com:8443/cb', 'https://a.example.com:8443/cb', true],
    ['https://*.example.com', 'https://a.example.com', true],
    ['https://*.com/cb', 'https://a.com/cb', false],
    ['https://*/cb', 'https://a/cb', false],
    ['https://a.*.example.com/cb', 'https://a.b.example.com/cb', false],
    ['https://*.*.example.com/cb', 'https://a.b.example.com/cb', false],
    ['https://a.example.com/*', 'https://a.example.com/x', false],
    ['https://*.example.com/*', 'https://a.example.com/x', false],
    ['http://*.example.com/cb', 'http://a.example.com/cb', false],
    ['http://*.localhost:3000/cb', 'http://a.localhost:3000/cb', true],
    ['*://a.example.com/cb', 'https://a.example.com/cb', false],
    ['com.example.*:/cb', 'com.example.app:/cb', false],
  ])('%s and %s: %s', (registered, sent, expected) => {
    expect(matchesRegistered(registered, sent)).toBe(expected);
  });
});

describe('a callback', () => {
  test.each<[string, ClientRecord, string | undefined, string | undefined]>([
    ['that is the one', client(['https://a.example/cb']), undefined, 'https://a.example/cb'],
    ['that is a wildcard cannot be left out', client(['https://*.example.com/cb']), undefined, undefined],
    ['that is a script', client(['javascript:alert(1)']), 'javascript:alert(1)', undefined],
    ['that is a script in other case', client(['JavaScript:alert(1)']), 'JavaScript:alert(1)', undefined],
    ['that is a script to browsers', client(['java\tscript:alert(1)']), 'java\tscript:alert(1)', undefined],
    ['that is a document', client(['data:text/html,x']), 'data:text/html,x', undefined],
    ['with a fragment', client(['https://a.example/cb#x']), 'https://a.example/cb#x', undefined],
    ['of a program', client(['com.example.app:/cb']), 'com.example.app:/cb', 'com.example.app:/cb'],
    ['with another case', client(['https://a.example/cb']), 'https://A.example/cb', undefined],
    ['with CR and LF', client(['https://a.example/cb']), 'https://a.example/cb\r\nx: y', undefined],
    ['with dots in its path', client(['https://a.example/cb']), 'https://a.example/x/../cb', undefined],
  ])('%s', (_name, registered, sent, expected) => {
    expect(chooseCallback(registered, sent)).toBe(expected);
  });

  test.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb', true],
    ['http://127.0.0.1:8000/cb', 'http://127.0.0.1:51004/cb', true],
    ['http://[::1]/cb', 'http://[::1]:51004/cb', true],
    ['http://localhost/cb', 'http://localhost:51004/cb', true],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/other', false],
    ['http://127.0.0.1/cb', 'http://localhost:51004/cb', false],
    ['http://127.0.0.1/cb', 'https://127.0.0.1:51004/cb', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004@evil.example/cb', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1.evil.example/cb', false],
    ['http://example.com/cb', 'http://example.com:51004/cb', false],
  ])('%s of a program on the same machine, sent as %s: %s', (registered, sent, expected) => {
    const native = client([registered], { appType: 'native' });
    expect(chooseCallback(native, sent)).toBe(expected ? sent : undefined);
    // Only programs listen wherever there is room.
    expect(chooseCallback(client([registered], { appType: 'spa' }), sent)).toBeUndefined();
  });
});

test.each([
  [['https://a.example'], 'https://a.example', true],
  [['https://a.example/'], 'https://a.example', true],
  [['https://*.example.com'], 'https://b.example.com', true],
  [['https://a.example'], 'https://b.example', false],
  [['null', '*'], 'null', false],
  [['*'], 'https://a.example', false],
  [undefined, 'https://a.example', false],
])('web origins %s and %s: %s', (origins, origin, expected) => {
  const settings = origins === undefined ? {} : { web_origins: origins };
  expect(isWebOrigin(client([], { settings }), origin)).toBe(expected);
});

describe('whom a request means', () => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await openFrontDoor();
    await door.house.user('ana');
    await door.house.user('ben');
  });
  afterAll(() => door.close());

  const signedIn = async (who: string) => {
    const browser = door.browser();
    const code = (await door.signIn(browser, who)).get('code') ?? '';
    return { browser, idToken: String((await door.exchange(code)).body.id_token) };
  };

  test('the person of the session: goes on, also with a hint that has expired', async () => {
    const { browser, idToken } = await signedIn('ana');
    door.house.clock.advance(11 * 60 * 60_000);
    const page = await browser.open(door.authorizeUrl({ id_token_hint: idToken, prompt: 'none' }));
    expect(page.url.searchParams.get('code')).toBeTruthy();
  });

  test('somebody else: login_required, or a new login', async () => {
    const { browser } = await signedIn('ana');
    const { idToken } = await signedIn('ben');
    const silent = await browser.open(door.authorizeUrl({ id_token_hint: idToken, prompt: 'none' }));
    expect(silent.url.searchParams.get('error')).toBe('login_required');
    expect((await browser.open(door.authorizeUrl({ id_token_hint: idToken }))).url.pathname).toBe('/u/login');
  });

  test('whoever else signs in then is no answer, and gets no session', async () => {
    const { idToken } = await signedIn('ben');
    const browser = door.browser();
    const wrong = await door.signIn(browser, 'ana', { id_token_hint: idToken });
    expect([wrong.get('error'), wrong.get('code')]).toEqual(['login_required', null]);
    const silent = await browser.open(door.authorizeUrl({ prompt: 'none' }));
    expect(silent.url.searchParams.get('error')).toBe('login_required');
    expect((await door.signIn(browser, 'ben', { id_token_hint: idToken })).get('code')).toBeTruthy();
  });

  test.each<[string, (idToken: string) => string | Promise<string>]>([
    ['of another client', () => sign({ aud: 'web' })],
    ['of another issuer', () => sign({ iss: 'https://evil.example/' })],
    ['without a person', () => sign({ sub: undefined })],
    ['that is an access token', () => sign({ aud: 'https://api.example/', azp: 'spa' })],
    ['that is a logout token', () => sign({}, 'logout+jwt')],
    [
      'with another body',
      (token) => token.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"x"}').toString('base64url')}.`),
    ],
    ['without a signature', (token) => token.replace(/[^.]+$/, '')],
    ['signed with our public key as a secret', () => forged()],
  ])('a hint %s is refused', async (_name, change) => {
    const { browser, idToken } = await signedIn('ana');
    const page = await browser.open(door.authorizeUrl({ id_token_hint: await change(idToken), prompt: 'none' }));
    expect(page.url.searchParams.get('error')).toBe('invalid_request');
  });

  test('scripts do not see the hint', async () => {
    await door.house.bind(`exports.onExecutePostLogin = async (event, api) => {
      api.idToken.setCustomClaim('seen', Object.keys(event.request.query));
    };`);
    const { browser, idToken } = await signedIn('ana');
    const page = await browser.open(door.authorizeUrl({ id_token_hint: idToken, 'ext-x': 'y' }));
    const { body } = await door.exchange(page.url.searchParams.get('code') ?? '');
    const claims = JSON.parse(Buffer.from(String(body.id_token).split('.')[1] ?? '', 'base64url').toString());
    expect(claims.seen).toContain('ext-x');
    expect(claims.seen).not.toContain('id_token_hint');
    await door.house.bind();
  });

  test.each([
    ['max_age', { max_age: '0' }],
    ['prompt', { prompt: 'login' }],
  ])('an age of nothing asks for a new login, at once too: %s', async (_name, more) => {
    const { browser } = await signedIn('ana');
    expect((await browser.open(door.authorizeUrl(more))).url.pathname).toBe('/u/login');
  });

  test('a login hint stands in the form, escaped', async () => {
    const page = await door.browser().open(door.authorizeUrl({ login_hint: 'a"><script>@example.com' }));
    expect(page.html).toContain('value="a&quot;&gt;&lt;script&gt;@example.com"');
  });

  test('organization_usage', async () => {
    const { store } = door.deps;
    const usage = (organization_usage: string) =>
      store.clients.update(door.house.tenant.id, 'spa', (spa) => ({ ...spa, settings: { organization_usage } }));
    await usage('require');
    const missing = await door.browser().open(door.authorizeUrl());
    expect(missing.url.searchParams.get('error_description')).toBe(
      'parameter organization is required for this client',
    );
    await usage('deny');
    const denied = await door.browser().open(door.authorizeUrl({ organization: 'x' }));
    expect(denied.url.searchParams.get('error_description')).toBe(
      'parameter organization is not allowed for this client',
    );
    await usage('allow');
  });

  test('a connection that the client may not use', async () => {
    const { store } = door.deps;
    const { records } = await store.connections.list(door.house.tenant.id);
    await store.connections.insert({ ...records[0]!, id: 'con_2', name: 'staff', enabledClients: [] });
    const page = await door.browser().open(door.authorizeUrl({ connection: 'staff' }));
    expect(page.url.searchParams.get('error_description')).toBe('the connection was disabled');
  });

  test('the multi-factor policy is asked for by acr_values, where the tenant has factors', async () => {
    await door.house.user('otto', ['otp']);
    const { browser } = await signedIn('otto');
    const acr_values = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';
    expect((await browser.open(door.authorizeUrl({ acr_values }))).url.pathname).toBe('/u/mfa-otp-challenge');
    const silent = await browser.open(door.authorizeUrl({ acr_values, prompt: 'none' }));
    expect(silent.url.searchParams.get('error')).toBe('interaction_required');
    expect(
      (await browser.open(door.authorizeUrl({ acr_values: 'urn:other' }))).url.searchParams.get('code'),
    ).toBeTruthy();
  });

  /** A token of our own key that an id_token might be taken for. */
  async function sign(more: Record<string, unknown>, typ = 'JWT'): Promise<string> {
    const key = await signingKey(door.deps, door.house.tenant, 'RS256');
    const claims = { iss: door.issuer, aud: 'spa', sub: 'auth0|x', ...more };
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.id, typ }).sign(key.privateKey);
  }

  async function forged(): Promise<string> {
    const key = await signingKey(door.deps, door.house.tenant, 'RS256');
    return new SignJWT({ iss: door.issuer, aud: 'spa', sub: 'auth0|x' })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(Buffer.from(JSON.stringify(key.publicJwk)));
  }
});
