// Guest code: errors with the codes of Node's, for scripts and packages that look at them.

type Coded = Error & { code: string };

function coded(error: Error, code: string): Coded {
  return Object.assign(error, { code });
}

const kindOf = (value: unknown): string =>
  value === null
    ? 'null'
    : typeof value === 'object'
      ? `an instance of ${value.constructor?.name ?? 'Object'}`
      : typeof value;

/** `ERR_INVALID_ARG_TYPE`. */
export const wrongType = (argument: string, expected: string, value: unknown): Coded =>
  coded(
    new TypeError(`The "${argument}" argument must be ${expected}. Received ${kindOf(value)}`),
    'ERR_INVALID_ARG_TYPE',
  );

/** `ERR_INVALID_ARG_VALUE`. */
export const wrongValue = (message: string): Coded => coded(new TypeError(message), 'ERR_INVALID_ARG_VALUE');

/** `ERR_OUT_OF_RANGE`. */
export const outOfRange = (message: string): Coded => coded(new RangeError(message), 'ERR_OUT_OF_RANGE');

/** What scripts cannot have: says what, why, and what to do instead. */
export const notAvailable = (what: string, why: string): Coded =>
  coded(new Error(`${what} is not available to scripts: ${why}.`), 'ERR_NOT_AVAILABLE');

export const withCode = coded;
