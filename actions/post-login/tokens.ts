// `api.accessToken` and `api.idToken`: what a script writes into tokens.

import type { ApiMethod, ArgumentBound, Given, RecordingMethod } from '../trigger.ts';

/** Most bytes of UTF-8 of all custom claims of one token, counted as JSON. */
export const CUSTOM_CLAIMS_BYTES = 100 * 1024;
export const SCOPE_CHARACTERS = 280;
/** Scopes that one run may add. */
export const SCOPES_ADDED = 1000;

const claimBound: ArgumentBound = {
  bytes: CUSTOM_CLAIMS_BYTES,
  message: `The custom claims of a token must not exceed ${CUSTOM_CLAIMS_BYTES / 1024} KB.`,
};

function checkClaim([name]: unknown[]): void {
  if (typeof name !== 'string' || name === '') throw new TypeError('The name of a claim must be a non-empty string.');
  if (name === 'scope') throw new Error('The "scope" claim cannot be set.');
}

/** `undefined` has no JSON: a claim or key of that value is left as it is, as when a script copies what is not there. */
export const hasNoValue = ([, value]: unknown[]): boolean => value === undefined;

export const setCustomClaim: ApiMethod = {
  name: 'setCustomClaim',
  takes: 2,
  returns: 'api',
  check: checkClaim,
  bound: claimBound,
  isIdle: hasNoValue,
};

/** What is wrong with a scope that has been trimmed; undefined when nothing is. */
export function scopeFault(scope: string): string | undefined {
  if (scope === '') return 'The value for the scope is required.';
  if (scope.length > SCOPE_CHARACTERS)
    return `The value for the scope exceeds the allowed maximum of ${SCOPE_CHARACTERS} characters.`;
  return /\s/.test(scope) ? 'The value for the scope must not have whitespace.' : undefined;
}

/** Scopes by what was last said of them, in this run. */
function changesOf(given: Given): Map<string, 'add' | 'remove'> {
  given.memory.scopes ??= new Map();
  return given.memory.scopes as Map<string, 'add' | 'remove'>;
}

function scopeMethod(name: string, change: 'add' | 'remove'): ApiMethod & RecordingMethod {
  const trimmed = ([scope]: unknown[]): string => (scope as string).trim();
  return {
    name,
    takes: 1,
    returns: 'nothing',
    check(args, given) {
      if (typeof args[0] !== 'string') throw new TypeError('The value for the scope must be a string.');
      const fault = scopeFault(trimmed(args));
      if (fault !== undefined) throw new Error(fault);
      const changes = changesOf(given).set(trimmed(args), change);
      let added = 0;
      for (const made of changes.values()) if (made === 'add') added++;
      if (added > SCOPES_ADDED) throw new Error(`The number of scopes exceeds the allowed maximum of ${SCOPES_ADDED}.`);
    },
    record: (args) => [trimmed(args)],
  };
}

export const accessToken = (): ApiMethod[] => [
  setCustomClaim,
  scopeMethod('addScope', 'add'),
  scopeMethod('removeScope', 'remove'),
];

export const idToken = (): ApiMethod[] => [setCustomClaim];
