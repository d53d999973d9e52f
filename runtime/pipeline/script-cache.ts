// `api.cache`: what Actions of one trigger keep for the next run, in this process's memory and for its tenant alone.
// Best effort, as authors are told: another process has its own, and a restart empties it. Bounds: actions-api, §4.3.
import { CACHE_BYTES, CACHE_ENTRIES, CACHE_LONGEST_MS } from '#actions/post-login/cache.ts';

export type CacheChange =
  | { name: 'cache.set'; key: string; value: string; expiresAt: number }
  | { name: 'cache.delete'; key: string };

type Entry = { value: string; expiresAt: number };

/** Tenants and triggers together: a process that serves more forgets the one used longest ago. */
const CACHES = 10_000;

export type ScriptCache = ReturnType<typeof createScriptCache>;

export function createScriptCache(now: () => number) {
  const caches = new Map<string, Map<string, Entry>>();

  function open(tenantId: string, triggerId: string): Map<string, Entry> {
    const id = `${tenantId} ${triggerId}`;
    const entries = caches.get(id) ?? new Map<string, Entry>();
    caches.delete(id);
    caches.set(id, entries);
    if (caches.size > CACHES) caches.delete(caches.keys().next().value ?? '');
    for (const [key, { expiresAt }] of entries) if (expiresAt <= now()) entries.delete(key);
    return entries;
  }

  return {
    /** What a run of this trigger finds, as JSON: `{key: {value, expires_at}}`. Undefined when there is nothing. */
    read(tenantId: string, triggerId: string): string | undefined {
      const entries = open(tenantId, triggerId);
      if (entries.size === 0) return undefined;
      const shown = [...entries].map(([key, { value, expiresAt }]) => [key, { value, expires_at: expiresAt }]);
      return JSON.stringify(Object.fromEntries(shown));
    },

    /** Takes over what a run that ended well has changed. */
    write(tenantId: string, triggerId: string, changes: CacheChange[]): void {
      if (changes.length === 0) return;
      const entries = open(tenantId, triggerId);
      for (const change of changes) {
        entries.delete(change.key);
        if (change.name === 'cache.delete') continue;
        const expiresAt = Math.min(change.expiresAt, now() + CACHE_LONGEST_MS);
        entries.set(change.key, { value: change.value, expiresAt });
      }
      // Two runs at once may each have kept to the bounds: the oldest entries go.
      for (const key of entries.keys()) {
        if (entries.size <= CACHE_ENTRIES && sizeOf(entries) <= CACHE_BYTES) break;
        entries.delete(key);
      }
    },
  };
}

const sizeOf = (entries: Map<string, Entry>): number =>
  [...entries].reduce((bytes, [key, { value }]) => bytes + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
