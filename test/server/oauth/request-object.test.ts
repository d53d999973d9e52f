// Signed authorization requests, row by row: what a client signed counts, and what anybody else made does not.
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { CALLBACK, CHALLENGE, type FrontDoor, openFrontDoor } from './front-door.ts';

type Claims = Record<string, unknown>;
type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

let door: FrontDoor;
let own: Pair;
let stranger: Pair;
beforeAll(async () => {
  door = await openFrontDoor();
  await door.house.user('ana');
  [own, stranger] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const { store } = door.deps;
  const keysOf = async (pair: Pair) =>
    ({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'RS256' }] }) as JsonObject;
  await store.clients.insert({ ...door.spa, id: 'signs', settings: { jwks: await keysOf(own) } });
  await store.clients.insert({ ...door.spa, id: 'other', settings: { jwks: await keysOf(stranger) } });
  const settings = { jwks: await keysOf(own), require_signed_request_object: true };
  await store.clients.insert({ ...door.spa, id: 'must', settings });
  const { records } = await store.connections.list(door.house.tenant.id);
  for (const { id } of records)
    await store.connections.update(door.house.tenant.id, id, (each) => ({
      ...each,
      enabledClients: [...each.enabledClients, 'signs', 'must'],
    }));
});
afterAll(() => door.close());

const seconds = () => Math.floor(door.house.clock.at / 1000);

/** A good request object, changed by `more`; undefined removes a claim. */
async function object(
  more: Claims = {},
  { key = own, alg = 'RS256', typ = 'oauth-authz-req+jwt' as string | undefined } = {},
) {
  const claims: Claims = {
    iss: 'signs',
    aud: door.issuer,
    exp: seconds() + 60,
    client_id: 'signs',
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid',
    state: 'signed state',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...more,
  };
  return new SignJWT(JSON.parse(JSON.stringify(claims)))
    .setProtectedHeader({ alg, kid: 'k', ...(typ === undefined ? {} : { typ }) })
    .sign(key.privateKey);
}

const address = (parameters: Record<string, string>) => `/authorize?${new URLSearchParams(parameters)}`;
/** Nothing but what OAuth needs outside. */
const bare = async (request: string, more: Record<string, string> = {}) =>
  door.get(address({ client_id: 'signs', response_type: 'code', request, ...more }));
const outer = { redirect_uri: CALLBACK, state: 'outer state' };

test.each<[string, Claims, { typ?: string | undefined }]>([
  ['as it should be', {}, {}],
  ['of the plain type', {}, { typ: 'JWT' }],
  ['without type', {}, { typ: undefined }],
  ['without expiry', { exp: undefined }, {}],
  ['with numbers and objects', { max_age: 60, claims: { id_token: {} } }, {}],
])('opens: %s', async (_name, more, header) => {
  const response = await bare(await object(more, header));
  expect(response.headers.get('location')).toMatch(/^\/u\/login/);
});

test('opens: for us and somebody else', async () => {
  const response = await bare(await object({ aud: ['https://b.example', door.issuer] }));
  expect(response.headers.get('location')).toMatch(/^\/u\/login/);
});

test('what was signed wins over the address, and reaches the client', async () => {
  const request = await object({ prompt: 'none', 'ext-x': 'signed' });
  const response = await bare(request, {
    ...outer,
    prompt: 'login',
    redirect_uri: 'https://evil.example/',
    'ext-x': 'no',
  });
  const { origin, pathname, searchParams } = new URL(response.headers.get('location') ?? '');
  expect([origin + pathname, searchParams.get('error'), searchParams.get('state')]).toEqual([
    CALLBACK,
    'login_required',
    'signed state',
  ]);
});

test('what was not signed counts where the client may leave it so, and not where it must sign', async () => {
  const more = { prompt: 'none' };
  const lax = await bare(await object(), more);
  expect(new URL(lax.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
  const request = await object({ iss: 'must', client_id: 'must' });
  const strict = await door.get(address({ client_id: 'must', response_type: 'code', request, ...more }));
  expect(strict.headers.get('location')).toMatch(/^\/u\/login/);
});

test('a client that must sign', async () => {
  const response = await door.get(door.authorizeUrl({ client_id: 'must' }));
  expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
});

test('a callback that is not registered is a page, whoever signed it', async () => {
  const response = await bare(await object({ redirect_uri: 'https://evil.example/' }));
  expect([response.status, response.headers.get('location')]).toEqual([400, null]);
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test.each<[string, () => string | Promise<string>]>([
  ['unsigned', () => `${encode({ alg: 'none' })}.${encode({ iss: 'signs' })}.`],
  ['no JWT', () => 'request'],
  ['with a payload that is no object', () => `${encode({ alg: 'RS256' })}.${encode([1])}.AA`],
  ['by another key', () => object({}, { key: stranger })],
  [
    'signed with the public key as a secret',
    async () =>
      new SignJWT({ iss: 'signs', aud: door.issuer })
        .setProtectedHeader({ alg: 'HS256', kid: 'k' })
        .sign(Buffer.from(await exportSPKI(own.publicKey))),
  ],
  ['of another client', () => object({ iss: 'other' })],
  ['of another client, signed by it', () => object({ iss: 'other', client_id: 'other' }, { key: stranger })],
  ['for another client', () => object({ client_id: 'other' })],
  ['for another issuer', () => object({ aud: 'https://b.example/' })],
  ['without audience', () => object({ aud: undefined })],
  ['without issuer', () => object({ iss: undefined })],
  ['expired', () => object({ exp: seconds() - 60 })],
  ['with an expiry that is no number', () => object({ exp: 'tomorrow' })],
  ['not valid yet', () => object({ nbf: seconds() + 60 })],
  ['that is a client assertion', () => object({ sub: 'signs' })],
  ['of another type', () => object({}, { typ: 'dpop+jwt' })],
  ['with another inside', async () => object({ request: await object() })],
  ['with an address inside', () => object({ request_uri: 'https://b.example/' })],
  ['for another response type', () => object({ response_type: 'code id_token' })],
  ['with a text that no database keeps', () => object({ state: 'a\0b' })],
  ['too long', () => object({ x: 'x'.repeat(40_000) })],
])('refused: %s', async (_name, make) => {
  const request = await make();
  const response = await bare(request, outer);
  expect(response.status).toBe(302);
  const { origin, pathname, searchParams } = new URL(response.headers.get('location') ?? '');
  expect(origin + pathname).toBe(CALLBACK);
  expect(Object.fromEntries(searchParams)).toMatchObject({
    error: 'invalid_request_object',
    state: 'outer state',
    iss: door.issuer,
  });
  // With nowhere to go back to, a page.
  const lost = await bare(request, { ...outer, redirect_uri: 'https://evil.example/' });
  expect([lost.status, lost.headers.get('location')]).toEqual([400, null]);
});
