// The page on which a person lets an application that is not the tenant's own act for them: what it says, what follows, and
// what is remembered.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import type { PlainBrowser } from '#test/kit/plain-browser.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

const API = 'https://api.example/';
const PASSWORD = 'correct horse battery';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  let people = 0;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    const { store } = door.deps;
    const { id: tenantId } = door.house.tenant;
    await store.clients.insert({
      ...door.spa,
      id: 'third',
      name: 'Third <b>Party</b>',
      settings: { is_first_party: false, logo_uri: 'https://cdn.example/logo.png?x="y"' },
    });
    await store.resourceServers.update(tenantId, 'api', (api) => ({
      ...api,
      scopes: [{ value: 'read:things', description: 'read your <i>things</i>' }, { value: 'write:things' }],
    }));
    const { records } = await store.connections.list(tenantId);
    for (const { id } of records)
      await store.connections.update(tenantId, id, (each) => ({
        ...each,
        enabledClients: [...each.enabledClients, 'third'],
      }));
  });
  afterAll(() => door.close());

  const ask = (more: Record<string, string | undefined> = {}) =>
    door.authorizeUrl({ client_id: 'third', scope: 'openid email', ...more });

  /** A new person's browser at the page. */
  async function atConsent(more: Record<string, string | undefined> = {}) {
    const name = `person-${++people}`;
    await door.house.user(name);
    const browser = door.browser();
    const login = await browser.open(ask(more));
    const page = await browser.post(login, { username: `${name}@example.com`, password: PASSWORD, action: 'default' });
    expect(page.url.pathname).toBe('/u/consent');
    return { browser, page };
  }

  async function accepted(more: Record<string, string | undefined> = {}): Promise<PlainBrowser> {
    const { browser, page } = await atConsent(more);
    const end = await browser.post(page, { action: 'accept' });
    expect(end.url.searchParams.get('code')).toBeTruthy();
    return browser;
  }

  test('says who asks and what for, escaped, without a script', async () => {
    const { browser, page } = await atConsent({
      audience: API,
      scope: 'openid email read:things write:things nobody:knows',
    });
    expect(page.status).toBe(200);
    expect(page.html).toContain('Third &lt;b&gt;Party&lt;/b&gt; would like');
    expect(page.html).toContain('read your &lt;i&gt;things&lt;/i&gt;');
    expect(page.html).toContain('<li>write:things</li>');
    expect(page.html).toContain('<li>see your email address</li>');
    expect(page.html).not.toContain('nobody:knows');
    expect(page.html).toContain('src="https://cdn.example/logo.png?x=&quot;y&quot;"');
    expect(page.html).not.toContain('<script');
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const policy = (await door.get(page.url.pathname + page.url.search, { cookie })).headers.get(
      'content-security-policy',
    );
    expect(policy).toContain("img-src 'self' data: https://cdn.example;");
    expect(policy).toContain("frame-ancestors 'none'");
    const japanese = await browser.open(ask({ ui_locales: 'ja', prompt: 'login' }));
    expect(japanese.url.pathname).toBe('/u/login');
  });

  test('speaks Japanese', async () => {
    await door.house.editTenant((tenant) => ({ ...tenant, enabledLocales: ['en', 'ja'] }));
    const { page } = await atConsent({ ui_locales: 'ja' });
    expect(page.html).toContain('<html lang="ja" dir="ltr">');
    expect(page.html).toContain('許可する');
  });

  test('accepted: the code leaves, and nobody is asked again', async () => {
    const browser = await accepted();
    expect((await browser.open(ask())).url.searchParams.get('code')).toBeTruthy();
    expect((await browser.open(ask({ prompt: 'none' }))).url.searchParams.get('code')).toBeTruthy();
    expect((await browser.open(ask({ scope: 'openid' }))).url.searchParams.get('code')).toBeTruthy();
  });

  test('accepted is what was shown: a scope that nobody offers yet is asked for when somebody does', async () => {
    const asked = { audience: API, scope: 'openid read:things delete:things' };
    const { browser, page } = await atConsent(asked);
    expect(page.html).not.toContain('delete:things');
    await browser.post(page, { action: 'accept' });
    expect((await browser.open(ask(asked))).url.searchParams.get('code')).toBeTruthy();
    const { store } = door.deps;
    await store.resourceServers.update(door.house.tenant.id, 'api', (api) => ({
      ...api,
      scopes: [...api.scopes, { value: 'delete:things', description: 'delete all of them' }],
    }));
    const again = await browser.open(ask(asked));
    expect([again.url.pathname, again.html.includes('delete all of them')]).toEqual(['/u/consent', true]);
  });

  test('declined: the client hears it, and nothing is remembered', async () => {
    const { browser, page } = await atConsent();
    const end = await browser.post(page, { action: 'decline' });
    expect(Object.fromEntries(end.url.searchParams)).toEqual({
      error: 'access_denied',
      error_description: 'User did not authorize the request',
      state: 'the state',
      iss: door.issuer,
    });
    expect(browser.cookies.has('sallyport_session')).toBe(false);
    // Going back opens nothing.
    expect((await browser.post(page, { action: 'accept' })).url.searchParams.get('code')).toBeNull();
  });

  test.each([
    ['more scopes', { scope: 'openid email profile' }, ['see your profile'], ['see your email']],
    ['an API', { audience: API, scope: 'openid email read:things' }, ['read your'], []],
    ['the same once more, by prompt', { prompt: 'consent' }, ['see your email'], []],
  ])('asked again for %s; silently it is consent_required', async (_name, more, shown, hidden) => {
    const browser = await accepted();
    const page = await browser.open(ask(more));
    expect(page.url.pathname).toBe('/u/consent');
    for (const text of shown) expect(page.html).toContain(text);
    for (const text of hidden) expect(page.html).not.toContain(text);
    const { prompt, ...scopes } = { prompt: undefined, ...more };
    if (prompt === undefined) {
      const silent = await browser.open(ask({ ...scopes, prompt: 'none' }));
      expect(silent.url.searchParams.get('error')).toBe('consent_required');
    }
    expect((await browser.post(page, { action: 'accept' })).url.searchParams.get('code')).toBeTruthy();
    if (prompt === undefined) expect((await browser.open(ask(scopes))).url.searchParams.get('code')).toBeTruthy();
  });

  test.each([
    ['another action', { action: 'default' }, 400],
    ['no action', {}, 400],
  ])('a form with %s is refused', async (_name, fields, status) => {
    const { browser, page } = await atConsent();
    expect((await browser.post(page, fields)).status).toBe(status);
  });

  test('in another browser there is no such page', async () => {
    const { page } = await atConsent();
    const other = await door.browser().post(page, { action: 'accept' });
    expect([other.status, other.url.pathname]).toEqual([400, '/u/consent']);
  });

  test('the tenant’s own applications ask nobody', async () => {
    await door.house.user('ana');
    expect((await door.signIn(door.browser(), 'ana')).get('code')).toBeTruthy();
  });
});
