// Lifecycle: how a tenant is born, with everything an empty one holds, and how the default tenant is found again at each
// start. Source: operating contract, details 1 and 16.
import type { ClientRecord, OwnerRecord, ResourceServerRecord, TenantRecord } from '#storage/records.ts';
import { ensureOperatorClient, FIRST_CONNECTION, newAdminClient } from './client.ts';
import type { LifecyclePorts } from './ports.ts';
import { MANAGEMENT_SCOPES, managementAudience, OPERATOR_SCOPES } from './scopes.ts';
import { completeSigningKeys } from './signing-key.ts';

/** Name and id of the organization that owns the default tenant. */
const DEFAULT_OWNER = 'default';

export type TenantInput = {
  /** A random one where it is not given. */
  id?: string;
  name: string;
  /** Scheme, host and port, and a path of one segment where it is named by one; without a slash at the end. */
  baseUrl: string;
  /** Where it is not the base URL with a slash. */
  issuer?: string;
  ownerId: string;
  /** Its Management API offers the operator's scopes too: the default tenant, and the first tenant of an owner. */
  operator?: boolean;
};

export type NewTenant = { made: true; tenant: TenantRecord; adminClient: ClientRecord } | { made: false };

const HOUR = 3600;

/** What of a base URL no two tenants may share: host, port and path, as a store finds tenants by it. */
export function placeOf(baseUrl: string): string {
  const { host, pathname } = new URL(baseUrl);
  return `${host}${pathname.replace(/\/+$/, '')}`;
}

/** Makes a tenant with an admin client of its own. Not made: its name or the host of its base URL is taken. */
export async function newTenant(ports: LifecyclePorts, input: TenantInput): Promise<NewTenant> {
  const tenant = await insertTenant(ports, input);
  if (!tenant) return { made: false };
  return { made: true, tenant, adminClient: await newAdminClient(ports, tenant) };
}

/**
 * The default tenant, made when the database has none of that name, and its operator client when one is configured.
 * Safe to repeat; a changed base URL moves the tenant and its Management API there. Throws when another tenant already
 * answers at that host.
 */
export async function ensureDefaultTenant(
  ports: LifecyclePorts,
  input: { name: string; baseUrl: string; operator?: { clientId: string; clientSecret: string } },
): Promise<TenantRecord> {
  const owner = await ensureOwner(ports);
  const known = await ports.store.tenants.find(input.name);
  const tenant = known
    ? await moveTenant(ports, known, input.baseUrl)
    : await insertTenant(ports, { name: input.name, baseUrl: input.baseUrl, ownerId: owner.id, operator: true });
  if (!tenant) throw new Error(`another tenant than "${input.name}" already answers at ${input.baseUrl}`);
  await furnish(ports, tenant, true);
  await refreshSystemApi(ports, tenant);
  if (input.operator) await ensureOperatorClient(ports, tenant, input.operator);
  return tenant;
}

async function ensureOwner(ports: LifecyclePorts): Promise<OwnerRecord> {
  const owner = { id: DEFAULT_OWNER, name: DEFAULT_OWNER, createdAt: ports.now() };
  await ports.store.owners.insert(owner);
  return (await ports.store.owners.find(DEFAULT_OWNER)) ?? owner;
}

async function insertTenant(ports: LifecyclePorts, input: TenantInput): Promise<TenantRecord | undefined> {
  const tenant = tenantOf(ports, input);
  if ((await ports.store.tenants.insert(tenant)) === 'conflict') return undefined;
  await furnish(ports, tenant, input.operator === true);
  return tenant;
}

