// Management: links to a new password that administrators make, and passwords that they set themselves.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD } from '#test/kit/house.ts';
import { bindTo, lastRun } from '../../runtime/triggers/bind-to.ts';
import { type Office, openOffice, payloadError } from '../management/office.ts';
import { at, choose, NEW, opens } from './mailed.ts';

const PATH = '/api/v2/tickets/password-change';

let office: Office;
let connectionId: string;
beforeAll(async () => {
  office = await openOffice();
  const { store, tenant } = office.door.house;
  connectionId = (await store.connections.findByKey(tenant.id, 'Username-Password-Authentication'))?.id ?? '';
});
afterAll(() => office.close());

let people = 0;
const person = () => office.door.house.user(`ticketed-${++people}`);
const ticket = async (body: unknown): Promise<string> => {
  const made = await office.send('POST', PATH, body);
  expect(made).toMatchObject({ status: 201, body: { ticket: expect.any(String) } });
  return String(made.body.ticket);
};

describe('a ticket', () => {
  test('leads to the form, by id or by address; nothing is mailed, and no address is verified', async () => {
    const { door } = office;
    const { store, tenant } = door.house;
    for (const by of ['id', 'address']) {
      const { id: user_id, email = '' } = await person();
      const link = await ticket(
        by === 'id' ? { user_id } : { email: email.toUpperCase(), connection_id: connectionId },
      );
      expect(link.startsWith(`${door.site}/u/reset-password/verify?ticket=`)).toBe(true);
      expect(await store.messages.inbox(tenant.id, email, 1)).toEqual([]);
      const browser = door.browser();
      expect(at(await choose(browser, await browser.open(link)))).toBe('/u/reset-password-success');
      expect(await opens(door, email, NEW)).toBe(true);
      expect((await store.users.find(tenant.id, user_id))?.emailVerified).toBe(false);
      expect((await door.browser().open(link)).status).toBe(400);
    }
  });

  test('runs the scripts of resets although it is for no application', async () => {
    const { door } = office;
    await bindTo(door.house, 'password-reset-post-challenge', [
      `exports.onExecutePostChallenge = async (event) => console.log(JSON.stringify(event.client));`,
    ]);
    const { id: user_id } = await person();
    expect(at(await door.browser().open(await ticket({ user_id })))).toBe('/u/reset-password');
    const run = await lastRun(door.house, 'password-reset-post-challenge');
    expect(JSON.parse(run?.results[0]?.console[0]?.text ?? '')).toMatchObject({ name: 'All Applications' });
    await bindTo(door.house, 'password-reset-post-challenge', []);
  });

  test('verifies the address, and ends at the site that was named, where it says so', async () => {
    const { door } = office;
    const { id: user_id, email } = await person();
    const result_url = 'https://app.example/after?kept=1';
    const more = { mark_email_as_verified: true, includeEmailInRedirect: true, client_id: 'spa' };
    const link = await ticket({ user_id, result_url, ...more });
    const browser = door.browser();
    const { url } = await choose(browser, await browser.open(link));
    expect(url.origin + url.pathname).toBe('https://app.example/after');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ kept: '1', success: 'true', code: 'success', email });
    expect((await door.house.store.users.find(office.tenant.id, user_id))?.emailVerified).toBe(true);
  });

  test('lives as long as was asked for', async () => {
    const { door } = office;
    const { id: user_id } = await person();
    const short = await ticket({ user_id, ttl_sec: 60 });
    const usual = await ticket({ user_id, ttl_sec: 0 });
    door.house.clock.advance(60_000);
    expect((await door.browser().open(short)).status).toBe(400);
    expect((await door.browser().open(usual)).status).toBe(200);
  });

  test('is for members where it is for an organization', async () => {
    const { id: user_id } = await person();
    const organization_id = (await office.send('POST', '/api/v2/organizations', { name: 'acme' })).body.id;
    expect((await office.send('POST', PATH, { user_id, organization_id })).status).toBe(400);
    await office.send('POST', `/api/v2/organizations/${organization_id}/members`, { members: [user_id] });
    const link = await ticket({ user_id, organization_id });
    await office.send('DELETE', `/api/v2/organizations/${organization_id}/members`, { members: [user_id] });
    const page = await office.door.browser().open(link);
    expect([page.status, page.html.includes('is not part of')]).toEqual([400, true]);
  });

  test.each<[what: string, body: Record<string, unknown>, status: number, more: object]>([
    ['nobody', {}, 400, { errorCode: 'invalid_body' }],
    ['an address without its connection', { email: 'a@example.com' }, 400, { errorCode: 'invalid_body' }],
    ['an unknown user', { user_id: 'auth0|nobody' }, 404, { errorCode: 'inexistent_user' }],
    ['an unknown address', { email: 'nobody@example.com', connection_id: 'ID' }, 404, { errorCode: 'inexistent_user' }],
    [
      'an unknown connection',
      { email: 'a@example.com', connection_id: 'con_x' },
      404,
      { errorCode: 'inexistent_connection' },
    ],
    ['an unknown application', { user_id: 'USER', client_id: 'x' }, 404, { errorCode: 'inexistent_client' }],
    [
      'a new password',
      { user_id: 'USER', new_password: 'x' },
      400,
      payloadError('Additional properties not allowed: new_password'),
    ],
    [
      'a program for an address',
      { user_id: 'USER', result_url: 'javascript:alert(1)' },
      400,
      { errorCode: 'invalid_body' },
    ],
    [
      'a file for an address',
      { user_id: 'USER', result_url: 'file:///etc/passwd' },
      400,
      { errorCode: 'invalid_body' },
    ],
    ['a life in the past', { user_id: 'USER', ttl_sec: -1 }, 400, { errorCode: 'invalid_body' }],
    ['a life without end', { user_id: 'USER', ttl_sec: 1e12 }, 400, { errorCode: 'invalid_body' }],
  ])('for %s is not made', async (_what, body, status, more) => {
    const { id } = await person();
    const filled = JSON.parse(JSON.stringify(body).replace('"ID"', `"${connectionId}"`).replace('"USER"', `"${id}"`));
    expect(await office.send('POST', PATH, filled)).toMatchObject({ status, body: more });
  });

  test('is made by those alone who may make tickets, for users of their own tenant', async () => {
    const { id: user_id } = await person();
    const clerk = await office.as('update:users');
    expect((await clerk('POST', PATH, { user_id })).status).toBe(403);
    expect((await office.sendAsNeighbour('POST', PATH, { user_id })).status).toBe(404);
  });
});

