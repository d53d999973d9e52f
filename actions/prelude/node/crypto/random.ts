// Guest code: randomness, drawn from the generator of the cell's OpenSSL, never from the script's dice.

import { Buffer } from '../buffer.ts';
import { outOfRange, wrongType } from '../errors.ts';
import { answerLater, computeBytes } from './compute.ts';

/** What the cell gives in one answer. */
const CHUNK = 65_536;
const MAX_BYTES = 4 * 1024 * 1024;

function draw(size: unknown): Buffer {
  if (typeof size !== 'number') throw wrongType('size', 'of type number', size);
  if (!(size >= 0 && size <= MAX_BYTES))
    throw outOfRange(`The value of "size" is out of range. It must be >= 0 && <= ${MAX_BYTES}. Received ${size}`);
  if (size <= CHUNK) return computeBytes('random', { bytes: Math.trunc(size) });
  const parts: Buffer[] = [];
  for (let left = Math.trunc(size); left > 0; left -= CHUNK) {
    parts.push(computeBytes('random', { bytes: Math.min(left, CHUNK) }));
  }
  return Buffer.concat(parts);
}

export function randomBytes(size: number, callback?: unknown): Buffer | undefined {
  if (callback === undefined) return draw(size);
  answerLater(callback, () => draw(size));
  return undefined;
}

type Target = ArrayBuffer | ArrayBufferView;

/** `offset` and `size` count elements of a typed array, bytes of a buffer. */
export function randomFillSync<T extends Target>(target: T, offset = 0, size?: number): T {
  if (!ArrayBuffer.isView(target) && !(target instanceof ArrayBuffer))
    throw wrongType('buf', 'an instance of ArrayBuffer or ArrayBufferView', target);
  const unit = (target as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
  const bytes = ArrayBuffer.isView(target)
    ? new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
    : new Uint8Array(target);
  const from = offset * unit;
  const length = size === undefined ? bytes.length - from : size * unit;
  if (!(from >= 0 && length >= 0 && from + length <= bytes.length))
    throw outOfRange('The range of "offset" and "size" does not lie within the buffer.');
  bytes.set(draw(length), from);
  return target;
}

export function randomFill(target: Target, ...rest: unknown[]): void {
  const callback = rest.pop();
  const [offset, size] = rest as [number?, number?];
  answerLater(callback, () => randomFillSync(target, offset, size));
}

/** Six bytes hold the largest range that Node allows. */
const WORD = 2 ** 48;

function drawInteger(min: number, max: number): number {
  if (!Number.isSafeInteger(min)) throw wrongType('min', 'a safe integer', min);
  if (!Number.isSafeInteger(max)) throw wrongType('max', 'a safe integer', max);
  const range = max - min;
  if (max <= min)
    throw outOfRange(
      `The value of "max" is out of range. It must be greater than the value of "min" (${min}). Received ${max}`,
    );
  if (range > WORD - 1) throw outOfRange(`The value of "max - min" is out of range. It must be <= ${WORD - 1}.`);
  // Words of the last, incomplete range would favour its beginning.
  const fair = WORD - (WORD % range);
  for (;;) {
    const word = draw(6).readUIntBE(0, 6);
    if (word < fair) return min + (word % range);
  }
}

export function randomInt(...args: unknown[]): number | undefined {
  const callback = typeof args.at(-1) === 'function' ? args.pop() : undefined;
  const [min, max] = (args.length < 2 ? [0, args[0]] : args) as [number, number];
  if (callback === undefined) return drawInteger(min, max);
  answerLater(callback, () => drawInteger(min, max));
  return undefined;
}

export function randomUUID(): string {
  const bytes = draw(16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Takes as long for equal as for different bytes; lengths are no secret. */
export function timingSafeEqual(left: Target, right: Target): boolean {
  const [a, b] = [viewOf(left, 'buf1'), viewOf(right, 'buf2')];
  if (a.length !== b.length)
    throw Object.assign(new RangeError('Input buffers must have the same byte length'), {
      code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH',
    });
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

function viewOf(value: unknown, argument: string): Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw wrongType(argument, 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView', value);
}
