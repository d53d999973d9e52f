// Guest code: structuredClone, HTML standard §2.7. There is one realm and nobody to send anything to: it is a deep copy.

import { exceptionOf } from './dom-exception.ts';

type Memory = Map<object, unknown>;

const ERRORS: Readonly<Record<string, ErrorConstructor>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

const { toString: objectToString } = Object.prototype;
/** The kind of a value, as `Object.prototype.toString` writes it. */
const tagOf = (value: object): string => objectToString.call(value).slice(8, -1);

function refuse(value: unknown): never {
  throw exceptionOf('DataCloneError', `${describe(value)} could not be cloned.`);
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `#<${value.constructor?.name ?? 'Object'}>`;
  return typeof value === 'symbol' ? value.toString() : `${value}`;
}

function cloneError(error: Error, memory: Memory): Error {
  const copy = new (ERRORS[error.name] ?? Error)(`${error.message}`);
  memory.set(error, copy);
  const hidden = { configurable: true, writable: true, enumerable: false };
  if (!Object.hasOwn(error, 'message')) Reflect.deleteProperty(copy, 'message');
  Object.defineProperty(copy, 'stack', { value: error.stack, ...hidden });
  if (Object.hasOwn(error, 'cause'))
    Object.defineProperty(copy, 'cause', { value: clone(error.cause, memory), ...hidden });
  return copy;
}

function cloneView(view: ArrayBufferView, memory: Memory): unknown {
  const buffer = clone(view.buffer, memory) as ArrayBuffer;
  if (view instanceof DataView) return new DataView(buffer, view.byteOffset, view.byteLength);
  // By its tag and not by its constructor: a Buffer becomes a plain Uint8Array, as it does everywhere.
  const name = (view as Uint8Array)[Symbol.toStringTag];
  const Kind = (globalThis as unknown as Record<string, unknown>)[name] as Uint8ArrayConstructor;
  return new Kind(buffer, view.byteOffset, (view as Uint8Array).length);
}

/** Built-in objects that are copied by what they hold; undefined for others. */
function cloneBuiltIn(value: object, memory: Memory): object | undefined {
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof RegExp) return new RegExp(value.source, value.flags);
  if (value instanceof Boolean || value instanceof Number || value instanceof String || value instanceof BigInt) {
    return Object(value.valueOf());
  }
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (ArrayBuffer.isView(value)) return cloneView(value, memory) as object;
  return undefined;
}

function cloneMembers(value: object, memory: Memory): object {
  if (value instanceof Map) {
    const copy = new Map();
    memory.set(value, copy);
    for (const [key, member] of [...value]) copy.set(clone(key, memory), clone(member, memory));
    return copy;
  }
  if (value instanceof Set) {
    const copy = new Set();
    memory.set(value, copy);
    for (const member of [...value]) copy.add(clone(member, memory));
    return copy;
  }
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? new Array(value.length) : {};
  memory.set(value, copy);
  for (const key of Object.keys(value)) {
    const member = clone((value as Record<string, unknown>)[key], memory);
    Object.defineProperty(copy, key, { value: member, configurable: true, enumerable: true, writable: true });
  }
  return copy;
}

function clone(value: unknown, memory: Memory): unknown {
  if (typeof value === 'symbol' || typeof value === 'function') refuse(value);
  if (typeof value !== 'object' || value === null) return value;
  const known = memory.get(value);
  if (known !== undefined) return known;
  if (value instanceof Error) return cloneError(value, memory);
  const builtIn = cloneBuiltIn(value, memory);
  if (builtIn !== undefined) {
    memory.set(value, builtIn);
    return builtIn;
  }
  const kind = Object.hasOwn(value, Symbol.toStringTag) ? 'Object' : tagOf(value);
  const isOpen = ['Object', 'Array', 'Map', 'Set', 'Arguments'].includes(kind);
  // What has slots that cannot be copied: promises, weak collections, objects of the platform.
  if (!isOpen && !isPlain(value)) refuse(value);
  return cloneMembers(value, memory);
}

/** A class of the script with a tag of its own is an object like any other; one of the platform is not. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Array.isArray(value);
}

/** `transfer`: buffers that move into the copy and are empty afterwards. */
export function structuredClone(value: unknown, options?: { transfer?: Iterable<unknown> } | null): unknown {
  const memory: Memory = new Map();
  for (const moved of options?.transfer ?? []) {
    if (!(moved instanceof ArrayBuffer)) throw exceptionOf('DataCloneError', 'Value not transferable');
    if (memory.has(moved)) throw exceptionOf('DataCloneError', 'ArrayBuffer occurs in the transfer list twice');
    memory.set(moved, undefined);
  }
  for (const moved of memory.keys()) memory.set(moved, (moved as ArrayBuffer).slice(0));
  const copy = clone(value, memory);
  // Emptied when the copy is made: a value that cannot be cloned leaves everything as it was.
  for (const moved of options?.transfer ?? []) (moved as ArrayBuffer).transfer();
  return copy;
}
