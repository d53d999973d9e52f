// Tests of storage: tickets, found by keys of their own kind and used once.
import { describe, expect, test } from 'vitest';
import type { HandleKind } from '#storage/records.ts';
import type { Stores } from '../conformance.ts';
import { aTicket, parties } from '../protocol-samples.ts';
import { AT, aHandle, anOrganization, fresh, LATER } from '../samples.ts';

export function describeTickets(stores: Stores): void {
  const promise = async (tenantId: string, changes: Parameters<typeof aTicket>[1] = {}, also: HandleKind[] = []) => {
    const { store } = stores;
    const ticket = aTicket(tenantId, changes);
    const handles = [ticket.kind, ...also].map((kind) =>
      aHandle(tenantId, { kind, targetId: ticket.id, expiresAt: Number.MAX_SAFE_INTEGER }),
    );
    expect(
      await store.commit([
        { kind: 'ticket.insert', ticket },
        ...handles.map((handle) => ({ kind: 'handle.insert', handle }) as const),
      ]),
    ).toEqual({ ok: true });
    const left = async () => {
      const found = await Promise.all(handles.map(({ kind, key }) => store.handles.find(tenantId, kind, key)));
      return (
        Number((await store.tickets.find(tenantId, ticket.id)) !== undefined) +
        found.filter((handle) => handle !== undefined).length
      );
    };
    return { ticket, keys: handles.map((handle) => handle.key), left };
  };

  describe('tickets', () => {
    test('are found by a key of their kind, in their tenant alone', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const { ticket, keys } = await promise(tenantId, {}, ['user-code', 'password-reset']);
      const [device, userCode, misled] = keys;
      expect(await store.tickets.find(tenantId, ticket.id)).toEqual(ticket);
      expect(await store.tickets.findByKey(tenantId, 'device', device!)).toEqual(ticket);
      expect(await store.tickets.findByKey(tenantId, 'user-code', userCode!)).toEqual(ticket);
      const rows: [tenantId: string, kind: Parameters<typeof store.tickets.findByKey>[1], key: string][] = [
        [tenantId, 'device', userCode!],
        [tenantId, 'user-code', device!],
        [tenantId, 'device', 'unknown'],
        // A key of one kind opens nothing of another, whatever it points at.
        [tenantId, 'password-reset', misled!],
        [fresh('ten'), 'device', device!],
      ];
      for (const [of, kind, key] of rows) expect(await store.tickets.findByKey(of, kind, key)).toBeUndefined();
      expect(await store.tickets.find(fresh('ten'), ticket.id)).toBeUndefined();
    });

    test('count a revision with every write, which one of many makes', async () => {
      const { store, other } = stores;
      const { tenantId, userId } = await parties(store);
      const { ticket } = await promise(tenantId);
      const all = await Promise.all(
        Array.from({ length: 40 }, async (_, i) => {
          const next = { ...ticket, revision: 77, userId, content: { by: i }, expiresAt: LATER + i };
          const { ok } = await (i % 2 ? store : other).commit([{ kind: 'ticket.replace', revision: 1, ticket: next }]);
          return { ok, next };
        }),
      );
      const [winner, ...more] = all.filter(({ ok }) => ok);
      expect(more).toEqual([]);
      expect(await store.tickets.find(tenantId, ticket.id)).toEqual({ ...winner!.next, revision: 2 });
    });

    test('are taken once, with all their keys', async () => {
      const { store, other } = stores;
      const tenantId = fresh('ten');
      const { ticket, left } = await promise(tenantId, {}, ['user-code']);
      const bystander = await promise(tenantId);
      const take = { kind: 'ticket.take', tenantId, id: ticket.id, now: AT } as const;
      const all = await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 ? store : other).commit([take])));
      expect(all.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await left()).toBe(0);
      expect(await bystander.left()).toBe(2);
    });

    test('that somebody else may take at the same time do not come back', async () => {
      const { store, other } = stores;
      const tenantId = fresh('ten');
      const { ticket, left } = await promise(tenantId);
      const [taken, replaced] = await Promise.all([
        store.commit([{ kind: 'ticket.take', tenantId, id: ticket.id, now: AT }]),
        other.commit([{ kind: 'ticket.replace', revision: 1, ticket }]),
      ]);
      expect([taken.ok, [true, false].includes(replaced.ok), await left()]).toEqual([true, true, 0]);
    });

    test('go with their user; those of nobody and of others stay', async () => {
      const { store } = stores;
      const { tenantId, userId } = await parties(store);
      const mine = await promise(tenantId, { userId, kind: 'password-reset' });
      const others = [
        await promise(tenantId, { userId: (await parties(store, tenantId)).userId }),
        await promise(tenantId),
      ];
      await store.users.remove(tenantId, userId);
      expect(await mine.left()).toBe(0);
      for (const each of others) expect(await each.left()).toBe(2);
    });

    test('of an organization are listed there while they are good, and go with it', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const [ours, theirs] = [anOrganization(tenantId), anOrganization(tenantId)];
      for (const organization of [ours, theirs]) await store.organizations.insert(organization);
      const invite = (organizationId: string, createdAt: number, expiresAt = LATER) =>
        promise(tenantId, { kind: 'invitation', organizationId, createdAt, expiresAt });
      const second = await invite(ours.id, AT + 2);
      const first = await invite(ours.id, AT + 1);
      const over = await invite(ours.id, AT + 3, AT + 10);
      const others = await invite(theirs.id, AT);
      const device = await promise(tenantId, { organizationId: ours.id });
      const listed = (order: 'newest' | 'oldest', page = { offset: 0, limit: 10 }, of = tenantId) =>
        store.tickets.ofOrganization(of, ours.id, { kind: 'invitation', page, order, now: AT + 10 });
      expect(await listed('oldest')).toEqual({ records: [first.ticket, second.ticket], total: 2 });
      expect(await listed('newest')).toEqual({ records: [second.ticket, first.ticket], total: 2 });
      expect(await listed('oldest', { offset: 1, limit: 1 })).toEqual({ records: [second.ticket], total: 2 });
      expect(await listed('oldest', undefined, fresh('ten'))).toEqual({ records: [], total: 0 });
      expect(await store.organizations.remove(tenantId, ours.id)).toBe(true);
      const left = await Promise.all([first, second, over, device, others].map((each) => each.left()));
      expect(left).toEqual([0, 0, 0, 0, 2]);
    });

    test('are swept with their keys', async () => {
      const { store } = stores;
      await store.sweep(AT + 60);
      const [over, kept] = [
        await promise(fresh('ten'), { expiresAt: AT + 70 }, ['user-code']),
        await promise(fresh('ten'), { expiresAt: AT + 71 }),
      ];
      expect(await store.sweep(AT + 70)).toBe(1);
      expect([await over.left(), await kept.left()]).toEqual([0, 2]);
    });
  });
}
