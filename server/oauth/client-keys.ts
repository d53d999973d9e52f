// Server, protocol: the public keys of a client: those that were handed in, its own set, or the set behind its `jwks_uri`.
// A set is fetched through the egress guard and kept for a while; a stranger cannot make us fetch more often than that.
import type { JWK } from 'jose';
import type { ClientRecord, Json, JsonObject } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { readPublicJwk } from './public-key.ts';

type Needs = Pick<Deps, 'egress' | 'clock'>;

/** Which key an assertion was signed with, as its header says. */
export type Wanted = { alg: string; kid?: string | undefined };

const KEPT_MS = 10 * 60_000;
/** After a fetch, whatever it gave: a key that is not there may be asked for again. */
const COOL_DOWN_MS = 30_000;
const FETCH_MS = 5000;
const SET_BYTES = 64 * 1024;
/** Keys of one set that are looked at. */
const MOST_KEYS = 20;
/** Sets that are kept. */
const MOST_SETS = 1000;

/** What the client signed: proof that it is the client, or a request (RFC 9101). */
export type Signed = 'assertion' | 'request';

/** The client's keys that may have made this signature. */
export async function findClientKeys(
  deps: Needs,
  client: ClientRecord,
  wanted: Wanted,
  signed: Signed,
): Promise<JWK[]> {
  const { jwks, jwks_uri: uri } = client.settings;
  const own = [...credentialsInUse(client, signed, deps.clock.now()), ...keysOf(jwks)];
  if (typeof uri !== 'string') return matching(own, wanted);
  const kept = matching(await fetchedKeys(deps, uri, KEPT_MS), wanted);
  if (kept.length > 0) return [...matching(own, wanted), ...kept];
  // A key that is new since the last look.
  return [...matching(own, wanted), ...matching(await fetchedKeys(deps, uri, COOL_DOWN_MS), wanted)];
}

/**
 * Whether an assertion, and no secret, is how this client proves itself. One that says that it does by mutual TLS has no key
 * either that would do: it opens nothing, rather than something by other means than it says.
 */
export function hasKeys({ settings }: Pick<ClientRecord, 'settings'>): boolean {
  const { jwks_uri: uri, jwks, client_authentication_methods: methods } = settings;
  return uri !== undefined || jwks !== undefined || (isObject(methods) && Object.keys(methods).length > 0);
}

/** Ids that a property of the wire names: `{ credentials: [{ id }] }`. */
export function credentialIds(named: Json | undefined): string[] {
  if (!isObject(named) || !Array.isArray(named.credentials)) return [];
  return named.credentials.flatMap((entry) => (isObject(entry) && typeof entry.id === 'string' ? [entry.id] : []));
}

/** Where a client names keys for its requests, no other credential signs them. */
function credentialsInUse({ credentials = [], settings }: ClientRecord, signed: Signed, now: number): JsonObject[] {
  const { client_authentication_methods: methods, signed_request_object: requests } = settings;
  const ofAssertions = credentialIds(isObject(methods) ? methods.private_key_jwt : undefined);
  const ofRequests = credentialIds(requests);
  const inUse = new Set(signed === 'request' && ofRequests.length > 0 ? ofRequests : ofAssertions);
  return credentials
    .filter(({ id, expiresAt }) => inUse.has(id) && (expiresAt === undefined || now < expiresAt))
    .flatMap((credential) =>
      credential.type === undefined ? [{ ...credential.publicJwk, kid: credential.kid, alg: credential.alg }] : [],
    );
}

/** The entries of a key set (RFC 7517 §5). */
function keysOf(set: Json | undefined): JsonObject[] {
  const keys = isObject(set) ? set.keys : undefined;
  return Array.isArray(keys) ? keys.filter(isObject).slice(0, MOST_KEYS) : [];
}

function matching(keys: JsonObject[], { alg, kid }: Wanted): JWK[] {
  return keys.flatMap((key) => {
    if (key.use !== undefined && key.use !== 'sig') return [];
    if (key.alg !== undefined && key.alg !== alg) return [];
    if (kid !== undefined && key.kid !== undefined && key.kid !== kid) return [];
    return readPublicJwk(key, alg) ?? [];
  });
}

type Kept = { keys: Promise<JsonObject[]>; at: number };
/** By egress, so that two servers in one process never share what they fetched. */
const sets = new WeakMap<Needs['egress'], Map<string, Kept>>();

/** Keys behind `uri`, fetched no longer ago than `ageMs`; none where they cannot be had. */
function fetchedKeys(deps: Needs, uri: string, ageMs: number): Promise<JsonObject[]> {
  const now = deps.clock.now();
  const kept = sets.get(deps.egress) ?? new Map<string, Kept>();
  sets.set(deps.egress, kept);
  const known = kept.get(uri);
  if (known && now - known.at < ageMs) return known.keys;
  if (kept.size >= MOST_SETS) kept.clear();
  const keys = fetchKeys(deps, uri);
  kept.set(uri, { keys, at: now });
  // A fault of ours is told to whoever asked, and the next one fetches again.
  keys.catch(() => kept.delete(uri));
  return keys;
}

async function fetchKeys({ egress }: Needs, uri: string): Promise<JsonObject[]> {
  // A redirect would let whoever serves the address name another that the client's owner never wrote.
  const headers: [string, string][] = [['accept', 'application/jwk-set+json, application/json']];
  const call = { url: uri, method: 'GET', headers, redirect: 'error' as const };
  const outcome = await egress.request(call, { timeoutMs: FETCH_MS });
  if (!outcome.ok || outcome.answer.status !== 200) return [];
  const { body } = outcome.answer;
  return 'text' in body && Buffer.byteLength(body.text) <= SET_BYTES ? keysOf(parse(body.text)) : [];
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // Not JSON, hence no keys.
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
