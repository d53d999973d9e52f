// The modules of the OpenID Foundation's plan "Basic Certification Profile", one test each under the name of the module:
// what the module asks of a server, asked of ours. Which they are, and what they stand for: docs/conformance.md.
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAsserting, jwkOf } from '../oauth/asserting.ts';
import { CALLBACK, CHALLENGE, VERIFIER } from '../oauth/front-door.ts';
import { NONCE, openRelyingParty, type RelyingParty, SECRET } from './relying-party.ts';

let party: RelyingParty;
beforeAll(async () => {
  party = await openRelyingParty();
});
afterAll(() => party.close());

/** The claims of an id_token that a request brings. */
async function claims(more: Record<string, string | undefined> = {}) {
  const { id_token: idToken } = await party.tokens(await party.ask(more));
  return (await party.verify(idToken)).payload;
}

/** What userinfo says of the person, with that scope. */
async function told(scope: string) {
  const { access_token: token } = await party.tokens(await party.ask({ scope }));
  return Object.keys(await party.userinfo(token)).sort();
}

test('oidcc-server', async () => {
  const said = await party.ask();
  expect([...said.keys()].sort()).toEqual(['code', 'iss', 'state']);
  expect(said.get('state')).toBe('the state');
  const { status, body, headers } = await party.exchange(said.get('code') ?? '');
  expect(status).toBe(200);
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) });
  expect(headers.get('cache-control')).toBe('no-store');
  const { payload } = await party.verify(String(body.id_token));
  expect(payload).toMatchObject({ sub: party.user.id, nonce: NONCE, aud: 'web' });
  expect(await party.userinfo(String(body.access_token))).toEqual({ sub: party.user.id });
});

test('oidcc-response-type-missing', async () => {
  const said = await party.ask({ response_type: undefined });
  expect(said.get('error')).toBe('invalid_request');
  expect(said.has('code')).toBe(false);
});

test('oidcc-idtoken-signature', async () => {
  const { id_token: idToken } = await party.tokens(await party.ask());
  const { protectedHeader } = await party.verify(idToken);
  expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
});

test('oidcc-idtoken-unsigned', async () => {
  const document = await (await party.door.get('/.well-known/openid-configuration')).json();
  expect(document).toMatchObject({ id_token_signing_alg_values_supported: expect.not.arrayContaining(['none']) });
});

test('oidcc-userinfo-get', async () => {
  const { access_token: token } = await party.tokens(await party.ask({ scope: 'openid email' }));
  expect(await party.userinfo(token)).toEqual({ sub: party.user.id, email: 'ana@example.com', email_verified: true });
});

test('oidcc-userinfo-post-header', async () => {
  const { access_token: token } = await party.tokens(await party.ask());
  const headers = { authorization: `Bearer ${token}` };
  const response = await party.door.app.request(`${party.door.site}/userinfo`, { method: 'POST', headers });
  expect(await response.json()).toEqual({ sub: party.user.id });
});

test('oidcc-userinfo-post-body', async () => {
  const { access_token } = await party.tokens(await party.ask());
  const body = new URLSearchParams({ access_token });
  const response = await party.door.app.request(`${party.door.site}/userinfo`, { method: 'POST', body });
  expect(await response.json()).toEqual({ sub: party.user.id });
});

test('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
  expect(await claims({ nonce: undefined })).not.toHaveProperty('nonce');
});

const PROFILE = ['family_name', 'given_name', 'name', 'nickname', 'picture', 'updated_at'];
const EMAIL = ['email', 'email_verified'];
const PHONE = ['phone_number', 'phone_number_verified'];

test('oidcc-scope-profile', async () => {
  expect(await told('openid profile')).toEqual([...PROFILE, 'sub'].sort());
});

test('oidcc-scope-email', async () => {
  expect(await told('openid email')).toEqual([...EMAIL, 'sub'].sort());
});

test('oidcc-scope-address', async () => {
  // Nobody has an address here: the scope brings nothing, and does no harm.
  expect(await told('openid address')).toEqual(['sub']);
});

