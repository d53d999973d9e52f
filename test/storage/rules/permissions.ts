// Tests of storage: permissions of roles and people, roles of groups, and what an organization holds: who has what, by which
// way, and what takes it away.
import { describe, expect, test } from 'vitest';
import type { Stores } from '../conformance.ts';
import { aGroup } from '../person-samples.ts';
import { AT, aClient, aClientGrant, anOrganization, aResourceServer, aRole, aUser, fresh } from '../samples.ts';

const ALL = { offset: 0, limit: 100 };

export function describePermissions(stores: Stores): void {
  const setup = async () => {
    const { store } = stores;
    const tenantId = fresh('ten');
    const [ana, bob] = [aUser(tenantId), aUser(tenantId)];
    const [editor, reader] = [aRole(tenantId), aRole(tenantId)];
    const [shop, books] = [aResourceServer(tenantId), aResourceServer(tenantId)];
    const acme = anOrganization(tenantId);
    for (const user of [ana, bob]) await store.users.insert(user);
    for (const role of [editor, reader]) await store.roles.insert(role);
    for (const api of [shop, books]) await store.resourceServers.insert(api);
    await store.organizations.insert(acme);
    return { ...store, tenantId, ana, bob, editor, reader, shop, books, acme };
  };
  const of = (api: { id: string }, ...scopes: string[]) => scopes.map((scope) => ({ apiId: api.id, scope }));

  describe('permissions', () => {
    test('are had directly and by roles, once each', async () => {
      const { permissions, assignments, tenantId, ana, bob, editor, reader, shop, books } = await setup();
      await permissions.addToRole(tenantId, editor.id, [...of(shop, 'write', 'read'), ...of(books, 'read')]);
      await permissions.addToRole(tenantId, editor.id, of(shop, 'read'));
      await permissions.addToRole(tenantId, reader.id, of(shop, 'read'));
      await permissions.addToRole(tenantId, 'rol_unknown', of(shop, 'read'));
      await permissions.addToRole(tenantId, reader.id, of({ id: 'unknown' }, 'read'));
      await permissions.addToUser(tenantId, ana.id, of(shop, 'delete', 'read'));
      await assignments.addRoles(tenantId, ana.id, [editor.id, reader.id]);
      expect(await permissions.ofRole(tenantId, editor.id)).toEqual([
        ...of(shop, 'write', 'read'),
        ...of(books, 'read'),
      ]);
      expect(await permissions.ofRole(tenantId, reader.id)).toEqual(of(shop, 'read'));
      expect(await permissions.ofUser(tenantId, ana.id)).toEqual([
        ...of(shop, 'delete', 'read'),
        { apiId: shop.id, scope: 'write', roleId: editor.id },
        { apiId: shop.id, scope: 'read', roleId: editor.id },
        { apiId: books.id, scope: 'read', roleId: editor.id },
        { apiId: shop.id, scope: 'read', roleId: reader.id },
      ]);
      const reaching = async (userId: string, ...roleIds: string[]) =>
        (await permissions.reaching(tenantId, shop.id, userId, roleIds)).toSorted();
      expect(await reaching(ana.id)).toEqual(['delete', 'read']);
      expect(await reaching(ana.id, editor.id, reader.id)).toEqual(['delete', 'read', 'write']);
      expect(await reaching(bob.id, reader.id)).toEqual(['read']);
      await permissions.removeFromRole(tenantId, editor.id, of(shop, 'write', 'unknown'));
      await permissions.removeFromUser(tenantId, ana.id, of(shop, 'read'));
      expect(await reaching(ana.id, editor.id)).toEqual(['delete', 'read']);
    });

    test('go with the scope, the API, the role and the person, and no further than their tenant', async () => {
      const { permissions, tenantId, ana, editor, reader, shop, books, ...store } = await setup();
      const stranger = await setup();
      const theirs = of(stranger.shop, 'read');
      await permissions.addToRole(stranger.tenantId, stranger.editor.id, theirs);
      await permissions.addToRole(tenantId, stranger.editor.id, of(shop, 'read'));
      await permissions.addToRole(tenantId, editor.id, theirs);
      expect(await permissions.ofRole(tenantId, editor.id)).toEqual([]);
      for (const role of [editor, reader]) {
        await permissions.addToRole(tenantId, role.id, [...of(shop, 'read', 'write'), ...of(books, 'read')]);
      }
      await permissions.addToUser(tenantId, ana.id, [...of(shop, 'read', 'write'), ...of(books, 'read')]);
      await permissions.keepOnly(tenantId, shop.id, ['read']);
      expect(await permissions.ofRole(tenantId, editor.id)).toEqual([...of(shop, 'read'), ...of(books, 'read')]);
      expect(await permissions.ofUser(tenantId, ana.id)).toEqual([...of(shop, 'read'), ...of(books, 'read')]);
      await permissions.keepOnly(tenantId, shop.id, []);
      expect(await permissions.ofUser(tenantId, ana.id)).toEqual(of(books, 'read'));
      expect(await store.roles.remove(tenantId, reader.id)).toBe(true);
      expect(await permissions.ofRole(tenantId, reader.id)).toEqual([]);
      expect(await store.resourceServers.remove(tenantId, books.id)).toBe(true);
      expect(await permissions.ofRole(tenantId, editor.id)).toEqual([]);
      await permissions.addToUser(tenantId, ana.id, of(shop, 'read'));
      expect(await store.users.remove(tenantId, ana.id)).toBe(true);
      expect(await permissions.ofUser(tenantId, ana.id)).toEqual([]);
      expect(await permissions.ofRole(stranger.tenantId, stranger.editor.id)).toEqual(theirs);
    });
  });

  describe('roles of groups', () => {
    test('hold for whoever is in the group: outside of organizations, or for members of one', async () => {
      const { assignments, groups, tenantId, ana, bob, editor, reader, acme } = await setup();
      const group = aGroup(tenantId);
      await groups.insert(group);
      await assignments.addToGroup(tenantId, group.id, [ana.id, bob.id], AT);
      await assignments.addGroupRoles(tenantId, [group.id, 'grp_unknown'], [editor.id, 'rol_unknown']);
      await assignments.addGroupRoles(tenantId, [group.id], [editor.id]);
      await assignments.addGroupRoles(tenantId, [group.id], [reader.id], acme.id);
      await assignments.addMembers(tenantId, acme.id, [bob.id]);
      await assignments.addRoles(tenantId, bob.id, [reader.id, editor.id]);
      expect(await assignments.effectiveRolesOf(tenantId, ana.id)).toEqual([editor]);
      expect(await assignments.effectiveRolesOf(tenantId, bob.id)).toEqual([editor, reader]);
      expect(await assignments.rolesOf(tenantId, ana.id)).toEqual([]);
      expect(await assignments.effectiveRolesOf(tenantId, ana.id, acme.id)).toEqual([]);
      expect(await assignments.effectiveRolesOf(tenantId, bob.id, acme.id)).toEqual([reader]);
      expect(await assignments.rolesOfGroup(tenantId, group.id)).toEqual([editor]);
      expect(await assignments.groupsWithRole(tenantId, reader.id, ALL)).toEqual({ records: [], total: 0 });
      expect(await assignments.groupsWithRole(tenantId, reader.id, ALL, acme.id)).toEqual({
        records: [group],
        total: 1,
      });
      await assignments.removeGroupRoles(tenantId, [group.id], [editor.id]);
      expect(await assignments.effectiveRolesOf(tenantId, ana.id)).toEqual([]);
      expect(await assignments.rolesOfGroup(tenantId, group.id, acme.id)).toEqual([reader]);
    });

    test('and roles of its own go with the organization', async () => {
      const { assignments, groups, roles, organizations, discoveryDomains, tenantId, ana, reader, acme } =
        await setup();
      const group = aGroup(tenantId);
      await groups.insert(group);
      const own = aRole(tenantId, { name: reader.name, ownerId: acme.id });
      expect(await roles.insert(own)).toBe('inserted');
      expect(await roles.insert(aRole(tenantId, { name: reader.name, ownerId: acme.id }))).toBe('conflict');
      expect((await roles.list(tenantId, { parent: acme.id })).records).toEqual([own]);
      expect((await roles.list(tenantId, { parent: null, page: ALL })).total).toBe(2);
      await assignments.addGroupRoles(tenantId, [group.id], [reader.id], acme.id);
      const domain = { tenantId, id: fresh('ord'), organizationId: acme.id, domain: `${fresh('d')}.example` };
      const more = { status: 'pending', proof: 'p', forDiscovery: true, createdAt: AT, updatedAt: AT } as const;
      expect(await discoveryDomains.insert({ ...domain, ...more })).toBe('inserted');
      expect(await discoveryDomains.insert({ ...domain, ...more, id: fresh('ord') })).toBe('conflict');
      expect(await organizations.remove(tenantId, acme.id)).toBe(true);
      expect(await roles.find(tenantId, own.id)).toBeUndefined();
      expect(await roles.find(tenantId, reader.id)).toEqual(reader);
      expect(await assignments.rolesOfGroup(tenantId, group.id, acme.id)).toEqual([]);
      expect(await discoveryDomains.find(tenantId, domain.id)).toBeUndefined();
      expect(await assignments.effectiveRolesOf(tenantId, ana.id, acme.id)).toEqual([]);
    });
  });

  test('members are read from a place, or from a moment', async () => {
    const { assignments, tenantId, ana, bob, editor, acme } = await setup();
    await assignments.addMembers(tenantId, acme.id, [ana.id, bob.id]);
    const behind = (from: { place?: number; since?: number }, limit = 10) =>
      assignments.membersBehind(tenantId, acme.id, from, limit);
    const [first] = await behind({}, 1);
    expect(first).toEqual({ user: ana, place: expect.any(Number), joinedAt: AT });
    expect((await behind({ place: first!.place })).map(({ user }) => user)).toEqual([bob]);
    expect([(await behind({ since: AT - 1 })).length, (await behind({ since: AT })).length]).toEqual([2, 0]);
    await assignments.addMemberRoles(tenantId, acme.id, bob.id, [editor.id]);
    expect(await assignments.membersWithRole(tenantId, acme.id, editor.id, ALL)).toEqual({ records: [bob], total: 1 });
  });

  test('an organization holds client grants and clients, until either goes', async () => {
    const { holdings, clients, clientGrants, organizations, tenantId, acme } = await setup();
    const [app, other] = [aClient(tenantId), aClient(tenantId)];
    const grant = aClientGrant(tenantId, { clientId: app.id });
    for (const client of [app, other]) await clients.insert(client);
    await clientGrants.insert(grant);
    expect(await holdings.addGrant(tenantId, acme.id, grant.id)).toBe(true);
    expect(await holdings.addGrant(tenantId, acme.id, grant.id)).toBe(false);
    expect(await holdings.addGrant(tenantId, 'org_unknown', grant.id)).toBe(false);
    expect(await holdings.grantsOf(tenantId, acme.id)).toEqual([grant]);
    expect(await holdings.organizationsOfGrant(tenantId, grant.id, ALL)).toEqual({ records: [acme], total: 1 });
    await holdings.putClients(tenantId, acme.id, [
      { clientId: other.id, memberAccess: true },
      { clientId: app.id, memberAccess: false },
      { clientId: 'unknown', memberAccess: true },
    ]);
    await holdings.putClients(tenantId, acme.id, [{ clientId: app.id, memberAccess: true }]);
    expect(await holdings.clientsOf(tenantId, acme.id, { offset: 1, limit: 5 })).toEqual({
      records: [{ client: app, memberAccess: true }],
      total: 2,
    });
    expect(await holdings.memberAccess(tenantId, other.id, [acme.id, 'org_unknown'])).toEqual(
      new Map([[acme.id, true]]),
    );
    await holdings.removeClients(tenantId, acme.id, [other.id]);
    expect(await clients.remove(tenantId, app.id)).toBe(true);
    expect(await holdings.clientsOf(tenantId, acme.id, ALL)).toEqual({ records: [], total: 0 });
    expect(await holdings.removeGrant(tenantId, acme.id, grant.id)).toBe(true);
    expect(await holdings.removeGrant(tenantId, acme.id, grant.id)).toBe(false);
    await holdings.addGrant(tenantId, acme.id, grant.id);
    expect(await organizations.remove(tenantId, acme.id)).toBe(true);
    expect(await holdings.organizationsOfGrant(tenantId, grant.id, ALL)).toEqual({ records: [], total: 0 });
  });
}
