// Test: settings of pages and the tenant's own texts: kept as they are, judged strictly, shown by the very next page.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Office, openOffice } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
const textPath = (prompt: string, language = 'en') => `/prompts/${prompt}/custom-text/${language}`;
/** A page without a login: the one for an address where there is nothing. */
const nothing = async (language = 'en') =>
  (
    await office.door.app.request(`${office.tenant.baseUrl}/u/nowhere`, { headers: { 'accept-language': language } })
  ).text();

describe('settings', () => {
  test('are those of a new tenant, and change one by one', async () => {
    const defaults = {
      universal_login_experience: 'new',
      identifier_first: false,
      webauthn_platform_first_factor: false,
    };
    expect(await send('GET', '/prompts')).toMatchObject({ status: 200, body: defaults });
    for (const change of [
      { identifier_first: true },
      { universal_login_experience: 'classic', identifier_first: false },
      { webauthn_platform_first_factor: true },
      {},
    ]) {
      Object.assign(defaults, change);
      expect(await send('PATCH', '/prompts', change)).toMatchObject({ status: 200, body: defaults });
      expect((await send('GET', '/prompts')).body).toEqual(defaults);
    }
    expect((await office.sendAsNeighbour('GET', '/api/v2/prompts')).body).toMatchObject({ identifier_first: false });
  });

  test.each<[body: unknown, reason: string]>([
    [{ universal_login_experience: 'newest' }, 'No enum match for: "newest"'],
    [{ identifier_first: 'yes' }, 'Expected type boolean but found type string'],
    [{ colour: 'red' }, 'Additional properties not allowed: colour'],
    [[], 'Expected type object but found type array'],
  ])('%j is refused', async (body, reason) => {
    const refused = await send('PATCH', '/prompts', body);
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(reason)]);
  });

  test.each<[method: string, path: string, scope: 'read:prompts' | 'update:prompts']>([
    ['GET', '/prompts', 'read:prompts'],
    ['PATCH', '/prompts', 'update:prompts'],
    ['GET', textPath('login'), 'read:prompts'],
    ['PUT', textPath('login'), 'update:prompts'],
  ])('%s %s needs the scope %s', async (method, path, scope) => {
    const other = await office.as(scope === 'read:prompts' ? 'update:prompts' : 'read:prompts');
    expect((await other(method, `/api/v2${path}`, method === 'GET' ? undefined : {})).status).toBe(403);
    const allowed = await office.as(scope);
    expect((await allowed(method, `/api/v2${path}`, method === 'GET' ? undefined : {})).status).toBe(200);
  });
});

