// Response types and modes, row by row: what is handed out, where it stands, how it is tied together, and what is refused.
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, customFetch, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { BINDING, PASSWORD, REPLY } from '#test/kit/house.ts';
import { CALLBACK, type FrontDoor, openFrontDoor } from './front-door.ts';

const API = 'https://api.example/';
const ORIGIN = new URL(CALLBACK).origin;
const MODES = ['query', 'fragment', 'form_post', 'web_message'] as const;
type Mode = (typeof MODES)[number];

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    await door.house.user('ana');
    const { store } = door.deps;
    const settings = { web_origins: [ORIGIN] };
    const grantTypes = ['authorization_code', 'implicit'];
    await store.clients.insert({ ...door.spa, id: 'all', grantTypes, settings, authMethod: 'none' });
    await store.clients.insert({
      ...door.spa,
      id: 'foreign',
      grantTypes,
      settings: { web_origins: ['https://b.example'] },
    });
    await store.clients.insert({ ...door.spa, id: 'only-implicit', grantTypes: ['implicit'] });
    await store.clients.insert({ ...door.spa, id: 'program', callbacks: ['com.example.app:/cb'], grantTypes });
    const { records } = await store.connections.list(door.house.tenant.id);
    for (const { id } of records)
      await store.connections.update(door.house.tenant.id, id, (each) => ({
        ...each,
        enabledClients: [...each.enabledClients, 'all'],
      }));
  });
  afterAll(() => door.close());

  const ask = (more: Record<string, string | undefined>) => door.authorizeUrl({ client_id: 'all', ...more });

  /** What the client was told, however it was. */
  function told(page: { url: URL; status: number; html: string }): { by: Mode; said: Record<string, string> } {
    if (page.status === 0) {
      if (page.url.hash === '') return { by: 'query', said: Object.fromEntries(page.url.searchParams) };
      expect(page.url.search).toBe('');
      return { by: 'fragment', said: Object.fromEntries(new URLSearchParams(page.url.hash.slice(1))) };
    }
    const message = /postMessage\((\{.*\}), "([^"]*)"\)/.exec(page.html);
    if (message) {
      expect(message[2]).toBe(ORIGIN);
      const { type, response } = JSON.parse(message[1] ?? '') as { type: string; response: Record<string, string> };
      expect(type).toBe('authorization_response');
      return { by: 'web_message', said: response };
    }
    expect(page.html).toContain(`<form method="post" action="${CALLBACK}">`);
    const fields = [...page.html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
    return { by: 'form_post', said: Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value])) };
  }

  async function signIn(more: Record<string, string | undefined>) {
    const browser = door.browser();
    const page = await browser.open(ask(more));
    expect(page.url.pathname).toBe('/u/login');
    return browser.post(page, { username: 'ana@example.com', password: 'correct horse battery', action: 'default' });
  }

  const verify = async (idToken: string) => {
    const keys = createRemoteJWKSet(new URL(`${door.site}/.well-known/jwks.json`), {
      [customFetch]: async (url, init) => door.app.request(url, init),
    });
    const at = { currentDate: new Date(door.house.clock.at) };
    return (await jwtVerify(idToken, keys, { issuer: door.issuer, audience: 'all', ...at })).payload;
  };
  const half = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');

  describe('a response type', () => {
    test.each([
      ['code', 'query', ['code'], 'oidc-basic-profile'],
      ['token', 'fragment', ['access_token'], 'oidc-implicit-profile'],
      ['id_token', 'fragment', ['id_token'], 'oidc-implicit-profile'],
      ['id_token token', 'fragment', ['access_token', 'id_token'], 'oidc-implicit-profile'],
      ['token id_token', 'fragment', ['access_token', 'id_token'], 'oidc-implicit-profile'],
      ['code id_token', 'fragment', ['code', 'id_token'], 'oidc-hybrid-profile'],
      ['code token', 'fragment', ['code', 'access_token'], 'oidc-hybrid-profile'],
      ['code id_token token', 'fragment', ['code', 'access_token', 'id_token'], 'oidc-hybrid-profile'],
    ])('%s', async (response_type, mode, parts, protocol) => {
      await door.house.bind(`exports.onExecutePostLogin = async (event, api) => {
        api.idToken.setCustomClaim('protocol', event.transaction.protocol);
        api.accessToken.setCustomClaim('protocol', event.transaction.protocol);
      };`);
      const { by, said } = told(await signIn({ response_type, audience: API, scope: 'openid email read:things' }));
      expect(by).toBe(mode);
      const { code, id_token: idToken, access_token: access, ...rest } = said;
      expect({ ...rest }).toEqual({
        state: 'the state',
        iss: door.issuer,
        // The API's lifetime for tokens that pass through a browser.
        ...(access ? { token_type: 'Bearer', expires_in: '600' } : {}),
      });
      expect(['code', 'access_token', 'id_token'].filter((name) => name in said)).toEqual(parts);
      if (access) expect(decodeJwt(access)).toMatchObject({ protocol, scope: 'openid email read:things' });
      if (access) expect((decodeJwt(access).exp ?? 0) - (decodeJwt(access).iat ?? 0)).toBe(600);
      if (idToken) {
        const claims = await verify(idToken);
        expect(claims).toMatchObject({ nonce: 'the-nonce', protocol, email: 'ana@example.com' });
        expect([claims.at_hash, claims.c_hash]).toEqual([access && half(access), code && half(code)]);
      }
      if (code) {
        const exchanged = await door.exchange(code, { client_id: 'all' });
        expect(exchanged).toMatchObject({ status: 200, body: { expires_in: 3600 } });
        expect(decodeJwt(String(exchanged.body.id_token))).toMatchObject({ nonce: 'the-nonce' });
      }
      await door.house.bind();
    });

    test('gives no refresh token by the browser', async () => {
      const scope = 'openid offline_access';
      const { said } = told(await signIn({ response_type: 'code token', scope }));
      expect(Object.keys(said).sort()).toEqual([
        'access_token',
        'code',
        'expires_in',
        'iss',
        'scope',
        'state',
        'token_type',
      ]);
      expect(said.scope).toBe('openid');
    });

    test.each([
      ['id_token without a nonce', { response_type: 'id_token', nonce: undefined }, 'invalid_request'],
      ['a hybrid without a nonce', { response_type: 'code id_token', nonce: undefined }, 'invalid_request'],
      ['id_token without openid', { response_type: 'id_token', scope: 'profile' }, 'invalid_request'],
      ['tokens in the query', { response_type: 'id_token', response_mode: 'query' }, 'invalid_request'],
      ['a hybrid in the query', { response_type: 'code token', response_mode: 'query' }, 'invalid_request'],
      [
        'a hybrid without PKCE',
        { response_type: 'code token', code_challenge: undefined, code_challenge_method: undefined },
        'invalid_request',
      ],
      ['tokens for a client without implicit', { client_id: 'spa', response_type: 'token' }, 'unauthorized_client'],
      [
        'a hybrid for a client without implicit',
        { client_id: 'spa', response_type: 'code id_token' },
        'unauthorized_client',
      ],
      [
        'a code for a client that is implicit only',
        { client_id: 'only-implicit', response_type: 'code token' },
        'unauthorized_client',
      ],
    ])('refused: %s', async (_name, more, error) => {
      const { by, said } = told(await door.browser().open(ask(more)));
      expect(by).toBe('fragment');
      expect(said).toMatchObject({ error, state: 'the state', iss: door.issuer });
    });

    test('of a person who was blocked on the way gives nothing', async () => {
      const ben = await door.house.user('ben');
      const browser = door.browser();
      const page = await browser.open(ask({ response_type: 'id_token' }));
      const sent = await door.app.request(page.url.href, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        },
        body: String(
          new URLSearchParams({
            state: page.url.searchParams.get('state') ?? '',
            username: 'ben@example.com',
            password: 'correct horse battery',
            action: 'default',
          }),
        ),
      });
      await door.deps.store.users.update(door.house.tenant.id, ben.id, (user) => ({ ...user, blocked: true }));
      const end = await browser.open(sent.headers.get('location') ?? '');
      expect(told(end).said).toMatchObject({ error: 'access_denied' });
    });
  });

  test.each([
    [['code', 'id_token'], true],
    [['id_token'], false],
  ] as const)('%j leaves a code behind: %s', async (responseTypes, expected) => {
    const { house } = door;
    const request = { ...(await house.begin()).login.request, reply: { ...REPLY, responseTypes: [...responseTypes] } };
    const { key } = await house.begin({ request });
    const password = { kind: 'submitted', identifier: 'ana@example.com', password: PASSWORD } as const;
    const done = await house.step(key, password);
    const finished = await house.runtime.finish(house.tenant, { key: done.key, binding: BINDING });
    if (finished.outcome !== 'finished') throw new Error(finished.outcome);
    expect((await house.runtime.redeem(house.tenant, finished.code)) !== undefined).toBe(expected);
  });

  describe('a response mode', () => {
    test.each([...MODES])('%s carries a code, and an error', async (response_mode) => {
      const good = told(await signIn({ response_mode }));
      expect(good.by).toBe(response_mode);
      expect(good.said).toEqual({ code: expect.any(String), state: 'the state', iss: door.issuer });
      expect((await door.exchange(good.said.code ?? '', { client_id: 'all' })).status).toBe(200);
      for (const [more, error] of [
        [{ prompt: 'none' }, 'login_required'],
        [{ scope: 'a"b' }, 'invalid_scope'],
        [{ audience: 'urn:nobody' }, 'access_denied'],
      ] as const) {
        const bad = told(await door.browser().open(ask({ response_mode, ...more })));
        expect(bad).toMatchObject({ by: response_mode, said: { error, state: 'the state', iss: door.issuer } });
      }
    });

    test('form_post is for addresses that a browser posts to', async () => {
      const redirect_uri = 'com.example.app:/cb';
      const page = await door.get(ask({ client_id: 'program', redirect_uri, response_mode: 'form_post' }));
      expect(page.headers.get('location')).toMatch(/^com\.example\.app:\/cb\?error=invalid_request/);
    });

    test('web_message goes to a registered web origin only', async () => {
      const other = await door
        .browser()
        .open(ask({ client_id: 'foreign', response_mode: 'web_message', prompt: 'none' }));
      expect(told(other)).toMatchObject({ by: 'query', said: { error: 'invalid_request' } });
    });

    const state = `</script><img src=x onerror=alert(1)>"'&`;
    test.each(['form_post', 'web_message'])('%s: nothing of the request can leave its place', async (response_mode) => {
      const response = await door.get(ask({ response_mode, prompt: 'none', state }));
      const html = await response.text();
      expect(html).not.toContain('<img');
      expect(html.match(/<\/script>/g)).toHaveLength(1);
      const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(html) ?? [];
      const hash = createHash('sha256').update(script).digest('base64');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain(`script-src 'sha256-${hash}'`);
      expect(policy).not.toContain('unsafe');
      expect(policy).toContain(`frame-ancestors ${response_mode === 'web_message' ? ORIGIN : "'none'"}`);
      expect(policy).toContain("default-src 'none'");
      expect(response.headers.get('x-frame-options')).toBe(response_mode === 'web_message' ? null : 'DENY');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(script).not.toContain('*');
    });

    test('a silent login by web_message, and denied by a script', async () => {
      const browser = door.browser();
      const page = await browser.open(ask({}));
      await browser.post(page, { username: 'ana@example.com', password: 'correct horse battery', action: 'default' });
      const silent = { response_mode: 'web_message', prompt: 'none' };
      expect(told(await browser.open(ask(silent))).said).toMatchObject({ code: expect.any(String) });
      await door.house.bind(
        `exports.onExecutePostLogin = async (event, api) => { api.access.deny('a "quoted" <b>'); };`,
      );
      expect(told(await browser.open(ask(silent))).said).toMatchObject({
        error: 'access_denied',
        error_description: 'a "quoted" <b>',
      });
      await door.house.bind();
    });
  });
});
