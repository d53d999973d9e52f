// `api.transaction`: what one Action leaves for the next within a login, across its pauses.

import type { ApiMethod, Given } from '../trigger.ts';

export const TRANSACTION_KEY = 64;
/** Of UTF-8. */
export const TRANSACTION_VALUE_BYTES = 8 * 1024;
export const TRANSACTION_BYTES = 16 * 1024;

type Metadata = Record<string, unknown>;

/** As the login has it, with what this run has set. */
function metadataOf({ memory, original }: Given): Metadata {
  memory.transaction ??= { ...(original() as { transaction?: { metadata?: Metadata } }).transaction?.metadata };
  return memory.transaction as Metadata;
}

function changed([key, value]: unknown[], given: Given): Metadata {
  const next = { ...metadataOf(given), [key as string]: value };
  if (value === null) delete next[key as string];
  return next;
}

function checkEntry(args: unknown[], given: Given): void {
  const [key, value] = args;
  if (typeof key !== 'string' || key === '' || key.length > TRANSACTION_KEY)
    throw new TypeError(`The key of transaction metadata must be a string of 1 to ${TRANSACTION_KEY} characters.`);
  if (
    typeof value === 'number' &&
    (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
  )
    throw new TypeError('A number in transaction metadata must be finite, and a safe integer if it is an integer.');
  if (value !== null && typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw new TypeError('The value of transaction metadata must be a string, a number, a boolean or null.');
  if (typeof value === 'string' && given.bytesOf(value) > TRANSACTION_VALUE_BYTES)
    throw new Error(`A value of transaction metadata must not exceed ${TRANSACTION_VALUE_BYTES / 1024} KB.`);
  if (value !== null && given.bytesOf(JSON.stringify(changed(args, given))) > TRANSACTION_BYTES)
    throw new Error(`The transaction metadata must not exceed ${TRANSACTION_BYTES / 1024} KB in total.`);
}

function show(args: unknown[], given: Given): void {
  const next = changed(args, given);
  given.memory.transaction = next;
  const event = given.event as { transaction?: { metadata?: Metadata } };
  event.transaction ??= {};
  event.transaction.metadata = { ...next };
}

const refuse = (): never => {
  throw new Error('Method not implemented.');
};
const notImplemented = (name: string): ApiMethod => ({ name, takes: 1, returns: 'nothing', check: refuse });

export const transaction = (): ApiMethod[] => [
  { name: 'setMetadata', takes: 2, returns: 'nothing', check: checkEntry, live: show },
  notImplemented('addTargetScope'),
  notImplemented('removeTargetScope'),
  notImplemented('setTargetScopes'),
  notImplemented('clearTargetScopes'),
];
