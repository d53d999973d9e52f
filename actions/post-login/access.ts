// `api.access` and `api.validation`: how a script ends a login.

import type { ApiMethod } from '../trigger.ts';
import { refuseBad, refuseMissing, textUpTo } from './complaints.ts';

/** Most characters of a validation error's code, and of its message. */
export const VALIDATION_TEXT = 100;

const validationText = textUpTo(VALIDATION_TEXT);

function checkReason([reason]: unknown[]): void {
  if (typeof reason !== 'string') throw new TypeError('The reason given to api.access.deny must be a string.');
}

function checkError([errorCode, errorMessage]: unknown[]): void {
  refuseMissing('errorCode', errorCode);
  refuseMissing('errorMessage', errorMessage);
  refuseBad([
    ['errorCode', errorCode, validationText],
    ['errorMessage', errorMessage, validationText],
  ]);
}

export const access = (): ApiMethod[] => [{ name: 'deny', takes: 1, returns: 'api', check: checkReason }];

export const validation = (): ApiMethod[] => [{ name: 'error', takes: 2, returns: 'api', check: checkError }];
