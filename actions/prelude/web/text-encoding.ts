// Guest code: TextEncoder and TextDecoder, Encoding standard §7. UTF-8, UTF-16 and windows-1252 (which the web calls latin1).

import { giveName } from './give-name.ts';
import { binaryOf, decodeUtf8, encodeUtf8, incompleteTail } from './utf8.ts';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** Labels of the Encoding standard §4.2. */
const LABELS: Readonly<Record<Encoding, string>> = {
  'utf-8': 'unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8',
  'utf-16le': 'csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le',
  'utf-16be': 'unicodefffe utf-16be',
  'windows-1252':
    'ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 ' +
    'iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252',
};
/** Where windows-1252 differs from Latin-1: 0x80 to 0x9f. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

function encodingOf(label: unknown): Encoding {
  const wanted = `${label}`.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '').toLowerCase();
  for (const [encoding, labels] of Object.entries(LABELS)) {
    if (wanted !== '' && labels.split(' ').includes(wanted)) return encoding as Encoding;
  }
  throw Object.assign(new RangeError(`The "${label}" encoding is not supported`), {
    code: 'ERR_ENCODING_NOT_SUPPORTED',
  });
}

function viewOf(input: unknown): Uint8Array {
  if (input === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  throw Object.assign(new TypeError('The "list" argument must be an instance of ArrayBuffer or ArrayBufferView.'), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
}

function decodeWindows1252(bytes: Uint8Array): string {
  return binaryOf(bytes).replace(/[\x80-\x9f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80] as string);
}

/** `bytes` has an even length. */
function decodeUtf16(bytes: Uint8Array, big: boolean): string {
  let text = '';
  const high = big ? 0 : 1;
  for (let at = 0; at < bytes.length; at += 2) {
    text += String.fromCharCode(((bytes[at + high] as number) << 8) | (bytes[at + 1 - high] as number));
  }
  return text;
}

const isLead = (unit: number): boolean => (unit & 0xfc00) === 0xd800;

export class TextEncoder {
  static {
    giveName(TextEncoder, 'TextEncoder');
  }

  get encoding(): string {
    return 'utf-8';
  }
  encode(text: unknown = ''): Uint8Array<ArrayBuffer> {
    return encodeUtf8(`${text}`);
  }
  encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
    if (typeof text !== 'string') throw new TypeError('The "src" argument must be of type string.');
    if (!(target instanceof Uint8Array)) throw new TypeError('The "dest" argument must be an instance of Uint8Array.');
    let read = 0;
    let written = 0;
    for (const character of text) {
      const point = character.codePointAt(0) as number;
      const length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (written + length > target.length) break;
      read += character.length;
      written += length;
    }
    target.set(encodeUtf8(text.slice(0, read)));
    return { read, written };
  }
  get [Symbol.toStringTag](): string {
    return 'TextEncoder';
  }
}

export class TextDecoder {
  static {
    giveName(TextDecoder, 'TextDecoder');
  }

  readonly #encoding: Encoding;
  readonly #fatal: boolean;
  readonly #ignoreBom: boolean;
  /** Bytes of a character whose end has not come yet. */
  #held = new Uint8Array(0);
  #started = false;

  constructor(label: unknown = 'utf-8', options?: { fatal?: boolean; ignoreBOM?: boolean } | null) {
    this.#encoding = encodingOf(label);
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBom = Boolean(options?.ignoreBOM);
  }

  get encoding(): string {
    return this.#encoding;
  }
  get fatal(): boolean {
    return this.#fatal;
  }
  get ignoreBOM(): boolean {
    return this.#ignoreBom;
  }

  decode(input?: unknown, options?: { stream?: boolean } | null): string {
    const stream = Boolean(options?.stream);
    let bytes = viewOf(input);
    if (this.#held.length > 0) {
      const joined = new Uint8Array(this.#held.length + bytes.length);
      joined.set(this.#held);
      joined.set(bytes, this.#held.length);
      bytes = joined;
    }
    this.#held = new Uint8Array(0);
    if (stream) {
      const tail = this.#incomplete(bytes);
      this.#held = bytes.slice(bytes.length - tail);
      bytes = bytes.subarray(0, bytes.length - tail);
    }
    let text: string;
    try {
      text = this.#decodeWhole(bytes);
    } catch (error) {
      this.#started = false;
      this.#held = new Uint8Array(0);
      throw error;
    }
    if (!this.#started && !this.#ignoreBom && this.#encoding !== 'windows-1252' && text.charCodeAt(0) === 0xfeff) {
      text = text.slice(1);
      this.#started = true;
    } else if (text !== '') this.#started = true;
    if (!stream) this.#started = false;
    return text;
  }

  /** How many bytes at the end wait for more. */
  #incomplete(bytes: Uint8Array): number {
    if (this.#encoding === 'windows-1252') return 0;
    if (this.#encoding === 'utf-8') return incompleteTail(bytes);
    const odd = bytes.length % 2;
    const even = bytes.length - odd;
    if (even < 2) return odd;
    const unit = decodeUtf16(bytes.subarray(even - 2, even), this.#encoding === 'utf-16be').charCodeAt(0);
    return isLead(unit) ? odd + 2 : odd;
  }

  #decodeWhole(bytes: Uint8Array): string {
    if (this.#encoding === 'windows-1252') return decodeWindows1252(bytes);
    if (this.#encoding === 'utf-8') return decodeUtf8(bytes, this.#fatal) ?? this.#refuse();
    const even = bytes.length - (bytes.length % 2);
    const text = decodeUtf16(bytes.subarray(0, even), this.#encoding === 'utf-16be');
    if (this.#fatal && (even < bytes.length || !text.isWellFormed())) this.#refuse();
    return even < bytes.length ? `${text.toWellFormed()}\ufffd` : text.toWellFormed();
  }

  #refuse(): never {
    throw Object.assign(new TypeError(`The encoded data was not valid for encoding ${this.#encoding}`), {
      code: 'ERR_ENCODING_INVALID_ENCODED_DATA',
    });
  }

  get [Symbol.toStringTag](): string {
    return 'TextDecoder';
  }
}
