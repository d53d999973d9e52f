// Who runs in quarantine only. Being there costs an author patience, never a login its script:
// a bound Action is never switched off, since that would switch off the MFA it asks for.

import type { Offence } from './sandbox.ts';

const MEMORY_MS = 10 * 60_000;
const KILLS = 2;
const MAX_ENTRIES = 10_000;

/** `now`: milliseconds of a clock that only moves forward. `report` is told of each quarantine as it begins. */
export function createOffenders(now: () => number, report: (offence: Offence) => void) {
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

  /** Version → how many of its runs are in quarantine to find out whether they are slow. */
  const suspects = new Map<string, number>();

  const recent = (tenantId: string): number[] => (kills.get(tenantId) ?? []).filter((at) => at > now() - MEMORY_MS);
  const isSlow = (versionId: string): boolean => (slow.get(versionId) ?? 0) > now();
  const isRepeated = (tenantId: string): boolean => kills.has(tenantId) && recent(tenantId).length >= KILLS;

  function mark(offence: Offence): void {
    const { versionId } = offence;
    if (!isSlow(versionId)) report(offence);
    slow.delete(versionId);
    slow.set(versionId, now() + MEMORY_MS);
    bound(slow);
  }

  return {
    /** A run of it was cut off: till it is known why, its other runs keep away from everybody too. */
    suspect: (versionId: string): void => void suspects.set(versionId, (suspects.get(versionId) ?? 0) + 1),
    /** That run has ended, one way or the other. */
    release(versionId: string): void {
      const left = (suspects.get(versionId) ?? 0) - 1;
      if (left > 0) suspects.set(versionId, left);
      else suspects.delete(versionId);
    },
    /** The script used more than its first slice, and did so again where it had the thread for itself. */
    markSlow: (offender: Omit<Offence, 'kind'>): void => mark({ kind: 'slow', ...offender }),
    /** A cell was lost under the script. */
    markEnded(offender: Omit<Offence, 'kind'>): void {
      const { tenantId } = offender;
      mark({ kind: 'ended', ...offender });
      const before = isRepeated(tenantId);
      kills.set(tenantId, [...recent(tenantId), now()].slice(-KILLS));
      bound(kills);
      if (!before && isRepeated(tenantId)) report({ kind: 'repeated', ...offender });
    },
    isMarked: (tenantId: string, versionId: string): boolean =>
      suspects.has(versionId) || isSlow(versionId) || isRepeated(tenantId),
  };
}
