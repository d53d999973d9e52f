// Tests of storage: accounts that are linked to others: where they are found, where not, and that none is left behind.
import { describe, expect, test } from 'vitest';
import type { Stores } from '../conformance.ts';
import { aGroup } from '../person-samples.ts';
import { aHandle, anAuthenticator, anOrganization, aRole, aSession, aTransaction, aUser, fresh } from '../samples.ts';

const ALL = { offset: 0, limit: 100 };

export function describeLinks(stores: Stores): void {
  const setup = async () => {
    const { store } = stores;
    const tenantId = fresh('ten');
    const ana = aUser(tenantId, { email: 'ana@example.com' });
    const linked = aUser(tenantId, { connection: 'git', email: 'ana@example.com', username: 'ana', linkedTo: ana.id });
    expect(await store.users.insert(ana)).toBe('inserted');
    expect(await store.users.insert(linked)).toBe('inserted');
    return { store, tenantId, ana, linked };
  };

  describe('a linked account', () => {
    test('is found by id and by what is typed, and still takes its place', async () => {
      const { store, tenantId, linked } = await setup();
      expect(await store.users.find(tenantId, linked.id)).toEqual(linked);
      for (const typed of ['ana', 'ANA@example.com']) {
        expect(await store.users.findByIdentifier(tenantId, 'git', typed)).toEqual(linked);
      }
      expect(await store.users.insert(aUser(tenantId, { connection: 'git', username: 'ana' }))).toBe('conflict');
    });

    test('is in no list', async () => {
      const { store, tenantId, ana, linked } = await setup();
      const [role, organization, group] = [aRole(tenantId), anOrganization(tenantId), aGroup(tenantId)];
      await store.roles.insert(role);
      await store.organizations.insert(organization);
      await store.groups.insert(group);
      const both = [ana.id, linked.id];
      for (const id of both) await store.assignments.addRoles(tenantId, id, [role.id]);
      await store.assignments.addMembers(tenantId, organization.id, both);
      await store.assignments.addToGroup(tenantId, group.id, both, 0);

      const one = { records: [ana], total: 1 };
      const { assignments, users } = store;
      expect(await users.list(tenantId, {})).toEqual(one);
      expect(await users.list(tenantId, { page: ALL })).toEqual(one);
      expect(await users.list(tenantId, { email: 'ana@example.com', page: ALL })).toEqual(one);
      expect(await users.list(tenantId, { connection: 'git', page: ALL })).toEqual({ records: [], total: 0 });
      // But in that of its own kind.
      const git = { connection: 'git', linked: true, page: ALL } as const;
      expect(await users.list(tenantId, git)).toEqual({ records: [linked], total: 1 });
      expect(await assignments.usersOf(tenantId, role.id, ALL)).toEqual(one);
      expect(await assignments.membersOf(tenantId, organization.id, ALL)).toEqual(one);
      expect(await assignments.inGroup(tenantId, group.id, ALL)).toEqual(one);

      const { linkedTo: _, ...free } = linked;
      expect(await users.update(tenantId, linked.id, () => free)).toEqual(free);
      expect(await users.list(tenantId, {})).toEqual({ records: [ana, free], total: 2 });
      expect(await assignments.inGroup(tenantId, group.id, ALL)).toEqual({ records: [ana, free], total: 2 });
    });

    test('is linked to another account of its tenant, or not at all', async () => {
      const { store, tenantId, ana } = await setup();
      const { ana: foreign } = await setup();
      for (const linkedTo of ['auth0|nobody', foreign.id, ana.id]) {
        const answer = await store.users.update(tenantId, ana.id, (now) => ({ ...now, linkedTo }));
        expect([linkedTo, answer]).toEqual([linkedTo, 'conflict']);
      }
      expect(await store.users.insert(aUser(tenantId, { linkedTo: foreign.id }))).toBe('conflict');
      expect(await store.users.find(tenantId, ana.id)).toEqual(ana);
    });

    test('goes with the one it is linked to, and with all that is its own', async () => {
      const { store, tenantId, ana, linked } = await setup();
      const further = aUser(tenantId, { linkedTo: linked.id });
      const bob = aUser(tenantId);
      await store.users.insert(further);
      await store.users.insert(bob);
      const session = aSession(tenantId, linked.id);
      const transaction = aTransaction(tenantId, { userId: further.id });
      const handle = aHandle(tenantId, { targetId: transaction.id });
      await store.commit([
        { kind: 'session.put', session },
        { kind: 'transaction.insert', transaction },
        { kind: 'handle.insert', handle },
      ]);
      await store.authenticators.insert(anAuthenticator(tenantId, linked.id));

      expect(await store.users.remove(fresh('ten'), ana.id)).toBe(false);
      expect(await store.users.find(tenantId, linked.id)).toEqual(linked);
      expect(await store.users.remove(tenantId, ana.id)).toBe(true);
      for (const { id } of [ana, linked, further]) expect(await store.users.find(tenantId, id)).toBeUndefined();
      expect(await store.sessions.find(tenantId, session.id)).toBeUndefined();
      expect(await store.transactions.find(tenantId, transaction.id)).toBeUndefined();
      expect(await store.handles.find(tenantId, 'state', handle.key)).toBeUndefined();
      expect(await store.authenticators.ofUser(tenantId, linked.id)).toEqual([]);
      expect(await store.users.list(tenantId, {})).toEqual({ records: [bob], total: 1 });
    });

    test('that goes alone leaves the other one', async () => {
      const { store, tenantId, ana, linked } = await setup();
      expect(await store.users.remove(tenantId, linked.id)).toBe(true);
      expect(await store.users.find(tenantId, ana.id)).toEqual(ana);
    });

    test('is never left behind by a link and a removal at once', async () => {
      const { store, other } = stores;
      for (let round = 0; round < 10; round += 1) {
        const tenantId = fresh('ten');
        const [ana, bob] = [aUser(tenantId), aUser(tenantId)];
        await store.users.insert(ana);
        await store.users.insert(bob);
        const [, answer] = await Promise.all([
          store.users.remove(tenantId, ana.id),
          other.users.update(tenantId, bob.id, (now) => ({ ...now, linkedTo: ana.id })),
        ]);
        const left = answer === 'conflict' ? bob : undefined;
        expect([round, await store.users.find(tenantId, bob.id)]).toEqual([round, left]);
      }
    });
  });
}
