// Tests of storage: what a tenant is made of: the table of the families, then owners, tenants and bindings.
import { describe, expect, test } from 'vitest';
import type { BindingRecord } from '#storage/records.ts';
import type { Stores } from '../conformance.ts';
import { aPage, aProvider } from '../factor-samples.ts';
import { aForm, aGroup } from '../person-samples.ts';
import { aKeptDocument, anExchangeProfile } from '../protocol-samples.ts';
import { aBuild, aModule, aModuleVersion } from '../run-samples.ts';
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
  aTenant,
  fresh,
} from '../samples.ts';
import { describeFamily } from './family.ts';

export function describeConfiguration(stores: Stores): void {
  describeFamily(stores, 'clients', { collection: (store) => store.clients, make: aClient });
  describeFamily(stores, 'connections', {
    collection: (store) => store.connections,
    make: aConnection,
    key: (record) => record.name,
    sameKey: ({ name }) => ({ name }),
  });
  describeFamily(stores, 'resource servers', {
    collection: (store) => store.resourceServers,
    make: aResourceServer,
    key: (record) => record.identifier,
    sameKey: ({ identifier }) => ({ identifier }),
  });
  describeFamily(stores, 'client grants', {
    collection: (store) => store.clientGrants,
    make: aClientGrant,
    key: (record) => `${record.clientId} ${record.audience}`,
    sameKey: ({ clientId, audience }) => ({ clientId, audience }),
    parent: (record) => record.clientId,
    sameParent: ({ clientId }) => ({ clientId, audience: fresh('https://') }),
  });
  describeFamily(stores, 'roles', {
    collection: (store) => store.roles,
    make: aRole,
    key: (record) => record.name,
    sameKey: ({ name }) => ({ name }),
  });
  describeFamily(stores, 'organizations', {
    collection: (store) => store.organizations,
    make: anOrganization,
    key: (record) => record.name,
    sameKey: ({ name }) => ({ name }),
  });
  describeFamily(stores, 'Actions', { collection: (store) => store.actions, make: anAction });
  describeFamily(stores, 'versions of Actions', {
    collection: (store) => store.actionVersions,
    make: anActionVersion,
    parent: (record) => record.actionId,
    sameParent: ({ actionId }) => ({ actionId }),
  });
  describeFamily(stores, 'builds', { collection: (store) => store.builds, make: aBuild });
  describeFamily(stores, 'shared modules', {
    collection: (store) => store.modules,
    make: aModule,
    key: (record) => record.name,
    sameKey: ({ name }) => ({ name }),
  });
  describeFamily(stores, 'versions of shared modules', {
    collection: (store) => store.moduleVersions,
    make: aModuleVersion,
    key: (record) => `${record.moduleId} ${record.number}`,
    sameKey: ({ moduleId, number }) => ({ moduleId, number }),
    parent: (record) => record.moduleId,
    sameParent: ({ moduleId }) => ({ moduleId, number: 2 }),
  });

  describeFamily(stores, 'groups of connections', {
    collection: (store) => store.groups,
    make: aGroup,
    parent: (record) => String(record.connectionId),
    sameParent: ({ connectionId }) => ({ connectionId: String(connectionId) }),
  });
  describeFamily(stores, 'groups of organizations', {
    collection: (store) => store.groups,
    make: (tenantId, changes) => {
      const { connectionId: _, ...group } = aGroup(tenantId, { organizationId: fresh('org') });
      return { ...group, ...changes };
    },
    parent: (record) => String(record.organizationId),
    sameParent: ({ organizationId }) => ({ organizationId: String(organizationId) }),
  });
  describeFamily(stores, 'groups of the tenant', {
    collection: (store) => store.groups,
    make: (tenantId, changes) => {
      const { connectionId: _, externalId: __, ...group } = aGroup(tenantId);
      return { ...group, ...changes };
    },
  });
  describeFamily(stores, 'forms', { collection: (store) => store.forms, make: aForm });
  describeFamily(stores, 'pages', {
    collection: (store) => store.pages,
    make: aPage,
    key: (record) => `${record.kind} ${record.name}`,
    sameKey: ({ kind, name }) => ({ kind, name }),
    parent: (record) => record.kind,
    sameParent: ({ kind }) => ({ kind }),
  });
  describeFamily(stores, 'providers', {
    collection: (store) => store.providers,
    make: aProvider,
    key: (record) => record.name,
    sameKey: ({ name }) => ({ name }),
  });
  describeFamily(stores, 'documents that are kept', {
    collection: (store) => store.keptDocuments,
    make: aKeptDocument,
    key: (record) => `${record.kind} ${record.name}`,
    sameKey: ({ kind, name }) => ({ kind, name }),
    parent: (record) => record.kind,
    sameParent: ({ kind }) => ({ kind }),
  });
  describeFamily(stores, 'profiles of token exchanges', {
    collection: (store) => store.tokenExchangeProfiles,
    make: anExchangeProfile,
    key: (record) => record.subjectTokenType,
    sameKey: ({ subjectTokenType }) => ({ subjectTokenType }),
    parent: (record) => record.actionId,
    sameParent: ({ actionId }) => ({ actionId }),
  });

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
}
