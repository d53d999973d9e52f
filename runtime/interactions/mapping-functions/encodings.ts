// Mapping functions: texts as bytes, in the notations of other systems.
import { createHash } from 'node:crypto';
import { type FunctionEntry, flagArg, joined, type MappingFunction, textArg, textOf } from './mapping-function.ts';

/** Of one that becomes words: nothing in the header of a mail is longer. */
const LONGEST_HEADER = 10_000;

const base64: MappingFunction = (input, args) => {
  if (input === null) return null;
  const bytes = bytesOf(textOf(input), textArg(args, 'charset') ?? 'UTF-8');
  if (!bytes) return null;
  const encoded = bytes.toString(flagArg(args, 'url_safe', false) ? 'base64url' : 'base64').replace(/=+$/, '');
  return flagArg(args, 'padding', true) ? encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=') : encoded;
};

/** RFC 2047 §2. What is ASCII stays as it is; a long text becomes several words of at most 75 characters. */
const mimeEncodedWord: MappingFunction = (input, args) => {
  if (input === null) return null;
  const text = textOf(input);
  if (/^[\0-\x7f]*$/.test(text)) return text;
  const charset = textArg(args, 'charset') ?? 'UTF-8';
  const encoding = textArg(args, 'encoding')?.toUpperCase() ?? 'B';
  if ((encoding !== 'B' && encoding !== 'Q') || !bytesOf('', charset) || text.length > LONGEST_HEADER) return null;
  const words: string[] = [];
  let bytes = Buffer.alloc(0);
  const end = () => {
    if (bytes.length > 0)
      words.push(`=?${charset}?${encoding}?${encoding === 'B' ? bytes.toString('base64') : inQ(bytes)}?=`);
    bytes = Buffer.alloc(0);
  };
  const room = 75 - `=?${charset}?B??=`.length;
  // No word may end inside of a letter (§5).
  for (const letter of text) {
    const more = Buffer.concat([bytes, bytesOf(letter, charset) ?? Buffer.alloc(0)]);
    const length = encoding === 'B' ? Math.ceil(more.length / 3) * 4 : inQ(more).length;
    if (length > room) end();
    bytes = Buffer.concat([bytes, bytesOf(letter, charset) ?? Buffer.alloc(0)]);
  }
  end();
  return joined(words, ' ');
};

const NAMESPACES: { readonly [name: string]: string } = {
  DNS: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
  URL: '6ba7b811-9dad-11d1-80b4-00c04fd430c8',
  OID: '6ba7b812-9dad-11d1-80b4-00c04fd430c8',
  X500: '6ba7b814-9dad-11d1-80b4-00c04fd430c8',
};

/** RFC 9562 §5.5: the first 128 bits of a SHA-1, with version and variant in their places. */
const uuid5: MappingFunction = (input, args) => {
  const named = textArg(args, 'namespace')?.trim() ?? '';
  const namespace = NAMESPACES[named.toUpperCase()] ?? named;
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(namespace)) return null;
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(textArg(args, 'name') ?? textOf(input))
    .digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

export const ENCODING_FUNCTIONS: { readonly [name: string]: FunctionEntry } = {
  base64: { apply: base64, knows: ['charset', 'padding', 'url_safe'] },
  mimeEncodedWord: { apply: mimeEncodedWord, knows: ['charset', 'encoding'], costs: 1_000 },
  uuid5: { apply: uuid5, knows: ['namespace', 'name'], needs: ['namespace'], costs: 200 },
};

/** Undefined: a charset that is not written here. */
function bytesOf(text: string, charset: string): Buffer | undefined {
  switch (charset.toUpperCase().replaceAll('_', '-')) {
    case 'UTF-8':
      return Buffer.from(text, 'utf8');
    case 'ISO-8859-1':
      return Buffer.from(text.replace(/[^\0-\xff]/gu, '?'), 'latin1');
    case 'US-ASCII':
      return Buffer.from(text.replace(/[^\0-\x7f]/gu, '?'), 'latin1');
    case 'UTF-16LE':
      return Buffer.from(text, 'utf16le');
    default:
      return undefined;
  }
}

function inQ(bytes: Buffer): string {
  return [...bytes]
    .map((byte) => {
      if (byte === 0x20) return '_';
      const plain = byte > 0x20 && byte < 0x7f && byte !== 0x3d && byte !== 0x3f && byte !== 0x5f;
      return plain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
