// The MFA API as the bytes of command-line clients reach it, over a real socket; tenants that know nothing of each other's
// logins; and the pages, which ask for no less.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import { type Listener, listen } from '#server/listen.ts';
import { freePort } from '#test/kit/free-port.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { API, GRANT, type MfaDesk, NATIVE, openMfaDesk } from './mfa-desk.ts';

let desk: MfaDesk;
let listener: Listener;
let port: number;
beforeAll(async () => {
  desk = await openMfaDesk();
  port = await freePort();
  listener = await listen(desk.door.app, { host: '127.0.0.1', port });
  await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
});
afterAll(async () => {
  await listener.close(0);
  await desk.close();
});

type Sent = { method: string; path: string; headers?: string[]; data?: string[] };

/** What `curl --request … --url … --header … --data …` sends: parts of the body are joined and nothing is escaped. */
async function curl({ method, path, headers = [], data = [] }: Sent): Promise<{ status: number; body: unknown }> {
  const body = data.join('&');
  const host = new URL(desk.door.site).host;
  const length = data.length === 0 ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    'accept: */*',
    'connection: close',
    ...headers,
    ...length,
  ];
  const socket = connect(port, '127.0.0.1');
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const answer = text.slice(text.indexOf('\r\n\r\n') + 4);
  const json = answer.slice(answer.search(/[[{]/), Math.max(answer.lastIndexOf('}'), answer.lastIndexOf(']')) + 1);
  return { status: Number(text.split(' ', 2)[1]), body: json === '' ? undefined : JSON.parse(json) };
}

const FORM = ['content-type: application/x-www-form-urlencoded'];
const JSON_TYPE = ['content-type: application/json'];

describe('over a socket', () => {
  test('a password, a look, an enrollment, its proof', async () => {
    await desk.door.house.user('user');
    const signedIn = await curl({
      method: 'POST',
      path: '/oauth/token',
      headers: FORM,
      data: [
        'grant_type=password',
        'username=user@example.com',
        `password=${PASSWORD}`,
        'client_id=native',
        `client_secret=${NATIVE.client_secret}`,
        `audience=${API}`,
        'scope=openid profile read:things',
      ],
    });
    expect(signedIn).toMatchObject({
      status: 403,
      body: { error: 'mfa_required', error_description: 'Multifactor authentication required' },
    });
    const { mfa_token: token } = signedIn.body as { mfa_token: string };
    const bearer = [`authorization: Bearer ${token}`, ...JSON_TYPE];
    expect(await curl({ method: 'GET', path: '/mfa/authenticators', headers: bearer })).toEqual({
      status: 200,
      body: [],
    });
    const begun = await curl({
      method: 'POST',
      path: '/mfa/associate',
      headers: bearer,
      data: ['{ "authenticator_types": ["otp"] }'],
    });
    const { secret } = begun.body as { secret: string };
    const answer = await curl({
      method: 'POST',
      path: '/oauth/token',
      headers: FORM,
      data: [
        'grant_type=http://auth0.com/oauth/grant-type/mfa-otp',
        'client_id=native',
        `mfa_token=${token}`,
        `client_secret=${NATIVE.client_secret}`,
        `otp=${desk.code(secret)}`,
      ],
    });
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: 'openid profile read:things' } });
  });

  test('a challenge as JSON over several lines', async () => {
    await desk.door.house.user('phone', ['phone']);
    const mfaToken = await desk.mfaToken('phone');
    const body = `{\n  "client_id": "native",\n  "challenge_type": "oob",\n  "mfa_token": "${mfaToken}" }`;
    const asked = await curl({ method: 'POST', path: '/mfa/challenge', headers: JSON_TYPE, data: [body] });
    expect(asked).toMatchObject({ status: 200, body: { challenge_type: 'oob', binding_method: 'prompt' } });
  });

  test('an authenticator is removed with a JSON type and no body', async () => {
    await desk.door.house.user('removes', ['otp']);
    const more = { audience: `${desk.door.site}/mfa/`, scope: '' };
    const { body } = await desk.otp(await desk.mfaToken('removes', more), desk.code());
    const headers = [`authorization: Bearer ${body.access_token}`, ...JSON_TYPE];
    const list = await curl({ method: 'GET', path: '/mfa/authenticators', headers });
    const [{ id }] = list.body as [{ id: string }];
    const removed = await curl({ method: 'DELETE', path: `/mfa/authenticators/${encodeURIComponent(id)}`, headers });
    expect(removed.status).toBe(204);
  });
});

test('a login of one tenant is nobody at another', async () => {
  const { house, app } = desk.door;
  const name = `neighbour-${house.ports.random.hex(6)}`;
  const made = await newTenant(house.ports, { name, baseUrl: `http://${name}.localhost:3000`, ownerId: 'default' });
  if (!made.made) throw new Error('no second tenant');
  const grantTypes = [`${GRANT}mfa-otp`];
  // The same id and secret there.
  await newClient(house.ports, made.tenant.id, { id: 'native', name: 'n', secret: NATIVE.client_secret, grantTypes });
  await house.user('here', ['otp']);
  const mfa_token = await desk.mfaToken('here');
  const there = async (path: string, method: string, body?: object) => {
    const headers = { 'content-type': 'application/json', ...(body ? {} : { authorization: `Bearer ${mfa_token}` }) };
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const response = await app.request(`${made.tenant.baseUrl}${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  const malformed = { status: 401, body: { error_description: 'Malformed mfa_token' } };
  const answer = { grant_type: `${GRANT}mfa-otp`, mfa_token, otp: desk.code(), ...NATIVE };
  expect(await there('/oauth/token', 'POST', answer)).toMatchObject(malformed);
  expect(await there('/mfa/challenge', 'POST', { mfa_token })).toMatchObject(malformed);
  expect(await there('/mfa/authenticators', 'GET')).toMatchObject(malformed);
  expect(await desk.otp(mfa_token, desk.code())).toMatchObject({ status: 200 });
});

test('pages ask for a second factor before they give this audience away', async () => {
  const { door } = desk;
  await door.house.user('pages', ['otp']);
  await door.house.editTenant((tenant) => ({ ...tenant, policies: [] }));
  await door.house.bind(`exports.onExecutePostLogin = async (event, api) => { api.multifactor.enable('none'); };`);
  const browser = door.browser();
  const login = await browser.open(door.authorizeUrl({ audience: `${door.site}/mfa/`, scope: 'openid enroll' }));
  const page = await browser.post(login, { username: 'pages@example.com', password: PASSWORD, action: 'default' });
  expect(page.url.pathname).toBe('/u/mfa-otp-challenge');
  const end = await browser.post(page, { code: desk.code(), action: 'default' });
  const { body } = await door.exchange(end.url.searchParams.get('code') ?? '');
  expect(body).toMatchObject({ expires_in: 600 });
  const listed = await desk.call('GET', 'authenticators', { bearer: String(body.access_token) });
  expect(listed.status).toBe(403);
  // Signed in already, the same is asked for again.
  const again = await browser.open(door.authorizeUrl({ audience: `${door.site}/mfa/` }));
  expect(again.url.pathname).toBe('/u/mfa-otp-challenge');
});
