// Tests of tenants that are named by a path: one host that the default tenant shares with two of them, another host with one
// of its own, the same people and applications at each, and a browser that heeds the path of a cookie.
import { newClient } from '#runtime/lifecycle/client.ts';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import type { TenantRecord } from '#storage/records.ts';
import { createPlainBrowser, type PlainBrowser } from '#test/kit/plain-browser.ts';
import { CALLBACK, CHALLENGE, type FrontDoor, openFrontDoor } from './oauth/front-door.ts';

export const HOST = 'http://localhost:8080';

export type PathDesk = {
  door: FrontDoor;
  /** Of the host itself, of two paths below it, and of a path of another host, on https. */
  root: TenantRecord;
  acme: TenantRecord;
  inc: TenantRecord;
  safe: TenantRecord;
  send(url: string, init?: RequestInit): Promise<Response>;
  browser(): PathBrowser;
};

export type PathBrowser = PlainBrowser & { jar: { name: string; value: string; path: string }[] };

export async function openPathDesk(): Promise<PathDesk> {
  const door = await openFrontDoor({ env: { SALLYPORT_TENANT: 'root' } });
  const send = async (url: string, init: RequestInit = {}) => door.app.request(url, init);
  return {
    door,
    root: await tenant(door, 'root', HOST),
    acme: await tenant(door, 'acme', `${HOST}/acme`),
    inc: await tenant(door, 'inc', `${HOST}/inc`),
    safe: await tenant(door, 'safe', 'https://auth.example/safe'),
    send,
    browser: () => openBrowser(send),
  };
}

async function tenant(door: FrontDoor, name: string, baseUrl: string): Promise<TenantRecord> {
  const { ports, store } = door.house;
  const made = await newTenant(ports, { name, baseUrl, ownerId: 'default' });
  if (!made.made) throw new Error(`no ${name}`);
  const { tenant } = made;
  await newClient(ports, tenant.id, {
    id: 'spa',
    name: 'Spa',
    authMethod: 'none',
    callbacks: [CALLBACK],
    grantTypes: ['authorization_code', 'refresh_token'],
  });
  await newClient(ports, tenant.id, {
    id: 'web',
    name: 'Web',
    secret: 'the secret',
    callbacks: [CALLBACK],
    grantTypes: ['authorization_code', 'password', 'client_credentials'],
  });
  const amy = await door.house.user('amy');
  await store.users.remove(amy.tenantId, amy.id);
  await store.users.insert({ ...amy, tenantId: tenant.id });
  return tenant;
}

/** A browser that heeds the path of a cookie, and tells which were set. */
function openBrowser(send: PathDesk['send']): PathBrowser {
  const jar: PathBrowser['jar'] = [];
  const browser = createPlainBrowser(HOST, async (url, init) => {
    const { pathname } = new URL(url);
    const headers = new Headers(init.headers);
    const fitting = jar.filter(({ path }) => pathname.startsWith(path) || `${pathname}/` === path);
    headers.delete('cookie');
    if (fitting.length > 0) headers.set('cookie', fitting.map(({ name, value }) => `${name}=${value}`).join('; '));
    const response = await send(url, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const path = /; Path=([^;]+)/.exec(line)?.[1] ?? '';
      const at = jar.findIndex((each) => each.name === name && each.path === path);
      jar.splice(at < 0 ? jar.length : at, at < 0 ? 0 : 1, { name, value, path });
    }
    return response;
  });
  return { ...browser, jar };
}

export function authorizeAt(base: string, more: Record<string, string> = {}): string {
  return `${base}/authorize?${new URLSearchParams({
    client_id: 'spa',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid email',
    state: 'the state',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...more,
  })}`;
}

export const form = (fields: Record<string, string>) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: String(new URLSearchParams(fields)),
});