describe('a password that an administrator sets', () => {
  test('ends what was open, links included, and is told to the scripts', async () => {
    const { door, send } = office;
    const { house } = door;
    await bindTo(house, 'post-change-password', [
      'exports.onExecutePostChangePassword = async (event) => console.log(JSON.stringify(event));',
    ]);
    const { id: user_id, email = '' } = await person();
    const link = await ticket({ user_id });
    const browser = door.browser();
    const page = await browser.open(link);
    await door.signIn(browser, email.slice(0, email.indexOf('@')));
    const set = await send('PATCH', `/api/v2/users/${encodeURIComponent(user_id)}`, { password: NEW });
    expect(set.status).toBe(200);
    expect((await house.store.sessions.ofUser(house.tenant.id, user_id, { offset: 0, limit: 1 })).total).toBe(0);
    expect((await door.browser().open(link)).status).toBe(400);
    expect((await choose(browser, page, 'yet another horse 9')).status).toBe(400);
    expect(await opens(door, email, PASSWORD)).toBe(false);
    expect(await opens(door, email, NEW)).toBe(true);
    await house.runtime.settled(5000);
    const run = await lastRun(house, 'post-change-password');
    expect(run).toMatchObject({ userId: user_id, status: 'final' });
    const told = JSON.parse(run?.results[0]?.console[0]?.text ?? '{}');
    expect(told).toMatchObject({
      user: { user_id, last_password_reset: expect.any(String) },
      request: { method: 'PATCH' },
    });
    expect(JSON.stringify(run)).not.toContain(NEW);
    await bindTo(house, 'post-change-password', []);
  });

  test('nothing is told where it stays as it was', async () => {
    const { house } = office.door;
    const { id } = await person();
    await bindTo(house, 'post-change-password', [
      `exports.onExecutePostChangePassword = async () => console.log('told');`,
    ]);
    await office.send('PATCH', `/api/v2/users/${encodeURIComponent(id)}`, { name: 'Other' });
    await house.runtime.settled(5000);
    expect((await lastRun(house, 'post-change-password'))?.userId).not.toBe(id);
    await bindTo(house, 'post-change-password', []);
  });
});
