// Interactions: an object out of flat keys: `claims.emails.0.value` is an entry in a list in an object in an object. What
// came from elsewhere is copied before anything is put into it.
import type { Json, JsonObject } from '#storage/records.ts';
import { isObject, putEntry } from './json-bounds.ts';

/** A list with a hole in front of it costs what it would cost full. */
const LARGEST_INDEX = 1_000;
const MOST_SEGMENTS = 20;

/**
 * Composes the entries in their order; a later one wins over what an earlier one put at its place.
 * A key of too many parts, with too large an index, or that names the prototype, is left out.
 */
export function compose(flat: ReadonlyMap<string, Json>): JsonObject {
  const whole: JsonObject = {};
  const ours = new WeakSet<object>([whole]);
  for (const [key, value] of flat) {
    const segments = key.split('.');
    if (segments.length <= MOST_SEGMENTS && segments.every(isFit)) put(whole, segments, { value, ours });
  }
  return whole;
}

function put(
  whole: JsonObject,
  segments: readonly string[],
  { value, ours }: { value: Json; ours: WeakSet<object> },
): void {
  let at: JsonObject | Json[] = whole;
  for (const [place, segment] of segments.entries()) {
    const next = segments[place + 1];
    if (next === undefined) {
      set(at, segment, value);
      return;
    }
    const below = container(get(at, segment), isIndex(next), ours);
    set(at, segment, below);
    at = below;
  }
}

/** What is there, if something can be put into it by such a name; otherwise a new one. */
function container(there: Json | undefined, list: boolean, ours: WeakSet<object>): JsonObject | Json[] {
  const fits = Array.isArray(there) ? list : isObject(there);
  if (fits && ours.has(there as object)) return there as JsonObject | Json[];
  const fresh: JsonObject | Json[] = list && !isObject(there) ? [] : {};
  if (Array.isArray(there) && Array.isArray(fresh)) fresh.push(...there.slice(0, LARGEST_INDEX + 1));
  else if (isObject(there) && !Array.isArray(fresh)) {
    for (const [name, child] of Object.entries(there)) putEntry(fresh, name, child);
  }
  ours.add(fresh);
  return fresh;
}

function get(at: JsonObject | Json[], name: string): Json | undefined {
  if (Array.isArray(at)) return at[Number(name)];
  return Object.hasOwn(at, name) ? at[name] : undefined;
}

function set(at: JsonObject | Json[], name: string, value: Json): void {
  if (!Array.isArray(at)) {
    putEntry(at, name, value);
    return;
  }
  const index = Number(name);
  while (at.length < index) at.push(null);
  at[index] = value;
}

function isIndex(segment: string): boolean {
  return /^\d+$/.test(segment);
}

function isFit(segment: string): boolean {
  if (segment === '__proto__') return false;
  return !isIndex(segment) || (segment.length <= 4 && Number(segment) <= LARGEST_INDEX);
}
