// Server, harness: the tenant that a simulation begins with. It is written once for each set-up and copied for each login,
// which costs a millisecond or two; a copy is nobody else's.
import { gzipSync } from 'node:zlib';
import { newClient } from '#runtime/lifecycle/client.ts';
import { completeSigningKeys } from '#runtime/lifecycle/signing-key.ts';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import type { Passwords } from '#runtime/ports.ts';
import { type Keyring, openKeyring } from '#storage/keyring.ts';
import { openStoreInMemory } from '#storage/open.ts';
import type {
  ClientRecord,
  GuardianFactorName,
  JsonObject,
  OrganizationRecord,
  SigningKeyRecord,
  TenantRecord,
  UserRecord,
} from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { FixtureClient, FixtureOrganization } from '../project/project.ts';
import { giveRoles, insertPerson, type Person } from './fixture-person.ts';
import { idOf, type LocalScript } from './local-scripts.ts';
import { SimulationError } from './misuse.ts';
import { createSeededRandom } from './seeded-random.ts';
import { changeSettings } from './tenant-settings.ts';

export type Setup = {
  tenant: string;
  /** Those that are on. */
  factors: readonly GuardianFactorName[];
  /** Under the names of the Management API. */
  settings: JsonObject;
  client: FixtureClient & { name: string };
  person: Person;
  /** `roles`: those that the person has there. */
  organization: (FixtureOrganization & { name: string; roles: readonly string[] }) | undefined;
  scripts: readonly LocalScript[];
  /** An API of this identifier, with these scopes. */
  api: { identifier: string; scopes: readonly string[] } | undefined;
  at: number;
};

export type Furnished = {
  store: Store;
  keyring: Keyring;
  tenant: TenantRecord;
  client: ClientRecord;
  user: UserRecord;
  organization?: OrganizationRecord;
};

const CALLBACK = 'https://app.example.com/callback';
/** Root key of databases that live in memory for the length of a test. */
const ROOT_KEY = Buffer.alloc(32, 9).toString('base64url');
const MOST_IMAGES = 50;

type Kept = { image: Buffer } & Omit<Furnished, 'store'>;

const kept = new Map<string, Promise<Kept>>();

/** @param now the clock of the simulation. */
export async function furnish(setup: Setup, now: () => number): Promise<Furnished> {
  const key = JSON.stringify(setup);
  const known = kept.get(key) ?? write(setup);
  // Last used last; the first is forgotten.
  kept.delete(key);
  kept.set(key, known);
  if (kept.size > MOST_IMAGES) kept.delete(kept.keys().next().value ?? '');
  known.catch(() => kept.delete(key));
  const { image, ...rest } = await known;
  const { store } = await openStoreInMemory(rest.keyring, { now, image });
  return { ...rest, store };
}

let empty: Promise<{ keyring: Keyring; image: Buffer }> | undefined;

/** A database with its schema and nothing else: migrations take ten times as long as all that follows. */
async function emptyDatabase() {
  const keyring = openKeyring([ROOT_KEY]);
  const { store, take } = await openStoreInMemory(keyring, { now: () => 0 });
  const image = take();
  await store.close();
  return { keyring, image };
}

async function write(setup: Setup): Promise<Kept> {
  empty ??= emptyDatabase();
  const { keyring, image } = await empty;
  const now = () => setup.at;
  const { store, take } = await openStoreInMemory(keyring, { now, image });
  try {
    const random = createSeededRandom(`tenant ${setup.tenant}`);
    const ports = { store: await withKeys(store), now, random };
    const baseUrl = `https://${hostOf(setup.tenant)}.example.com`;
    const name = setup.tenant;
    const made = await newTenant(ports, { id: idOf('tenant', name), name, baseUrl, ownerId: 'default' });
    if (!made.made) throw new Error('a new database has a tenant already');
    const tenant = await withSettings(store, made.tenant, setup);
    const client = await newClient(ports, tenant.id, {
      name: setup.client.name,
      appType: 'regular_web',
      callbacks: [...(setup.client.callbacks ?? [CALLBACK])],
      metadata: { ...setup.client.metadata },
    });
    if (client === 'conflict') throw new Error('a new tenant has the client already');
    await insertApi(store, tenant, setup);
    await bindScripts(store, tenant.id, setup.scripts, setup.at);
    const passwordHash = await quickPasswords.hash(setup.person.password);
    const at = { store, tenant, at: setup.at };
    const user = await insertPerson({ ...at, mac: keyring, passwordHash }, setup.person);
    await giveRoles(at, user.id, setup.person.roles ?? []);
    const organization = await insertOrganization(at, user.id, setup);
    return { image: take(), keyring, tenant, client, user, ...(organization ? { organization } : {}) };
  } finally {
    await store.close();
  }
}

const hostOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60) || 'tenant';

/** Who knows the password is compared, and nothing is slow: nobody attacks a database that lives for a test. */
export const quickPasswords: Passwords = {
  hash: async (password) => `simulated ${password}`,
  verify: async (password, hash) => ({ ok: hash === `simulated ${password}` }),
};

let keys: Promise<SigningKeyRecord[]> | undefined;

