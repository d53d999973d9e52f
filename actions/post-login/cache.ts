// `api.cache`: a small store that the Actions of a trigger share. It never throws, it answers with codes; what a run
// writes it reads back at once, and the host takes it over when the run has ended well.

import type { ApiMethod, CacheEntry, Given } from '../trigger.ts';
import { isObject } from './complaints.ts';

export const CACHE_ENTRIES = 20;
/** Of UTF-8. */
export const CACHE_KEY_BYTES = 64;
export const CACHE_VALUE_BYTES = 4096;
/** Of all keys and values together. */
export const CACHE_BYTES = 16_384 + 256;
const DEFAULT_TTL_MS = 15 * 60_000;
/** An entry that is to live longer lives as long as this. */
export const CACHE_LONGEST_MS = 24 * 60 * 60_000;

const { hasOwn, keys } = Object;

const failed = (code: string): object => ({ type: 'error', code });

/** The entry, if there is one that has not run out. */
function find(key: unknown, given: Given): CacheEntry | undefined {
  const entries = given.cache();
  if (typeof key !== 'string' || !hasOwn(entries, key)) return undefined;
  const entry = entries[key];
  return entry !== undefined && entry.expires_at > given.now() ? entry : undefined;
}

/** When an entry runs out: the earlier of what was given. Undefined for what is no time. */
function expiryOf(options: unknown, now: number): number | undefined {
  const { ttl, expires_at: at } = isObject(options) ? options : {};
  let expiry = now + (ttl === undefined && at === undefined ? DEFAULT_TTL_MS : CACHE_LONGEST_MS);
  for (const [given, base] of [
    [ttl, now],
    [at, 0],
  ] as const) {
    if (given === undefined || given === null) continue;
    if (typeof given !== 'number' || !Number.isFinite(given)) return undefined;
    expiry = Math.min(expiry, Math.floor(base + given));
  }
  return expiry;
}

/** Whether the cache can hold this beside what it holds. */
function fits(key: string, value: string, given: Given): boolean {
  const entries = given.cache();
  let count = 1;
  let bytes = given.bytesOf(key) + given.bytesOf(value);
  for (const other of keys(entries)) {
    const entry = other === key ? undefined : find(other, given);
    if (entry === undefined) continue;
    count++;
    bytes += given.bytesOf(other) + given.bytesOf(entry.value);
  }
  return count <= CACHE_ENTRIES && bytes <= CACHE_BYTES;
}

function set([key, value, options]: unknown[], given: Given): object {
  if (typeof key !== 'string' || key === '' || typeof value !== 'string') return failed('FailedToSetCacheRecord');
  if (given.bytesOf(key) > CACHE_KEY_BYTES) return failed('CacheKeySizeExceeded');
  if (given.bytesOf(value) > CACHE_VALUE_BYTES) return failed('CacheValueSizeExceeded');
  const expiry = expiryOf(options, given.now());
  if (expiry === undefined) return failed('InvalidExpiry');
  if (expiry <= given.now()) return failed('ItemAlreadyExpired');
  if (!fits(key, value, given)) return failed('CacheSizeExceeded');
  if (!given.record('cache.set', [key, value, expiry])) return failed('MaxSideEffectsExceeded');
  given.cache()[key] = { value, expires_at: expiry };
  return { type: 'success', record: { value, expires_at: expiry } };
}

function remove([key]: unknown[], given: Given): object {
  if (find(key, given) === undefined) return failed('CacheKeyDoesNotExist');
  if (!given.record('cache.delete', [key])) return failed('MaxSideEffectsExceeded');
  delete given.cache()[key as string];
  return { type: 'success' };
}

export const cache = (): ApiMethod[] => [
  {
    name: 'get',
    takes: 1,
    returns: 'value',
    answer([key], given) {
      const entry = find(key, given);
      return entry && { value: entry.value, expires_at: entry.expires_at };
    },
  },
  { name: 'set', takes: 3, returns: 'value', answer: set },
  { name: 'delete', takes: 1, returns: 'value', answer: remove },
];
