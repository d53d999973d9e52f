// Test: the hosted door, page by page: what each form answers, and what is never answered.
// Longer than 300 lines because all forms are rows of one table.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, openHouse, PASSWORD, REPLY } from '#test/kit/house.ts';
import { type Answer, BROWSER, beginLogin, cookie, openPages, type Pages, stateIn } from './pages.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  const PHONE = '+447700900123';
  const ANY = `exports.onExecutePostLogin = async (event, api) => {
  api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }]);
};`;

  let house: House;
  let pages: Pages;

  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
    await house.user('ana', ['otp', 'phone', 'email']);
    await house.user('cleo');
    await house.bind(ANY);
    pages = openPages(house);
  }, 60_000);
  afterAll(() => house.close());

  const begin = async (locale = 'en', uses = pages): Promise<{ key: string; path: string; pages: Pages }> => {
    const request = (await house.begin()).login.request;
    const { key } = await house.begin({
      binding: BROWSER,
      request: { ...request, locale, reply: { ...REPLY, state: 'app-state' } },
    });
    return { key, path: `/u/login?state=${key}`, pages: uses };
  };

  const signIn = async (username = 'ana@example.com'): Promise<Answer> => {
    const { key, path } = await begin();
    return pages.post(path, { state: key, username, password: PASSWORD, action: 'default' });
  };

  /** Sign in and choose SMS. */
  const atSms = async (): Promise<{ path: string; state: string }> => {
    const picker = await signIn();
    const chosen = await pages.post(picker.location ?? '', { state: stateIn(picker), action: 'sms' });
    expect(chosen.location).toMatch(/^\/u\/mfa-sms-challenge\?state=/);
    return { path: chosen.location ?? '', state: stateIn(chosen) };
  };

  describe('a login', () => {
    test('goes from page to page to its end', async () => {
      const picker = await signIn();
      expect(picker.status).toBe(302);
      expect(picker.location).toMatch(/^\/u\/mfa-login-options\?state=[\w-]{43}$/);
      const list = await pages.get(picker.location ?? '');
      expect(list.text).toMatch(/value="sms"[\s\S]*value="otp"/);
      expect(list.text).not.toContain('back-action');
      const { path, state } = await atSms();
      const page = await pages.get(path);
      expect(page.status).toBe(200);
      expect(page.text).toContain('XXXXXXXXX0123');
      expect(page.text).not.toContain(PHONE);
      const done = await pages.post(path, { state, code: await house.codeFor(PHONE), action: 'default' });
      expect(done.location).toMatch(/^\/authorize\/resume\?state=/);
    });

    test('that is denied goes back to the application', async () => {
      const denied = await signIn('cleo@example.com');
      const target = new URL(denied.location ?? '');
      expect(target.origin + target.pathname).toBe('https://app.example/callback');
      expect(target.searchParams.get('error')).toBe('access_denied');
      expect(target.searchParams.get('error_description')).not.toBe('');
      expect(target.searchParams.get('state')).toBe('app-state');
    });

    test('another method, and back to the code that is out', async () => {
      const { path, state } = await atSms();
      const code = await house.codeFor(PHONE);
      const picker = await pages.post(path, { state, action: 'pick-authenticator' });
      expect(picker.location).toMatch(/^\/u\/mfa-login-options/);
      expect((await pages.get(picker.location ?? '')).text).toContain('value="back-action"');
      const back = await pages.post(picker.location ?? '', { state: stateIn(picker), action: 'back-action' });
      expect(back.location).toMatch(/^\/u\/mfa-sms-challenge/);
      const done = await pages.post(back.location ?? '', { state: stateIn(back), code });
      expect(done.location).toMatch(/^\/authorize\/resume/);
    });

    test('a resent code voids the former', async () => {
      const { path, state } = await atSms();
      const first = await house.codeFor(PHONE);
      house.clock.advance(1000);
      const resent = await pages.post(path, { state, action: 'resend-code' });
      expect(resent.location).toMatch(/^\/u\/mfa-sms-challenge/);
      const second = await house.codeFor(PHONE);
      expect((await pages.post(path, { state, code: first })).error).toBe('invalid-code');
      const [a, b] = [second.slice(0, 3), second.slice(3)];
      expect((await pages.post(path, { state, code: ` ${a}-${b} ` })).location).toMatch(/^\/authorize\/resume/);
    });

    test('full-width digits count as digits', async () => {
      const { path, state } = await atSms();
      const wide = [...(await house.codeFor(PHONE))].map((d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0)).join('');
      expect((await pages.post(path, { state, code: wide })).location).toMatch(/^\/authorize\/resume/);
    });
  });

  test('whatever else stands in the address of a page stays where it is in that of its form', async () => {
    const { key } = await begin();
    const more = 'a%26state%3Dz=1&b=%22%3E%3Cscript%3E';
    const { text } = await pages.get(`/u/login?state=${key}&${more}`);
    const action = /<form[^>]* action="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(action).toBe(`/u/login?state=${key}&${more}`);
    expect((await pages.post(action, { state: key, action: 'default' })).error).toBe('no-email');
  });

  describe('refusals of the login page', () => {
    const rows: [name: string, fields: Record<string, string>, error: string][] = [
      ['nothing', {}, 'no-email'],
      ['only spaces', { username: '  ', password: 'x' }, 'no-email'],
      ['no password', { username: 'ana@example.com' }, 'no-password'],
      ['a wrong password', { username: 'ana@example.com', password: 'wrong' }, 'wrong-credentials'],
      ['an unknown person', { username: 'nobody@example.com', password: 'wrong' }, 'wrong-credentials'],
      [
        'an unknown action',
        { username: 'ana@example.com', password: PASSWORD, action: 'resend-code' },
        'authenticator-error',
      ],
    ];
    test.each(rows)('%s', async (_name, fields, error) => {
      const { key, path } = await begin();
      const answer = await pages.post(path, { state: key, ...fields });
      expect(answer).toMatchObject({ status: 400, error });
      expect(answer.text).toContain('role="alert"');
      expect(answer.text).toContain('<title>Error: ');
      expect(answer.text).not.toContain(PASSWORD);
    });

    test('a wrong password and an unknown person differ in nothing but the name that was typed', async () => {
      const { key, path } = await begin();
      const send = (username: string) => pages.post(path, { state: key, username, password: 'wrong' });
      const known = await send('ana@example.com');
      const unknown = await send('eve@example.com');
      expect(unknown.text.replaceAll('eve@', 'ana@')).toBe(known.text);
    });

    test('what was typed is shown as text', async () => {
      const { key, path } = await begin();
      const answer = await pages.post(path, { state: key, username: '"><script>alert(1)</script>', password: 'x' });
      expect(answer.text).not.toContain('<script');
      expect(answer.text).toContain('&lt;script&gt;');
    });
  });

  describe('refusals of a code page', () => {
    let at: { path: string; state: string };
    beforeEach(async () => {
      house.clock.advance(60 * 60_000);
      at = await atSms();
    });
    test.each([
      ['', 'no-code'],
      [' - ', 'no-code'],
      ['12345', 'invalid-otp-code-format'],
      ['1234567', 'invalid-otp-code-format'],
      ['12345a', 'invalid-otp-code-format'],
    ])('%j is %s and spends no attempt', async (code, error) => {
      for (let round = 0; round < 12; round += 1) {
        expect(await pages.post(at.path, { state: at.state, code })).toMatchObject({ status: 400, error });
      }
      const right = await pages.post(at.path, { state: at.state, code: await house.codeFor(PHONE) });
      expect(right.location).toMatch(/^\/authorize\/resume/);
    });

    test('ten wrong codes empty the bucket, and the right one has to wait too', async () => {
      const code = await house.codeFor(PHONE);
      const wrong = code === '000000' ? '000001' : '000000';
      for (let round = 0; round < 10; round += 1) {
        expect((await pages.post(at.path, { state: at.state, code: wrong })).error).toBe('invalid-code');
      }
      const waiting = await pages.post(at.path, { state: at.state, code });
      expect(waiting).toMatchObject({ status: 429, error: 'too-many-failures' });
      expect(waiting.text).toMatch(/Wait [1-6] minutes?,/);
      expect(Number(waiting.headers.get('retry-after'))).toBeGreaterThan(0);
      house.clock.advance(6 * 60_000 + 1000);
      const again = await pages.post(at.path, { state: at.state, action: 'resend-code' });
      const right = await pages.post(again.location ?? '', { state: at.state, code: await house.codeFor(PHONE) });
      expect(right.location).toMatch(/^\/authorize\/resume/);
    });

    test('an unknown row of the picker', async () => {
      const picker = await signIn();
      const answer = await pages.post(picker.location ?? '', { state: stateIn(picker), action: 'duo' });
      expect(answer).toMatchObject({ status: 400, error: 'authenticator-error' });
    });
  });

  describe('who may see a login', () => {
    const other = { cookie: cookie('c'.repeat(43)) };
    const rows: [name: string, send: (key: string, path: string) => Promise<Answer>, status: number][] = [
      ['no state', () => pages.get('/u/login'), 400],
      ['an unknown state', () => pages.get(`/u/login?state=${'x'.repeat(43)}`), 400],
      ['two states', (_key, path) => pages.get(`${path}&state=x`), 400],
      ['another browser', (_key, path) => pages.get(path, other), 400],
      ['a browser without the cookie', (_key, path) => pages.get(path, { cookie: '' }), 400],
      ['a form of another browser', (key, path) => pages.post(path, { state: key }, other), 400],
      ['a form with another state than its address', (_key, path) => pages.post(path, { state: 'x' }), 400],
      [
        'a form of another site',
        (key, path) => pages.post(path, { state: key }, { origin: 'https://evil.example' }),
        403,
      ],
      [
        'a form of a sandboxed frame of another site',
        (key, path) => pages.post(path, { state: key }, { origin: 'null', 'sec-fetch-site': 'cross-site' }),
        403,
      ],
      ['a field twice', (key, path) => pages.post(path, `state=${key}&username=a&username=b`), 400],
      ['no form at all', (_key, path) => pages.post(path, '{}', { 'content-type': 'application/json' }), 400],
      ['an endless form', (key, path) => pages.post(path, { state: key, username: 'x'.repeat(70_000) }), 413],
      ['a page that does not exist', (key) => pages.get(`/u/nothing?state=${key}`), 404],
    ];
    test.each(rows)('%s: a page without a form', async (_name, send, status) => {
      const { key, path } = await begin();
      const answer = await send(key, path);
      expect(answer.status).toBe(status);
      expect(answer.hasForm).toBe(false);
      expect(answer.text).toContain('<h1>');
    });

    test('a form of our own page, as browsers send it under no-referrer', async () => {
      const { key, path } = await begin();
      const answer = await pages.post(path, { state: key }, { origin: 'null', 'sec-fetch-site': 'same-origin' });
      expect(answer.error).toBe('no-email');
    });

    test('too late', async () => {
      const { path } = await begin();
      house.clock.advance(61 * 60_000);
      const answer = await pages.get(path);
      expect(answer).toMatchObject({ status: 400, hasForm: false });
      expect(answer.text).toContain('took too long');
    });
  });

  describe('where the login is, not where the browser thinks', () => {
    test('a screen that is not the present one leads there, and its form changes nothing', async () => {
      const { key, path } = await begin();
      expect((await pages.get(`/u/mfa-otp-challenge?state=${key}`)).location).toBe(path);
      const posted = await pages.post(`/u/mfa-otp-challenge?state=${key}`, { state: key, code: '123456' });
      expect(posted).toMatchObject({ status: 302, location: path });
    });

    test('a state of an earlier ask leads on with a new one', async () => {
      const { key, path } = await begin();
      const form = { state: key, username: 'ana@example.com', password: PASSWORD };
      await pages.post(path, form);
      const again = await pages.post(path, form);
      expect(again.status).toBe(302);
      expect(again.location).toMatch(/^\/u\/mfa-login-options/);
      expect(stateIn(again)).not.toBe(key);
      expect((await pages.get(again.location ?? '')).status).toBe(200);
    });

    test('a finished login that was fetched is not fetched again, nor does it turn in circles', async () => {
      const { path, state } = await atSms();
      const done = await pages.post(path, { state, code: await house.codeFor(PHONE) });
      const reference = { key: stateIn(done), binding: BROWSER };
      expect((await house.runtime.finish(house.tenant, reference)).outcome).toBe('finished');
      const answer = await pages.get(`/u/login?state=${stateIn(done)}`);
      expect(answer.hasForm).toBe(false);
      expect(answer.status === 302 ? (await pages.get(answer.location ?? '')).status : answer.status).toBe(400);
    });
  });

  describe('every page', () => {
    test('keeps its address and its content to itself', async () => {
      const { path } = await begin();
      const { headers, text } = await pages.get(path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' https://app.example; frame-ancestors 'none'; base-uri 'none'",
      );
      expect(text).not.toMatch(/<script|style=|\son\w+=/);
      const style = await pages.get(/href="(\/u\/style[^"]*)"/.exec(text)?.[1] ?? '');
      expect(style.headers.get('content-type')).toContain('text/css');
    });

    test('speaks the language of the login', async () => {
      const { path } = await begin('ja');
      const { text } = await pages.get(path);
      expect(text).toContain('<html lang="ja" dir="ltr">');
      expect(text).toContain('メールアドレス');
    });

    test('error pages speak the language of the browser', async () => {
      const { text } = await pages.get('/u/login', { 'accept-language': 'fr, ja;q=0.8, en;q=0.5' });
      expect(text).toContain('<html lang="ja" dir="ltr">');
    });

    test('names the organization that the login is for, otherwise the tenant', async () => {
      const { store, tenant } = house;
      const at = { createdAt: 0, updatedAt: 0, metadata: {}, settings: {} };
      const organization = { ...at, tenantId: tenant.id, id: 'org_1', name: 'acme', displayName: 'Acme & Co' };
      await store.organizations.insert(organization);
      const titleOf = async (request: Partial<LoginRequest>) => {
        const { path } = await beginLogin(house, request);
        return /<title>(.*?)<\/title>/.exec((await pages.get(path)).text)?.[1];
      };
      expect(await titleOf({ organizationId: 'org_1' })).toBe('Welcome | Acme &amp; Co');
      expect(await titleOf({ organizationId: 'org_gone' })).toBe(`Welcome | ${tenant.name}`);
      expect(await titleOf({})).toBe(`Welcome | ${tenant.name}`);
    });

    test('a GET writes nothing', async () => {
      const { key, path } = await begin();
      const row = async () => {
        const handle = await house.store.handles.find(house.tenant.id, 'state', key);
        return house.store.transactions.find(house.tenant.id, handle?.targetId ?? '');
      };
      const before = await row();
      await pages.get(path);
      await pages.get(path);
      expect(await row()).toEqual(before);
    });
  });
});
