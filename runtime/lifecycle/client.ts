// Lifecycle: how a client comes to life: the defaults it is made with, the connection it may use from the start, and
// machine-to-machine clients that administer a tenant.
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import type { LifecyclePorts } from './ports.ts';
import { MANAGEMENT_SCOPES, managementAudience, OPERATOR_SCOPES } from './scopes.ts';

/** The one database connection every tenant is born with; new clients may use it. */
export const FIRST_CONNECTION = 'Username-Password-Authentication';

export type ClientInput = Partial<
  Pick<
    ClientRecord,
    | 'id'
    | 'secret'
    | 'appType'
    | 'callbacks'
    | 'grantTypes'
    | 'authMethod'
    | 'credentials'
    | 'metadata'
    | 'backChannelLogout'
    | 'settings'
  >
> & { name: string };

/** A client's id: 32 letters and digits. */
const newClientId = (ports: LifecyclePorts): string => ports.random.letters(32);

/** A client's secret: 64 letters and digits, some 380 bits. */
export const newClientSecret = (ports: LifecyclePorts): string => ports.random.letters(64);

/** Public kinds of application cannot keep a secret, unless their author says otherwise. */
export function defaultAuthMethod(appType: ClientRecord['appType']): ClientRecord['authMethod'] {
  return appType === 'native' || appType === 'spa' ? 'none' : 'client_secret_post';
}

function defaultGrantTypes(appType: ClientRecord['appType'], authMethod: ClientRecord['authMethod']): string[] {
  // An API that only exchanges the tokens it was called with, or whatever it is told.
  if (appType === 'resource_server') return [];
  const common = ['authorization_code', 'implicit', 'refresh_token'];
  return authMethod === 'none' ? common : [...common, 'client_credentials'];
}

/** Of the ways to prove itself, those in which a secret is worth something. */
export const hasSecret = (authMethod: ClientRecord['authMethod']): boolean =>
  authMethod !== 'none' && authMethod !== 'private_key_jwt';

/**
 * The secret of a client that from now on proves itself by `authMethod`. One that opened something is over when the client
 * turns to another way, so that whoever held it has nothing when the client turns back.
 */
export function secretAfter(
  { authMethod: former, secret }: Pick<ClientRecord, 'authMethod' | 'secret'>,
  authMethod: ClientRecord['authMethod'],
  fresh: string,
): string | undefined {
  if (hasSecret(authMethod)) return hasSecret(former) ? (secret ?? fresh) : fresh;
  if (!hasSecret(former)) return secret;
  return authMethod === 'none' ? fresh : undefined;
}

/** Makes a client and enables it on the first connection. `conflict`: the id is taken. */
export async function newClient(
  ports: LifecyclePorts,
  tenantId: string,
  input: ClientInput,
): Promise<ClientRecord | 'conflict'> {
  const now = ports.now();
  const authMethod = input.authMethod ?? defaultAuthMethod(input.appType);
  const record: ClientRecord = {
    tenantId,
    id: input.id ?? newClientId(ports),
    name: input.name,
    // As on the wire, also where it opens nothing: it is what the client gets when it turns to proving itself by one.
    secret: input.secret ?? newClientSecret(ports),
    ...(input.appType === undefined ? {} : { appType: input.appType }),
    callbacks: input.callbacks ?? [],
    grantTypes: input.grantTypes ?? defaultGrantTypes(input.appType, authMethod),
    authMethod,
    ...(input.credentials === undefined ? {} : { credentials: input.credentials }),
    metadata: input.metadata ?? {},
    ...(input.backChannelLogout === undefined ? {} : { backChannelLogout: input.backChannelLogout }),
    settings: input.settings ?? {},
    createdAt: now,
    updatedAt: now,
  };
  if ((await ports.store.clients.insert(record)) === 'conflict') return 'conflict';
  const connection = await ports.store.connections.findByKey(tenantId, FIRST_CONNECTION);
  if (connection) {
    await ports.store.connections.update(tenantId, connection.id, (current) => ({
      ...current,
      enabledClients: [...new Set([...current.enabledClients, record.id])],
    }));
  }
  return record;
}

/** Removes a client with its grants and its places on connections. */
export async function removeClient(ports: LifecyclePorts, tenantId: string, id: string): Promise<void> {
  const grants = await ports.store.clientGrants.list(tenantId, { parent: id });
  for (const grant of grants.records) await ports.store.clientGrants.remove(tenantId, grant.id);
  const connections = await ports.store.connections.list(tenantId);
  for (const connection of connections.records) {
    if (!connection.enabledClients.includes(id)) continue;
    await ports.store.connections.update(tenantId, connection.id, (current) => ({
      ...current,
      enabledClients: current.enabledClients.filter((clientId) => clientId !== id),
    }));
  }
  await ports.store.clients.remove(tenantId, id);
}

/** Gives a client `scope` on the tenant's Management API, in place of what it had there. */
export async function grantManagement(
  ports: LifecyclePorts,
  tenant: TenantRecord,
  clientId: string,
  scope: string[],
): Promise<void> {
  const audience = managementAudience(tenant.baseUrl);
  const now = ports.now();
  const known = await ports.store.clientGrants.findByKey(tenant.id, `${clientId} ${audience}`);
  if (known) {
    await ports.store.clientGrants.update(tenant.id, known.id, (current) => ({ ...current, scope, updatedAt: now }));
    return;
  }
  const id = `cgr_${ports.random.letters(16)}`;
  await ports.store.clientGrants.insert({
    tenantId: tenant.id,
    id,
    clientId,
    audience,
    scope,
    settings: { subject_type: 'client' },
    createdAt: now,
    updatedAt: now,
  });
}

/** What tools that administer a tenant look for in the clients they call with. */
const BY_POST = { token_endpoint_auth_method: 'client_secret_post' };

/** A machine-to-machine client with every scope of its own tenant's Management API. */
export async function newAdminClient(ports: LifecyclePorts, tenant: TenantRecord): Promise<ClientRecord> {
  const made = await newClient(ports, tenant.id, {
    name: 'Tenant administration',
    appType: 'non_interactive',
    grantTypes: ['client_credentials'],
    settings: BY_POST,
  });
  if (made === 'conflict') throw new Error('a new client id is already taken');
  await grantManagement(ports, tenant, made.id, [...MANAGEMENT_SCOPES]);
  return made;
}

/**
 * The operator's client of the default tenant, with the id and secret of the environment: every scope there is. Safe to
 * repeat at each start: a changed secret replaces the former one, and scopes of a newer version are added.
 */
export async function ensureOperatorClient(
  ports: LifecyclePorts,
  tenant: TenantRecord,
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
): Promise<void> {
  const updated = await ports.store.clients.update(tenant.id, clientId, (current) =>
    current.secret === clientSecret
      ? current
      : { ...current, secret: clientSecret, authMethod: 'client_secret_post', updatedAt: ports.now() },
  );
  if (updated === 'missing') {
    await newClient(ports, tenant.id, {
      id: clientId,
      secret: clientSecret,
      name: 'Operator',
      appType: 'non_interactive',
      grantTypes: ['client_credentials'],
      settings: BY_POST,
    });
  }
  await grantManagement(ports, tenant, clientId, [...MANAGEMENT_SCOPES, ...OPERATOR_SCOPES]);
}