test('oidcc-scope-phone', async () => {
  expect(await told('openid phone')).toEqual([...PHONE, 'sub'].sort());
});

test('oidcc-scope-all', async () => {
  expect(await told('openid profile email address phone')).toEqual([...PROFILE, ...EMAIL, ...PHONE, 'sub'].sort());
});

test('oidcc-ensure-other-scope-order-succeeds', async () => {
  expect(await told('email openid')).toEqual([...EMAIL, 'sub'].sort());
});

test('oidcc-display-page', async () => {
  expect(await claims({ display: 'page' })).toMatchObject({ sub: party.user.id });
});

test('oidcc-display-popup', async () => {
  expect(await claims({ display: 'popup' })).toMatchObject({ sub: party.user.id });
});

test('oidcc-prompt-login', async () => {
  const first = await claims({ max_age: '10000' });
  party.door.house.clock.advance(2000);
  const page = await party.browser.open(party.address({ prompt: 'login', max_age: '10000' }));
  expect(page.url.pathname).toBe('/u/login');
  const { id_token: idToken } = await party.tokens(await party.signIn(page));
  const { payload } = await party.verify(idToken);
  expect(payload.sub).toBe(first.sub);
  expect(Number(payload.auth_time)).toBeGreaterThan(Number(first.auth_time));
});

test('oidcc-prompt-none-not-logged-in', async () => {
  const page = await party.door.browser().open(party.address({ prompt: 'none' }));
  expect(page.url.searchParams.get('error')).toBe('login_required');
});

test('oidcc-prompt-none-logged-in', async () => {
  const first = await claims({ max_age: '10000' });
  const second = await claims({ prompt: 'none', max_age: '10000' });
  expect([second.sub, second.auth_time]).toEqual([first.sub, first.auth_time]);
});

test('oidcc-max-age-1', async () => {
  party.door.house.clock.advance(2000);
  const page = await party.browser.open(party.address({ max_age: '1' }));
  expect(page.url.pathname).toBe('/u/login');
  const { id_token: idToken } = await party.tokens(await party.signIn(page));
  const { payload } = await party.verify(idToken);
  expect(payload).toMatchObject({ sub: party.user.id, auth_time: Math.floor(party.door.house.clock.at / 1000) });
});

test('oidcc-max-age-10000', async () => {
  const first = await claims({ max_age: '10000' });
  party.door.house.clock.advance(1000);
  const second = await claims({ max_age: '10000' });
  expect([second.sub, second.auth_time]).toEqual([first.sub, first.auth_time]);
});

test('oidcc-ensure-request-with-unknown-parameter-succeeds', async () => {
  expect(await claims({ extra: 'foobar' })).toMatchObject({ sub: party.user.id });
});

test('oidcc-id-token-hint', async () => {
  const { id_token: idToken } = await party.tokens(await party.ask());
  expect(await claims({ id_token_hint: idToken, prompt: 'none' })).toMatchObject({ sub: party.user.id });
});

test('oidcc-login-hint', async () => {
  const page = await party.door.browser().open(party.address({ login_hint: 'ana@example.com' }));
  expect(page.url.pathname).toBe('/u/login');
  expect(page.html).toContain('value="ana@example.com"');
});

test('oidcc-ui-locales', async () => {
  const page = await party.door.browser().open(party.address({ ui_locales: 'xx ja en' }));
  expect(page.html).toMatch(/<html lang="(ja|en)"/);
});

test('oidcc-claims-locales', async () => {
  expect(await claims({ claims_locales: 'se' })).toMatchObject({ sub: party.user.id });
});

test('oidcc-ensure-request-with-acr-values-succeeds', async () => {
  expect(await claims({ acr_values: '1 2' })).toMatchObject({ sub: party.user.id });
});

test('oidcc-codereuse', async () => {
  const code = (await party.ask()).get('code') ?? '';
  expect((await party.exchange(code)).status).toBe(200);
  expect((await party.exchange(code)).body.error).toBe('invalid_grant');
});