/** The row of a new tenant, as it will be written. */
export function tenantOf({ random, now }: LifecyclePorts, input: TenantInput): TenantRecord {
  const createdAt = now();
  return {
    id: input.id ?? random.uuid(),
    name: input.name,
    baseUrl: input.baseUrl,
    ...(input.issuer === undefined ? {} : { issuer: input.issuer }),
    ownerId: input.ownerId,
    enabledLocales: ['en', 'ja'],
    defaultDirectory: FIRST_CONNECTION,
    customizeMfa: true,
    factors: {
      sms: false,
      'push-notification': false,
      otp: false,
      email: false,
      duo: false,
      'webauthn-roaming': false,
      'webauthn-platform': false,
      'recovery-code': false,
    },
    policies: [],
    messageTypes: ['sms'],
    session: { lifetimeSeconds: 168 * HOUR, idleLifetimeSeconds: 72 * HOUR, cookieMode: 'persistent' },
    settings: {},
    createdAt,
    updatedAt: createdAt,
  };
}

/** What an empty tenant holds. The system API comes last: while it is missing, a crash left the rest unfinished. */
export async function furnish(ports: LifecyclePorts, tenant: TenantRecord, operator: boolean): Promise<void> {
  const { store, random } = ports;
  if (await store.resourceServers.findByKey(tenant.id, managementAudience(tenant.baseUrl))) return;
  await completeSigningKeys(ports, tenant.id, 'RS256');
  await store.connections.insert({
    tenantId: tenant.id,
    id: `con_${random.letters(16)}`,
    name: FIRST_CONNECTION,
    strategy: 'auth0',
    metadata: {},
    enabledClients: [],
    options: { brute_force_protection: true },
    settings: {},
    createdAt: tenant.createdAt,
    updatedAt: tenant.createdAt,
  });
  await store.resourceServers.insert(systemApi(ports, tenant, operator));
}

function systemApi(ports: LifecyclePorts, tenant: TenantRecord, operator: boolean): ResourceServerRecord {
  return {
    tenantId: tenant.id,
    id: ports.random.hex(24),
    identifier: managementAudience(tenant.baseUrl),
    name: 'Management API',
    scopes: systemScopes(operator),
    signingAlg: 'RS256',
    tokenLifetimeSeconds: 86_400,
    tokenLifetimeForWebSeconds: 7200,
    allowOfflineAccess: false,
    isSystem: true,
    settings: {},
    createdAt: tenant.createdAt,
    updatedAt: tenant.createdAt,
  };
}

const systemScopes = (operator: boolean) =>
  [...MANAGEMENT_SCOPES, ...(operator ? OPERATOR_SCOPES : [])].map((value) => ({ value }));

/** Undefined: the host is another tenant's. */
async function moveTenant(
  { store, now }: LifecyclePorts,
  tenant: TenantRecord,
  baseUrl: string,
): Promise<TenantRecord | undefined> {
  if (tenant.baseUrl === baseUrl) return tenant;
  const moved = await store.tenants.update(tenant.id, (current) => ({ ...current, baseUrl, updatedAt: now() }));
  if (moved === 'missing' || moved === 'conflict') return undefined;
  const from = managementAudience(tenant.baseUrl);
  const grants = await store.clientGrants.list(tenant.id);
  for (const grant of grants.records.filter(({ audience }) => audience === from)) {
    await store.clientGrants.update(tenant.id, grant.id, (current) => ({
      ...current,
      audience: managementAudience(baseUrl),
    }));
  }
  const api = await store.resourceServers.findByKey(tenant.id, from);
  if (api) {
    await store.resourceServers.update(tenant.id, api.id, (current) => ({
      ...current,
      identifier: managementAudience(baseUrl),
    }));
  }
  return moved;
}

/** A version of ours that knows more scopes offers them on a tenant that an older one made. */
async function refreshSystemApi({ store }: LifecyclePorts, tenant: TenantRecord): Promise<void> {
  const api = await store.resourceServers.findByKey(tenant.id, managementAudience(tenant.baseUrl));
  if (!api || api.scopes.length === systemScopes(true).length) return;
  await store.resourceServers.update(tenant.id, api.id, (current) => ({ ...current, scopes: systemScopes(true) }));
}
