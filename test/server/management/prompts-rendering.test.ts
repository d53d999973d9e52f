// Test: how screens are to be rendered: kept screen by screen and setting by setting, listed, and without effect on pages.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { items, type Office, openOffice } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
const at = (prompt: string, screen: string) => `/prompts/${prompt}/screen/${screen}/rendering`;

const ADVANCED = {
  rendering_mode: 'advanced',
  context_configuration: ['branding.settings', 'untrusted_data.authorization_params.ext-more'],
  head_tags: [{ tag: 'script', attributes: { src: 'https://cdn.example/x.js', async: true, integrity: ['sha512-x'] } }],
};
const defaults = (prompt: string, screen: string) => ({
  tenant: office.tenant.name,
  prompt,
  screen,
  rendering_mode: 'standard',
  context_configuration: [],
  default_head_tags_disabled: false,
  head_tags: [],
});

test('a screen is rendered by us, until something else is said; an answer to a change is the change', async () => {
  const path = at('login-id', 'login-id');
  expect(await send('GET', path)).toMatchObject({ status: 200, body: defaults('login-id', 'login-id') });
  expect(await send('PATCH', path, ADVANCED)).toMatchObject({ status: 200, body: ADVANCED });
  const shown = { ...defaults('login-id', 'login-id'), ...ADVANCED };
  expect((await send('GET', path)).body).toEqual(shown);
  expect((await send('PATCH', path, { use_page_template: true })).body).toEqual({ use_page_template: true });
  const filters = { match_type: 'includes_any', clients: [{ id: 'a' }], organizations: [{ metadata: { a: 'b' } }] };
  await send('PATCH', path, { filters, head_tags: null });
  expect((await send('GET', path)).body).toEqual({ ...shown, use_page_template: true, filters, head_tags: [] });
  expect((await send('PATCH', path, { rendering_mode: 'standard' })).body).toEqual({ rendering_mode: 'standard' });
  expect((await office.sendAsNeighbour('GET', `/api/v2${path}`)).body).toMatchObject({ head_tags: [] });
});

test('two changes of different settings at once both stay', async () => {
  const path = at('signup', 'signup');
  await Promise.all([
    send('PATCH', path, { default_head_tags_disabled: true }),
    send('PATCH', path, { context_configuration: ['tenant.name'] }),
  ]);
  expect((await send('GET', path)).body).toMatchObject({
    default_head_tags_disabled: true,
    context_configuration: ['tenant.name'],
  });
});

test('the list has the screens that were set, and is narrowed and paged', async () => {
  const configs = [
    { prompt: 'mfa-otp', screen: 'mfa-otp-challenge', rendering_mode: 'advanced' },
    { prompt: 'mfa-otp', screen: 'mfa-otp-enrollment-qr', rendering_mode: 'standard' },
  ];
  expect(await send('PATCH', '/prompts/rendering', { configs })).toMatchObject({ status: 200, body: { configs } });
  const list = async (query: string) =>
    items((await send('GET', `/prompts/rendering?${query}`)).body).map(({ screen }) => screen);
  expect(await list('prompt=mfa-otp')).toEqual(['mfa-otp-challenge', 'mfa-otp-enrollment-qr']);
  expect(await list('prompt=mfa-otp&rendering_mode=advanced')).toEqual(['mfa-otp-challenge']);
  expect(await list('screen=mfa-otp-enrollment-qr')).toEqual(['mfa-otp-enrollment-qr']);
  expect((await send('GET', '/prompts/rendering?prompt=mfa-otp&per_page=1&include_totals=true')).body).toMatchObject({
    start: 0,
    limit: 1,
    total: 2,
    configs: [{ tenant: office.tenant.name, ...configs[0] }],
  });
  expect((await send('GET', '/prompts/rendering?prompt=mfa-otp&per_page=1&fields=screen')).body).toEqual([
    { screen: 'mfa-otp-challenge' },
  ]);
});

test.each<[method: string, path: string, body: unknown, reason: string]>([
  ['GET', at('nothing', 'login'), undefined, 'No enum match for: "nothing"'],
  ['GET', at('login', 'nothing'), undefined, 'No enum match for: "nothing"'],
  ['PATCH', at('login', 'login'), { rendering_mode: 'other' }, 'No enum match for: "other"'],
  ['PATCH', at('login', 'login'), { tenant: 'x' }, 'Additional properties not allowed: tenant'],
  ['PATCH', at('login', 'login'), { filters: { clients: [{}] } }, "Data does not match any schemas from 'oneOf'"],
  ['PATCH', '/prompts/rendering', { configs: [{ prompt: 'login' }] }, 'Missing required property: screen'],
  ['GET', '/prompts/rendering?rendering_mode=other', undefined, 'No enum match for: "other"'],
])('%s %s %j is refused', async (method, path, body, reason) => {
  const refused = await send(method, path, body);
  expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(reason)]);
});

test('what is kept changes no page', async () => {
  const browser = office.door.browser();
  const { url, html } = await browser.open(office.door.authorizeUrl());
  await send('PATCH', at('login', 'login'), ADVANCED);
  expect((await browser.open(`${url.pathname}${url.search}`)).html).toBe(html);
});

test('a rehearsal tells what would change', async () => {
  const { body } = await send('PATCH', `${at('login', 'login')}?dry_run=true`, { rendering_mode: 'standard' });
  expect(body).toMatchObject({ diff: { rendering_mode: { before: 'advanced', after: 'standard' } } });
});
