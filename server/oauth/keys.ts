// Server, protocol: the keys of a tenant, ready to use. What the store says of them is asked again every few seconds, so
// that a rotation or a revocation by another server is soon known here; a key that is unknown is asked for at once.
import { createHash, hkdfSync } from 'node:crypto';
import { type CryptoKey, importJWK } from 'jose';
import { completeSigningKeys } from '#runtime/lifecycle/signing-key.ts';
import type { SigningKeyAlgorithm, SigningKeyRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';

export type TenantKey = Pick<SigningKeyRecord, 'id' | 'algorithm' | 'place' | 'publicJwk'> & {
  /** Of the current key only. */
  privateKey?: CryptoKey;
  publicKey: CryptoKey;
  /** For access tokens that only we read: 256 bits, derived, so that it lives and dies with the key pair. */
  secretKey: Uint8Array;
};

export type KeyDeps = Pick<Deps, 'store' | 'clock' | 'random'>;

const LIFETIME_MS = 5000;
/** Strangers name keys that do not exist: they cannot make us read more often than this. */
const REREAD_MS = 200;
const LIMIT = 5000;

type Kept = { keys: Promise<TenantKey[]>; readAt: number };
/** By store, so that two servers in one process never share keys. */
const kept = new WeakMap<Deps['store'], Map<string, Kept>>();

/** Newest first, without those that are revoked. */
export function tenantKeys(deps: KeyDeps, tenant: Pick<TenantRecord, 'id'>): Promise<TenantKey[]> {
  return present(deps, tenant).keys;
}

/** The current key of an algorithm. The first use of an algorithm makes its keys. */
export async function signingKey(
  deps: KeyDeps,
  tenant: Pick<TenantRecord, 'id'>,
  algorithm: SigningKeyAlgorithm,
): Promise<TenantKey & { privateKey: CryptoKey }> {
  const known = present(deps, tenant);
  const signs = (keys: TenantKey[]) => keys.find((key) => key.place === 'current' && key.algorithm === algorithm);
  const key = signs(await known.keys) ?? signs(await newer(deps, tenant, known, algorithm).keys);
  if (!key?.privateKey) throw new Error(`the tenant has no signing key for ${algorithm}`);
  return { ...key, privateKey: key.privateKey };
}

/** What is about to be signed by `algorithm` finds its keys published before the first token. */
export async function publishKeys(
  deps: KeyDeps,
  tenant: Pick<TenantRecord, 'id'>,
  algorithm: SigningKeyAlgorithm | 'HS256',
): Promise<void> {
  if (algorithm !== 'HS256') await signingKey(deps, tenant, algorithm);
}

/** The key of this id, if it may still verify. */
export async function verifyingKey(
  deps: KeyDeps,
  tenant: Pick<TenantRecord, 'id'>,
  id: string,
): Promise<TenantKey | undefined> {
  const known = present(deps, tenant);
  const key = (await known.keys).find((each) => each.id === id);
  if (key || deps.clock.now() < known.readAt + REREAD_MS) return key;
  return (await newer(deps, tenant, known, 'RS256').keys).find((each) => each.id === id);
}

/** What is kept of a tenant's keys is out of date: they were rotated or revoked here. */
export function forgetKeys({ store }: Pick<Deps, 'store'>, tenant: Pick<TenantRecord, 'id'>): void {
  kept.get(store)?.delete(tenant.id);
}

/** What was read of keys by way of one store is known by way of another: that is a copy of it, or was it. */
export function shareKeys(from: Deps['store'], to: Deps['store']): void {
  const known = kept.get(from);
  if (known) kept.set(to, new Map(known));
}

function present(deps: KeyDeps, tenant: Pick<TenantRecord, 'id'>): Kept {
  const known = kept.get(deps.store)?.get(tenant.id);
  return known && deps.clock.now() < known.readAt + LIFETIME_MS ? known : read(deps, tenant, known, 'RS256');
}

/** What was read after `known`, by whoever came first. */
function newer(deps: KeyDeps, tenant: Pick<TenantRecord, 'id'>, known: Kept, algorithm: SigningKeyAlgorithm): Kept {
  const present = kept.get(deps.store)?.get(tenant.id);
  return present && present !== known ? present : read(deps, tenant, known, algorithm);
}

function read(
  deps: KeyDeps,
  tenant: Pick<TenantRecord, 'id'>,
  former: Kept | undefined,
  algorithm: SigningKeyAlgorithm,
): Kept {
  const tenants = kept.get(deps.store) ?? new Map<string, Kept>();
  kept.set(deps.store, tenants);
  if (tenants.size >= LIMIT) tenants.clear();
  const fresh = { keys: load(deps, tenant.id, former, algorithm), readAt: deps.clock.now() };
  tenants.set(tenant.id, fresh);
  // A failed read is told to whoever asked, and the next one reads again.
  fresh.keys.catch(() => {
    if (tenants.get(tenant.id) === fresh) tenants.delete(tenant.id);
  });
  return fresh;
}

async function load(
  { store, clock, random }: KeyDeps,
  tenantId: string,
  former: Kept | undefined,
  algorithm: SigningKeyAlgorithm,
): Promise<TenantKey[]> {
  const records = await completeSigningKeys({ store, now: clock.now, random }, tenantId, algorithm);
  const known = new Map((former ? await former.keys.catch(() => []) : []).map((key) => [key.id, key]));
  const live = records.filter(({ revokedAt }) => revokedAt === undefined);
  return Promise.all(live.map((record) => ready(record, known.get(record.id))));
}

/** Importing a key is dear: one that is known already is taken as it is. */
async function ready(record: SigningKeyRecord, known: TenantKey | undefined): Promise<TenantKey> {
  const { id, algorithm, place, privateJwk, publicJwk } = record;
  const signs = place === 'current';
  return {
    id,
    algorithm,
    place,
    publicJwk,
    publicKey: known?.publicKey ?? ((await importJWK(publicJwk, algorithm)) as CryptoKey),
    secretKey: known?.secretKey ?? deriveSecret(privateJwk),
    ...(signs ? { privateKey: known?.privateKey ?? ((await importJWK(privateJwk, algorithm)) as CryptoKey) } : {}),
  };
}

function deriveSecret({ d }: SigningKeyRecord['privateJwk']): Uint8Array {
  const material = createHash('sha256').update(String(d)).digest();
  return new Uint8Array(hkdfSync('sha256', material, '', 'sallyport opaque access token', 32));
}
