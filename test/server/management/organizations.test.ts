// Roles and organizations, and who belongs to them; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, user } from './office.ts';

describe.each(databasesInFull())('roles and organizations on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
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
  const person = async (name: string) => encodeURIComponent(String((await made('/users', user(name))).user_id));

  test('roles and who has them', async () => {
    const role = await made('/roles', { name: 'admin', description: 'All' }, 200);
    const id16 = expect.stringMatching(/^rol_[A-Za-z0-9]{16}$/);
    expect(role).toEqual({ id: id16, name: 'admin', description: 'All', type: 'tenant' });
    expect((await send('POST', '/roles', { name: 'admin' })).status).toBe(409);
    const id = await person('role-holder');
    expect((await send('POST', `/users/${id}/roles`, { roles: [role.id] })).status).toBe(204);
    expect((await send('GET', `/users/${id}/roles`)).body).toEqual([role]);
    expect((await send('GET', `/users/${id}/roles?include_totals=true`)).body).toEqual({
      start: 0,
      limit: 50,
      total: 1,
      roles: [role],
    });
    expect((await send('GET', `/roles/${role.id}/users?take=10`)).body).toMatchObject({
      users: [{ user_id: decodeURIComponent(id), email: 'role-holder@example.com' }],
    });
    expect((await send('POST', `/users/${id}/roles`, { roles: ['rol_none'] })).status).toBe(400);
    expect((await send('GET', '/roles?name_filter=ADM')).body).toEqual([role]);
    expect((await send('PATCH', `/roles/${role.id}`, { description: 'Some' })).body).toMatchObject({
      description: 'Some',
    });
    expect((await send('DELETE', `/users/${id}/roles`, { roles: [role.id] })).status).toBe(204);
    expect((await send('GET', `/users/${id}/roles`)).body).toEqual([]);

    const foreign = (await theirs('POST', '/roles', { name: 'theirs' })).body;
    expect((await send('POST', `/users/${id}/roles`, { roles: [foreign.id] })).status).toBe(400);
    expect((await theirs('GET', `/roles/${role.id}`)).status).toBe(404);
    expect((await theirs('DELETE', `/roles/${role.id}`)).status).toBe(404);
    expect((await send('DELETE', `/roles/${role.id}`)).body).toEqual({});
    expect((await send('DELETE', `/roles/${role.id}`)).body.message).toBe('The role does not exist.');
  });

  test('organizations, members and the roles they have there', async () => {
    const metadata = { plan: 'big' };
    const untouched = { third_party_client_access: 'block', is_app_entitlement_active: false };
    const organization = await made('/organizations', { name: 'acme', display_name: 'Acme', metadata });
    expect(organization).toEqual({
      id: expect.stringMatching(/^org_[A-Za-z0-9]{16}$/),
      name: 'acme',
      display_name: 'Acme',
      metadata,
      ...untouched,
    });
    expect((await send('GET', '/organizations/name/acme')).body).toEqual(organization);
    expect((await send('POST', '/organizations', { name: 'acme' })).status).toBe(409);
    const path = `/organizations/${organization.id}`;
    expect(
      (await send('PATCH', path, { metadata: {}, branding: { logo_url: 'https://x.example/l.png' } })).body,
    ).toEqual({
      id: organization.id,
      name: 'acme',
      display_name: 'Acme',
      branding: { logo_url: 'https://x.example/l.png' },
      ...untouched,
    });

    const [ana, bob] = [await person('ana'), await person('bob')];
    const members = [decodeURIComponent(ana), decodeURIComponent(bob)];
    expect((await send('POST', `${path}/members`, { members })).status).toBe(204);
    const first = await send('GET', `${path}/members?take=1`);
    const next = await send('GET', `${path}/members?take=1&from=${first.body.next}`);
    expect(
      [...items(first.body.members as Json), ...items(next.body.members as Json)].map(({ user_id: id }) => id),
    ).toEqual(members);
    // As the wire has it, a page with anybody in it names the next one.
    expect((await send('GET', `${path}/members?from=${next.body.next}`)).body).toEqual({ members: [] });
    const elsewhere = (moment: string) => Buffer.from(`${moment},auth0aaaa`).toString('base64url');
    const from = async (place: string) => (await send('GET', `${path}/members?from=${place}`)).body;
    expect((await from(elsewhere('2020-01-02 03:04:05.678000UTC'))).members).toHaveLength(2);
    expect((await from(elsewhere('2099-01-02 03:04:05UTC'))).members).toEqual([]);
    expect((await from('nowhere')).errorCode).toBe('invalid_query_string');
    const role = await made('/roles', { name: 'editor' }, 200);
    expect((await send('POST', `${path}/members/${ana}/roles`, { roles: [role.id] })).status).toBe(204);
    expect((await send('GET', `${path}/members/${ana}/roles`)).body).toMatchObject([{ name: 'editor' }]);
    expect((await send('GET', `${path}/members?fields=user_id,roles`)).body).toEqual([
      { user_id: members[0], roles: [{ id: role.id, name: 'editor' }] },
      { user_id: members[1], roles: [] },
    ]);
    expect((await send('GET', `/users/${ana}/organizations`)).body).toMatchObject([{ id: organization.id }]);
    expect((await send('GET', `/users/${ana}/roles`)).body).toEqual([]);
    expect((await send('DELETE', `${path}/members`, { members })).status).toBe(204);
    expect((await send('GET', `${path}/members/${ana}/roles`)).body).toEqual([]);

    for (const [method, rest, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { name: 'x' }],
      ['DELETE', '', undefined],
      ['GET', '/members', undefined],
      ['POST', '/members', { members }],
      ['POST', `/members/${ana}/roles`, { roles: [role.id] }],
      ['GET', '/enabled_connections', undefined],
    ] as const) {
      expect((await theirs(method, path + rest, body)).status).toBe(404);
    }
    const own = (await theirs('POST', '/organizations', { name: 'acme' })).body;
    expect((await theirs('POST', `/organizations/${own.id}/members`, { members })).status).toBe(400);
    expect((await send('DELETE', path)).status).toBe(204);
    expect((await send('GET', path)).body).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'No organization found by that id or name',
    });
  });

  test("an organization's connections", async () => {
    const organization = await made('/organizations', { name: 'connected' });
    const [connection] = items((await send('GET', '/connections')).body);
    const path = `/organizations/${organization.id}/enabled_connections`;
    const shown = {
      connection_id: connection?.id,
      assign_membership_on_login: true,
      show_as_button: true,
      is_signup_enabled: false,
      connection: { name: 'Username-Password-Authentication', strategy: 'auth0' },
    };
    expect(await made(path, { connection_id: connection?.id, assign_membership_on_login: true })).toEqual(shown);
    expect((await send('POST', path, { connection_id: connection?.id })).status).toBe(409);
    expect((await send('GET', path)).body).toEqual([shown]);
    const open = { assign_membership_on_login: false, is_signup_enabled: true };
    expect((await send('PATCH', `${path}/${connection?.id}`, open)).body).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: 'Only database connections with assign_membership_on_login = true support is_signup_enabled = true.',
      errorCode: 'invalid_body',
    });
    expect((await send('DELETE', `${path}/${connection?.id}`)).status).toBe(204);
    expect((await send('GET', `${path}/${connection?.id}`)).body.message).toBe('No connection found by that id');
  });
});
