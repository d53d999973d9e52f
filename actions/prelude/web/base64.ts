// Guest code: base64, the one codec of all shims. Tables and short strings, since these contexts are interpreted.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SKIP = 64;
const BAD = 65;

/** Character code → its six bits; both alphabets, for readers are generous. Made at the first use. */
let values: Uint8Array | undefined;
/** Twelve bits → two characters. Made at the first use. */
let pairs: string[] | undefined;

function makeValues(): Uint8Array {
  const table = new Uint8Array(256).fill(BAD);
  for (let i = 0; i < 64; i++) table[ALPHABET.charCodeAt(i)] = i;
  table[0x2d] = 62;
  table[0x5f] = 63;
  for (const space of [0x09, 0x0a, 0x0c, 0x0d, 0x20]) table[space] = SKIP;
  return table;
}

function makePairs(): string[] {
  const table: string[] = [];
  for (const first of ALPHABET) for (const second of ALPHABET) table.push(first + second);
  return table;
}

/** With padding. */
export function encodeBase64(bytes: Uint8Array): string {
  pairs ??= makePairs();
  const { length } = bytes;
  const whole = length - (length % 3);
  let text = '';
  let at = 0;
  for (; at < whole; at += 3) {
    const word = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    text += (pairs[word >> 12] as string) + (pairs[word & 0xfff] as string);
  }
  if (length - at === 1) return `${text}${pairs[(bytes[at] as number) << 4]}==`;
  if (length - at === 2) {
    const word = ((bytes[at] as number) << 10) | ((bytes[at + 1] as number) << 2);
    return `${text}${pairs[word >> 6]}${ALPHABET[word & 63]}=`;
  }
  return text;
}

/**
 * White space is skipped, padding is optional, both alphabets are read.
 * @returns undefined when the text is no base64.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  values ??= makeValues();
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0x3d && text.length - end < 2) end--;
  const bytes = new Uint8Array(Math.ceil((end * 3) / 4));
  const table = values;
  let at = 0;
  let length = 0;
  // Four letters at once, as long as they are letters: what is none has a seventh bit in the table, or is beyond it.
  for (; at + 4 <= end; at += 4) {
    const i = text.charCodeAt(at);
    const j = text.charCodeAt(at + 1);
    const k = text.charCodeAt(at + 2);
    const l = text.charCodeAt(at + 3);
    if ((i | j | k | l) > 255) break;
    const a = table[i] as number;
    const b = table[j] as number;
    const c = table[k] as number;
    const d = table[l] as number;
    if ((a | b | c | d) >= SKIP) break;
    bytes[length++] = (a << 2) | (b >> 4);
    bytes[length++] = (b << 4) | (c >> 2);
    bytes[length++] = (c << 6) | d;
  }
  let word = 0;
  let held = 0;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    const value = code < 256 ? (table[code] as number) : BAD;
    if (value === SKIP) continue;
    if (value === BAD) return undefined;
    word = (word << 6) | value;
    if (++held < 4) continue;
    bytes[length++] = word >> 16;
    bytes[length++] = word >> 8;
    bytes[length++] = word;
    word = 0;
    held = 0;
  }
  if (held === 1) return undefined;
  if (held === 2) bytes[length++] = word >> 4;
  if (held === 3) {
    bytes[length++] = word >> 10;
    bytes[length++] = word >> 2;
  }
  return length === bytes.length ? bytes : bytes.slice(0, length);
}
