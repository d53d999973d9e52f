// `api.user`: what a script writes into the account. It is written once, when the flow ends or leaves for a redirect.

import type { ApiMethod, ArgumentBound, Given } from '../trigger.ts';
import { isObject } from './complaints.ts';
import { hasNoValue } from './tokens.ts';

/** Most bytes of UTF-8 that one login may add to either metadata, counted as JSON. */
export const METADATA_BYTES = 32 * 1024;

const boundOf = (field: string): ArgumentBound => ({
  bytes: METADATA_BYTES,
  message: `One login must not write more than ${METADATA_BYTES / 1024} KB of ${field}.`,
});

const checkMetadata =
  (field: 'app_metadata' | 'user_metadata', refusal: string) =>
  ([key]: unknown[], { event }: Given): void => {
    const user = isObject(event) ? event.user : undefined;
    const current = isObject(user) ? user[field] : undefined;
    if (current !== undefined && !isObject(current)) throw new Error(refusal);
    if (typeof key !== 'string' || key === '') throw new TypeError(`The key of ${field} must be a non-empty string.`);
  };

export const user = (): ApiMethod[] => [
  {
    name: 'setAppMetadata',
    takes: 2,
    returns: 'api',
    check: checkMetadata('app_metadata', 'Unexpected app_metadata format. Must be a valid JSON object'),
    bound: boundOf('app_metadata'),
    isIdle: hasNoValue,
  },
  {
    name: 'setUserMetadata',
    takes: 2,
    returns: 'api',
    check: checkMetadata('user_metadata', 'Unexpected user_metadata format. Must be a valid JSON object.'),
    bound: boundOf('user_metadata'),
    isIdle: hasNoValue,
  },
];
