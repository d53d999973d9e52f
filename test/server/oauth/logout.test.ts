// Signing out by `/v2/logout`: the session ends, and nobody is sent where the application or the tenant did not say.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  const LOGOUT_URLS = ['https://*.app.example/bye', 'https://app.example/bye', 'com.example.app://bye'];
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    await door.house.user('ana');
    const { store } = door.deps;
    const { id } = door.house.tenant;
    await store.clients.update(id, 'spa', (client) => ({
      ...client,
      settings: { ...client.settings, allowed_logout_urls: LOGOUT_URLS },
    }));
    await door.house.editTenant((tenant) => ({
      ...tenant,
      settings: { ...tenant.settings, allowed_logout_urls: ['https://tenant.example/'] },
    }));
  });
  afterAll(() => door.close());

  /** Whether this browser is signed in, as a client asks. */
  async function isSignedIn(browser: ReturnType<FrontDoor['browser']>): Promise<boolean> {
    const page = await browser.open(door.authorizeUrl({ prompt: 'none' }));
    return page.url.searchParams.has('code');
  }

  const logoutUrl = (parameters: Record<string, string>) => `/v2/logout?${new URLSearchParams(parameters)}`;

  test.each<[string, Record<string, string>, string]>([
    ['the first registered address', { client_id: 'spa' }, 'https://app.example/bye'],
    ['the address asked for', { client_id: 'spa', returnTo: 'com.example.app://bye' }, 'com.example.app://bye'],
    [
      'a label for the star',
      { client_id: 'spa', returnTo: 'https://eu.app.example/bye' },
      'https://eu.app.example/bye',
    ],
    [
      'a query and a fragment of its own',
      { client_id: 'spa', returnTo: 'https://app.example/bye?a=b#c' },
      'https://app.example/bye?a=b#c',
    ],
    ["without a client, the tenant's", {}, 'https://tenant.example/'],
    ['federated', { federated: '', returnTo: 'https://tenant.example/' }, 'https://tenant.example/'],
  ])('leads to %s', async (_case, parameters, target) => {
    const response = await door.get(logoutUrl(parameters));
    expect([response.status, response.headers.get('location')]).toEqual([302, target]);
  });

  test('ends the session, clears its cookie and tells the log once', async () => {
    const browser = door.browser();
    await door.signIn(browser, 'ana');
    const key = browser.cookies.get('sallyport_session') ?? '';
    expect(await isSignedIn(browser)).toBe(true);
    await browser.open(logoutUrl({ client_id: 'spa' }));
    expect(browser.cookies.get('sallyport_session')).toBe('');
    const { tenant, logTypes } = door.house;
    expect(await door.deps.runtime.recognise(tenant, key)).toBeUndefined();
    // The old cookie opens nothing, whoever kept it.
    browser.cookies.set('sallyport_session', key);
    expect(await isSignedIn(browser)).toBe(false);
    await browser.open(logoutUrl({ client_id: 'spa' }));
    expect((await logTypes()).filter((type) => type === 'slo')).toHaveLength(1);
  });

  test('without an address to go to it says so', async () => {
    const page = await door.browser().open(logoutUrl({ client_id: 'web' }));
    expect(page.status).toBe(200);
    expect(page.html).toContain('You are logged out');
  });

  test.each<[string, string]>([
    ['an address of nobody', '?client_id=spa&returnTo=https://evil.example/'],
    ["the tenant's address for an application", '?client_id=spa&returnTo=https://tenant.example/'],
    ["an application's address for the tenant", '?returnTo=https://app.example/bye'],
    ['more labels than the star stands for', '?client_id=spa&returnTo=https://a.b.app.example/bye'],
    ['another path', '?client_id=spa&returnTo=https://app.example/bye/..%2Fevil'],
    ['a program', '?client_id=spa&returnTo=javascript:alert(1)'],
    ['no address', '?client_id=spa&returnTo=//app.example/bye'],
    ['an unknown application', '?client_id=nobody'],
    ['a parameter twice', '?client_id=spa&client_id=web'],
    ['bytes that are no text', '?returnTo=%ff'],
  ])('%s is refused, and the person stays signed in', async (_case, query) => {
    const browser = door.browser();
    await door.signIn(browser, 'ana');
    const page = await browser.open(`/v2/logout${query}`);
    expect(page.status).toBe(400);
    expect(page.html).toContain('invalid_request');
    expect(await isSignedIn(browser)).toBe(true);
  });
});
