// Guest code: `data:` URLs, Fetch standard §6: a document inside its address, for which nobody is asked.

import { decodeBase64 } from './base64.ts';
import { bytesOfBinary, encodeUtf8 } from './utf8.ts';

/** @returns undefined when the URL is not well formed. `url`: as the URL parser writes it. */
export function readDataUrl(url: string): { type: string; bytes: Uint8Array<ArrayBuffer> } | undefined {
  const comma = url.indexOf(',');
  if (comma < 0) return undefined;
  let type = url.slice('data:'.length, comma).trim();
  const body = decodePercent(url.slice(comma + 1).replace(/#.*$/s, ''));
  let bytes: Uint8Array<ArrayBuffer> | undefined = bytesOfBinary(body);
  if (/;\s*base64$/i.test(type)) {
    bytes = /[-_]/.test(body) ? undefined : decodeBase64(body);
    type = type.replace(/;\s*base64$/i, '');
  }
  if (bytes === undefined) return undefined;
  if (type.startsWith(';')) type = `text/plain${type}`;
  return { type: /^[^\s/;]+\/[^\s/;]+/.test(type) ? type : 'text/plain;charset=US-ASCII', bytes };
}

/** To one character a byte. */
function decodePercent(text: string): string {
  return text.replace(/%([0-9a-f]{2})|[^\0-\x7f]+/gi, (piece, hex?: string) =>
    hex === undefined
      ? Array.from(encodeUtf8(piece), (byte) => String.fromCharCode(byte)).join('')
      : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
