// Guest code: text and UTF-8 bytes. V8's own URI functions do the work where they can: these contexts are interpreted, and a
// loop over every byte is the slow way.

const { fromCharCode } = String;
const CHUNK = 8192;

/** One character a byte, without a call a byte. */
export function binaryOf(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK) return fromCharCode.apply(null, bytes as unknown as number[]);
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += fromCharCode.apply(null, bytes.subarray(at, at + CHUNK) as unknown as number[]);
  }
  return text;
}

/** The lower eight bits of every character. */
export function bytesOfBinary(text: string): Uint8Array<ArrayBuffer> {
  const { length } = text;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const escapeBytes = globalThis.escape;
const unescapeBytes = globalThis.unescape;

/** Lone surrogates become U+FFFD, as everywhere on the web platform. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return bytesOfBinary(unescapeBytes(encodeURIComponent(text.toWellFormed())));
}

/** Undefined when the bytes are not valid UTF-8. A byte order mark stays. */
function decodeValid(bytes: Uint8Array): string | undefined {
  try {
    return decodeURIComponent(escapeBytes(binaryOf(bytes)));
  } catch {
    return undefined;
  }
}

/** Length of the character that begins at `at`, or minus the length of the maximal part that is bad; 0: it is cut off. */
function measure(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const more = lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
  if (more === 0) return -1;
  for (let i = 1; i <= more; i++) {
    if (at + i >= bytes.length) return 0;
    const next = bytes[at + i] ?? 0;
    // Encoding standard §4.1.1: the second byte of some sequences is bounded, against overlong forms and surrogates.
    const least = i > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const most = i > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (next < least || next > most) return -i;
  }
  return more + 1;
}

/** How many bytes at the end begin a character that is not complete. */
export function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return measure(bytes, bytes.length - back) === 0 ? back : 0;
  }
  return 0;
}

/** Each maximal bad part becomes one U+FFFD; with `fatal`, undefined. A byte order mark stays. */
export function decodeUtf8(bytes: Uint8Array, fatal: boolean): string | undefined {
  const whole = decodeValid(bytes);
  if (whole !== undefined || fatal) return whole;
  let text = '';
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = measure(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += `${decodeValid(bytes.subarray(from, at)) ?? ''}\ufffd`;
    at = length === 0 ? bytes.length : at - length;
    from = at;
  }
  return text + (decodeValid(bytes.subarray(from)) ?? '');
}
