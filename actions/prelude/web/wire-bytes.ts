// Guest code: bytes as they travel in JSON. Text stays text all the way, for most bodies are JSON and nobody looks at their
// bytes.

import type { WireBytes } from '../../outgoing-call.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

export const textToWire = (text: string): WireBytes => ({ text: text.toWellFormed() });

export function bytesToWire(bytes: Uint8Array): WireBytes {
  const text = decodeUtf8(bytes, true);
  return text === undefined ? { base64: encodeBase64(bytes) } : { text };
}

export const bytesOfWire = (wire: WireBytes): Uint8Array<ArrayBuffer> =>
  'text' in wire ? encodeUtf8(wire.text) : (decodeBase64(wire.base64) ?? new Uint8Array(0));

/** As UTF-8, bad parts replaced; a byte order mark stays. */
export const textOfWire = (wire: WireBytes): string =>
  'text' in wire ? wire.text : (decodeUtf8(bytesOfWire(wire), false) ?? '');
