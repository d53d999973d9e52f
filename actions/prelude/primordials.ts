// Guest code: the built-ins as they were before the script ran. After it ran, every prototype may lie,
// so nothing in this folder may call a method of a value, iterate with `for…of` or spread once the script has started.

export const { apply, construct, defineProperty, deleteProperty } = Reflect;
export const { parse, stringify } = JSON;
export const { isArray } = Array;
export const { isFinite: isFiniteNumber } = Number;
export const NativeDate = Date;
export const NativePromise = Promise;
export const NativeError = Error;
export const NativeTypeError = TypeError;
export const NativeRangeError = RangeError;
const NativeString = String;
export const NativeArrayBuffer = ArrayBuffer;

const { getPrototypeOf } = Reflect;
const { then: promiseThen } = Promise.prototype;
const {
  slice: stringSlice,
  charCodeAt: stringCharCodeAt,
  includes: stringIncludes,
  toWellFormed: stringToWellFormed,
} = String.prototype;
const escapeBytes = encodeURIComponent;
const undoEscapes = unescape;
const { exec: regExpExec } = RegExp.prototype;
const { isPrototypeOf: objectIsPrototypeOf } = Object.prototype;
const { captureStackTrace } = Error as unknown as { captureStackTrace: (holder: object, below: unknown) => void };
const { isError: nativeIsError } = Error as unknown as { isError?: (value: unknown) => boolean };
const errorPrototype = Error.prototype;
/** What every async function inherits from: its identity cannot be forged by assigning `constructor`. */
const asyncFunctionPrototype = getPrototypeOf(async () => {});

export const slice = (text: string, from: number, to: number): string => apply(stringSlice, text, [from, to]);
export const includes = (text: string, part: string): boolean => apply(stringIncludes, text, [part]);
export const charCodeAt = (text: string, at: number): number => apply(stringCharCodeAt, text, [at]);

const nonAscii = /[\u0080-\uffff]/;

/** Bytes of UTF-8. There is no Buffer in here: percent-encoding makes one escape of each byte, and undoing it one unit. */
export const byteLength = (text: string): number =>
  apply(regExpExec, nonAscii, [text]) === null
    ? text.length
    : undoEscapes(escapeBytes(apply(stringToWellFormed, text, []))).length;

/** `promise.then` by the original method; refuses what is no native promise. */
export const whenSettled = (
  promise: unknown,
  kept: (value: unknown) => void,
  broken: (reason: unknown) => void,
): unknown => apply(promiseThen, promise, [kept, broken]);

export const isError = (value: unknown): value is Error =>
  (nativeIsError?.(value) ?? false) ||
  (typeof value === 'object' && value !== null && apply(objectIsPrototypeOf, errorPrototype, [value]));

export const isAsyncFunction = (value: unknown): value is (...args: unknown[]) => Promise<unknown> =>
  typeof value === 'function' && getPrototypeOf(value) === asyncFunctionPrototype;

/** Text of any value; a value whose conversion throws has a text too. */
export function textOf(value: unknown): string {
  try {
    return NativeString(value);
  } catch {
    return '<no text>';
  }
}

/** A place in the script, remembered and not yet written out: that is what costs. */
export type Site = { stack?: unknown };

/** Where the caller of `below` stands. */
export function captureSite(below: (...args: never[]) => unknown): Site {
  const site: Site = {};
  try {
    captureStackTrace(site, below);
  } catch {
    // The script has bent what makes stacks: then there is no place.
  }
  return site;
}

const MAX_SITE = 2000;

/** The stack as text; empty where the script has bent what makes it. */
export function readSite(site: Site | undefined): string {
  try {
    const stack = site?.stack;
    return typeof stack === 'string' ? slice(stack, 0, MAX_SITE) : '';
  } catch {
    return '';
  }
}
