// `dry_run=true`: everything is checked, the difference is answered, and nothing of it stays. And what writes leave in the
// tenant's log: who, what, before and after, without secrets.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice } from './office.ts';

describe.each(databases())('%s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const logs = async (): Promise<Json[]> => items((await office.send('GET', '/api/v2/logs?per_page=100')).body);
  const newest = async (): Promise<Json> => (await logs()).find(({ type }) => /api$/.test(String(type))) as Json;

  test('a creation', async () => {
    const { status, body } = await office.send('POST', '/api/v2/roles?dry_run=true', { name: 'unborn' });
    expect([status, body]).toEqual([
      200,
      {
        dry_run: true,
        status: 200,
        result: { id: expect.stringMatching(/^rol_/), name: 'unborn', description: '', type: 'tenant' },
        diff: {
          id: { after: expect.any(String) },
          name: { after: 'unborn' },
          description: { after: '' },
          type: { after: 'tenant' },
        },
      },
    ]);
    expect((await office.send('GET', '/api/v2/roles?name_filter=unborn')).body).toEqual([]);
  });

  test('a change, which another one of the same value refuses as the real one would', async () => {
    const { body: role } = await office.send('POST', '/api/v2/roles', { name: 'first', description: 'as it was' });
    await office.send('POST', '/api/v2/roles', { name: 'taken' });
    const path = `/api/v2/roles/${role.id}`;
    const { body } = await office.send('PATCH', `${path}?dry_run=true`, { description: 'as it would be' });
    expect(body).toMatchObject({ diff: { description: { before: 'as it was', after: 'as it would be' } } });
    expect((await office.send('GET', path)).body.description).toBe('as it was');
    const { status } = await office.send('PATCH', `${path}?dry_run=true`, { name: 'taken' });
    expect(status).toBe(409);
    expect((await office.send('PATCH', `${path}?dry_run=yes`, {})).status).toBe(400);
    expect((await office.send('PATCH', `${path}?dry_run=false`, { description: 'now' })).body.description).toBe('now');
  });

  test('a removal, and a relation', async () => {
    const { body: role } = await office.send('POST', '/api/v2/roles', { name: 'held' });
    const user = await office.door.house.user('holder');
    const path = `/api/v2/roles/${role.id}`;
    const given = await office.send('POST', `${path}/users?dry_run=true`, { users: [user.id] });
    expect(given.body).toMatchObject({ diff: { [user.id]: { after: { user_id: user.id } } } });
    expect((await office.send('GET', `${path}/users`)).body).toEqual([]);
    const gone = await office.send('DELETE', `${path}?dry_run=true`);
    expect(gone.body).toMatchObject({ diff: { name: { before: 'held' } } });
    expect((await office.send('GET', path)).status).toBe(200);
  });

  test('settings of the tenant', async () => {
    const { body } = await office.send('PUT', '/api/v2/guardian/policies?dry_run=true', ['all-applications']);
    expect(body).toMatchObject({ diff: { 'all-applications': { after: 'all-applications' } } });
    expect((await office.send('GET', '/api/v2/guardian/policies')).body).toEqual([]);
  });

  test('is no line of the log', async () => {
    const before = (await logs()).length;
    await office.send('POST', '/api/v2/roles?dry_run=true', { name: 'silent' });
    expect((await office.send('POST', '/api/v2/roles?dry_run=true', '{')).status).toBe(400);
    expect((await office.send('POST', '/api/v2/logs/nothing/undo?dry_run=true')).status).toBe(404);
    expect((await logs()).length).toBe(before);
  });

  test('a write says what it changed, and a refused one that it was refused', async () => {
    const { body: role } = await office.send('POST', '/api/v2/roles', { name: 'told', description: 'old' });
    await office.send('PATCH', `/api/v2/roles/${role.id}`, { description: 'new' });
    expect(await newest()).toMatchObject({
      type: 'sapi',
      description: 'PATCH /api/v2/roles/:id',
      details: {
        request: { method: 'PATCH', path: `/api/v2/roles/${role.id}` },
        response: { statusCode: 200 },
        before: { description: 'old' },
        after: { description: 'new' },
      },
    });
    await office.send('PATCH', `/api/v2/roles/${role.id}`, { description: 7 });
    expect(await newest()).toMatchObject({ type: 'fapi', details: { response: { statusCode: 400 } } });
    const reader = await office.as('read:roles');
    await reader('DELETE', `/api/v2/roles/${role.id}`);
    expect(await newest()).toMatchObject({ type: 'fapi', details: { response: { statusCode: 403 } } });
  });

  test('no secret is in a line or in a difference', async () => {
    const secret = 'a-secret-that-nobody-reads-0123456789';
    const api = { identifier: 'https://secret.example/', signing_alg: 'HS256', signing_secret: secret };
    const { body: rehearsed } = await office.send('POST', '/api/v2/resource-servers?dry_run=true', api);
    const { body: made } = await office.send('POST', '/api/v2/resource-servers', api);
    expect(made.signing_secret).toBe(secret);
    expect(JSON.stringify([rehearsed, await logs()])).not.toContain(secret);
  });
});
