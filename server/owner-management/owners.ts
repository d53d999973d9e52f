// Owner management: the owners that a token may see, their tenants, and how a further tenant is made. Source: operating
// contract, details 2, 16 and 40.
import { z } from 'zod';
import { newTenant, placeOf } from '#runtime/lifecycle/tenant.ts';
import { flawOfBaseUrl } from './base-url.ts';
import { findOwner, opensEverything, opensOwner, opensTenant } from './owner-access.ts';
import { conflicting, invalidRequest, refuseOwner, shown } from './owner-answer.ts';
import type { PlaneRoute } from './owner-route.ts';
import { readBody } from './owner-schema.ts';
import { showTenant, tenantName } from './tenants.ts';

const creation = z.strictObject({ name: tenantName, base_url: z.string().max(255) });

export const ownerRoutes: PlaneRoute[] = [
  {
    method: 'GET',
    path: '/organizations',
    async handle({ deps, operator }) {
      const owners = await deps.store.owners.list();
      const visible = owners.filter((owner) => opensOwner(operator, owner));
      return shown(listed(visible.map(({ id, name }) => ({ id, name }))));
    },
  },

  {
    method: 'GET',
    path: '/organizations/:organization/tenants',
    async handle({ deps, operator, param }) {
      const owner = await findOwner(deps.store, operator, param('organization'));
      if ('ok' in owner) return owner;
      const tenants = await deps.store.tenants.ofOwner(owner.id);
      return shown(listed(tenants.filter((tenant) => opensTenant(operator, tenant)).map(showTenant)));
    },
  },

  {
    method: 'POST',
    path: '/tenants',
    takesBody: true,
    async handle({ deps, ports, operator, dryRun, body }) {
      if (!opensEverything(operator)) {
        return refuseOwner(403, 'insufficient_scope', 'Insufficient scope, expected any of: management');
      }
      const read = readBody(creation, body);
      if (!read.ok) return read;
      const { name, base_url: baseUrl } = read.value;
      const flaw = flawOfBaseUrl(baseUrl, { name });
      if (flaw !== undefined) return invalidRequest('The request is invalid.', [flaw]);
      if (dryRun) {
        const { tenants } = deps.store;
        const taken = (await tenants.find(name)) ?? (await tenants.findByHost(placeOf(baseUrl)));
        return taken ? TAKEN : shown({ dry_run: true, result: { name, base_url: baseUrl } });
      }
      const outcome = await newTenant(ports, { name, baseUrl, ownerId: operator.home.ownerId });
      if (!outcome.made) return TAKEN;
      const { tenant, adminClient } = outcome;
      const admin = { client_id: adminClient.id, client_secret: adminClient.secret };
      return {
        ok: true,
        status: 201,
        body: { dry_run: false, result: { ...showTenant(tenant), admin_client: admin } },
      };
    },
  },
];

const TAKEN = conflicting('A tenant with this name or base URL already exists.');

/** A list that is always shown whole. */
const listed = (records: unknown[]) => ({
  list: records,
  total_count: records.length,
  limit: records.length,
  offset: 0,
});
