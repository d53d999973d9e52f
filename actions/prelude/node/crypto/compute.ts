// Guest code: how `crypto` speaks with the computations of the cell. Text travels as text, other bytes as base64.

import type { WireBytes } from '../../../outgoing-call.ts';
import { host } from '../../host.ts';
import { decodeBase64, encodeBase64 } from '../../web/base64.ts';
import { asBuffer, Buffer } from '../buffer.ts';
import { wrongType } from '../errors.ts';

/** What Node takes for bytes. */
export type Binary = string | ArrayBuffer | ArrayBufferView;

export function bytesOf(value: unknown, argument: string, encoding?: string): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value, encodingOf(encoding) as 'utf8');
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw wrongType(argument, 'of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView', value);
}

/** `buffer` was once the name of no encoding. */
const encodingOf = (encoding: string | undefined): string | undefined => (encoding === 'buffer' ? undefined : encoding);

export function wire(value: unknown, argument: string, encoding?: string): WireBytes {
  const name = encodingOf(encoding);
  if (typeof value === 'string' && (name === undefined || /^utf-?8$/i.test(name))) return { text: value };
  return { base64: encodeBase64(bytesOf(value, argument, encoding)) };
}

export const fromBase64 = (text: string): Buffer => asBuffer(decodeBase64(text) ?? new Uint8Array(0));

/** A Buffer, or the text of it. */
export function inEncoding(base64: string, encoding: string | undefined): Buffer | string {
  const name = encodingOf(encoding);
  if (name === undefined) return fromBase64(base64);
  return name === 'base64' ? base64 : fromBase64(base64).toString(name);
}

export const compute = (operation: string, payload: unknown): string =>
  host.compute(operation, JSON.stringify(payload));

export const computeBytes = (operation: string, payload: unknown): Buffer => fromBase64(compute(operation, payload));

export const computeRecord = <T>(operation: string, payload: unknown): T =>
  JSON.parse(compute(operation, payload)) as T;

/** Node's callback form of a computation: it is computed at once and answered a moment later. */
export function answerLater<T>(callback: unknown, work: () => T, spread?: (value: T) => unknown[]): void {
  if (typeof callback !== 'function') throw wrongType('callback', 'of type function', callback);
  let args: unknown[];
  try {
    const value = work();
    args = [null, ...(spread === undefined ? [value] : spread(value))];
  } catch (error) {
    args = [error];
  }
  queueMicrotask(() => callback(...args));
}
