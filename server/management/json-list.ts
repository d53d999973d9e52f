// Management: a JSON list of any length, read as it comes (RFC 8259). The bytes between two elements are found by counting
// brackets outside of texts; what an element is says `JSON.parse`, so nothing passes here that it would not take.

export class NotAList extends Error {
  override name = 'NotAList';
}

/** Longer than `ELEMENT_BYTES`. */
export class LongElement extends NotAList {
  override name = 'LongElement';
}

export const ELEMENT_BYTES = 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** `begin`: before the list. `first`: an element or its end. `next`: an element, after a comma. `after`: a comma or the end. */
type Place = 'begin' | 'first' | 'next' | 'element' | 'after' | 'over';

/** The elements of a list, as many at a time as were whole in the last chunk. Throws `NotAList`, or `LongElement`. */
export async function* elementsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let place: Place = 'begin';
  let rest: Uint8Array = new Uint8Array(0);
  /** Within `rest`, which begins with the element that is open. */
  let at = 0;
  let depth = 0;
  let inText = false;
  let isScalar = false;

  const parse = (bytes: Uint8Array): unknown => {
    if (bytes.length > ELEMENT_BYTES) throw new LongElement('an element of the list is too long');
    try {
      return JSON.parse(decoder.decode(bytes));
    } catch (cause) {
      throw new NotAList('an element of the list is no JSON', { cause });
    }
  };

  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole: unknown[] = [];
    let start = 0;
    if (place === 'begin') {
      if (rest.length < BYTE_ORDER_MARK.length && rest[0] === BYTE_ORDER_MARK[0]) continue;
      if (at === 0 && BYTE_ORDER_MARK.every((byte, index) => rest[index] === byte)) at = BYTE_ORDER_MARK.length;
    }
    while (at < rest.length) {
      const byte = rest[at] ?? 0;
      if (place !== 'element') {
        at += 1;
        if (isSpace(byte)) continue;
        if (place === 'begin' && byte === OPEN_LIST) place = 'first';
        else if (place === 'after' && byte === COMMA) place = 'next';
        else if ((place === 'after' || place === 'first') && byte === CLOSE_LIST) place = 'over';
        else if (place === 'first' || place === 'next') {
          place = 'element';
          at -= 1;
          start = at;
          depth = 0;
          isScalar = byte !== OPEN_LIST && byte !== OPEN_OBJECT && byte !== QUOTE;
        } else throw new NotAList('this is no JSON list');
        continue;
      }
      if (isScalar) {
        if (byte !== COMMA && byte !== CLOSE_LIST && !isSpace(byte)) at += 1;
        else {
          whole.push(parse(rest.subarray(start, at)));
          place = 'after';
        }
        continue;
      }
      at += 1;
      if (inText) {
        if (byte === BACKSLASH) at += 1;
        else if (byte === QUOTE) inText = false;
      } else if (byte === QUOTE) inText = true;
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
      else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
      if (depth === 0 && !inText) {
        whole.push(parse(rest.subarray(start, at)));
        place = 'after';
      }
    }
    const kept = place === 'element' ? start : Math.min(at, rest.length);
    if (rest.length - kept > ELEMENT_BYTES) throw new LongElement('an element of the list is too long');
    rest = rest.subarray(kept);
    at -= kept;
    if (whole.length > 0) yield whole;
  }
  if (place !== 'over') throw new NotAList('the list does not end');
}
