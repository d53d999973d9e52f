// Owner management: one tenant: what it is called and where it answers.
import { z } from 'zod';
import type { TenantRecord } from '#storage/records.ts';
import { diffOf } from '../management/diff.ts';
import { flawOfBaseUrl } from './base-url.ts';
import { conflicting, invalidRequest, notThere, shown } from './owner-answer.ts';
import { isUuid } from './owner-body.ts';
import type { TenantRoute } from './owner-route.ts';
import { readBody, unknownNames } from './owner-schema.ts';

export const tenantName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/);

const change = z.object({ name: tenantName, base_url: z.string().max(255).optional() });

export const showTenant = ({ id, name, baseUrl }: TenantRecord) => ({ id, name, base_url: baseUrl });

export const tenantRoutes: TenantRoute[] = [
  { method: 'GET', path: '', scopes: [], handle: async ({ tenant }) => shown(showTenant(tenant)) },

  {
    method: 'PUT',
    path: '',
    scopes: ['update:tenant_settings'],
    takesBody: true,
    async handle({ deps, tenant, dryRun, body }) {
      const read = readBody(change, body);
      if (!read.ok) return read;
      const { name, base_url: baseUrl = tenant.baseUrl } = read.value;
      // Issuer, tokens in circulation and people's security keys hang on it.
      if (baseUrl !== tenant.baseUrl) return invalidRequest('base_url cannot be changed: make another tenant there');
      if (name !== tenant.name) {
        // The next start would look for it under its former name and, not finding it, make another one.
        if (tenant.name === deps.config.tenantName) return invalidRequest('SALLYPORT_TENANT names this tenant');
        // Paths find a tenant by id or by name: a name must not look like the id of another one.
        if (isUuid(name)) return invalidRequest('name must not be a UUID');
        const flaw = flawOfBaseUrl(tenant.baseUrl, { id: tenant.id, name });
        if (flaw) return invalidRequest('The base URL of this tenant holds its name, which cannot be changed');
        if (await deps.store.tenants.find(name)) return TAKEN;
      }
      const next = { ...tenant, name };
      const updated = dryRun
        ? next
        : await deps.store.tenants.update(tenant.id, (current) => ({
            ...current,
            name,
            updatedAt: deps.clock.now(),
          }));
      if (updated === 'missing') return notThere('Tenant not found');
      if (updated === 'conflict') return TAKEN;
      return shown({
        dry_run: dryRun,
        result: showTenant(updated),
        diff: diffOf(showTenant(tenant), showTenant(updated)),
        warnings: unknownNames(body, ['id', 'name', 'base_url']),
      });
    },
  },
];

const TAKEN = conflicting('A tenant with this name already exists.');
