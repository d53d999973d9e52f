// Server, protocol: the keys of a tenant, ready to use. They are read once in a while, not for every token: a key that
// was added signs a minute later at the latest.
import { createHash, hkdfSync } from 'node:crypto';
import { type CryptoKey, importJWK } from 'jose';
import type { SigningKeyRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';

export type TenantKey = {
  id: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  /** For access tokens that only we read: 256 bits, derived, so that it lives and dies with the key pair. */
  secretKey: Uint8Array;
  publicJwk: SigningKeyRecord['publicJwk'];
};

const LIFETIME_MS = 60_000;
const LIMIT = 1000;

type Kept = { keys: Promise<TenantKey[]>; until: number };
/** By store, so that two servers in one process never share keys. */
const kept = new WeakMap<Deps['store'], Map<string, Kept>>();

/** Newest first; the first one signs. */
export function tenantKeys(
  deps: Pick<Deps, 'store' | 'clock'>,
  tenant: Pick<TenantRecord, 'id'>,
): Promise<TenantKey[]> {
  const now = deps.clock.now();
  const tenants = kept.get(deps.store) ?? new Map<string, Kept>();
  kept.set(deps.store, tenants);
  const known = tenants.get(tenant.id);
  if (known && now < known.until) return known.keys;
  if (tenants.size >= LIMIT) tenants.clear();
  const keys = load(deps, tenant.id);
  tenants.set(tenant.id, { keys, until: now + LIFETIME_MS });
  // A failed read is told to whoever asked, and the next one reads again.
  keys.catch(() => tenants.delete(tenant.id));
  return keys;
}

export async function signingKey(
  deps: Pick<Deps, 'store' | 'clock'>,
  tenant: Pick<TenantRecord, 'id'>,
): Promise<TenantKey> {
  const [key] = await tenantKeys(deps, tenant);
  if (!key) throw new Error('the tenant has no signing key');
  return key;
}

async function load({ store }: Pick<Deps, 'store'>, tenantId: string): Promise<TenantKey[]> {
  const records = await store.signingKeys.list(tenantId);
  return Promise.all(
    records.map(async ({ id, algorithm, privateJwk, publicJwk }) => ({
      id,
      privateKey: (await importJWK(privateJwk, algorithm)) as CryptoKey,
      publicKey: (await importJWK(publicJwk, algorithm)) as CryptoKey,
      secretKey: deriveSecret(privateJwk),
      publicJwk,
    })),
  );
}

function deriveSecret({ d }: SigningKeyRecord['privateJwk']): Uint8Array {
  const material = createHash('sha256').update(String(d)).digest();
  return new Uint8Array(hkdfSync('sha256', material, '', 'sallyport opaque access token', 32));
}
