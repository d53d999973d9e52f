// Test: pieces of a tenant's own: kept and given back, tried before they are kept, and shown at their places of our pages.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Office, openOffice, payloadError } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
const PATH = '/prompts/signup/partials';

const PLACES = [
  'form-content-start',
  'form-content-end',
  'form-footer-start',
  'form-footer-end',
  'secondary-actions-start',
  'secondary-actions-end',
];
const everywhere = Object.fromEntries(PLACES.map((at) => [at, `<p>${at} of {{ client.name }}</p>`]));

test('are none at first, then what was put, and nobody else’s', async () => {
  expect(await send('GET', PATH)).toMatchObject({ status: 200, body: {} });
  const pieces = { signup: { 'form-content-end': '<input name="ulp-team">' }, 'a-screen': { 'form-footer-end': '' } };
  expect(await send('PUT', PATH, pieces)).toMatchObject({ status: 200, body: pieces });
  expect((await send('GET', PATH)).body).toEqual(pieces);
  expect((await send('GET', '/prompts/login/partials')).body).toEqual({});
  expect((await office.sendAsNeighbour('GET', `/api/v2${PATH}`)).body).toEqual({});
  expect((await send('PUT', PATH, { signup: null })).body).toEqual({});
});

test.each<[body: unknown, refused: object]>([
  [{ signup: { 'form-middle': '' } }, payloadError('Additional properties not allowed: form-middle', 'signup')],
  [{ signup: { 'form-content-end': 1 } }, { statusCode: 400 }],
  [{ signup: { 'form-content-end': '{% if' } }, { errorCode: 'invalid_body' }],
  [{ signup: { 'form-content-end': '{{ 1 | frobnicate }}' } }, { errorCode: 'invalid_body' }],
  [{ signup: { 'form-content-end': '{% for i in (1..999999999) %}{% endfor %}' } }, { errorCode: 'invalid_body' }],
  [
    { signup: { 'form-content-end': '</FORM><form action="https://evil.example">' } },
    payloadError('The piece stands in a form, and can neither begin nor end one.', 'signup.form-content-end'),
  ],
  ...['<!-- ', '<textarea>', '<style>', '<a href="', '<template>'].map((open): [unknown, object] => [
    { signup: { 'form-content-end': `<p>x</p>${open}` } },
    payloadError('The piece hides what follows it: something in it is not closed.', 'signup.form-content-end'),
  ]),
  [{ signup: { 'form-content-end': 'x'.repeat(10_001) } }, { errorCode: 'invalid_body' }],
])('%j is refused', async (body, refused) => {
  expect(await send('PUT', PATH, body)).toMatchObject({ status: 400, body: refused });
  expect((await send('GET', PATH)).body).toEqual({});
});

test('another prompt has none to be put', async () => {
  for (const method of ['GET', 'PUT']) {
    const { status, body } = await send(method, '/prompts/mfa-otp/partials', method === 'GET' ? undefined : {});
    expect([status, body.errorCode]).toEqual([400, 'invalid_uri']);
  }
});

test.each([
  ['signup', 'signup', '/u/signup'],
  ['login', 'login', '/u/login'],
])('of %s stand at their places, in their order, with names escaped', async (prompt, screen, path) => {
  const browser = office.door.browser();
  const first = await browser.open(office.door.authorizeUrl());
  const address = `${path}?state=${first.url.searchParams.get('state')}`;
  const before = (await browser.open(address)).html;
  const inForm = { ...everywhere, 'form-content-end': '<input name="ulp-team" value="{{ tenant.name }}<">' };
  await send('PUT', `/prompts/${prompt}/partials`, { [screen]: inForm });
  const { html } = await browser.open(address);
  const marks = [
    '<form',
    '<p>form-content-start of ',
    'ulp-team',
    '<button',
    '<p>form-footer-start',
    '<p>form-footer-end',
  ];
  const places = [...marks, '</form>', '<p>secondary-actions-start', 'class="turn"', '<p>secondary-actions-end'];
  const found = places.map((mark) => html.indexOf(mark));
  expect(found).not.toContain(-1);
  expect(found).toEqual([...found].sort((a, b) => a - b));
  await send('PUT', `/prompts/${prompt}/partials`, {});
  expect((await browser.open(address)).html).toBe(before);
});

test('a piece that fails at a page is left out, and the page is shown', async () => {
  const late = "{% if prompt.name == 'login' %}{% if application.id != 'sample' %}</form>{% endif %}{% endif %}";
  const pieces = { login: { 'form-content-start': late, 'form-content-end': '<p>still here</p>' } };
  expect((await send('PUT', '/prompts/login/partials', pieces)).status).toBe(200);
  const page = await office.door.browser().open(office.door.authorizeUrl());
  expect(page.html).toContain('<p>still here</p>');
  expect(page.html.match(/<\/form>/g)).toHaveLength(1);
  await send('PUT', '/prompts/login/partials', {});
});

test('the log and a rehearsal tell what changes', async () => {
  const { body } = await send('PUT', `${PATH}?dry_run=true`, { signup: { 'form-footer-end': 'Hello' } });
  expect(body).toMatchObject({ dry_run: true, diff: { signup: { after: { 'form-footer-end': 'Hello' } } } });
  expect((await send('GET', PATH)).body).toEqual({});
});
