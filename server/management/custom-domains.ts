// Management: custom domains, kept for tools that manage whole tenants. A tenant answers at its base URL and at nothing else:
// no domain is ever verified here, so every one stays as it was made, pending.
import { z } from 'zod';
import type { Json, KeptDocumentRecord, TenantRecord } from '#storage/records.ts';
import { answer, created, empty, refuse } from './answer.ts';
import { mergeSettings, text, textMap } from './fields.ts';
import { listing } from './listing.ts';
import { fieldsQuery, project } from './paging.ts';
import { NOTHING, type Route, route } from './route.ts';

const KIND = 'custom-domain';
const MOST = 20;

const domainName = z
  .string()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/);

const TYPES = ['auth0_managed_certs', 'self_managed_certs'] as const;
const header = z.enum(['true-client-ip', 'cf-connecting-ip', 'x-forwarded-for', 'x-azure-clientip', '']);

const properties = {
  tls_policy: z.enum(['recommended', 'compatible']).nullable().optional(),
  custom_client_ip_header: header.nullable().optional(),
  domain_metadata: textMap.optional(),
  relying_party_identifier: domainName.nullable().optional(),
};

const domainShape = z
  .strictObject({
    custom_domain_id: z.string(),
    domain: z.string(),
    primary: z.boolean(),
    is_default: z.boolean(),
    status: z.enum(['pending_verification']),
    type: z.enum(TYPES),
    origin_domain_name: z.string().optional(),
    verification: z.strictObject({
      methods: z.array(z.strictObject({ name: z.enum(['cname', 'txt']), record: z.string(), domain: z.string() })),
      status: z.enum(['pending']),
    }),
    tls_policy: z.string().optional(),
    custom_client_ip_header: z.string().optional(),
    domain_metadata: z.record(z.string(), z.string()).optional(),
    relying_party_identifier: z.string().optional(),
  })
  .meta({ id: 'CustomDomain' });

const DOMAINS = listing('custom_domains', domainShape, { paging: 'checkpoint', fields: true });

const MISSING = refuse(404, 'The custom domain does not exist', 'inexistent_custom_domain');
const TAKEN = refuse(409, 'This custom domain already exists.', 'custom_domain_conflict');
const FULL = refuse(403, `A tenant has at most ${MOST} custom domains.`, 'too_many_custom_domains');

/** What an owner would have to publish; nobody looks. */
function showDomain({ id, name, document }: KeptDocumentRecord, tenant: TenantRecord): Record<string, unknown> {
  const isOurs = document.type === 'auth0_managed_certs';
  const { hostname } = new URL(tenant.baseUrl);
  const method = isOurs
    ? { name: 'cname', record: hostname, domain: name }
    : { name: 'txt', record: `${KIND}-verification=${id}`, domain: `_cf-custom-hostname.${name}` };
  return {
    custom_domain_id: id,
    domain: name,
    primary: false,
    is_default: false,
    status: 'pending_verification',
    ...document,
    ...(isOurs ? {} : { origin_domain_name: hostname }),
    verification: { methods: [method], status: 'pending' },
  };
}

export const customDomainRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/custom-domains',
    scopes: ['read:custom_domains'],
    summary: 'List custom domains',
    query: z.looseObject({ ...DOMAINS.query }),
    answers: DOMAINS.answers,
    handle: ({ deps, tenant, query }) =>
      DOMAINS.answer(query, {
        read: (page) => deps.store.keptDocuments.list(tenant.id, { parent: KIND, page }),
        show: (domain) => showDomain(domain, tenant),
      }),
  }),

  route({
    method: 'POST',
    path: '/custom-domains',
    scopes: ['create:custom_domains'],
    summary: 'Keep a custom domain',
    answers: { 201: domainShape },
    body: z.strictObject({
      ...properties,
      domain: domainName,
      type: z.enum(TYPES),
      verification_method: z.enum(['txt']).optional(),
    }),
    async handle({ deps, ports, tenant, body }) {
      const { domain: name, verification_method: _, domain_metadata: metadata, ...rest } = body;
      const { total } = await deps.store.keptDocuments.list(tenant.id, { parent: KIND, page: { offset: 0, limit: 1 } });
      if (total >= MOST) return FULL;
      const now = ports.now();
      const document = mergeSettings({}, { tls_policy: 'recommended', ...rest, ...merged({}, metadata) });
      const id = `cd_${ports.random.letters(16)}`;
      const record = { tenantId: tenant.id, id, kind: KIND, name, document, createdAt: now, updatedAt: now } as const;
      return (await deps.store.keptDocuments.insert(record)) === 'conflict'
        ? TAKEN
        : created(showDomain(record, tenant));
    },
  }),

  route({
    method: 'GET',
    path: '/custom-domains/default',
    scopes: ['read:custom_domains'],
    summary: 'Get the domain that the tenant answers at',
    answers: { 200: z.strictObject({ domain: text(253) }) },
    // That of the base URL, as long as no other one can be verified.
    handle: async ({ tenant }) => answer({ domain: new URL(tenant.baseUrl).hostname }),
  }),

  route({
    method: 'GET',
    path: '/custom-domains/:id',
    scopes: ['read:custom_domains'],
    summary: 'Get a custom domain',
    query: z.strictObject(fieldsQuery),
    answers: { 200: domainShape.partial() },
    async handle({ deps, tenant, param, query }) {
      const record = await deps.store.keptDocuments.find(tenant.id, param('id'));
      return record?.kind === KIND ? answer(project(showDomain(record, tenant), query)) : MISSING;
    },
  }),

  route({
    method: 'PATCH',
    path: '/custom-domains/:id',
    scopes: ['update:custom_domains'],
    summary: 'Update a custom domain',
    answers: { 200: domainShape },
    body: z.strictObject(properties),
    async handle({ deps, tenant, param, body }) {
      const known = await deps.store.keptDocuments.find(tenant.id, param('id'));
      if (known?.kind !== KIND) return MISSING;
      const { domain_metadata: metadata, ...rest } = body;
      const updated = await deps.store.keptDocuments.update(tenant.id, known.id, (current) => ({
        ...current,
        document: mergeSettings(current.document, { ...rest, ...merged(current.document.domain_metadata, metadata) }),
        updatedAt: deps.clock.now(),
      }));
      return typeof updated === 'string' ? MISSING : answer(showDomain(updated, tenant));
    },
  }),

  route({
    method: 'POST',
    path: '/custom-domains/:id/verify',
    scopes: ['create:custom_domains'],
    summary: 'Ask for a custom domain to be verified, which never happens here',
    answers: { 200: domainShape },
    async handle({ deps, tenant, param }) {
      const record = await deps.store.keptDocuments.find(tenant.id, param('id'));
      return record?.kind === KIND ? answer(showDomain(record, tenant)) : MISSING;
    },
  }),

  route({
    method: 'DELETE',
    path: '/custom-domains/:id',
    scopes: ['delete:custom_domains'],
    summary: 'Delete a custom domain',
    answers: { 204: NOTHING },
    async handle({ deps, tenant, param }) {
      const known = await deps.store.keptDocuments.find(tenant.id, param('id'));
      if (known?.kind === KIND) await deps.store.keptDocuments.remove(tenant.id, known.id);
      return empty();
    },
  }),
];

/** Key by key; null takes one away. */
function merged(current: Json | undefined, given: Record<string, string | null> | undefined) {
  if (given === undefined) return {};
  const known = typeof current === 'object' && current !== null && !Array.isArray(current) ? current : {};
  return { domain_metadata: mergeSettings(known, given) };
}