describe('texts', () => {
  test('of one prompt and language are none at first, then what was put, and nobody else’s', async () => {
    const path = textPath('mfa-otp');
    expect(await send('GET', path)).toMatchObject({ status: 200, body: {} });
    const texts = { 'mfa-otp-challenge': { title: 'Wer da?', pageTitle: '${companyName}' }, 'a-screen': { aKey: '' } };
    expect(await send('PUT', path, texts)).toMatchObject({ status: 200, body: texts });
    expect((await send('GET', path)).body).toEqual(texts);
    expect((await send('GET', textPath('mfa-otp', 'de'))).body).toEqual({});
    expect((await office.sendAsNeighbour('GET', `/api/v2${path}`)).body).toEqual({});
    expect((await send('PUT', path, { 'mfa-otp-challenge': {} })).body).toEqual({ 'mfa-otp-challenge': {} });
    expect(await send('PUT', path, {})).toMatchObject({ status: 200, body: {} });
  });

  test.each<[body: unknown, reason: string]>([
    ['no object', 'Invalid request payload JSON format'],
    [[], 'Expected type object but found type array'],
    [{ login: 'Hello' }, 'Expected type object but found type string'],
    [{ login: { title: 1 } }, 'Expected type string but found type integer'],
    [{ login: { title: null } }, 'Expected type string but found type null'],
    [{ login: { title: 'x'.repeat(5001) } }, 'String is too long (5001 chars), maximum 5000'],
    [{ 'Lo gin': {} }, 'Invalid property name'],
    [{ login: { 'a b': 'x' } }, 'Invalid property name'],
    [{ login: { '': 'x' } }, 'Invalid property name'],
    ['{"login":{"__proto__":"x"}}', 'Additional properties not allowed: __proto__'],
    [Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`s${n}`, {}])), 'More than 100 screens'],
    [{ login: Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`k${n}`, 'x'])) }, 'More than 500 texts'],
  ])('%# is refused', async (body, reason) => {
    const refused = await send('PUT', textPath('login'), body);
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(reason)]);
    expect((await send('GET', textPath('login'))).body).toEqual({});
  });

  test.each<[prompt: string, language: string, status: number]>([
    ['login', 'en', 200],
    ['login-id', 'pt-BR', 200],
    ['push-device', 'ja', 200],
    ['nothing', 'en', 400],
    ['constructor', 'en', 400],
    ['login', 'xx', 400],
    ['login', 'EN', 400],
    ['login', '%00', 400],
  ])('prompt %s, language %s: %i', async (prompt, language, status) => {
    for (const method of ['GET', 'PUT'] as const) {
      const body = method === 'GET' ? undefined : {};
      expect((await send(method, textPath(prompt, language), body)).status).toBe(status);
    }
  });

  test('are on the next page, with the names that they ask for, and never as markup', async () => {
    expect(await nothing()).toContain('<h1>There is nothing here</h1>');
    const title = '<script>alert(1)</script> ${companyName} ${unknown} "\'&';
    await send('PUT', textPath('status'), { 'not-found': { title, pageTitle: 'Lost', description: '' } });
    const page = await nothing();
    expect(page).toContain(
      `<h1>&lt;script&gt;alert(1)&lt;/script&gt; ${office.tenant.name} \${unknown} &quot;&#39;&amp;</h1>`,
    );
    expect(page).toMatch(/<title>Lost \| /);
    // An empty text stands for ours.
    expect(page).toContain('Check the address, or go back');
    expect(await nothing('ja')).toContain('<h1>ページが見つかりません</h1>');
    await send('PUT', textPath('status'), {});
    expect(await nothing()).toContain('<h1>There is nothing here</h1>');
  });

  test('for a region come before those for the language, where the tenant offers the region', async () => {
    const says = (title: string) => ({ 'not-found': { title } });
    await send('PUT', textPath('status', 'en'), { 'not-found': { title: 'Everywhere', description: 'Look for it.' } });
    await send('PUT', textPath('status', 'en-CA'), says('In Canada'));
    await send('PATCH', '/tenants/settings', { enabled_locales: ['en'] });
    expect(await nothing('en-CA')).toContain('<h1>Everywhere</h1>');
    await send('PATCH', '/tenants/settings', { enabled_locales: ['en-CA'] });
    expect(await nothing('en')).toMatch(/<h1>In Canada<\/h1>.*Look for it\./s);
    await send('PATCH', '/tenants/settings', { enabled_locales: ['en', 'ja'] });
  });
});

test('a refused form speaks by the screen’s own words', async () => {
  const { door, tenant } = office;
  const url = `${tenant.baseUrl}/activate`;
  const wrong = async () => {
    const body = new URLSearchParams({ user_code: '' });
    return (await door.app.request(url, { method: 'POST', body })).text();
  };
  expect(await wrong()).toContain('Please enter the code.');
  await send('PUT', textPath('common'), { errors: { 'no-code': 'A code, please.' } });
  expect(await wrong()).toContain('A code, please.');
  await send('PUT', textPath('device-flow'), { 'device-code-activation': { 'no-code': 'Look at your television.' } });
  expect(await wrong()).toContain('Look at your television.');
});
