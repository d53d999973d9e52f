// Storage: what an organization holds beside its members: client grants that are good for it, and clients that its members
// use. As with the other assignments, foreign keys remove a pair with either end, and one of something unknown is not written.
import { type Desk, flag } from '../columns.ts';
import { affected, first, rows } from '../database.ts';
import type { ClientGrantRecord, ClientRecord, OrganizationRecord } from '../records.ts';
import type { Holdings } from '../store.ts';
import { collectionColumns, fromRow } from './collection.ts';

export function createHoldings(desk: Desk): Holdings {
  const { build, hold, run, transact } = desk.db;
  const grants = collectionColumns.map((column) => `client_grants.${column}` as const);
  const clients = collectionColumns.map((column) => `clients.${column}` as const);
  const organizations = collectionColumns.map((column) => `organizations.${column}` as const);

  const clientsHeld = (tenantId: string, organizationId: string) =>
    build
      .selectFrom('organization_clients as held')
      .innerJoin('clients', (join) =>
        join.onRef('clients.tenant_id', '=', 'held.tenant_id').onRef('clients.id', '=', 'held.client_id'),
      )
      .where('held.tenant_id', '=', tenantId)
      .where('held.organization_id', '=', organizationId);

  return {
    async addGrant(tenantId, organizationId, grantId) {
      const both = build
        .selectFrom('organizations')
        .innerJoin('client_grants', 'client_grants.tenant_id', 'organizations.tenant_id')
        .select(['organizations.tenant_id', 'organizations.id as organization_id', 'client_grants.id as grant_id'])
        .where('organizations.tenant_id', '=', tenantId)
        .where('organizations.id', '=', organizationId)
        .where('client_grants.id', '=', grantId);
      const query = build
        .insertInto('organization_grants')
        .columns(['tenant_id', 'organization_id', 'grant_id'])
        .expression(hold(both))
        .onConflict((conflict) => conflict.doNothing());
      return transact(function* () {
        return (yield* affected(query)) === 1;
      });
    },

    async removeGrant(tenantId, organizationId, grantId) {
      const query = build
        .deleteFrom('organization_grants')
        .where('tenant_id', '=', tenantId)
        .where('organization_id', '=', organizationId)
        .where('grant_id', '=', grantId);
      return (await run(() => affected(query))) === 1;
    },

    async grantsOf(tenantId, organizationId) {
      const query = build
        .selectFrom('organization_grants as held')
        .innerJoin('client_grants', (join) =>
          join.onRef('client_grants.tenant_id', '=', 'held.tenant_id').onRef('client_grants.id', '=', 'held.grant_id'),
        )
        .select(grants)
        .where('held.tenant_id', '=', tenantId)
        .where('held.organization_id', '=', organizationId)
        .orderBy('held.seq');
      const found = await run(() => rows(query));
      return found.map((row) => fromRow<ClientGrantRecord>(desk, 'client_grants', row));
    },

    async organizationsOfGrant(tenantId, grantId, page) {
      const held = build
        .selectFrom('organization_grants as held')
        .innerJoin('organizations', (join) =>
          join
            .onRef('organizations.tenant_id', '=', 'held.tenant_id')
            .onRef('organizations.id', '=', 'held.organization_id'),
        )
        .where('held.tenant_id', '=', tenantId)
        .where('held.grant_id', '=', grantId);
      const query = held.select(organizations).orderBy('held.seq').limit(page.limit).offset(page.offset);
      const count = held.select((eb) => eb.fn.countAll<number>().as('total'));
      const found = await run(() => rows(query));
      return {
        records: found.map((row) => fromRow<OrganizationRecord>(desk, 'organizations', row)),
        total: (await run(() => first(count)))?.total ?? 0,
      };
    },

    async putClients(tenantId, organizationId, associations) {
      await transact(function* () {
        for (const { clientId, memberAccess } of associations) {
          const both = build
            .selectFrom('organizations')
            .innerJoin('clients', 'clients.tenant_id', 'organizations.tenant_id')
            .select(['organizations.tenant_id', 'organizations.id as organization_id', 'clients.id as client_id'])
            .where('organizations.tenant_id', '=', tenantId)
            .where('organizations.id', '=', organizationId)
            .where('clients.id', '=', clientId);
          yield build
            .insertInto('organization_clients')
            .columns(['tenant_id', 'organization_id', 'client_id'])
            .expression(hold(both))
            .onConflict((conflict) => conflict.doNothing())
            .compile();
          yield build
            .updateTable('organization_clients')
            .set({ member_access: flag(memberAccess) })
            .where('tenant_id', '=', tenantId)
            .where('organization_id', '=', organizationId)
            .where('client_id', '=', clientId)
            .compile();
        }
      });
    },

    async removeClients(tenantId, organizationId, clientIds) {
      if (clientIds.length === 0) return;
      const pairs = build
        .deleteFrom('organization_clients')
        .where('tenant_id', '=', tenantId)
        .where('organization_id', '=', organizationId)
        .where('client_id', 'in', [...clientIds]);
      await run(() => rows(pairs));
    },

    async clientsOf(tenantId, organizationId, page) {
      const held = clientsHeld(tenantId, organizationId);
      const query = held
        .select([...clients, 'held.member_access'])
        .orderBy('held.seq')
        .limit(page.limit)
        .offset(page.offset);
      const count = held.select((eb) => eb.fn.countAll<number>().as('total'));
      const found = await run(() => rows(query));
      return {
        records: found.map((row) => ({
          client: fromRow<ClientRecord>(desk, 'clients', row),
          memberAccess: row.member_access === 1,
        })),
        total: (await run(() => first(count)))?.total ?? 0,
      };
    },

    async memberAccess(tenantId, clientId, organizationIds) {
      if (organizationIds.length === 0) return new Map();
      const query = build
        .selectFrom('organization_clients')
        .select(['organization_id', 'member_access'])
        .where('tenant_id', '=', tenantId)
        .where('client_id', '=', clientId)
        .where('organization_id', 'in', [...organizationIds]);
      const found = await run(() => rows(query));
      return new Map(found.map((row) => [row.organization_id, row.member_access === 1]));
    },
  };
}
