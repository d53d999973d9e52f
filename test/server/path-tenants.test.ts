// Tenants that are named by a path of a host they share: each has its own issuer, pages, cookies and doors below its path,
// and nothing of one is any good at another.
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD } from '#test/kit/house.ts';
import { CALLBACK, VERIFIER } from './oauth/front-door.ts';
import { authorizeAt, form, HOST, openPathDesk, type PathBrowser, type PathDesk } from './path-desk.ts';

let desk: PathDesk;
beforeAll(async () => {
  desk = await openPathDesk();
}, 60_000);
afterAll(() => desk.door.close());

const send: PathDesk['send'] = (...sent) => desk.send(...sent);
const json = async (response: Response) => (await response.json()) as Record<string, unknown>;

async function signIn(browser: PathBrowser, base: string): Promise<URLSearchParams> {
  const page = await browser.open(authorizeAt(base));
  if (page.status === 0) return page.url.searchParams;
  const end = await browser.post(page, { username: 'amy@example.com', password: PASSWORD, action: 'default' });
  return end.url.searchParams;
}

const exchange = (address: string, code: string) =>
  send(
    address,
    form({
      grant_type: 'authorization_code',
      client_id: 'spa',
      code,
      redirect_uri: CALLBACK,
      code_verifier: VERIFIER,
    }),
  );