/** Keys take longer to make than everything else: those of a process sign for all its tenants. */
async function withKeys(store: Store): Promise<Store> {
  const insert: Store['tenants']['insert'] = async (tenant) => {
    const inserted = await store.tenants.insert(tenant);
    const ports = { store, now: () => tenant.createdAt, random: createSeededRandom('keys') };
    keys ??= completeSigningKeys(ports, tenant.id, 'RS256');
    const made = await keys;
    const own = await store.signingKeys.list(tenant.id);
    for (const key of own.length > 0 ? [] : made.toReversed()) {
      const since = key.currentSince === undefined ? {} : { currentSince: tenant.createdAt };
      await store.signingKeys.insert({ ...key, ...since, tenantId: tenant.id, createdAt: tenant.createdAt });
    }
    return inserted;
  };
  return { ...store, tenants: { ...store.tenants, insert } };
}

async function withSettings(store: Store, { id }: TenantRecord, setup: Setup): Promise<TenantRecord> {
  const { factors, settings } = setup;
  const tenant = await store.tenants.update(id, (current) => ({
    ...current,
    factors: Object.fromEntries(
      Object.keys(current.factors).map((name) => [name, factors.includes(name as GuardianFactorName)]),
    ) as TenantRecord['factors'],
  }));
  if (typeof tenant === 'string') throw new Error(`the new tenant is ${tenant}`);
  return Object.keys(settings).length === 0 ? tenant : changeSettings(store, tenant, settings, setup.at);
}

async function insertApi(store: Store, tenant: TenantRecord, { api, at }: Setup): Promise<void> {
  if (!api || (await store.resourceServers.findByKey(tenant.id, api.identifier))) return;
  await store.resourceServers.insert({
    tenantId: tenant.id,
    id: createSeededRandom(`api ${api.identifier}`).hex(24),
    identifier: api.identifier,
    name: api.identifier,
    scopes: api.scopes.map((value) => ({ value })),
    signingAlg: 'RS256',
    tokenLifetimeSeconds: 86_400,
    tokenLifetimeForWebSeconds: 7200,
    allowOfflineAccess: true,
    isSystem: false,
    settings: {},
    createdAt: at,
    updatedAt: at,
  });
}

/** Deploys and binds scripts to post-login, in place of what was bound. */
export async function bindScripts(
  store: Store,
  tenantId: string,
  scripts: readonly LocalScript[],
  at: number,
): Promise<void> {
  const times = { createdAt: at, updatedAt: at };
  for (const { name, versionId, code, script, map, fileName, runtime, secrets, modules } of scripts) {
    const actionId = idOf('action', name);
    const id = versionIdOf(versionId, secrets);
    if (await store.actionVersions.find(tenantId, id)) continue;
    const text = {
      tenantId,
      trigger: { id: 'post-login', version: 'v3' },
      runtime,
      code,
      dependencies: [],
      secrets: Object.entries(secrets).map(([secret, value]) => ({ name: secret, value, updatedAt: at })),
      ...(modules.length === 0 ? {} : { modules: modules.map(useOf) }),
      errors: [],
      ...times,
    };
    await store.builds.insert({
      tenantId,
      id: versionId,
      script: gzipSync(script, { level: 1 }).toString('base64'),
      map: gzipSync(map, { level: 1 }).toString('base64'),
      fileName,
      dependencies: [],
      ...times,
    });
    const deployed = { deployedVersionId: id, allChangesDeployed: true, status: 'built' } as const;
    const inserted = await store.actions.insert({ ...text, id: actionId, name, ...deployed });
    if (inserted === 'conflict')
      await store.actions.update(tenantId, actionId, (now) => ({ ...now, ...text, ...deployed }));
    const { total } = await store.actionVersions.list(tenantId, { parent: actionId });
    await store.actionVersions.insert({
      ...text,
      id,
      actionId,
      number: total + 1,
      status: 'built',
      builtAt: at,
      buildId: versionId,
    });
  }
  const bindings = scripts.map(({ name }, position) => {
    const id = idOf('binding', name);
    return {
      tenantId,
      id,
      triggerId: 'post-login',
      actionId: idOf('action', name),
      displayName: name,
      position,
      ...times,
    };
  });
  await store.bindings.replace(tenantId, 'post-login', bindings);
}

/** The sandbox keeps what it makes of a text by this id; secrets come with each run, and are rows of the version. */
const versionIdOf = (versionId: string, secrets: LocalScript['secrets']): string =>
  Object.keys(secrets).length === 0 ? versionId : idOf(versionId, JSON.stringify(secrets));

const useOf = (moduleName: string) => ({
  moduleId: idOf('module', moduleName),
  moduleName,
  versionId: idOf('module version', moduleName),
  number: 1,
});

async function insertOrganization(
  { store, tenant, at }: { store: Store; tenant: TenantRecord; at: number },
  userId: string,
  { organization: wanted }: Setup,
): Promise<OrganizationRecord | undefined> {
  if (!wanted) return undefined;
  const { name, display_name: displayName, metadata = {}, roles } = wanted;
  const organization: OrganizationRecord = {
    tenantId: tenant.id,
    id: `org_${createSeededRandom(`organization ${name}`).letters(16)}`,
    name,
    ...(displayName === undefined ? {} : { displayName }),
    metadata: { ...metadata },
    settings: {},
    createdAt: at,
    updatedAt: at,
  };
  if ((await store.organizations.insert(organization)) === 'conflict') {
    throw new SimulationError(`the organization "${name}" cannot be made: its name is taken`);
  }
  await store.assignments.addMembers(tenant.id, organization.id, [userId]);
  await giveRoles({ store, tenant, at }, userId, roles, organization.id);
  return organization;
}
