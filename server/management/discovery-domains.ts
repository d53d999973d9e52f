// Management: domains by whose addresses people are known to belong to an organization, each of one organization only. Nobody
// looks for the TXT record here: the owner of the tenant says that a domain is verified.
import { z } from 'zod';
import type { DiscoveryDomainRecord } from '#storage/records.ts';
import { type Answer, answer, created, empty, NOT_FOUND, refuse } from './answer.ts';
import { optional } from './fields.ts';
import { listing } from './listing.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';

const PATH = '/organizations/:id/discovery-domains';
const STATES = ['pending', 'verified'] as const;
const TAKEN = refuse(409, 'An organization discovery domain with this name already exists.');

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
/** Any case; kept in lower case. */
const domain = z
  .string()
  .max(253)
  .transform((given) => given.toLowerCase())
  .pipe(z.string().regex(new RegExp(`^${label}(\\.${label})+$`)));

const change = z.strictObject({
  status: z.enum(STATES).optional(),
  use_for_organization_discovery: z.boolean().optional(),
});

const shape = z
  .strictObject({
    id: z.string(),
    domain: z.string(),
    status: z.enum(STATES),
    verification_host: z.string(),
    verification_txt: z.string(),
    use_for_organization_discovery: z.boolean(),
  })
  .meta({ id: 'DiscoveryDomain' });

const DOMAINS = listing('domains', shape, { paging: 'take' });

function show(record: DiscoveryDomainRecord): Record<string, unknown> {
  return {
    id: record.id,
    domain: record.domain,
    status: record.status,
    verification_host: `_ss-verification.${record.organizationId}.${record.domain}`,
    verification_txt: record.proof,
    use_for_organization_discovery: record.forDiscovery,
  };
}

export const discoveryDomainRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:organization_discovery_domains'],
    summary: 'List the discovery domains of an organization',
    query: z.strictObject(DOMAINS.query),
    answers: DOMAINS.answers,
    async handle({ deps, tenant, param, query }) {
      if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
      return DOMAINS.answer(query, {
        read: (page) => deps.store.discoveryDomains.list(tenant.id, { parent: param('id'), page }),
        show,
      });
    },
  }),

  route({
    method: 'POST',
    path: PATH,
    scopes: ['create:organization_discovery_domains'],
    summary: 'Add a discovery domain to an organization',
    answers: { 201: shape },
    body: change.extend({ domain }),
    async handle({ deps, ports, tenant, param, body }) {
      if (!(await deps.store.organizations.find(tenant.id, param('id')))) return NOT_FOUND.organization;
      const now = ports.now();
      const record: DiscoveryDomainRecord = {
        tenantId: tenant.id,
        id: `ord_${ports.random.letters(22)}`,
        organizationId: param('id'),
        domain: body.domain,
        status: body.status ?? 'pending',
        proof: ports.random.hex(32),
        forDiscovery: body.use_for_organization_discovery ?? true,
        createdAt: now,
        updatedAt: now,
      };
      return (await deps.store.discoveryDomains.insert(record)) === 'conflict' ? TAKEN : created(show(record));
    },
  }),

  route({
    method: 'GET',
    path: `${PATH}/name/:domain`,
    scopes: ['read:organization_discovery_domains'],
    summary: 'Get a discovery domain of an organization by its name',
    answers: { 200: shape },
    async handle({ deps, tenant, param }) {
      const found = await deps.store.discoveryDomains.findByKey(tenant.id, param('domain').toLowerCase());
      return found?.organizationId === param('id') ? answer(show(found)) : refuseMissing({ deps, tenant, param });
    },
  }),

  route({
    method: 'GET',
    path: `${PATH}/:domain`,
    scopes: ['read:organization_discovery_domains'],
    summary: 'Get a discovery domain of an organization',
    answers: { 200: shape },
    async handle(call) {
      const found = await find(call);
      return found ? answer(show(found)) : refuseMissing(call);
    },
  }),

  route({
    method: 'PATCH',
    path: `${PATH}/:domain`,
    scopes: ['update:organization_discovery_domains'],
    summary: 'Update a discovery domain of an organization',
    answers: { 200: shape },
    body: change,
    async handle(call) {
      const { deps, tenant, body } = call;
      const found = await find(call);
      if (!found) return refuseMissing(call);
      const updated = await deps.store.discoveryDomains.update(tenant.id, found.id, (current) => ({
        ...current,
        ...optional('status', body.status),
        ...optional('forDiscovery', body.use_for_organization_discovery),
        updatedAt: deps.clock.now(),
      }));
      return typeof updated === 'string' ? refuseMissing(call) : answer(show(updated));
    },
  }),

  route({
    method: 'DELETE',
    path: `${PATH}/:domain`,
    scopes: ['delete:organization_discovery_domains'],
    summary: 'Remove a discovery domain from an organization',
    answers: { 204: NOTHING },
    async handle(call) {
      const found = await find(call);
      if (found) await call.deps.store.discoveryDomains.remove(call.tenant.id, found.id);
      return empty();
    },
  }),
];

async function find({ deps, tenant, param }: Incoming): Promise<DiscoveryDomainRecord | undefined> {
  const found = await deps.store.discoveryDomains.find(tenant.id, param('domain'));
  return found?.organizationId === param('id') ? found : undefined;
}

async function refuseMissing({ deps, tenant, param }: Pick<Incoming, 'deps' | 'tenant' | 'param'>): Promise<Answer> {
  const organization = await deps.store.organizations.find(tenant.id, param('id'));
  return organization ? NOT_FOUND.discoveryDomain : NOT_FOUND.organization;
}
