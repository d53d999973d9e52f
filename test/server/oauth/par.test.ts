// Pushed authorization requests, row by row: checked when they come, bound to their client, good once.
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { CALLBACK, CHALLENGE, type FrontDoor, openFrontDoor, VERIFIER } from './front-door.ts';
import { createProving, keyPair } from './proving.ts';

const SECRET = 'web secret + more';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    await door.house.user('ana');
  });
  afterAll(() => door.close());

  const good = {
    client_id: 'web',
    client_secret: SECRET,
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid',
    state: 'pushed state',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  };

  async function push(more: Record<string, string | undefined> = {}, headers: Record<string, string> = {}) {
    const sent = Object.entries({ ...good, ...more }).filter((each): each is [string, string] => each[1] !== undefined);
    const response = await door.app.request(`${door.site}/oauth/par`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: String(new URLSearchParams(sent)),
    });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, body, uri: String(body.request_uri), headers: response.headers };
  }

  const address = (request_uri: string, more: Record<string, string> = {}) =>
    `/authorize?${new URLSearchParams({ client_id: 'web', request_uri, ...more })}`;
  const basic = `Basic ${Buffer.from(`web:${encodeURIComponent(SECRET)}`).toString('base64')}`;

  test('is answered, and begins the login that it asks for', async () => {
    const { status, body, uri, headers } = await push({ 'ext-x': 'y' });
    expect([status, Object.keys(body)]).toEqual([201, ['request_uri', 'expires_in']]);
    expect(body.expires_in).toBe(30);
    expect(uri).toMatch(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/);
    expect(headers.get('cache-control')).toBe('no-store');

    await door.house.bind(`exports.onExecutePostLogin = async (event, api) => {
      api.idToken.setCustomClaim('query', event.request.query);
    };`);
    const browser = door.browser();
    const page = await browser.open(
      address(uri, { state: 'other', scope: 'email', redirect_uri: 'https://evil.example/' }),
    );
    expect(page.url.pathname).toBe('/u/login');
    // A person who loads the page again goes on.
    expect((await browser.open(page.url.href)).url.pathname).toBe('/u/login');
    const end = await browser.post(page, {
      username: 'ana@example.com',
      password: 'correct horse battery',
      action: 'default',
    });
    expect(end.url.searchParams.get('state')).toBe('pushed state');
    const { body: tokens } = await door.token({
      grant_type: 'authorization_code',
      client_id: 'web',
      client_secret: SECRET,
      code: end.url.searchParams.get('code') ?? '',
      redirect_uri: CALLBACK,
      code_verifier: VERIFIER,
    });
    const claims = JSON.parse(Buffer.from(String(tokens.id_token).split('.')[1] ?? '', 'base64url').toString());
    expect(claims.query).toMatchObject({ 'ext-x': 'y', scope: 'openid', state: 'pushed state' });
    expect(claims.query).not.toHaveProperty('client_secret');
    await door.house.bind();
  });

  test('by the header, by JSON, and by a public client', async () => {
    const byHeader = { client_secret: undefined };
    expect((await push(byHeader, { authorization: basic })).status).toBe(201);
    expect((await push({ client_id: 'spa', client_secret: undefined })).status).toBe(201);
    const response = await door.app.request(`${door.site}/oauth/par`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(good),
    });
    expect(response.status).toBe(201);
  });

  test('is good once, and of ten at once one has it', async () => {
    const { uri } = await push();
    const answers = await Promise.all(Array.from({ length: 10 }, () => door.get(address(uri))));
    expect(answers.map(({ status }) => status).sort()).toEqual([302, ...Array(9).fill(400)]);
    expect(answers.filter(({ headers }) => headers.has('location'))).toHaveLength(1);
  });

  test.each<[string, (uri: string) => string | Promise<string>]>([
    ['one nobody pushed', () => address('urn:ietf:params:oauth:request_uri:nothing')],
    ['an empty one', () => address('urn:ietf:params:oauth:request_uri:')],
    ['that of another client', (uri) => address(uri, { client_id: 'spa' })],
    ['without a client', (uri) => `/authorize?${new URLSearchParams({ request_uri: uri })}`],
    [
      'the key of a page',
      async () => {
        const page = await door.browser().open(door.authorizeUrl());
        return address(`urn:ietf:params:oauth:request_uri:${page.url.searchParams.get('state')}`);
      },
    ],
  ])('%s opens a page and nothing else', async (_name, make) => {
    const { uri } = await push();
    const response = await door.get(await make(uri));
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    expect(response.headers.get('content-type')).toContain('text/html');
  });

  test('too old, it opens a page', async () => {
    const { uri } = await push();
    door.house.clock.advance(31_000);
    expect((await door.get(address(uri))).status).toBe(400);
  });

  test('another client that tries it does not use it up', async () => {
    const { uri } = await push();
    expect((await door.get(address(uri, { client_id: 'spa' }))).status).toBe(400);
    expect((await door.get(address(uri))).status).toBe(302);
  });

  test('an address elsewhere is not fetched', async () => {
    const response = await door.get(
      address('https://app.example/r.jwt', { redirect_uri: CALLBACK, response_type: 'code' }),
    );
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('request_uri_not_supported');
  });

  test.each<[string, Record<string, string | undefined>, number, string]>([
    ['a wrong secret', { client_secret: 'no' }, 401, 'access_denied'],
    ['no client', { client_id: undefined, client_secret: undefined }, 400, 'invalid_request'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'access_denied'],
    ['another callback', { redirect_uri: 'https://evil.example/' }, 400, 'invalid_request'],
    ['no response type', { response_type: undefined }, 400, 'invalid_request'],
    ['an unknown response type', { response_type: 'none' }, 400, 'unsupported_response_type'],
    ['a response type that the client may not use', { response_type: 'token' }, 400, 'unauthorized_client'],
    ['an unknown API', { audience: 'urn:nobody' }, 400, 'access_denied'],
    ['a plain challenge', { code_challenge_method: 'plain' }, 400, 'invalid_request'],
    ['a request_uri', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 400, 'invalid_request'],
    ['an unsigned request object', { request: 'e30.e30.' }, 400, 'invalid_request_object'],
    ['a state with a line break', { state: 'a\r\nb' }, 400, 'invalid_request'],
  ])('refused: %s', async (_name, more, status, error) => {
    const answer = await push(more);
    expect(answer).toMatchObject({ status, body: { error, error_description: expect.any(String) } });
    expect(answer.headers.get('location')).toBeNull();
  });

  test.each([
    ['a parameter twice', `${new URLSearchParams(good)}&scope=email`, 'application/x-www-form-urlencoded', 400],
    ['another type', 'x', 'text/plain', 400],
    ['a large body', `${new URLSearchParams(good)}&x=${'x'.repeat(70_000)}`, 'application/x-www-form-urlencoded', 413],
  ])('refused: %s', async (_name, body, type, status) => {
    const headers = { 'content-type': type };
    expect((await door.app.request(`${door.site}/oauth/par`, { method: 'POST', headers, body })).status).toBe(status);
  });

  test('another method', async () => {
    expect((await door.get('/oauth/par')).status).toBe(405);
  });

  test('a look (HEAD) does not use it up', async () => {
    const { uri } = await push();
    expect((await door.app.request(door.site + address(uri), { method: 'HEAD' })).status).toBe(405);
    expect((await door.get(address(uri))).status).toBe(302);
  });

  describe('with a proof of a key', () => {
    const url = () => ({ htu: `${door.site}/oauth/par` });

    test('binds the code to it', async () => {
      const pair = await keyPair();
      const prove = createProving(door, pair);
      const { uri } = await push({}, { dpop: await prove({ claims: url() }) });
      const browser = door.browser();
      const page = await browser.open(address(uri));
      const person = { username: 'ana@example.com', password: 'correct horse battery', action: 'default' };
      const code = (await browser.post(page, person)).url.searchParams.get('code') ?? '';
      const exchange = {
        grant_type: 'authorization_code',
        client_id: 'web',
        client_secret: SECRET,
        code,
        redirect_uri: CALLBACK,
        code_verifier: VERIFIER,
      };
      expect(
        (await door.token(exchange, { dpop: await prove({ by: await keyPair() }) })).status,
      ).toBeGreaterThanOrEqual(400);
    });

    test('that is bad, or of another key than was named, is refused', async () => {
      const prove = createProving(door, await keyPair());
      expect((await push({}, { dpop: await prove() })).body.error).toBe('invalid_dpop_proof');
      const other = await push({ dpop_jkt: 'A'.repeat(43) }, { dpop: await prove({ claims: url() }) });
      expect(other.body.error).toBe('invalid_dpop_proof');
    });
  });

  test('a client that must push', async () => {
    const { store } = door.deps;
    await store.clients.insert({
      ...door.web,
      id: 'pushes',
      settings: { require_pushed_authorization_requests: true },
    });
    const direct = await door.get(door.authorizeUrl({ client_id: 'pushes' }));
    expect(new URL(direct.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
    const { uri } = await push({ client_id: 'pushes' });
    expect((await door.get(address(uri, { client_id: 'pushes' }))).headers.get('location')).toMatch(/^\/u\/login/);
  });

  test('a signed request is opened when it comes, and a client that must sign signs here too', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] } as JsonObject;
    const settings = { jwks, require_signed_request_object: true };
    await door.deps.store.clients.insert({ ...door.spa, id: 'signs', settings });
    const { client_secret, ...rest } = good;
    const bare = Object.fromEntries(Object.keys(good).map((name) => [name, undefined]));
    expect((await push({ ...rest, client_secret: undefined, client_id: 'signs' })).body.error).toBe('invalid_request');
    const request = await new SignJWT({ ...rest, iss: 'signs', aud: door.issuer, client_id: 'signs' })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey);
    const { status, uri } = await push({ ...bare, client_id: 'signs', request });
    expect(status).toBe(201);
    expect((await door.get(address(uri, { client_id: 'signs' }))).headers.get('location')).toMatch(/^\/u\/login/);
  });
});
