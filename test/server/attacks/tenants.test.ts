// Attacks of one tenant on another: keys, cookies, forms, caches and remembered browsers of the neighbour.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD } from '#test/kit/house.ts';
import { type Office, openOffice } from '../management/office.ts';
import { FORM, hasTokens, send, signIn, stateOf } from './attacker.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
  await office.door.house.user('ana', ['otp']);
}, 60_000);
afterAll(() => office.close());

/** A request to the neighbour's host with the cookies of this tenant's browser. */
const next = (path: string, cookie: string, body?: string) =>
  office.door.app.request(office.neighbour.baseUrl + path, {
    headers: { cookie, ...(body === undefined ? {} : FORM) },
    ...(body === undefined ? {} : { method: 'POST', body }),
  });

test('keys of a login, of its session and of its end open nothing next door', async () => {
  const { door } = office;
  const browser = door.browser();
  const page = await browser.open(door.authorizeUrl());
  const key = stateOf(page);
  const cookie = () => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  for (const path of ['/u/login', '/continue', '/authorize/resume', '/u/form']) {
    const answer = await next(`${path}?state=${key}`, cookie());
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('<form');
  }
  const body = `state=${key}&username=ana@example.com&password=${encodeURIComponent(PASSWORD)}`;
  expect((await next(`/u/login?state=${key}`, cookie(), body)).status).toBe(400);
  expect(hasTokens(await signIn(door, browser, 'ana'))).toBe(true);
  expect(browser.cookies.has('sallyport_session')).toBe(true);
  const authorize = await next(door.authorizeUrl(), cookie());
  expect([authorize.status, authorize.headers.get('location')]).toEqual([400, null]);
});

test('groups, forms and sessions are not there for the neighbour', async () => {
  const { door, send: own, sendAsNeighbour } = office;
  const { house } = door;
  const { id } = await house.user('target');
  await door.signIn(door.browser(), 'target');
  const { records } = await house.store.sessions.ofUser(house.tenant.id, id, { offset: 0, limit: 1 });
  const group = (await own('POST', '/api/v2/groups', { name: 'g' })).body.id;
  const step = { id: 's', type: 'STEP', config: { next_node: '$ending', components: [] } };
  const form = (await own('POST', '/api/v2/forms', { name: 'f', nodes: [step], start: { next_node: 's' } })).body.id;
  const user = encodeURIComponent(id);
  const rows: [method: string, path: string, body?: unknown][] = [
    ['GET', `/groups/${group}`],
    ['PATCH', `/groups/${group}`, { name: 'taken' }],
    ['POST', `/groups/${group}/members`, { members: [id] }],
    ['GET', `/forms/${form}`],
    ['PATCH', `/forms/${form}`, { name: 'taken' }],
    ['GET', `/sessions/${records[0]?.id}`],
    ['PATCH', `/sessions/${records[0]?.id}`, { session_metadata: { a: 'b' } }],
    ['POST', `/sessions/${records[0]?.id}/revoke`],
    ['GET', `/users/${user}/sessions`],
    ['DELETE', `/users/${user}/sessions`],
    ['POST', `/users/${user}/multifactor/actions/invalidate-remember-browser`],
  ];
  for (const [method, path, body] of rows)
    expect([path, (await sendAsNeighbour(method, `/api/v2${path}`, body)).status]).toEqual([path, 404]);
  await sendAsNeighbour('DELETE', `/api/v2/sessions/${records[0]?.id}`);
  await sendAsNeighbour('DELETE', `/api/v2/forms/${form}`);
  expect(await house.store.sessions.find(house.tenant.id, records[0]?.id ?? '')).toBeDefined();
  expect((await own('GET', `/api/v2/forms/${form}`)).body.name).toBe('f');
});

test('a script shows no form of a neighbour', async () => {
  const { door, sendAsNeighbour } = office;
  const step = { id: 's', type: 'STEP', config: { next_node: '$ending', components: [] } };
  const made = await sendAsNeighbour('POST', '/api/v2/forms', { name: 'f', nodes: [step], start: { next_node: 's' } });
  expect(made.status).toBe(201);
  await door.house.bind(`exports.onExecutePostLogin = async (event, api) => api.prompt.render('${made.body.id}');`);
  const end = await signIn(door, door.browser(), 'ana');
  expect(end.url.searchParams.get('error')).toBe('access_denied');
  expect((await send(door, door.browser(), '/u/form?state=x')).status).toBe(400);
  await door.house.bind();
});
