// Permissions of roles and people, and roles of organizations and groups; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_SCOPES } from '#runtime/lifecycle/scopes.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, user } from './office.ts';

const SHOP = 'https://shop.example/';

describe.each(databasesInFull())('permissions on %s', (_name, open) => {
  let office: Office;
  let api: Json;
  beforeAll(async () => {
    office = await openOffice(await open());
    const scopes = [{ value: 'read:orders', description: 'Read orders' }, { value: 'write:orders' }];
    api = await made('/resource-servers', { identifier: SHOP, name: 'Shop', scopes });
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  const theirs = (method: string, path: string, body?: unknown) =>
    office.sendAsNeighbour(method, `/api/v2${path}`, body);
  const made = async (path: string, body: unknown, status = 201): Promise<Json> => {
    const answered = await send('POST', path, body);
    expect([answered.status, answered.body.message]).toEqual([status, undefined]);
    return answered.body;
  };
  const person = async (name: string) => String((await made('/users', user(name))).user_id);
  const role = async (name: string, more = {}) => String((await made('/roles', { name, ...more }, 200)).id);
  const organization = async (name: string) => String((await made('/organizations', { name })).id);
  const list = (...names: string[]) => ({
    permissions: names.map((name) => ({ resource_server_identifier: SHOP, permission_name: name })),
  });
  const READ = {
    permission_name: 'read:orders',
    description: 'Read orders',
    resource_server_name: 'Shop',
    resource_server_identifier: SHOP,
  };
  const WRITE = { permission_name: 'write:orders', resource_server_name: 'Shop', resource_server_identifier: SHOP };

  test('a role has permissions, and whoever has the role has them too', async () => {
    const id = await role('clerk');
    const path = `/roles/${id}/permissions`;
    expect(await made(path, list('read:orders', 'write:orders'))).toEqual({});
    expect(await made(path, list('read:orders'))).toEqual({});
    expect((await send('GET', path)).body).toEqual([READ, WRITE]);
    expect((await send('GET', `${path}?include_totals=true&per_page=1&page=1`)).body).toEqual({
      start: 1,
      limit: 1,
      total: 2,
      permissions: [WRITE],
    });
    const ana = encodeURIComponent(await person('ana'));
    await send('POST', `/users/${ana}/roles`, { roles: [id] });
    await made(`/users/${ana}/permissions`, list('read:orders'));
    const source = { source_id: id, source_name: 'clerk', source_type: 'ROLE' };
    expect((await send('GET', `/users/${ana}/permissions`)).body).toEqual([
      { ...READ, sources: [{ source_id: '', source_name: '', source_type: 'DIRECT' }, source] },
      { ...WRITE, sources: [source] },
    ]);
    expect((await send('DELETE', `/users/${ana}/permissions`, list('read:orders', 'unknown'))).status).toBe(204);
    expect((await send('DELETE', path, list('write:orders'))).status).toBe(204);
    expect((await send('GET', `/users/${ana}/permissions`)).body).toEqual([{ ...READ, sources: [source] }]);
    for (const [method, status] of [
      ['GET', 404],
      ['POST', 404],
      ['DELETE', 404],
    ] as const) {
      const body = method === 'GET' ? undefined : list('read:orders');
      expect((await theirs(method, path, body)).status).toBe(status);
      expect((await send(method, '/roles/rol_none/permissions', body)).body.message).toBe('The role does not exist.');
      expect((await send(method, '/users/auth0%7Cnone/permissions', body)).body.errorCode).toBe('inexistent_user');
    }
  });

  test.each([
    ['a scope that is not offered', list('fly')],
    ['an API that is not there', { permissions: [{ resource_server_identifier: 'x', permission_name: 'y' }] }],
    ['nothing', { permissions: [] }],
    ['something else', { permissions: ['read:orders'] }],
  ])('%s is given to nobody', async (_what, body) => {
    const id = await role(`none-${_what}`);
    expect((await send('POST', `/roles/${id}/permissions`, body)).body).toMatchObject({
      statusCode: 400,
      errorCode: 'invalid_body',
    });
  });

  test('what opens other tenants is given by those alone who have it', async () => {
    const { resourceServers } = office.door.deps.store;
    const audience = `${office.tenant.baseUrl}/api/v2/`;
    const system = await resourceServers.findByKey(office.tenant.id, audience);
    const scopes = [...(system?.scopes ?? []), ...OPERATOR_SCOPES.map((value) => ({ value }))];
    await resourceServers.update(office.tenant.id, system?.id ?? '', (current) => ({ ...current, scopes }));
    const id = await role('climber');
    const bob = encodeURIComponent(await person('climbing-bob'));
    for (const name of OPERATOR_SCOPES) {
      const body = { permissions: [{ resource_server_identifier: audience, permission_name: name }] };
      for (const path of [`/roles/${id}/permissions`, `/users/${bob}/permissions`]) {
        expect((await send('POST', path, body)).body.errorCode).toBe('insufficient_scope');
      }
    }
  });

  test('a permission goes with its scope and does not come back with it', async () => {
    const id = await role('leaver');
    await made(`/roles/${id}/permissions`, list('read:orders', 'write:orders'));
    const [read, write] = [{ value: 'read:orders', description: 'Read orders' }, { value: 'write:orders' }];
    await send('PATCH', `/resource-servers/${api.id}`, { scopes: [read] });
    await send('PATCH', `/resource-servers/${api.id}`, { scopes: [read, write] });
    expect((await send('GET', `/roles/${id}/permissions`)).body).toEqual([READ]);
  });

  test('the log and a rehearsal tell which permissions a write changes', async () => {
    const id = await role('watched');
    const path = `/roles/${id}/permissions`;
    const rehearsed = await send('POST', `${path}?dry_run=true`, list('read:orders'));
    expect(rehearsed.body).toMatchObject({ dry_run: true, status: 201 });
    expect(JSON.stringify(rehearsed.body.diff)).toContain('read:orders');
    expect((await send('GET', path)).body).toEqual([]);
    await made(path, list('read:orders'));
    const [line] = items((await send('GET', '/logs?per_page=1&sort=date:-1')).body);
    expect(line).toMatchObject({ type: 'sapi', details: { after: { 'read:orders': READ } } });
  });

  test("a role of an organization's own stays in it", async () => {
    const [acme, other] = [await organization('owner'), await organization('other')];
    const own = await role('Boss', { type: 'organization', owner_id: acme });
    expect((await send('GET', `/roles/${own}`)).body).toEqual({
      id: own,
      name: 'Boss',
      description: '',
      type: 'organization',
      owner_id: acme,
    });
    expect(await role('Boss')).not.toBe(own);
    const names = async (query: string) => items((await send('GET', `/roles?${query}`)).body).map(({ id }) => id);
    expect(await names(`type=organization&owner_id=${acme}`)).toEqual([own]);
    expect(await names(`owner_id=${acme}&name_filter=bos`)).toEqual([own]);
    expect(await names('per_page=100')).not.toContain(own);
    expect((await send('GET', '/roles?type=organization')).body.errorCode).toBe('invalid_query_string');
    expect((await send('POST', '/roles', { name: 'x', type: 'organization' })).status).toBe(400);
    expect((await send('POST', '/roles', { name: 'x', owner_id: 'org_none' })).status).toBe(404);

    const ana = await person('owned-ana');
    const [id, users] = [encodeURIComponent(ana), { users: [ana] }];
    expect((await send('POST', `/users/${id}/roles`, { roles: [own] })).status).toBe(400);
    expect((await send('POST', `/roles/${own}/users`, users)).status).toBe(400);
    expect((await send('POST', `/organizations/${other}/members/${id}/roles`, { roles: [own] })).status).toBe(400);
    expect((await send('POST', `/organizations/${acme}/members/${id}/roles`, { roles: [own] })).status).toBe(204);
    expect((await send('GET', `/organizations/${acme}/roles/${own}/members?take=50`)).body).toMatchObject({
      members: [{ user_id: ana }],
    });
    expect((await send('GET', `/organizations/${acme}/roles/${own}/groups?take=50`)).body).toEqual({ groups: [] });
    expect((await send('GET', `/organizations/${other}/roles/${own}/members`)).status).toBe(404);
    await send('DELETE', `/organizations/${acme}`);
    expect((await send('GET', `/roles/${own}`)).status).toBe(404);
  });

  test('groups have roles, outside of organizations and in them', async () => {
    const acme = await organization('grouped');
    const [one, two] = [await role('by-group'), await role('by-group-there')];
    const group = await made('/groups', { name: 'staff' });
    const eve = await person('eve');
    await send('POST', `/groups/${group.id}/members`, { members: [eve] });
    await send('POST', `/organizations/${acme}/members`, { members: [eve] });
    expect((await send('POST', `/roles/${one}/groups`, { groups: [group.id] })).status).toBe(204);
    expect((await send('POST', `/roles/${one}/groups`, { groups: ['grp_none'] })).status).toBe(400);
    const path = `/organizations/${acme}/groups/${group.id}/roles`;
    expect((await send('POST', path, { roles: [two] })).status).toBe(204);
    expect((await send('GET', `/roles/${one}/groups`)).body).toMatchObject({ groups: [{ id: group.id }] });
    expect((await send('GET', path)).body).toMatchObject({ roles: [{ id: two }] });
    expect((await send('GET', `/organizations/${acme}/roles/${two}/groups`)).body).toMatchObject({
      groups: [{ name: 'staff' }],
    });
    const effective = `/organizations/${acme}/members/${encodeURIComponent(eve)}/effective-roles`;
    expect((await send('GET', effective)).body).toEqual({
      roles: [{ id: two, name: 'by-group-there', description: '', sources: ['groups'] }],
    });
    expect((await send('DELETE', path, { roles: [two] })).status).toBe(204);
    expect((await send('DELETE', `/roles/${one}/groups`, { groups: [group.id] })).status).toBe(204);
    expect((await send('GET', effective)).body).toEqual({ roles: [] });
    expect((await send('GET', `/organizations/${acme}/groups`)).body).toEqual({ groups: [] });
  });
});