test('oidcc-codereuse-30seconds', async () => {
  const said = await party.ask({ scope: 'openid offline_access' });
  const { refresh_token: refreshToken = '' } = await party.tokens(said);
  party.door.house.clock.advance(30_000);
  expect((await party.exchange(said.get('code') ?? '')).body.error).toBe('invalid_grant');
  // What came of the code is revoked with it.
  const refreshed = await party.door.token({
    grant_type: 'refresh_token',
    client_id: 'web',
    client_secret: SECRET,
    refresh_token: refreshToken,
  });
  expect(refreshed.body.error).toBe('invalid_grant');
});

test('oidcc-ensure-registered-redirect-uri', async () => {
  const response = await party.door.get(party.address({ redirect_uri: `${CALLBACK}/other` }));
  expect([response.status, response.headers.get('location')]).toEqual([400, null]);
});

test('oidcc-ensure-post-request-succeeds', async () => {
  const query = party.address().split('?')[1];
  const page = await party.browser.open('/authorize', Object.fromEntries(new URLSearchParams(query)));
  expect((await party.tokens(page.url.searchParams)).id_token).toBeDefined();
});

test('oidcc-server-client-secret-post', async () => {
  const code = (await party.ask()).get('code') ?? '';
  const { status, body } = await party.exchange(code, { client_id: 'web', client_secret: SECRET }, {});
  expect(status).toBe(200);
  expect((await party.verify(String(body.id_token))).payload.sub).toBe(party.user.id);
});

test('oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported', async () => {
  const said = await party.ask({ request_uri: 'https://app.example/request.jwt' });
  expect(said.get('error')).toBe('request_uri_not_supported');
});

test('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported', async () => {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
  const said = await party.ask({ request: `${part({ alg: 'none' })}.${part({ client_id: 'web' })}.` });
  expect(said.get('error')).toBe('invalid_request_object');
});

test('oidcc-claims-essential', async () => {
  // Not supported, and said so in discovery: the request goes on without it.
  expect(await claims({ claims: '{"userinfo":{"name":{"essential":true}}}' })).toMatchObject({ sub: party.user.id });
});

test('oidcc-ensure-request-object-with-redirect-uri', async () => {
  const keys = await generateKeyPair('RS256', { extractable: true });
  const settings = { jwks: { keys: [await jwkOf(keys)] } };
  await createAsserting(party.door, keys).make('signing', settings, { callbacks: [CALLBACK, `${CALLBACK}/other`] });
  const request = await new SignJWT({ iss: 'signing', aud: party.door.issuer, redirect_uri: CALLBACK, state: 'inside' })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(keys.privateKey);
  // One that is registered, and still not the one that was signed.
  const outside = { client_id: 'signing', redirect_uri: `${CALLBACK}/other`, request };
  const page = await party.browser.open(party.address(outside));
  expect(page.url.href).toMatch(new RegExp(`^${RegExp.escape(CALLBACK)}\\?`));
  expect(page.url.searchParams.get('state')).toBe('inside');
});

test('oidcc-refresh-token', async () => {
  const first = await party.tokens(await party.ask({ scope: 'openid offline_access' }));
  const refresh = (token = '', id = 'web', secret = SECRET) =>
    party.door.token({ grant_type: 'refresh_token', client_id: id, client_secret: secret, refresh_token: token });
  const second = await refresh(first.refresh_token);
  expect(second.status).toBe(200);
  const [before, after] = [await party.verify(first.id_token), await party.verify(String(second.body.id_token))];
  expect([after.payload.iss, after.payload.sub, after.payload.aud]).toEqual([
    before.payload.iss,
    before.payload.sub,
    before.payload.aud,
  ]);
  expect(second.body.access_token).not.toBe(first.access_token);
});

test('oidcc-ensure-request-with-valid-pkce-succeeds', async () => {
  const said = await party.ask({ code_challenge: CHALLENGE, code_challenge_method: 'S256' });
  expect((await party.exchange(said.get('code') ?? '', { code_verifier: VERIFIER })).status).toBe(200);
});
