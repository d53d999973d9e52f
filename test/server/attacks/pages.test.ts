// Attacks on pages and what they take: markup in names, forms and fields, names of prototypes as keys, posts of other
// sites, and texts that leave through doors.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bindTo } from '#test/runtime/triggers/bind-to.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';
import { appCode, ENROLL_OTP, FORM, JSON_BODY, keyOn, send, signIn, signUpApart, stateOf } from './attacker.ts';

const MARKUP = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;
const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor();
}, 60_000);
afterAll(() => door.close());
afterEach(async () => {
  await door.house.bind();
  await bindTo(door.house, 'pre-user-registration', []);
});

const harmless = (html: string): void => expect(html).not.toMatch(/<script|<img/i);

/** What the second handler was shown, by way of the callback. */
function told(answer: Response): unknown {
  const { searchParams } = new URL(answer.headers.get('location') ?? 'x:');
  return JSON.parse(searchParams.get('error_description') ?? 'null');
}

describe('markup', () => {
  test('in the names of tenant and client, and in what the application hands on', async () => {
    const { house } = door;
    await house.user('named');
    await house.editTenant((tenant) => ({ ...tenant, friendlyName: MARKUP }));
    await house.store.clients.update(house.tenant.id, 'spa', (client) => ({ ...client, name: MARKUP }));
    await house.bind(ENROLL_OTP);
    const browser = door.browser();
    const login = await browser.open(
      door.authorizeUrl({ screen_hint: 'signup', login_hint: MARKUP, ui_locales: MARKUP }),
    );
    harmless(login.html);
    harmless((await browser.open(`/u/login?state=${stateOf(login)}&x=${encodeURIComponent(MARKUP)}`)).html);
    const page = await signIn(door, browser, 'named');
    expect(page.url.pathname).toBe('/u/mfa-otp-enrollment-qr');
    harmless(page.html);
    expect(page.html).toMatch(/href="otpauth:\/\/totp\/[^"<>]*"/);
    await house.editTenant(({ friendlyName: _, ...tenant }) => tenant);
  });

  test('in everything that a form and a script say', async () => {
    const { house } = door;
    await house.user('filler');
    const config = { placeholder: MARKUP, default_value: MARKUP, options: [{ value: MARKUP, label: MARKUP }] };
    const types = ['TEXT', 'DROPDOWN', 'CHOICE', 'BOOLEAN', 'LEGAL', 'DATE', 'PASSWORD'];
    const fields = types.map((type) => ({
      id: `${type} ${MARKUP}`,
      category: 'FIELD',
      type,
      label: MARKUP,
      hint: MARKUP,
      config,
    }));
    const content = `<p>{{vars.said}} &lt;script&gt;</p><scr<script>ipt>alert(1)</script><style>x</style>`;
    const components = [...fields, { id: 'text', category: 'BLOCK', type: 'RICH_TEXT', config: { content } }];
    const at = { createdAt: house.clock.at, updatedAt: house.clock.at };
    await house.store.forms.insert({
      tenantId: house.tenant.id,
      id: 'ap_markup',
      name: MARKUP,
      definition: {
        start: { next_node: 's' },
        nodes: [{ id: 's', type: 'STEP', config: { components, next_node: '$ending' } }],
      },
      ...at,
    });
    await house.bind(`exports.onExecutePostLogin = async (event, api) =>
  api.prompt.render('ap_markup', { vars: { said: ${JSON.stringify(MARKUP)} } });`);
    const browser = door.browser();
    const page = await signIn(door, browser, 'filler');
    expect(page.url.pathname).toBe('/u/form');
    harmless(page.html);
    const body = String(new URLSearchParams({ state: stateOf(page), [`DATE ${MARKUP}`]: MARKUP }));
    const again = await send(door, browser, `/u/form?state=${stateOf(page)}`, { method: 'POST', headers: FORM, body });
    expect(again.status).toBe(400);
    harmless(await again.text());
    expect(again.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  });

  test('in what a script tells somebody who signs up', async () => {
    await bindTo(door.house, 'pre-user-registration', [
      `exports.onExecutePreUserRegistration = async (event, api) => api.access.deny('no', ${JSON.stringify(MARKUP)});`,
    ]);
    const browser = door.browser();
    const page = await browser.open(door.authorizeUrl({ screen_hint: 'signup' }));
    const answer = await browser.post(page, { email: 'm@x.example', password: 'Correct-horse-9', action: 'default' });
    expect(answer.html).toContain('data-error="sign-up-refused"');
    harmless(answer.html);
  });
});

describe('names of prototypes', () => {
  test('as keys of whatever a script and a stranger write', async () => {
    const { house } = door;
    const { id } = await house.user('proto');
    await house.bind(`exports.onExecutePostLogin = async (event, api) => {
  for (const key of ${JSON.stringify(PROTOTYPE_NAMES)}) {
    api.idToken.setCustomClaim(key, { polluted: 1 });
    api.user.setAppMetadata(key, 'set');
    api.cache.set(key, 'kept');
    api.transaction.setMetadata(key, 'noted');
  }
  api.redirect.sendUserTo('https://other.example/');
};
exports.onContinuePostLogin = async (event, api) => api.access.deny(JSON.stringify({
  query: Object.keys(event.request.query).sort(),
  noted: Object.keys(event.transaction.metadata).sort(),
  kept: ${JSON.stringify([...PROTOTYPE_NAMES, 'valueOf'])}.filter((key) => api.cache.get(key)).sort(),
  polluted: {}.polluted ?? null,
}));`);
    const browser = door.browser();
    const key = stateOf(await signIn(door, browser, 'proto'));
    // A parameter of this name would change what an object is: no request with one is read.
    const refused = await send(door, browser, `/continue?state=${key}&__proto__=1`);
    expect(refused.status).toBe(400);
    const sent = PROTOTYPE_NAMES.filter((name) => name !== '__proto__');
    const query = sent.map((name) => `${name}=1`).join('&');
    const answer = await send(door, browser, `/continue?state=${key}&${query}`);
    const names = [...PROTOTYPE_NAMES].sort();
    expect(told(answer)).toEqual({ query: [...sent, 'state'].sort(), noted: names, kept: names, polluted: null });
    const row = await house.store.users.find(house.tenant.id, id);
    expect(Object.keys(row?.appMetadata ?? {}).sort()).toEqual(names);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each(PROTOTYPE_NAMES)('%s as client or connection is nobody', async (name) => {
    expect((await signUpApart(door, { client_id: name, email: 'p@x.example' })).status).toBe(400);
    expect((await signUpApart(door, { connection: name, email: 'p@x.example' })).status).toBe(400);
  });
});

describe('another site', () => {
  const rows: [name: string, headers: Record<string, string>][] = [
    ['by its origin', { origin: 'https://evil.example' }],
    ['by the word of the browser', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
    ['a sibling', { 'sec-fetch-site': 'same-site' }],
  ];
  test.each(rows)('signs nobody up in the browser of somebody else: %s', async (_name, headers) => {
    const browser = door.browser();
    const page = await browser.open(door.authorizeUrl({ screen_hint: 'signup' }));
    const state = stateOf(page);
    const body = String(new URLSearchParams({ state, email: 'forged@x.example', password: 'Correct-horse-9' }));
    const init = { method: 'POST', headers: { ...FORM, ...headers }, body };
    expect((await send(door, browser, `/u/signup?state=${state}`, init)).status).toBe(403);
  });

  test('may call the sign-up endpoint, and gets nothing of the browser with it', async () => {
    const answer = await door.app.request(`${door.site}/dbconnections/signup`, {
      method: 'POST',
      headers: { ...JSON_BODY, origin: 'https://evil.example', cookie: 'sallyport_session=x' },
      body: '{}',
    });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

test('the key of an app that is being enrolled is on its page and nowhere else', async () => {
  const { house } = door;
  const { id } = await house.user('secret');
  await house.bind(
    `exports.onExecutePostLogin = async (event, api) => {
  console.log(JSON.stringify(event));
  api.authentication.enrollWith({ type: 'otp' });
};`,
    `exports.onExecutePostLogin = async (event) => console.log(JSON.stringify(event));`,
  );
  const browser = door.browser();
  const page = await signIn(door, browser, 'secret');
  const key = keyOn(page);
  expect(key).toMatch(/^[A-Z2-7]{32}$/);
  const end = await browser.post(page, { code: appCode(door, key), action: 'default' });
  expect(end.url.searchParams.has('code')).toBe(true);
  const logs = await house.store.logs.list(house.tenant.id, { order: 'oldest', page: { offset: 0, limit: 1000 } });
  const runs = await house.store.executions.list(house.tenant.id, { limit: 100 });
  expect(runs.records.some(({ userId }) => userId === id)).toBe(true);
  for (const kept of [logs, runs]) expect(JSON.stringify(kept)).not.toContain(key);
});
