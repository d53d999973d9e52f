// The address where logins of the JSON flow begin: what it answers programs and browsers, good requests and bad ones, and
// that it begins nothing it should not.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALLBACK } from '../oauth/front-door.ts';
import { type FlowDesk, openFlowDesk } from './flow-desk.ts';

const BROWSER = { accept: 'text/html,*/*', 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' };

describe('the beginning of a login of the JSON flow', () => {
  let desk: FlowDesk;
  beforeAll(async () => {
    desk = await openFlowDesk();
  });
  afterAll(() => desk.close());

  test('a program is sent to the address that names the login, and given no cookie', async () => {
    const { response, id } = await desk.begin();
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(`${desk.door.site}/authorize?id=${id}`);
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(response.headers.get('cache-control')).toBe('no-store, private');
  });

  test('a browser is bound by a cookie that pages cannot read', async () => {
    const { response } = await desk.begin({}, BROWSER);
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/HttpOnly/i)]);
    expect(response.headers.get('location')).toMatch(/\/authorize\?id=[0-9a-f-]{36}$/);
  });

  test('the tenant is named by its id as well, and a form begins a login too', async () => {
    const { door } = desk;
    const form = new URLSearchParams({
      client_id: 'web',
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid',
    });
    const posted = await door.app.request(`${door.site}/${door.house.tenant.id}/v1/authorizations`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(form),
    });
    expect(posted.status).toBe(302);
    expect(posted.headers.get('location')).toMatch(/\/authorize\?id=/);
  });

  test('the form of another site comes again as a GET, with the cookies that it could not bring', async () => {
    const form = new URLSearchParams({ client_id: 'web', response_type: 'code' });
    const posted = await desk.door.app.request(desk.base, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://app.example' },
      body: String(form),
    });
    expect(posted.status).toBe(303);
    expect(posted.headers.get('location')).toContain('/v1/authorizations?client_id=web');
  });

  test.each<[string, Record<string, string | undefined>, string, string]>([
    ['no client', { client_id: undefined }, 'invalid_request', 'client_id'],
    ['a client that is not there', { client_id: 'stranger' }, 'invalid_request', 'Unknown client'],
    ['another callback', { redirect_uri: 'https://evil.example/' }, 'invalid_request', 'Callback URL mismatch'],
    ['an answer that is a page', { response_mode: 'form_post' }, 'invalid_request', 'response_mode'],
  ])('%s: a program is told, a person is shown', async (_name, more, error, words) => {
    const { response } = await desk.begin(more);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error, error_description: expect.stringContaining(words) });
    const shown = await desk.begin(more, BROWSER);
    expect(shown.response.status).toBe(400);
    expect(shown.response.headers.get('content-type')).toContain('text/html');
    expect(await shown.response.text()).toContain(words);
  });

  test.each<[string, Record<string, string | undefined>, string]>([
    ['no response type', { response_type: undefined }, 'invalid_request'],
    ['a response type that is not ours', { response_type: 'device' }, 'unsupported_response_type'],
    ['nobody may be asked', { prompt: 'none' }, 'login_required'],
    ['a request object that is none', { request: 'x' }, 'invalid_request_object'],
  ])('%s: the client hears of it at its callback', async (_name, more, error) => {
    const { response, id } = await desk.begin(more);
    expect(response.status).toBe(302);
    const address = new URL(response.headers.get('location') ?? '');
    expect(address.origin + address.pathname).toBe(CALLBACK);
    expect(address.searchParams.get('error')).toBe(error);
    expect(address.searchParams.get('state')).toBe('the state');
    expect(id).toBe('');
  });

  test('a client that has switched the flow off begins none', async () => {
    const { store, tenant } = desk.door.house;
    await store.clients.update(tenant.id, 'web', (c) => ({ ...c, settings: { ...c.settings, json_flow: false } }));
    const { response } = await desk.begin();
    await store.clients.update(tenant.id, 'web', (c) => ({ ...c, settings: { ...c.settings, json_flow: true } }));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'unauthorized_client' });
    expect((await desk.begin()).response.status).toBe(302);
  });

  test('a request that was pushed begins one; a bad one is refused where it is pushed', async () => {
    const credentials = Buffer.from('web:web+secret+%2B+more').toString('base64');
    const push = (more: Record<string, string>) =>
      desk.send(`${desk.base}/push`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${credentials}` },
        body: String(new URLSearchParams({ client_id: 'web', response_type: 'code', redirect_uri: CALLBACK, ...more })),
      });
    const pushed = await push({ scope: 'openid' });
    expect(pushed.status).toBe(201);
    const { response } = await desk.begin({
      redirect_uri: undefined,
      response_type: undefined,
      scope: undefined,
      state: undefined,
      request_uri: String(pushed.body.request_uri),
    });
    expect(response.headers.get('location')).toMatch(/\/authorize\?id=/);
    expect((await push({ response_type: 'device' })).status).toBe(400);
  });

  test.each([
    ['HEAD', ''],
    ['DELETE', ''],
    ['PUT', '/push'],
  ])('%s %s is no way to ask', async (method, path) => {
    const answered = await desk.send(`${desk.base}${path}`, { method });
    expect(answered.status).toBe(405);
    expect(answered.headers.get('allow')).toBeTruthy();
  });

  test('a tenant that is not there has no flow', async () => {
    const { status, body } = await desk.send(`${desk.door.site}/nobody-of-that-name/v1/authorizations?client_id=web`);
    expect(status).toBe(404);
    expect(body).toHaveProperty('error');
  });
});
