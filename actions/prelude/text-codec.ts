// Guest code: TextEncoder and TextDecoder for UTF-8, the only encoding scripts get.
// Made on first use, so a context that never encodes anything does not pay for it.

import { charCodeAt, NativeRangeError, NativeTypeError } from './primordials.ts';

function bytesOf(text: string): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    let point = charCodeAt(text, i);
    if (point >= 0xd800 && point <= 0xdfff) {
      const low = point < 0xdc00 && i + 1 < text.length ? charCodeAt(text, i + 1) : 0;
      if (low >= 0xdc00 && low <= 0xdfff) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        i++;
      } else point = 0xfffd;
    }
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  }
  return bytes;
}

/** Reads one character at `at`; `length` is 0 where the bytes are no UTF-8 (the maximal bad part is `skip` long). */
function readPoint(bytes: Uint8Array, at: number): { point: number; length: number; skip: number } {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return { point: lead, length: 1, skip: 1 };
  const count = lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
  if (count === 0) return { point: 0, length: 0, skip: 1 };
  let point = lead & (0x3f >> count);
  for (let i = 1; i <= count; i++) {
    const next = bytes[at + i] ?? 0;
    const least = i > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const most = i > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (at + i >= bytes.length || next < least || next > most) return { point: 0, length: 0, skip: i };
    point = (point << 6) | (next & 63);
  }
  return { point, length: count + 1, skip: count + 1 };
}

function viewOf(input: unknown): Uint8Array {
  if (input === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  throw new NativeTypeError('TextDecoder decodes an ArrayBuffer or a view of one.');
}

export const makeTextEncoder = () =>
  class TextEncoder {
    get encoding(): string {
      return 'utf-8';
    }
    encode(text: unknown = ''): Uint8Array {
      return new Uint8Array(bytesOf(`${text}`));
    }
    encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
      let read = 0;
      let written = 0;
      for (const character of `${text}`) {
        const bytes = bytesOf(character);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        written += bytes.length;
        read += character.length;
      }
      return { read, written };
    }
  };

export const makeTextDecoder = () =>
  class TextDecoder {
    readonly fatal: boolean;
    readonly ignoreBOM: boolean;
    constructor(label: unknown = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
      const name = `${label}`.trim().toLowerCase();
      if (name !== 'utf-8' && name !== 'utf8') throw new NativeRangeError(`TextDecoder knows utf-8 only, not ${name}.`);
      this.fatal = options.fatal === true;
      this.ignoreBOM = options.ignoreBOM === true;
    }
    get encoding(): string {
      return 'utf-8';
    }
    decode(input?: unknown): string {
      const bytes = viewOf(input);
      let text = '';
      let at = !this.ignoreBOM && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
      while (at < bytes.length) {
        const { point, length, skip } = readPoint(bytes, at);
        if (length === 0 && this.fatal) throw new NativeTypeError('The bytes are not valid UTF-8.');
        text += length === 0 ? '\ufffd' : String.fromCodePoint(point);
        at += skip;
      }
      return text;
    }
  };
