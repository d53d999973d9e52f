// Guest code: Node's `assert`. Our own, for npm's package of that name takes longer to evaluate than most scripts to run.

import { isDeepEqual } from './deep-equal.ts';
import { wrongType } from './errors.ts';
import { inspect } from './inspect.ts';

type Details = { message?: string | Error | undefined; actual?: unknown; expected?: unknown; operator: string };
type Message = string | Error | undefined;
type Expected = RegExp | object | ((error: unknown) => unknown);

const PHRASES: Record<string, string> = {
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
};

function describe({ actual, expected, operator }: Details): string {
  const phrase = PHRASES[operator];
  if (phrase === undefined) return `${inspect(actual)} ${operator} ${inspect(expected)}`;
  if (operator.startsWith('not')) return `${phrase}\n\n${inspect(expected)}\n`;
  return `${phrase}\n\n${inspect(actual)} !== ${inspect(expected)}\n`;
}

export class AssertionError extends Error {
  readonly code = 'ERR_ASSERTION';
  readonly generatedMessage: boolean;
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string;

  constructor(details: Details) {
    super(details.message === undefined ? describe(details) : String(details.message));
    this.generatedMessage = details.message === undefined;
    this.actual = details.actual;
    this.expected = details.expected;
    this.operator = details.operator;
    Object.defineProperty(this, 'name', { value: 'AssertionError', writable: true, configurable: true });
  }
}

function check(holds: boolean, details: Details): void {
  if (holds) return;
  if (details.message instanceof Error) throw details.message;
  throw new AssertionError(details);
}

type Compare = (actual: unknown, expected: unknown, message?: Message) => void;

const comparing =
  (operator: string, holds: (actual: unknown, expected: unknown) => boolean): Compare =>
  (actual, expected, message) =>
    check(holds(actual, expected), { actual, expected, message, operator });

function ok(value: unknown, message?: Message): void {
  const said = message ?? (value ? undefined : `The expression evaluated to a falsy value:\n\n  ${inspect(value)}\n`);
  check(Boolean(value), { actual: value, expected: true, message: said, operator: '==' });
}

function fail(message: Message = 'Failed'): never {
  if (message instanceof Error) throw message;
  throw new AssertionError({ message, operator: 'fail' });
}

function matches(error: unknown, expected: Expected, message: Message): void {
  if (expected instanceof RegExp) {
    const said =
      message ?? `The input did not match the regular expression ${expected}. Input:\n\n${inspect(String(error))}\n`;
    check(expected.test(String(error)), { actual: error, expected, message: said, operator: 'throws' });
  } else if (typeof expected === 'function') {
    if (expected.prototype !== undefined && error instanceof expected) return;
    if (Object.prototype.isPrototypeOf.call(Error, expected)) {
      const said =
        message ?? `The error is expected to be an instance of "${expected.name}". Received ${inspect(error)}`;
      throw said instanceof Error
        ? said
        : new AssertionError({ message: said, actual: error, expected, operator: 'throws' });
    }
    const said = message ?? 'The validation function is expected to return "true".';
    check((expected as (e: unknown) => unknown)(error) === true, {
      actual: error,
      expected,
      message: said,
      operator: 'throws',
    });
  } else {
    for (const [key, value] of Object.entries(expected)) {
      const actual = (error as Record<string, unknown>)[key];
      const holds =
        value instanceof RegExp && typeof actual === 'string' ? value.test(actual) : isDeepEqual(actual, value, true);
      check(holds, { actual: error, expected, message, operator: 'throws' });
    }
    if (expected instanceof Error) {
      const { message: text, name } = error as Error;
      check(text === expected.message && name === expected.name, {
        actual: error,
        expected,
        message,
        operator: 'throws',
      });
    }
  }
}

const NOTHING = Symbol('nothing was thrown');

function judgeThrown(
  thrown: unknown,
  expected: Expected | string | undefined,
  message: Message,
  operator: string,
): void {
  const said = typeof expected === 'string' ? expected : message;
  if (thrown === NOTHING) {
    const name = typeof expected === 'function' && expected.name !== '' ? ` (${expected.name})` : '';
    const kind = operator === 'rejects' ? 'rejection' : 'exception';
    const text = `Missing expected ${kind}${name}${said === undefined ? '.' : `: ${said}`}`;
    throw new AssertionError({ message: text, expected, operator });
  }
  if (expected !== undefined && typeof expected !== 'string') matches(thrown, expected, message);
}

