// Tests of storage: who belongs to which group, since when, and what ends a membership.
import { describe, expect, test } from 'vitest';
import type { Stores } from '../conformance.ts';
import { aGroup } from '../person-samples.ts';
import { AT, aUser, fresh } from '../samples.ts';

const ALL = { offset: 0, limit: 100 };

export function describeGroups(stores: Stores): void {
  const setup = async () => {
    const { store } = stores;
    const tenantId = fresh('ten');
    const [ana, bob] = [aUser(tenantId), aUser(tenantId)];
    const [day, night] = [aGroup(tenantId), aGroup(tenantId)];
    for (const user of [ana, bob]) await store.users.insert(user);
    for (const group of [day, night]) await store.groups.insert(group);
    return { ...store, tenantId, ana, bob, day, night };
  };

  describe('members of a group', () => {
    test('join once, and leave', async () => {
      const { assignments, tenantId, ana, bob, day, night } = await setup();
      await assignments.addToGroup(tenantId, night.id, [ana.id], AT);
      await assignments.addToGroup(tenantId, day.id, [bob.id], AT + 1);
      await assignments.addToGroup(tenantId, day.id, [ana.id, bob.id, 'auth0|nobody'], AT + 2);
      await assignments.addToGroup(tenantId, 'grp_unknown', [ana.id], AT);
      await assignments.addToGroup(tenantId, night.id, [], AT);

      const anas = [
        { group: day, joinedAt: AT + 2 },
        { group: night, joinedAt: AT },
      ];
      const groupsOf = (id: string, page = ALL) => assignments.groupsOf(tenantId, id, page);
      const inGroup = (id: string, page = ALL) => assignments.inGroup(tenantId, id, page);
      expect(await groupsOf(ana.id)).toEqual({ records: anas, total: 2 });
      expect(await groupsOf(ana.id, { offset: 1, limit: 1 })).toEqual({ records: [anas[1]], total: 2 });
      expect(await groupsOf(bob.id)).toEqual({ records: [{ group: day, joinedAt: AT + 1 }], total: 1 });
      expect(await inGroup(day.id)).toEqual({ records: [bob, ana], total: 2 });
      expect(await inGroup(day.id, { offset: 1, limit: 1 })).toEqual({ records: [ana], total: 2 });

      await assignments.removeFromGroup(tenantId, day.id, [ana.id, 'auth0|nobody']);
      await assignments.removeFromGroup(tenantId, day.id, []);
      expect(await groupsOf(ana.id)).toEqual({ records: [anas[1]], total: 1 });
      expect(await inGroup(day.id)).toEqual({ records: [bob], total: 1 });
      await assignments.addToGroup(tenantId, day.id, [ana.id], AT + 9);
      expect((await groupsOf(ana.id)).records[0]).toEqual({ group: day, joinedAt: AT + 9 });
    });

    test('leave with the group, and with themselves', async () => {
      const { assignments, groups, users, tenantId, ana, bob, day, night } = await setup();
      for (const { id } of [day, night]) await assignments.addToGroup(tenantId, id, [ana.id, bob.id], AT);
      expect(await groups.remove(tenantId, day.id)).toBe(true);
      await groups.insert(day);
      expect(await assignments.inGroup(tenantId, day.id, ALL)).toEqual({ records: [], total: 0 });
      expect(await assignments.groupsOf(tenantId, ana.id, ALL)).toEqual({
        records: [{ group: night, joinedAt: AT }],
        total: 1,
      });
      expect(await users.remove(tenantId, ana.id)).toBe(true);
      await users.insert(ana);
      expect(await assignments.groupsOf(tenantId, ana.id, ALL)).toEqual({ records: [], total: 0 });
      expect(await assignments.inGroup(tenantId, night.id, ALL)).toEqual({ records: [bob], total: 1 });
    });

    test('are not written where the group or the person goes at the same time', async () => {
      const { other } = stores;
      for (let round = 0; round < 15; round += 1) {
        const { assignments, groups, users, tenantId, ana, bob, day } = await setup();
        await Promise.all([
          groups.remove(tenantId, day.id),
          other.assignments.addToGroup(tenantId, day.id, [bob.id, ana.id], AT),
          assignments.addToGroup(tenantId, day.id, [ana.id, bob.id], AT),
          other.users.remove(tenantId, ana.id),
        ]);
        await groups.insert(day);
        await users.insert(ana);
        expect(await assignments.inGroup(tenantId, day.id, ALL)).toEqual({ records: [], total: 0 });
      }
    });

    test('of one tenant are out of reach of another', async () => {
      const { assignments, tenantId, ana, day } = await setup();
      const stranger = await setup();
      await assignments.addToGroup(tenantId, day.id, [ana.id], AT);

      await assignments.addToGroup(stranger.tenantId, day.id, [stranger.ana.id, ana.id], AT);
      await assignments.addToGroup(stranger.tenantId, stranger.day.id, [ana.id], AT);
      await assignments.addToGroup(tenantId, day.id, [stranger.ana.id], AT);
      await assignments.removeFromGroup(stranger.tenantId, day.id, [ana.id]);

      expect(await assignments.inGroup(tenantId, day.id, ALL)).toEqual({ records: [ana], total: 1 });
      expect(await assignments.groupsOf(tenantId, ana.id, ALL)).toEqual({
        records: [{ group: day, joinedAt: AT }],
        total: 1,
      });
      const nothing = { records: [], total: 0 };
      expect(await assignments.inGroup(stranger.tenantId, day.id, ALL)).toEqual(nothing);
      expect(await assignments.inGroup(stranger.tenantId, stranger.day.id, ALL)).toEqual(nothing);
      expect(await assignments.groupsOf(stranger.tenantId, ana.id, ALL)).toEqual(nothing);
      expect(await assignments.groupsOf(stranger.tenantId, stranger.ana.id, ALL)).toEqual(nothing);
    });
  });
}
