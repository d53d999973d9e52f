// Lifecycle: an owner of tenants is born with a first tenant, an administrator, an application and its own keys. The row of
// the tenant is written last: until then nothing finds what was written, so that to everybody there is all of it or
// nothing. What a crash leaves behind is swept by the next attempt for the same id; the same request may be repeated.
import type {
  ClientRecord,
  OwnerRecord,
  ResourceServerRecord,
  RoleRecord,
  SigningKeyAlgorithm,
  TenantRecord,
  UserRecord,
} from '#storage/records.ts';
import type { Collection } from '#storage/store.ts';
import { type ClientInput, FIRST_CONNECTION, newAdminClient, newClient } from './client.ts';
import type { ImportedKey } from './imported-key.ts';
import type { LifecyclePorts } from './ports.ts';
import { managementAudience, OPERATOR_SCOPES } from './scopes.ts';
import { importSigningKeys } from './signing-key.ts';
import { furnish, placeOf, type TenantInput, tenantOf } from './tenant.ts';
import { newUser, type UserInput } from './user.ts';

export type Onboarding = {
  owner: { id?: string; name: string };
  tenant: Omit<TenantInput, 'ownerId' | 'operator'>;
  keys: readonly ImportedKey[];
  /** Ids of the keys that sign from the start. */
  currentKeys: readonly string[];
  /** Of the first API's tokens; RS256 where it is not given. */
  tokenAlgorithm?: SigningKeyAlgorithm;
  client: ClientInput;
  user: UserInput;
};

/** What stands in the way: an id, a name or a base URL that is taken, or another attempt that is under way. */
export type OnboardingProblem = 'owner-taken' | 'tenant-taken' | 'under-way' | 'other-keys';

export type Onboarded =
  | {
      made: true;
      owner: OwnerRecord;
      tenant: TenantRecord;
      user: UserRecord;
      client: ClientRecord;
      /** A machine-to-machine client with every scope of the tenant's Management API. */
      adminClient: ClientRecord;
      /** With what they give at the tenant's own API. */
      roles: (RoleRecord & { scopes: readonly string[] })[];
    }
  | { made: false; problem: OnboardingProblem };

/** An attempt takes seconds; one that was cut off is over after this. */
const UNDER_WAY_MS = 60_000;

/** What of the request is taken already; undefined when nothing is. Writes nothing. */
export async function checkOnboarding(
  { store }: Pick<LifecyclePorts, 'store'>,
  { owner, tenant }: Pick<Onboarding, 'owner' | 'tenant'>,
): Promise<OnboardingProblem | undefined> {
  for (const named of [owner.id, owner.name]) {
    const known = named === undefined ? undefined : await store.owners.find(named);
    if (!known) continue;
    // One that a crash left without a tenant is the same one.
    const isSame = known.name === owner.name && (owner.id === undefined || known.id === owner.id);
    if (!isSame || (await store.tenants.ofOwner(known.id)).length > 0) return 'owner-taken';
  }
  for (const named of [tenant.id, tenant.name]) {
    if (named !== undefined && (await store.tenants.find(named))) return 'tenant-taken';
  }
  return (await store.tenants.findByHost(placeOf(tenant.baseUrl))) ? 'tenant-taken' : undefined;
}

