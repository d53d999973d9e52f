// Guest code: Node's `util`. Our own: npm's package of that name takes a millisecond to evaluate in every context and shows
// no Map, Set or class.

import { TextDecoder, TextEncoder } from '../web/text-encoding.ts';
import { isDeepEqual } from './deep-equal.ts';
import { notAvailable, outOfRange, wrongType } from './errors.ts';
import { format } from './format.ts';
import { inspect } from './inspect.ts';
import { callbackify, promisify } from './promisify.ts';
import { types } from './util-types.ts';

/** Sequences of terminals, ECMA-48 §5.4. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g');

function stripVTControlCharacters(text: unknown): string {
  if (typeof text !== 'string') throw wrongType('str', 'of type string', text);
  return text.replace(ESCAPES, '');
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

const warned = new Set<string>();

/** Warns at the first call, once for every `code`. */
function deprecate<T extends (...args: unknown[]) => unknown>(method: T, message: string, code?: string): T {
  let isWarned = false;
  function deprecated(this: unknown, ...args: unknown[]): unknown {
    if (!isWarned && (code === undefined || !warned.has(code))) {
      console.warn(`${code === undefined ? '' : `[${code}] `}DeprecationWarning: ${message}`);
      if (code !== undefined) warned.add(code);
    }
    isWarned = true;
    return new.target ? Reflect.construct(method, args, new.target) : method.apply(this, args);
  }
  return Object.setPrototypeOf(deprecated, method) as T;
}

/** Nobody can switch it on, for scripts have no environment. */
const debuglog = () => Object.assign(() => {}, { enabled: false });

function getSystemErrorName(code: number): string {
  throw outOfRange(`Scripts have no system errors; ${code} is none`);
}

const absent = (what: string, why: string) => (): never => {
  throw notAvailable(`util.${what}`, why);
};

/** `super_` stays readable, as packages of the time before classes use it. */
function inherits(child: { prototype: object }, parent: { prototype: object }): void {
  for (const [name, value] of Object.entries({ ctor: child as unknown, superCtor: parent as unknown })) {
    if (typeof value !== 'function') throw wrongType(name, 'of type function', value);
  }
  Object.defineProperty(child, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(child.prototype, parent.prototype);
}

const util = {
  promisify,
  callbackify,
  inherits,
  isArray: Array.isArray,
  _extend: (target: object, source: unknown) => Object.assign(target, source),
  inspect,
  format,
  formatWithOptions: (_options: unknown, ...args: unknown[]) => format(...args),
  types,
  deprecate,
  debuglog,
  debug: debuglog,
  isDeepStrictEqual: (left: unknown, right: unknown) => isDeepEqual(left, right, true),
  stripVTControlCharacters,
  styleText: (_format: unknown, text: string) => text,
  toUSVString: (text: unknown) => `${text}`.toWellFormed(),
  aborted,
  getSystemErrorName,
  TextEncoder,
  TextDecoder,
  parseArgs: absent('parseArgs', 'scripts have no command line'),
  parseEnv: absent('parseEnv', 'scripts have no environment; use the secrets of the Action'),
};

export default util;
