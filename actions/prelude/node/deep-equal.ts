// Guest code: whether two values are equal all the way down, as `assert` and `util` of Node mean it.

type Seen = Map<object, object>;
type Compare = (left: unknown, right: unknown) => boolean;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const tagOf = (value: object): string => Object.prototype.toString.call(value);

/** ECMAScript §7.2.14 for primitives, and NaN equals itself. */
function isLooselyEqual(left: unknown, right: unknown): boolean {
  if (typeof left === typeof right || left === null || right === null || left === undefined || right === undefined)
    return Object.is(left, right) || left === right || ((left ?? null) === null && (right ?? null) === null);
  if (typeof left === 'symbol' || typeof right === 'symbol') return false;
  if (typeof left === 'bigint' || typeof right === 'bigint') return String(Number(left)) === String(Number(right));
  return Number(left) === Number(right);
}

/** `isStrict`: by `Object.is`, with equal prototypes; otherwise by `==`. */
export function isDeepEqual(left: unknown, right: unknown, isStrict: boolean, seen: Seen = new Map()): boolean {
  if (Object.is(left, right)) return true;
  if (!isObject(left) || !isObject(right))
    return !isStrict && !isObject(left) && !isObject(right) && isLooselyEqual(left, right);
  if (seen.get(left) === right) return true;
  if (isStrict && Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
  if (tagOf(left) !== tagOf(right) || Array.isArray(left) !== Array.isArray(right)) return false;
  seen.set(left, right);
  const compare: Compare = (a, b) => isDeepEqual(a, b, isStrict, seen);
  return hasSameValue(left, right, compare) && hasSameKeys(left, right, isStrict, compare);
}

/** What an object holds beside its properties. */
function hasSameValue(left: object, right: object, compare: Compare): boolean {
  if (left instanceof Date && right instanceof Date) return Object.is(left.getTime(), right.getTime());
  if (left instanceof RegExp && right instanceof RegExp)
    return left.source === right.source && left.flags === right.flags && left.lastIndex === right.lastIndex;
  if (left instanceof Error && right instanceof Error)
    return left.message === right.message && left.name === right.name && compare(left.cause, right.cause);
  if (left instanceof Set && right instanceof Set) return isSameSet(left, right, compare);
  if (left instanceof Map && right instanceof Map) return isSameMap(left, right, compare);
  if (left instanceof ArrayBuffer && right instanceof ArrayBuffer)
    return compare(new Uint8Array(left), new Uint8Array(right));
  if (/^\[object (?:Number|String|Boolean|BigInt|Symbol)\]$/.test(tagOf(left)))
    return Object.is(left.valueOf(), right.valueOf());
  if (left instanceof WeakMap || left instanceof WeakSet || left instanceof Promise) return false;
  return true;
}

function isSameSet(left: Set<unknown>, right: Set<unknown>, compare: Compare): boolean {
  if (left.size !== right.size) return false;
  const rest = [...right].filter((value) => !left.has(value));
  for (const value of left) {
    if (right.has(value)) continue;
    const at = rest.findIndex((other) => compare(value, other));
    if (at < 0) return false;
    rest.splice(at, 1);
  }
  return true;
}

function isSameMap(left: Map<unknown, unknown>, right: Map<unknown, unknown>, compare: Compare): boolean {
  if (left.size !== right.size) return false;
  const rest = [...right].filter(([key]) => !left.has(key));
  for (const [key, value] of left) {
    if (right.has(key)) {
      if (!compare(value, right.get(key))) return false;
      continue;
    }
    const at = rest.findIndex(([otherKey, other]) => compare(key, otherKey) && compare(value, other));
    if (at < 0) return false;
    rest.splice(at, 1);
  }
  return true;
}

function hasSameKeys(left: object, right: object, isStrict: boolean, compare: Compare): boolean {
  const keys = keysOf(left, isStrict);
  if (keys.length !== keysOf(right, isStrict).length) return false;
  const [a, b] = [left, right] as Record<PropertyKey, unknown>[];
  return keys.every((key) => Object.prototype.propertyIsEnumerable.call(right, key) && compare(a?.[key], b?.[key]));
}

function keysOf(value: object, isStrict: boolean): PropertyKey[] {
  if (!isStrict) return Object.keys(value);
  const symbols = Object.getOwnPropertySymbols(value);
  return [...Object.keys(value), ...symbols.filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))];
}
