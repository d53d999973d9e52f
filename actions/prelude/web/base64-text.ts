// Guest code: atob and btoa, HTML standard §8.3. Their texts hold one byte a character.

import { decodeBase64, encodeBase64 } from './base64.ts';
import { exceptionOf } from './dom-exception.ts';
import { binaryOf, bytesOfBinary } from './utf8.ts';

const SPACES = /[\t\n\f\r ]+/g;
/** Padding is optional, but where it is given it must be right. */
const FORGIVING = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

function needOne(given: number): void {
  if (given > 0) return;
  throw Object.assign(new TypeError('The "input" argument must be specified'), { code: 'ERR_MISSING_ARGS' });
}

export function atob(...args: [text: unknown]): string {
  needOne(args.length);
  const text = `${args[0]}`.replace(SPACES, '');
  const bytes = FORGIVING.test(text) ? decodeBase64(text) : undefined;
  if (bytes === undefined) {
    const isCut = /^[A-Za-z0-9+/]*$/.test(text);
    const message = isCut ? 'The string to be decoded is not correctly encoded.' : 'Invalid character';
    throw exceptionOf('InvalidCharacterError', message);
  }
  return binaryOf(bytes);
}

export function btoa(...args: [text: unknown]): string {
  needOne(args.length);
  const text = `${args[0]}`;
  if (/[^\0-\xff]/.test(text)) throw exceptionOf('InvalidCharacterError', 'Invalid character');
  return encodeBase64(bytesOfBinary(text));
}