describe('below its path', () => {
  test('its description names its own addresses, which are there', async () => {
    const document = await json(await send(`${HOST}/acme/.well-known/openid-configuration`));
    const addresses = Object.entries(document).filter(([name]) => /_(endpoint|uri)$/.test(name));
    expect(addresses.length).toBeGreaterThan(8);
    for (const [, address] of addresses) expect(address).toMatch(/^http:\/\/localhost:8080\/acme\/[a-z.]/);
    for (const [, address] of addresses) expect((await send(String(address))).status).not.toBe(404);
  });

  test('a whole login on its pages, with cookies, links and redirects of its own', async () => {
    const browser = desk.browser();
    const page = await browser.open(authorizeAt(`${HOST}/acme`));
    expect(page.url.pathname).toBe('/acme/u/login');
    const addresses = [...page.html.matchAll(/(?:href|src|action)="([^"]+)"/g)].map(([, address]) => address ?? '');
    expect(addresses.filter((address) => !/^(data:|\/acme\/)/.test(address))).toEqual([]);
    for (const address of addresses.filter((each) => each.startsWith('/acme/u/') && !each.includes('?'))) {
      expect((await send(HOST + address)).status).toBe(200);
    }
    const code = (await signIn(browser, `${HOST}/acme`)).get('code') ?? '';
    expect(code).not.toBe('');
    expect(browser.jar.map(({ name, path }) => [name, path])).toEqual([
      ['sallyport_browser_acme', '/acme/'],
      ['sallyport_session_acme', '/acme/'],
    ]);

    const answer = await json(await exchange(`${HOST}/acme/oauth/token`, code));
    const keys = await json(await send(`${HOST}/acme/.well-known/jwks.json`));
    expect(keys).toEqual(await json(await send(`${HOST}/acme/v1/jwks`)));
    const { payload } = await jwtVerify(String(answer.id_token), createLocalJWKSet(keys as unknown as JSONWebKeySet), {
      issuer: `${HOST}/acme/`,
      audience: 'spa',
      currentDate: new Date(desk.door.house.clock.at),
    });
    expect(payload.email).toBe('amy@example.com');
    const authorization = `Bearer ${answer.access_token}`;
    expect((await send(`${HOST}/acme/userinfo`, { headers: { authorization } })).status).toBe(200);
    expect((await send(`${HOST}/acme/v1/userinfo`, { headers: { authorization } })).status).toBe(200);
    expect((await send(`${HOST}/${desk.acme.id}/v1/userinfo`, { headers: { authorization } })).status).toBe(200);
    for (const other of ['', '/inc', '/root/v1', '/safe/v1']) {
      expect((await send(`${HOST}${other}/userinfo`, { headers: { authorization } })).status).toBe(401);
    }
  });

  test('three tenants in one browser: a session of one is none of another', async () => {
    const browser = desk.browser();
    const codes = [];
    for (const base of [HOST, `${HOST}/acme`, `${HOST}/inc`]) {
      expect((await browser.open(authorizeAt(base))).status).toBe(200);
      codes.push((await signIn(browser, base)).get('code') ?? '');
    }
    for (const base of [HOST, `${HOST}/acme`, `${HOST}/inc`]) {
      expect((await browser.open(authorizeAt(base))).status).toBe(0);
    }
    expect(browser.jar.map(({ name, path }) => `${name} ${path}`).sort()).toEqual([
      'sallyport_browser /',
      'sallyport_browser_acme /acme/',
      'sallyport_browser_inc /inc/',
      'sallyport_session /',
      'sallyport_session_acme /acme/',
      'sallyport_session_inc /inc/',
    ]);
    const [ofRoot = '', ofAcme = '', ofInc = ''] = codes;
    expect((await exchange(`${HOST}/inc/oauth/token`, ofAcme)).status).toBe(403);
    expect((await exchange(`${HOST}/oauth/token`, ofInc)).status).toBe(403);
    expect((await exchange(`${HOST}/acme/v1/tokens`, ofRoot)).status).toBe(403);
    expect((await exchange(`${HOST}/acme/v1/tokens`, ofAcme)).status).toBe(200);
    expect((await exchange(`${HOST}/root/v1/tokens`, ofRoot)).status).toBe(200);
  });

  test('a page of one tenant goes on at no other', async () => {
    const browser = desk.browser();
    const page = await browser.open(authorizeAt(`${HOST}/acme`));
    const state = page.url.searchParams.get('state') ?? '';
    await browser.open(authorizeAt(`${HOST}/inc`));
    for (const base of [HOST, `${HOST}/inc`]) {
      expect((await browser.open(`${base}/u/login?state=${state}`)).status).toBe(400);
    }
    expect((await browser.open(`${HOST}/${desk.acme.id}/u/login?state=${state}`)).status).toBe(400);
    expect((await browser.open(`${HOST}/acme/u/login?state=${state}`)).status).toBe(200);
  });

  test('a form of another origin is refused, one of the own is not', async () => {
    for (const [origin, status] of [
      [HOST, 302],
      ['https://evil.example', 403],
    ] as const) {
      const browser = desk.browser();
      const { url } = await browser.open(authorizeAt(`${HOST}/acme`));
      const cookie = browser.jar.map(({ name, value }) => `${name}=${value}`).join('; ');
      const fields = { state: url.searchParams.get('state') ?? '', username: 'amy@example.com', password: PASSWORD };
      const sent = form({ ...fields, action: 'default' });
      const response = await send(url.href, { ...sent, headers: { ...sent.headers, origin, cookie } });
      expect(response.status).toBe(status);
      if (status === 302) expect(response.headers.get('location')).toMatch(/^\/acme\/authorize\/resume\?state=/);
    }
  });

  test('on https its cookies have the prefix that a path allows', async () => {
    const response = await send(authorizeAt('https://auth.example/safe'));
    expect(response.headers.getSetCookie()[0]).toMatch(
      /^__Secure-sallyport_browser_safe=.*; Path=\/safe\/; HttpOnly; Secure; SameSite=Lax/,
    );
    expect(response.headers.get('location')).toMatch(/^\/safe\/u\/login\?state=/);
    expect((await send(authorizeAt('https://auth.example/inc'))).status).toBe(404);
  });

  test('an error page and a logout lead back below the path', async () => {
    const error = await send(`${HOST}/acme/u/nothing`);
    expect(error.status).toBe(404);
    expect(await error.text()).toMatch(/<link rel="stylesheet" href="\/acme\/u\/style-/);
    const logout = await send(`${HOST}/acme/v1/logout`, form({ client_id: 'spa' }));
    expect([200, 302, 303]).toContain(logout.status);
    if (logout.status !== 200) expect(logout.headers.get('location')).toMatch(/^\/acme\//);
  });
});
