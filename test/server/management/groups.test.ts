// Groups and who is in them; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, payloadError, user } from './office.ts';

describe.each(databasesInFull())('groups on %s', (_name, open) => {
  let office: Office;
  let connectionId: string;
  let organizationId: string;
  beforeAll(async () => {
    office = await openOffice(await open());
    connectionId = String(items((await send('GET', '/connections')).body)[0]?.id);
    organizationId = String((await send('POST', '/organizations', { name: 'acme' })).body.id);
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  const theirs = (method: string, path: string, body?: unknown) =>
    office.sendAsNeighbour(method, `/api/v2${path}`, body);
  const made = async (more: Record<string, unknown> = {}): Promise<Json> => {
    const { status, body } = await send('POST', '/groups', { name: `group-${++groups}`, ...more });
    expect([status, body.message]).toEqual([201, undefined]);
    return body;
  };
  let groups = 0;
  let people = 0;
  const person = async () => String((await send('POST', '/users', user(`grouped-${++people}`))).body.user_id);
  const groupsOf = (id: string) => send('GET', `/users/${encodeURIComponent(id)}/groups`);

  test('a group of the tenant, of a connection and of an organization', async () => {
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    const group = await made({ external_id: 'ext' });
    expect(group).toEqual({
      id: expect.stringMatching(/^grp_[A-Za-z0-9]{16}$/),
      name: `group-${groups}`,
      external_id: 'ext',
      tenant_name: office.tenant.name,
      created_at: time,
      updated_at: time,
    });
    expect((await send('GET', `/groups/${group.id}`)).body).toEqual(group);
    const ofConnection = await made({ connection_id: connectionId });
    expect(ofConnection).toMatchObject({ connection_id: connectionId });
    const ofOrganization = await made({ organization_id: organizationId });
    const ids = async (query: string) =>
      items((await send('GET', `/groups?${query}`)).body.groups!).map(({ id }) => id);
    expect(await ids(`connection_id=${connectionId}`)).toEqual([ofConnection.id]);
    expect(await ids(`organization_id=${organizationId}`)).toEqual([ofOrganization.id]);
    expect(await ids(`name=${group.name}`)).toEqual([group.id]);
    expect(await ids('external_id=ext')).toEqual([group.id]);
    expect(await ids('external_id=none')).toEqual([]);
    expect((await send('GET', '/groups?fields=name')).body.groups).toContainEqual({ name: group.name });
  });

  test('in pages, in the order of creation', async () => {
    const { groups: all } = (await send('GET', '/groups?take=100')).body;
    const first = await send('GET', '/groups?take=2&include_totals=true');
    const second = await send('GET', `/groups?take=100&from=${first.body.next}`);
    expect([...items(first.body.groups!), ...items(second.body.groups!)]).toEqual(all);
    expect(second.body.next).toBeUndefined();
  });

  test('a change; null removes the external id; a name is taken once in its place', async () => {
    const [one, other] = [await made({ external_id: 'gone' }), await made()];
    const patched = await send('PATCH', `/groups/${one.id}`, { name: 'renamed', external_id: null });
    expect(patched.body).toMatchObject({ id: one.id, name: 'renamed' });
    expect(patched.body.external_id).toBeUndefined();
    expect((await send('PATCH', `/groups/${one.id}`, { name: 'renamed' })).status).toBe(200);
    expect((await send('PATCH', `/groups/${other.id}`, { name: 'renamed' })).status).toBe(409);
    expect((await send('POST', '/groups', { name: 'renamed' })).status).toBe(409);
    await made({ name: 'renamed', organization_id: organizationId });
    expect((await send('DELETE', `/groups/${one.id}`)).status).toBe(204);
    expect((await send('DELETE', `/groups/${one.id}`)).status).toBe(404);
  });

  test('members come and go, and each knows since when', async () => {
    const group = await made({ organization_id: organizationId });
    const path = `/groups/${group.id}/members`;
    const [one, other] = [await person(), await person()];
    expect((await send('POST', path, { members: [one, other, one] })).status).toBe(204);
    expect((await send('POST', path, { members: [one] })).status).toBe(204);
    expect((await send('GET', path)).body).toEqual({
      members: [one, other].map((id) => ({ id, member_type: 'user', type: 'organization' })),
    });
    const page = await send('GET', `${path}?take=1`);
    expect(items(page.body.members!)).toHaveLength(1);
    expect(items((await send('GET', `${path}?take=1&from=${page.body.next}`)).body.members!)).toMatchObject([
      { id: other },
    ]);
    const joined = new Date(office.door.house.clock.at).toISOString();
    expect((await groupsOf(one)).body).toEqual({ groups: [{ ...group, membership_created_at: joined }] });
    expect((await send('DELETE', path, { members: [one] })).status).toBe(204);
    expect((await groupsOf(one)).body).toEqual({ groups: [] });
    await send('DELETE', `/groups/${group.id}`);
    expect((await groupsOf(other)).body).toEqual({ groups: [] });
  });

  test.each([
    [{}, 'Missing required property: name', undefined],
    [{ name: '' }, 'String does not match pattern /^[\\x20-\\x7e]{1,128}$/: ', 'name'],
    [{ name: 'ü' }, 'String does not match pattern /^[\\x20-\\x7e]{1,128}$/: ü', 'name'],
    [{ name: 'x', external_id: 'x'.repeat(257) }, 'String is too long (257 chars), maximum 256', 'external_id'],
    [{ name: 'x', members: [] }, 'Additional properties not allowed: members', undefined],
  ])('refused: %.60j', async (body, reason, at) => {
    expect((await send('POST', '/groups', body)).body).toEqual(payloadError(reason, at));
  });

  test('refused: what is not there, and two places at once', async () => {
    for (const body of [
      { name: 'x', connection_id: 'con_none' },
      { name: 'x', organization_id: 'org_none' },
      { name: 'x', connection_id: connectionId, organization_id: organizationId },
    ]) {
      const { status, body: answered } = await send('POST', '/groups', body);
      expect([status, answered.errorCode]).toEqual([400, 'invalid_body']);
    }
    const group = await made();
    expect((await send('POST', `/groups/${group.id}/members`, { members: ['auth0|none'] })).status).toBe(400);
    expect((await groupsOf('auth0|none')).status).toBe(404);
  });

  test("another tenant's group is not there", async () => {
    const group = await made();
    const path = `/groups/${group.id}`;
    const member = await person();
    for (const [method, at, body] of [
      ['GET', path, undefined],
      ['PATCH', path, { name: 'x' }],
      ['DELETE', path, undefined],
      ['GET', `${path}/members`, undefined],
      ['POST', `${path}/members`, { members: [member] }],
      ['DELETE', `${path}/members`, { members: [member] }],
    ] as const) {
      expect((await theirs(method, at, body)).status).toBe(404);
    }
    expect((await theirs('GET', '/groups')).body).toEqual({ groups: [] });
    expect((await send('GET', path)).status).toBe(200);
  });
});
