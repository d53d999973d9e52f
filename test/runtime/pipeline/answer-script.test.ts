// What scripts ask us while they run: groups and roles of their own login's person, from real rows on both databases,
// whatever a bent script sends.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerScript } from '#runtime/pipeline/answer-script.ts';
import { loadWorld, type World } from '#runtime/pipeline/world.ts';
import type { UserRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { aTransaction } from '../transaction/sample.ts';

const AT = Date.UTC(2026, 0, 1);

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  let user: UserRecord;
  let world: World;
  let inOrganization: World;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
    const { id: tenantId } = house.tenant;
    const at = { createdAt: AT, updatedAt: AT };
    const { assignments, groups, roles, organizations } = house.store;
    user = await house.user('member');
    const stranger = await house.user('stranger');
    await organizations.insert({ tenantId, id: 'org_1', name: 'acme', metadata: {}, settings: {}, ...at });
    await assignments.addMembers(tenantId, 'org_1', [user.id]);
    for (const [index, name] of ['staff', 'admins', 'acme people'].entries()) {
      const where = name === 'acme people' ? { organizationId: 'org_1' } : {};
      await groups.insert({
        tenantId,
        id: `grp_${index}`,
        name,
        externalId: `ext-${index}`,
        ...where,
        ...at,
        createdAt: AT + index,
      });
    }
    await groups.insert({ tenantId, id: 'grp_foreign', name: 'foreign', ...at });
    for (const id of ['grp_0', 'grp_1', 'grp_2']) await assignments.addToGroup(tenantId, id, [user.id], AT + 5000);
    await assignments.addToGroup(tenantId, 'grp_foreign', [stranger.id], AT);
    for (const name of ['reader', 'writer', 'owner']) await roles.insert({ tenantId, id: `rol_${name}`, name, ...at });
    await assignments.addRoles(tenantId, user.id, ['rol_reader', 'rol_writer']);
    await assignments.addMemberRoles(tenantId, 'org_1', user.id, ['rol_owner']);

    const subject = {
      kind: 'user',
      userId: user.id,
      connectionId: '',
      connection: user.connection,
      strategy: 'auth0',
    } as const;
    const tx = aTransaction({ tenantId, subject });
    world = await loadWorld(house.store, house.tenant, tx);
    const request = { ...tx.request, organizationId: 'org_1' };
    inOrganization = await loadWorld(house.store, house.tenant, { ...tx, request });
  });
  afterAll(() => house.close());

  const raw = (operation: string, payload: string, of = world) => answerScript(house.store, of)(operation, payload);
  const ask = async (operation: string, argument?: unknown, of = world) => {
    const { ok, payload } = await raw(operation, JSON.stringify([argument]), of);
    if (!ok) throw new Error(payload);
    return JSON.parse(payload) as Record<string, unknown>;
  };
  const names = (list: unknown) => (list as { name: string }[]).map(({ name }) => name);

  test('groups, in the order in which they were made, as the reference shows them', async () => {
    const { groups, next } = await ask('groups.getUserGroups', {});
    expect(names(groups)).toEqual(['staff', 'admins', 'acme people']);
    expect(next).toBeUndefined();
    expect((groups as object[])[0]).toEqual({
      id: 'grp_0',
      name: 'staff',
      external_id: 'ext-0',
      tenant_name: house.tenant.name,
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: '2026-01-01T00:00:00.000Z',
      membership_created_at: '2026-01-01T00:00:05.000Z',
      assignment: 'direct',
    });
  });

  test.each([
    ['groups.getUserGroups', 'groups', ['staff', 'admins', 'acme people']],
    ['roles.getUserEffectiveRoles', 'roles', undefined],
  ] as const)('%s page by page', async (operation, key, expected) => {
    const all = names((await ask(operation))[key]);
    if (expected) expect(all).toEqual(expected);
    const seen: string[] = [];
    let from: unknown;
    do {
      const answer = await ask(operation, { take: 1, ...(from === undefined ? {} : { from }) });
      expect(answer[key]).toHaveLength(1);
      seen.push(...names(answer[key]));
      from = answer.next;
    } while (from !== undefined);
    expect(seen).toEqual(all);
  });

  test('a mark of nowhere begins at the beginning; one past the end is empty', async () => {
    for (const from of ['x', '-1', '1.5', ''])
      expect((await ask('groups.getUserGroups', { from })).groups).toHaveLength(3);
    expect(await ask('groups.getUserGroups', { from: '99' })).toEqual({ groups: [] });
  });

  test('membership by id or name; never in a group of others', async () => {
    const { memberships } = await ask('groups.hasGroupMembership', ['grp_0', 'acme people', 'foreign', '__proto__']);
    expect(memberships).toEqual({
      grp_0: { is_member: true, matches: [{ id: 'grp_0', name: 'staff', group_type: 'tenant' }] },
      'acme people': { is_member: true, matches: [{ id: 'grp_2', name: 'acme people', group_type: 'organization' }] },
      foreign: { is_member: false },
      ['__proto__']: { is_member: false },
    });
  });

  test('roles: those of the person; in an organization those the member has there', async () => {
    expect(names((await ask('roles.getUserEffectiveRoles')).roles).sort()).toEqual(['reader', 'writer']);
    expect(names((await ask('roles.getUserEffectiveRoles', {}, inOrganization)).roles)).toEqual(['owner']);
    expect(await ask('roles.getUserEffectiveRolesByIds', ['rol_reader', 'rol_owner', 'rol_none'])).toEqual({
      roles: [{ id: 'rol_reader', name: 'reader' }],
    });
    expect(names((await ask('roles.getUserEffectiveRolesByNames', ['writer', 'owner'])).roles)).toEqual(['writer']);
    expect(await ask('roles.getUserEffectiveRolesByNames', ['writer'], inOrganization)).toEqual({ roles: [] });
  });

  test.each([
    ['groups.getUserGroups', '[{"take":0}]'],
    ['groups.getUserGroups', '[{"take":1.5}]'],
    ['groups.getUserGroups', '[{"from":1}]'],
    ['groups.getUserGroups', '["x"]'],
    ['groups.hasGroupMembership', '[]'],
    ['groups.hasGroupMembership', '[[1]]'],
    ['groups.hasGroupMembership', `[${JSON.stringify(Array(101).fill('x'))}]`],
    ['roles.getUserEffectiveRoles', '[{"take":101}]'],
    ['roles.getUserEffectiveRolesByIds', '[{"length":1}]'],
    ['roles.getUserEffectiveRolesByNames', 'no JSON'],
    ['roles.getUserEffectiveRolesByNames', '{}'],
    ['roles.getUserEffectiveRolesByNames', 'null'],
  ])('a bent call is a rejection: %s %s', async (operation, payload) => {
    const answer = await raw(operation, payload);
    expect(answer.ok).toBe(false);
    expect(JSON.parse(answer.payload)).toEqual({
      name: 'TypeError',
      message: `api.${operation} was called with arguments that it does not take.`,
    });
  });

  test.each(['groups.removeAll', 'constructor', '__proto__', 'toString', ''])(
    'an operation that there is not: %j',
    async (operation) => {
      const { ok, payload } = await raw(operation, '[]');
      expect(ok).toBe(false);
      expect(JSON.parse(payload)).toMatchObject({ name: 'Error' });
    },
  );

  test('as many groups at once as a script likes', async () => {
    expect((await ask('groups.getUserGroups', { take: 500 })).groups).toHaveLength(3);
  });
});
