// Who may go on with a login of the JSON flow: what a browser began is bound to that browser, what a program began is for
// programs, and pages of other sites never get to call. Each pair of "begun by" and "called by", at every address.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import { type FlowDesk, openFlowDesk, ownPage } from './flow-desk.ts';

const NAVIGATION = { accept: 'text/html,*/*', 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' };
const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const STRANGE_COOKIE = `sallyport_browser=${'A'.repeat(43)}`;

/** Every address of a login, with the status that its own caller gets while nobody has shown anything. */
const ADDRESSES: [method: 'GET' | 'POST', name: string, own: number][] = [
  ['GET', 'authentication-status', 200],
  ['GET', 'view-data', 200],
  ['POST', 'authorize', 400],
  ['POST', 'password-authentication', 400],
  ['POST', 'deny', 200],
];

describe('whose a login is', () => {
  let desk: FlowDesk;
  beforeAll(async () => {
    desk = await openFlowDesk();
    const { store, tenant } = desk.door.house;
    await store.clients.update(tenant.id, 'web', (client) => ({
      ...client,
      settings: { ...client.settings, web_origins: ['https://app.example'] },
    }));
  });
  afterAll(() => desk.close());

  const ask = (method: string, id: string, name: string, headers: Record<string, string>) =>
    method === 'GET' ? desk.look(id, name, headers) : desk.call(id, name, {}, headers);

  describe.each(ADDRESSES)('%s %s', (method, name, own) => {
    test.each<[string, (cookie: string) => Record<string, string>, number]>([
      ['its own page', (cookie) => ({ cookie, ...ownPage(desk.door.house.tenant) }), own],
      ['a program', () => ({}), 401],
      ['a program that names a page as what it takes', () => ({ accept: 'text/html' }), 401],
      ['another browser', () => ({ cookie: STRANGE_COOKIE, ...ownPage(desk.door.house.tenant) }), 401],
      ['a browser without cookies', () => ownPage(desk.door.house.tenant), 401],
      ['a page of another site', (cookie) => ({ cookie, origin: 'https://evil.example' }), 403],
      ['a request across sites', (cookie) => ({ cookie, 'sec-fetch-site': 'cross-site' }), 403],
      ['a page without an origin', (cookie) => ({ cookie, origin: 'null' }), 403],
      ["a page of the client's own", (cookie) => ({ cookie, origin: 'https://app.example' }), own],
      ["a page of the client's own without the cookie", () => ({ origin: 'https://app.example' }), 403],
    ])('a browser began it, called by %s', async (_who, headers, status) => {
      const { id, cookie } = await desk.begin({}, NAVIGATION);
      const answered = await ask(method, id, name, headers(cookie));
      expect(answered.status).toBe(status);
      expect(answered.headers.get('cache-control')).toBe('no-store, private');
      const readable = answered.headers.get('access-control-allow-origin');
      const isClients = headers(cookie).origin === 'https://app.example' && status !== 403;
      expect(readable).toBe(isClients ? 'https://app.example' : null);
      if (status === 401) expect(answered.body.error_description).toMatch(/^auth_session_mismatch: /);
    });

    test.each<[string, () => Record<string, string>, number]>([
      ['a program', () => ({}), own],
      ['a page of ours in somebody’s browser', () => ownPage(desk.door.house.tenant), 401],
      ['a browser with a cookie', () => ({ cookie: STRANGE_COOKIE }), 401],
      ['a browser that says so by its header alone', () => ({ 'sec-fetch-site': 'same-origin' }), 401],
      ['somebody’s address bar', () => ({ accept: 'text/html,application/xhtml+xml' }), 401],
      ['a page of another site', () => ({ origin: 'https://evil.example' }), 403],
      ["a page of the client's own", () => ({ origin: 'https://app.example' }), 403],
    ])('a program began it, called by %s', async (_who, headers, status) => {
      const { id } = await desk.begin();
      expect(await ask(method, id, name, headers())).toMatchObject({ status });
    });

    test('an id that is none, of nothing, and in capitals', async () => {
      expect(await ask(method, 'not-a-uuid', name, {})).toMatchObject({
        status: 400,
        body: { error: 'invalid_request', error_description: 'Invalid UUID: not-a-uuid' },
      });
      expect(await ask(method, UNKNOWN, name, {})).toMatchObject({
        status: 404,
        body: {
          error: 'invalid_request',
          error_description: `Authentication transaction not found for authorization identifier: ${UNKNOWN}`,
        },
      });
      const { id } = await desk.begin();
      expect((await ask(method, id.toUpperCase(), name, {})).status).toBe(own);
    });

    test('one that has expired is there no more', async () => {
      const { id } = await desk.begin();
      desk.door.house.clock.advance(31 * 60_000);
      expect((await ask(method, id, name, {})).status).toBe(404);
    });
  });

  test('the login of one tenant is not found at another', async () => {
    const { door } = desk;
    const { id } = await desk.begin();
    const made = await newTenant(door.house.ports, {
      name: 'other',
      baseUrl: 'http://other.localhost:3000',
      ownerId: 'default',
    });
    if (!made.made) throw new Error('no second tenant');
    const path = `${made.tenant.baseUrl}/v1/authorizations/${id}/authentication-status`;
    expect((await desk.send(path)).status).toBe(404);
    expect((await desk.look(id, 'authentication-status')).status).toBe(200);
  });

  test('a tenant below a path keeps its cookies there', async () => {
    const { door } = desk;
    const { ports } = door.house;
    const baseUrl = `${door.site}/below`;
    const made = await newTenant(ports, { name: 'below', baseUrl, ownerId: 'default' });
    if (!made.made) throw new Error('no tenant below a path');
    const client = await newClient(ports, made.tenant.id, { name: 'App', callbacks: ['https://app.example/'] });
    if (client === 'conflict') throw new Error('no client');
    const address = `${baseUrl}/v1/authorizations`;
    const asked = `${address}?client_id=${client.id}&response_type=code&scope=openid`;
    const begun = await door.app.request(asked, { headers: NAVIGATION });
    expect(begun.headers.get('location')).toMatch(new RegExp(`^${RegExp.escape(baseUrl)}/authorize\\?id=`));
    const [cookie = ''] = begun.headers.getSetCookie();
    expect(cookie).toContain('Path=/below/');
    const id = new URL(begun.headers.get('location') ?? '').searchParams.get('id');
    const own = { cookie: cookie.split(';')[0] ?? '', ...ownPage(door.house.tenant) };
    const status = `/${id}/authentication-status`;
    expect((await desk.send(address + status, { headers: own })).status).toBe(200);
    expect((await desk.send(desk.base + status, { headers: own })).status).toBe(404);
  });

  test('a policy may bind everybody, or nobody', async () => {
    await desk.demand(['password-authentication']);
    const { store, tenant } = desk.door.house;
    const bind = async (required: boolean) => {
      const record = await store.authenticationPolicies.findByKey(tenant.id, 'oauth');
      if (!record) throw new Error('no policy');
      await store.authenticationPolicies.update(tenant.id, record.id, (current) => ({
        ...current,
        policies: current.policies.map((policy) => ({ ...policy, auth_session_binding_required: required })),
      }));
    };
    await bind(true);
    const strict = await desk.begin();
    expect((await desk.look(strict.id, 'authentication-status')).status).toBe(401);
    await bind(false);
    const open = await desk.begin({}, NAVIGATION);
    expect((await desk.look(open.id, 'authentication-status')).status).toBe(200);
    expect((await desk.look(open.id, 'authentication-status', { cookie: STRANGE_COOKIE })).status).toBe(200);
  });

  test('a preflight is answered and says nothing', async () => {
    const { id } = await desk.begin({}, NAVIGATION);
    const asked = await desk.send(`${desk.base}/${id}/password-authentication`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(asked.headers.get('access-control-allow-credentials')).toBe('true');
  });
});
