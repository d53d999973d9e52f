// Which cell a tenant's scripts run in: rendezvous hashing, so that a tenant keeps its warm isolate
// and the loss of one cell moves only the tenants it had.

/** FNV-1a with a final mix: even for names that differ in one letter. */
function hash(text: string): number {
  let word = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) word = Math.imul(word ^ text.charCodeAt(i), 0x01000193);
  word = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  word = Math.imul(word ^ (word >>> 15), 0x846ca68b);
  return (word ^ (word >>> 16)) >>> 0;
}

/** The candidate with the highest hash beside the key; undefined when there is none. */
export function place<T extends { slot: number }>(key: string, candidates: readonly T[]): T | undefined {
  let best: T | undefined;
  let highest = -1;
  for (const candidate of candidates) {
    const weight = hash(`${candidate.slot}:${key}`);
    if (weight > highest) {
      highest = weight;
      best = candidate;
    }
  }
  return best;
}
