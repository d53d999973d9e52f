// Tests of storage: what a tenant is made of. One table of the families, each held to the same lines; then owners,
// tenants, bindings and signing keys.
import { describe, expect, test } from 'vitest';
import type { BindingRecord } from '#storage/records.ts';
import type { Collection, Store } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import {
  AT,
  aClient,
  aClientGrant,
  aConnection,
  anAction,
  anActionVersion,
  anOrganization,
  aResourceServer,
  aRole,
  aSigningKey,
  aTenant,
  fresh,
} from '../samples.ts';

type Kept = { tenantId: string; id: string; createdAt: number; updatedAt: number };
type Family<T extends Kept> = {
  collection: (store: Store) => Collection<T>;
  make: (tenantId: string, changes?: Partial<T>) => T;
  key?: (record: T) => string;
  /** Gives a record the same natural key as another one. */
  sameKey?: (record: T) => Partial<T>;
  parent?: (record: T) => string;
  sameParent?: (record: T) => Partial<T>;
};

export function describeConfiguration(stores: Stores): void {
  holdsFamily('clients', { collection: (store) => store.clients, make: aClient });
  holdsFamily('connections', {
    collection: (store) => store.connections,
    make: aConnection,
    key: (record) => record.name,
    sameKey: ({ name }) => ({ name }),
  });
  holdsFamily('resource servers', {
    collection: (store) => store.resourceServers,
    make: aResourceServer,
    key: (record) => record.identifier,
    sameKey: ({ identifier }) => ({ identifier }),
  });
  holdsFamily('client grants', {
    collection: (store) => store.clientGrants,
    make: aClientGrant,
    key: (record) => `${record.clientId} ${record.audience}`,
    sameKey: ({ clientId, audience }) => ({ clientId, audience }),
    parent: (record) => record.clientId,
    sameParent: ({ clientId }) => ({ clientId, audience: fresh('https://') }),
  });
  holdsFamily('roles', {
    collection: (store) => store.roles,
    make: aRole,
    key: (record) => record.name,
    sameKey: ({ name }) => ({ name }),
  });
  holdsFamily('organizations', {
    collection: (store) => store.organizations,
    make: anOrganization,
    key: (record) => record.name,
    sameKey: ({ name }) => ({ name }),
  });
  holdsFamily('Actions', { collection: (store) => store.actions, make: anAction });
  holdsFamily('versions of Actions', {
    collection: (store) => store.actionVersions,
    make: anActionVersion,
    parent: (record) => record.actionId,
    sameParent: ({ actionId }) => ({ actionId }),
  });

  function holdsFamily<T extends Kept>(name: string, family: Family<T>): void {
    describe(name, () => {
      const setup = () => ({ records: family.collection(stores.store), tenantId: fresh('ten') });

      test('come back as they went in', async () => {
        const { records, tenantId } = setup();
        const record = family.make(tenantId);
        expect(await records.insert(record)).toBe('inserted');
        expect(await records.find(tenantId, record.id)).toEqual(record);
        expect(await records.insert({ ...family.make(tenantId), id: record.id })).toBe('conflict');
        expect(await records.find(tenantId, record.id)).toEqual(record);
      });

      test('are found by their natural key, which is taken once', async () => {
        const { records, tenantId } = setup();
        const record = family.make(tenantId);
        await records.insert(record);
        if (!family.key || !family.sameKey) {
          expect(await records.findByKey(tenantId, record.id)).toBeUndefined();
          return;
        }
        expect(await records.findByKey(tenantId, family.key(record))).toEqual(record);
        expect(await records.findByKey(tenantId, 'nobody')).toBeUndefined();
        const second = family.make(tenantId, family.sameKey(record));
        expect(await records.insert(second)).toBe('conflict');
        const third = family.make(tenantId);
        await records.insert(third);
        expect(await records.update(tenantId, third.id, (now) => ({ ...now, ...family.sameKey!(record) }))).toBe(
          'conflict',
        );
        expect(await records.find(tenantId, third.id)).toEqual(third);
        const elsewhere = family.make(fresh('ten'), family.sameKey(record));
        expect(await records.insert(elsewhere)).toBe('inserted');
      });

      test('are listed in the order of creation, page by page', async () => {
        const { records, tenantId } = setup();
        const made = Array.from({ length: 5 }, () => family.make(tenantId));
        for (const record of made) await records.insert(record);
        await records.update(tenantId, made[0]!.id, (now) => ({ ...now, updatedAt: AT + 1 }));
        const ids = async (page?: { offset: number; limit: number }) => {
          const listed = await records.list(tenantId, page && { page });
          return { ids: listed.records.map((record) => record.id), total: listed.total };
        };
        const expected = made.map((record) => record.id);
        expect(await ids()).toEqual({ ids: expected, total: 5 });
        expect(await ids({ offset: 0, limit: 2 })).toEqual({ ids: expected.slice(0, 2), total: 5 });
        expect(await ids({ offset: 4, limit: 2 })).toEqual({ ids: expected.slice(4), total: 5 });
        expect(await ids({ offset: 9, limit: 2 })).toEqual({ ids: [], total: 5 });
      });

      test('are narrowed to what they hang on', async () => {
        if (!family.parent || !family.sameParent) return;
        const { records, tenantId } = setup();
        const first = family.make(tenantId);
        const sibling = family.make(tenantId, family.sameParent(first));
        for (const record of [first, family.make(tenantId), sibling]) await records.insert(record);
        const listed = await records.list(tenantId, { parent: family.parent(first), page: { offset: 0, limit: 1 } });
        expect(listed).toEqual({ records: [first], total: 2 });
        expect((await records.list(tenantId, { parent: family.parent(first) })).records).toEqual([first, sibling]);
      });

      test('are changed and removed', async () => {
        const { records, tenantId } = setup();
        const record = family.make(tenantId);
        await records.insert(record);
        const edited = { ...record, updatedAt: AT + 7 };
        expect(
          await records.update(tenantId, record.id, (now) => ({ ...now, updatedAt: AT + 7, id: 'other' })),
        ).toEqual(edited);
        expect(await records.find(tenantId, record.id)).toEqual(edited);
        expect(await records.update(tenantId, 'nobody', (now) => now)).toBe('missing');
        await expect(
          records.update(tenantId, record.id, () => {
            throw new Error('from the edit');
          }),
        ).rejects.toThrow('from the edit');
        expect(await records.remove(tenantId, record.id)).toBe(true);
        expect(await records.remove(tenantId, record.id)).toBe(false);
        expect(await records.find(tenantId, record.id)).toBeUndefined();
      });

      test('of one tenant are out of reach of another', async () => {
        const { records, tenantId } = setup();
        const stranger = fresh('ten');
        const record = family.make(tenantId);
        await records.insert(record);
        expect(await records.find(stranger, record.id)).toBeUndefined();
        expect(await records.findByKey(stranger, family.key?.(record) ?? record.id)).toBeUndefined();
        expect(await records.list(stranger)).toEqual({ records: [], total: 0 });
        expect(await records.update(stranger, record.id, (now) => now)).toBe('missing');
        expect(await records.remove(stranger, record.id)).toBe(false);
        const namesake = { ...family.make(stranger), id: record.id };
        expect(await records.insert(namesake)).toBe('inserted');
        expect(await records.remove(stranger, record.id)).toBe(true);
        expect(await records.find(tenantId, record.id)).toEqual(record);
      });
    });
  }

  describe('a public client', () => {
    test('has no secret, and may lose one', async () => {
      const { clients } = stores.store;
      const { secret: _, ...open } = aClient(fresh('ten'));
      await clients.insert(open);
      expect(await clients.find(open.tenantId, open.id)).toEqual(open);
      const closed = { ...open, secret: 'now-it-has-one' };
      expect(await clients.update(open.tenantId, open.id, () => closed)).toEqual(closed);
      expect(await clients.find(open.tenantId, open.id)).toEqual(closed);
      await clients.update(open.tenantId, open.id, () => open);
      expect(await clients.find(open.tenantId, open.id)).toEqual(open);
    });
  });

  describe('owners', () => {
    test('are found by id and by name, and both are taken once', async () => {
      const { owners } = stores.store;
      const owner = { id: fresh('own'), name: fresh('default'), createdAt: AT };
      expect(await owners.insert(owner)).toBe('inserted');
      expect(await owners.insert({ ...owner, id: fresh('own') })).toBe('conflict');
      expect(await owners.insert({ ...owner, name: fresh('x') })).toBe('conflict');
      expect(await owners.find(owner.id)).toEqual(owner);
      expect(await owners.find(owner.name)).toEqual(owner);
      expect(await owners.find('nobody')).toBeUndefined();
      expect(await owners.list()).toContainEqual(owner);
    });
  });

  describe('tenants', () => {
    test('are found by id, name and host, and each is taken once', async () => {
      const { tenants } = stores.store;
      const tenant = aTenant({
        baseUrl: `https://${fresh('Acme').replace('_', '-')}.Example.com:443`,
        ownerId: fresh('own'),
      });
      expect(await tenants.insert(tenant)).toBe('inserted');
      const host = new URL(tenant.baseUrl).host;
      for (const taken of [{ id: tenant.id }, { name: tenant.name }, { baseUrl: `https://${host.toUpperCase()}` }]) {
        expect(await tenants.insert(aTenant(taken))).toBe('conflict');
      }
      expect(await tenants.find(tenant.id)).toEqual(tenant);
      expect(await tenants.find(tenant.name)).toEqual(tenant);
      expect(await tenants.findByHost(host.toUpperCase())).toEqual(tenant);
      expect(await tenants.findByHost(`${host}:444`)).toBeUndefined();
      expect(await tenants.ofOwner(tenant.ownerId)).toEqual([tenant]);
      expect(await tenants.isEmpty()).toBe(false);
    });

    test('are changed, but not into one another', async () => {
      const { tenants } = stores.store;
      const [one, two] = [aTenant(), aTenant()];
      await tenants.insert(one);
      await tenants.insert(two);
      const renamed = { ...one, friendlyName: 'Acme', baseUrl: 'http://elsewhere.localhost:3000' };
      expect(await tenants.update(one.id, (now) => ({ ...now, ...renamed }))).toEqual(renamed);
      expect(await tenants.findByHost('elsewhere.localhost:3000')).toEqual(renamed);
      expect(await tenants.findByHost(new URL(one.baseUrl).host)).toBeUndefined();
      expect(await tenants.update(one.id, (now) => ({ ...now, name: two.name }))).toBe('conflict');
      expect(await tenants.update('nobody', (now) => now)).toBe('missing');
    });
  });

  describe('bindings', () => {
    const binding = (tenantId: string, changes: Partial<BindingRecord> = {}): BindingRecord => ({
      tenantId,
      id: fresh('bnd'),
      triggerId: 'post-login',
      actionId: fresh('act'),
      displayName: 'first',
      position: 0,
      createdAt: AT,
      updatedAt: AT,
      ...changes,
    });

    test('are replaced as a list and keep its order', async () => {
      const { bindings } = stores.store;
      const tenantId = fresh('ten');
      const [a, b, c] = [binding(tenantId), binding(tenantId, { position: 1 }), binding(tenantId, { position: 2 })];
      const other = binding(tenantId, { triggerId: 'send-phone-message', actionId: a.actionId });
      await bindings.replace(tenantId, 'post-login', [a, b, c]);
      await bindings.replace(tenantId, 'send-phone-message', [other]);
      expect(await bindings.list(tenantId, 'post-login')).toEqual([a, b, c]);
      await bindings.replace(tenantId, 'post-login', [c, a]);
      const moved = [
        { ...c, position: 0 },
        { ...a, position: 1 },
      ];
      expect(await bindings.list(tenantId, 'post-login')).toEqual(moved);
      expect(await bindings.ofAction(tenantId, a.actionId)).toEqual([moved[1], other]);
      expect(await bindings.list(fresh('ten'), 'post-login')).toEqual([]);
      expect(await bindings.ofAction(fresh('ten'), a.actionId)).toEqual([]);
      await bindings.replace(tenantId, 'post-login', []);
      expect(await bindings.list(tenantId, 'post-login')).toEqual([]);
    });

    test('that are replaced at once do not mix', async () => {
      const tenant = aTenant();
      await stores.store.tenants.insert(tenant);
      const lists = Array.from({ length: 12 }, (_, i) =>
        [0, 1, 2].map((position) => binding(tenant.id, { position, displayName: `list ${i}` })),
      );
      await Promise.all(
        lists.map((list, i) => (i % 2 ? stores.store : stores.other).bindings.replace(tenant.id, 'post-login', list)),
      );
      expect(lists).toContainEqual(await stores.store.bindings.list(tenant.id, 'post-login'));
    });
  });

  describe('signing keys', () => {
    test('are listed newest first', async () => {
      const { signingKeys } = stores.store;
      const tenantId = fresh('ten');
      const [old, next, same] = [
        aSigningKey(tenantId, { createdAt: AT - 1 }),
        aSigningKey(tenantId),
        aSigningKey(tenantId),
      ];
      for (const key of [next, old, same]) await signingKeys.insert(key);
      expect(await signingKeys.list(tenantId)).toEqual([same, next, old]);
      expect(await signingKeys.list(fresh('ten'))).toEqual([]);
    });
  });
}
