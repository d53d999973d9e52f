// Who runs in quarantine only. Being there costs an author patience, never a login its script:
// a bound Action is never switched off, since that would switch off the MFA it asks for.

const MEMORY_MS = 10 * 60_000;
const KILLS = 2;
const MAX_ENTRIES = 10_000;

/** `now`: milliseconds of a clock that only moves forward. */
export function createOffenders(now: () => number) {
  /** Version → until when. */
  const slow = new Map<string, number>();
  /** Tenant → when its scripts made us kill a cell. */
  const kills = new Map<string, number[]>();

  function bound<V>(map: Map<string, V>): void {
    for (const key of map.keys()) {
      if (map.size <= MAX_ENTRIES) return;
      map.delete(key);
    }
  }

  const recent = (tenantId: string): number[] => (kills.get(tenantId) ?? []).filter((at) => at > now() - MEMORY_MS);

  return {
    /** The script used more than its first slice, or a cell was lost under it. */
    markScript(versionId: string): void {
      slow.delete(versionId);
      slow.set(versionId, now() + MEMORY_MS);
      bound(slow);
    },
    markKill(tenantId: string): void {
      kills.set(tenantId, [...recent(tenantId), now()].slice(-KILLS));
      bound(kills);
    },
    isMarked(tenantId: string, versionId: string): boolean {
      if ((slow.get(versionId) ?? 0) > now()) return true;
      return kills.has(tenantId) && recent(tenantId).length >= KILLS;
    },
  };
}