function thrownBy(method: unknown): unknown {
  if (typeof method !== 'function') throw wrongType('fn', 'of type function', method);
  try {
    method();
  } catch (error) {
    return error;
  }
  return NOTHING;
}

async function rejectionOf(promise: unknown): Promise<unknown> {
  try {
    await (typeof promise === 'function' ? promise() : promise);
  } catch (error) {
    return error;
  }
  return NOTHING;
}

function refuseThrown(thrown: unknown, message: Message, operator: string): void {
  if (thrown === NOTHING) return;
  const kind = operator === 'doesNotReject' ? 'rejection' : 'exception';
  const text = `Got unwanted ${kind}${message === undefined ? '.' : `: ${message}`}\nActual message: "${(thrown as Error)?.message}"`;
  throw new AssertionError({ message: text, actual: thrown, operator });
}

const strictly = (left: unknown, right: unknown): boolean => Object.is(left, right);
// A loose comparison of the language itself is what `assert.equal` stands for.
const loosely = (left: unknown, right: unknown): boolean => {
  const isObject = (value: unknown): boolean =>
    (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject(left) && isObject(right) ? left === right : isDeepEqual(primitive(left), primitive(right), false);
};
const primitive = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? value instanceof Date
      ? String(value)
      : value.valueOf() === value
        ? String(value)
        : value.valueOf()
    : value;
const not =
  (holds: (left: unknown, right: unknown) => boolean) =>
  (left: unknown, right: unknown): boolean =>
    !holds(left, right);
const deeply = (left: unknown, right: unknown): boolean => isDeepEqual(left, right, true);
const deeplyLoose = (left: unknown, right: unknown): boolean => isDeepEqual(left, right, false);

const assertions = {
  AssertionError,
  ok,
  fail,
  equal: comparing('==', loosely),
  notEqual: comparing('!=', not(loosely)),
  strictEqual: comparing('strictEqual', strictly),
  notStrictEqual: comparing('notStrictEqual', not(strictly)),
  deepEqual: comparing('deepEqual', deeplyLoose),
  notDeepEqual: comparing('notDeepEqual', not(deeplyLoose)),
  deepStrictEqual: comparing('deepStrictEqual', deeply),
  notDeepStrictEqual: comparing('notDeepStrictEqual', not(deeply)),
  match(text: string, pattern: RegExp, message?: Message): void {
    const said = message ?? `The input did not match the regular expression ${pattern}. Input:\n\n${inspect(text)}\n`;
    check(typeof text === 'string' && pattern.test(text), {
      actual: text,
      expected: pattern,
      message: said,
      operator: 'match',
    });
  },
  doesNotMatch(text: string, pattern: RegExp, message?: Message): void {
    const said =
      message ?? `The input was expected to not match the regular expression ${pattern}. Input:\n\n${inspect(text)}\n`;
    check(typeof text !== 'string' || !pattern.test(text), {
      actual: text,
      expected: pattern,
      message: said,
      operator: 'doesNotMatch',
    });
  },
  throws: (method: unknown, expected?: Expected | string, message?: Message) =>
    judgeThrown(thrownBy(method), expected, message, 'throws'),
  rejects: async (promise: unknown, expected?: Expected | string, message?: Message) =>
    judgeThrown(await rejectionOf(promise), expected, message, 'rejects'),
  doesNotThrow: (method: unknown, ...rest: unknown[]) =>
    refuseThrown(thrownBy(method), rest.at(-1) as Message, 'doesNotThrow'),
  doesNotReject: async (promise: unknown, ...rest: unknown[]) =>
    refuseThrown(await rejectionOf(promise), rest.at(-1) as Message, 'doesNotReject'),
  ifError(value: unknown): void {
    if (value === null || value === undefined) return;
    const text = value instanceof Error ? value.message : inspect(value);
    throw new AssertionError({
      message: `ifError got unwanted exception: ${text}`,
      actual: value,
      expected: null,
      operator: 'ifError',
    });
  },
};

const strict = Object.assign((value: unknown, message?: Message) => ok(value, message), assertions, {
  equal: assertions.strictEqual,
  notEqual: assertions.notStrictEqual,
  deepEqual: assertions.deepStrictEqual,
  notDeepEqual: assertions.notDeepStrictEqual,
});
Object.assign(strict, { strict });

const assert = Object.assign((value: unknown, message?: Message) => ok(value, message), assertions, { strict });
export default assert;
