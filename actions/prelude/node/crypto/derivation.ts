// Guest code: keys from passwords and from other keys.

import { answerLater, type Binary, computeBytes, wire } from './compute.ts';
import { secretWire } from './key-object.ts';

export function pbkdf2Sync(password: Binary, salt: Binary, iterations: number, keyLength: number, digest: string) {
  const input = { password: wire(password, 'password'), salt: wire(salt, 'salt'), iterations, keyLength, digest };
  return computeBytes('pbkdf2', input);
}

export function pbkdf2(
  password: Binary,
  salt: Binary,
  iterations: number,
  keyLength: number,
  digest: string,
  callback: unknown,
): void {
  answerLater(callback, () => pbkdf2Sync(password, salt, iterations, keyLength, digest));
}

type ScryptOptions = Partial<Record<'N' | 'r' | 'p' | 'cost' | 'blockSize' | 'parallelization' | 'maxmem', number>>;

export function scryptSync(password: Binary, salt: Binary, keyLength: number, options: ScryptOptions = {}) {
  return computeBytes('scrypt', {
    password: wire(password, 'password'),
    salt: wire(salt, 'salt'),
    keyLength,
    N: options.N ?? options.cost ?? 16_384,
    r: options.r ?? options.blockSize ?? 8,
    p: options.p ?? options.parallelization ?? 1,
  });
}

export function scrypt(password: Binary, salt: Binary, keyLength: number, ...rest: unknown[]): void {
  const [first, second] = rest;
  const isShort = typeof first === 'function';
  const options = isShort ? {} : ((first ?? {}) as ScryptOptions);
  answerLater(isShort ? first : second, () => scryptSync(password, salt, keyLength, options));
}

export function hkdfSync(digest: string, key: unknown, salt: Binary, info: Binary, keyLength: number): ArrayBuffer {
  const input = { digest, key: secretWire(key), salt: wire(salt, 'salt'), info: wire(info, 'info'), keyLength };
  const bytes = computeBytes('hkdf', input);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

export function hkdf(
  digest: string,
  key: unknown,
  salt: Binary,
  info: Binary,
  keyLength: number,
  callback: unknown,
): void {
  answerLater(callback, () => hkdfSync(digest, key, salt, info, keyLength));
}
