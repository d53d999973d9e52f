// Interactions: how big a JSON value is, without walking what is too big to its end. Tenants write rules and strangers write
// the values they run on, so everything that is made of both is measured before it is used.
import type { Json, JsonObject } from '#storage/records.ts';

/** Characters, about, that one function, one rule or one body may come to. */
export const MOST_CHARACTERS = 1_000_000;
/** Levels of lists and objects. Deeper ones are cut off: what walks a value walks it recursively. */
const DEEPEST = 64;
/** What a value costs besides its texts. */
const NODE = 4;

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own entry: names like `constructor` are as empty as any other. */
export function entryOf(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Puts an entry, `__proto__` too, which an assignment would take for the prototype. */
export function putEntry(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Characters of the value as it would be written, about; more than `limit` is only said to be more. */
export function sizeOf(value: Json, limit: number = MOST_CHARACTERS): number {
  let size = 0;
  const waiting: Json[] = [value];
  while (waiting.length > 0 && size <= limit) {
    const one = waiting.pop();
    size += NODE;
    if (typeof one === 'string') size += one.length;
    else if (Array.isArray(one)) {
      size += one.length;
      if (size <= limit) for (const item of one) waiting.push(item);
    } else if (isObject(one)) {
      for (const name of Object.keys(one)) {
        size += name.length + NODE;
        waiting.push(one[name] ?? null);
      }
    }
  }
  return size;
}

/** Whether a value nests at most so deep. */
export function isShallow(value: Json, deepest: number = DEEPEST): boolean {
  const waiting: { value: Json; depth: number }[] = [{ value, depth: 1 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > deepest) return false;
    for (const child of Object.values(next.value)) waiting.push({ value: child, depth: next.depth + 1 });
  }
  return true;
}

/** The same value, with null where it nests too deep. */
export function shallow<Value extends Json>(value: Value): Value {
  return isShallow(value) ? value : (cut(value, DEEPEST) as Value);
}

function cut(value: Json, levels: number): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return null;
  if (Array.isArray(value)) return value.map((item) => cut(item, levels - 1));
  const kept: JsonObject = {};
  for (const [name, child] of Object.entries(value)) putEntry(kept, name, cut(child, levels - 1));
  return kept;
}