/** @param homeId of the tenant whose client asks. */
export async function onboard(ports: LifecyclePorts, homeId: string, input: Onboarding): Promise<Onboarded> {
  const { store, now } = ports;
  const problem = await checkOnboarding(ports, input);
  if (problem) return { made: false, problem };
  const attempt = `onboarding ${input.tenant.id ?? input.tenant.name}`;
  if (!(await store.once(homeId, attempt, now() + UNDER_WAY_MS, now()))) return { made: false, problem: 'under-way' };

  const owner = await ownerOf(ports, input.owner);
  if (!owner) return { made: false, problem: 'owner-taken' };
  const tenant = tenantOf(ports, { ...input.tenant, ownerId: owner.id, operator: true });
  await sweep(ports, tenant.id);
  if (!(await importSigningKeys(ports, tenant.id, input.keys, input.currentKeys))) {
    return { made: false, problem: 'other-keys' };
  }
  await furnish(ports, tenant, true);
  if (input.tokenAlgorithm !== undefined) await signWith(ports, tenant, input.tokenAlgorithm);
  const client = await newClient(ports, tenant.id, input.client);
  if (client === 'conflict') throw new Error('a new tenant has a client already');
  const adminClient = await newAdminClient(ports, tenant);
  const roles = await makeRoles(ports, tenant);
  const user = await makeUser(ports, tenant, input.user, roles);
  if ((await store.tenants.insert(tenant)) === 'conflict') return { made: false, problem: 'tenant-taken' };
  return { made: true, owner, tenant, user, client, adminClient, roles };
}

/** Undefined: somebody else has made one of that id or name meanwhile. */
async function ownerOf({ store, random, now }: LifecyclePorts, given: Onboarding['owner']) {
  const known = await store.owners.find(given.id ?? given.name);
  if (known) return known;
  const owner = { id: given.id ?? random.uuid(), name: given.name, createdAt: now() };
  return (await store.owners.insert(owner)) === 'inserted' ? owner : undefined;
}

/** Rows of a tenant that never came to be. */
async function sweep({ store }: LifecyclePorts, tenantId: string): Promise<void> {
  const families: Pick<Collection<{ id: string }>, 'list' | 'remove'>[] = [
    store.clientGrants,
    store.clients,
    store.connections,
    store.resourceServers,
    store.roles,
  ];
  for (const family of families) {
    for (const { id } of (await family.list(tenantId)).records) await family.remove(tenantId, id);
  }
  for (const { id } of (await store.users.list(tenantId, {})).records) await store.users.remove(tenantId, id);
}

async function signWith({ store }: LifecyclePorts, tenant: TenantRecord, signingAlg: SigningKeyAlgorithm) {
  const api = await store.resourceServers.findByKey(tenant.id, managementAudience(tenant.baseUrl));
  if (!api) throw new Error('a new tenant has no Management API');
  const edit = (current: ResourceServerRecord) => ({ ...current, signingAlg });
  await store.resourceServers.update(tenant.id, api.id, edit);
}

/** One role: whoever has it administers the tenant, and the tenants of the same owner. */
async function makeRoles({ store, random, now }: LifecyclePorts, tenant: TenantRecord) {
  const api = await store.resourceServers.findByKey(tenant.id, managementAudience(tenant.baseUrl));
  if (!api) throw new Error('a new tenant has no Management API');
  const role: RoleRecord = {
    tenantId: tenant.id,
    id: `rol_${random.letters(16)}`,
    name: 'Administrator',
    description: 'Administers this tenant and the tenants of the same owner',
    createdAt: now(),
    updatedAt: now(),
  };
  if ((await store.roles.insert(role)) === 'conflict') throw new Error('a new tenant has a role already');
  const permissions = OPERATOR_SCOPES.map((scope) => ({ apiId: api.id, scope }));
  await store.permissions.addToRole(tenant.id, role.id, permissions);
  return [{ ...role, scopes: OPERATOR_SCOPES }];
}

async function makeUser(
  ports: LifecyclePorts,
  tenant: TenantRecord,
  input: UserInput,
  roles: RoleRecord[],
): Promise<UserRecord> {
  const { store } = ports;
  const connection = await store.connections.findByKey(tenant.id, FIRST_CONNECTION);
  if (!connection) throw new Error('a new tenant has no connection');
  const user = newUser(ports, connection, input);
  if ((await store.users.insert(user)) === 'conflict') throw new Error('a new tenant has a user already');
  await store.assignments.addRoles(
    tenant.id,
    user.id,
    roles.map(({ id }) => id),
  );
  return user;
}
