// Tests of the Management API: a JSON list is read as it comes, cut anywhere; what `JSON.parse` would not take is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf, NotAList } from '#server/management/json-list.ts';

/** A text in chunks that end at these places. */
async function* cut(bytes: Buffer, ends: number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const end of ends.toSorted((a, b) => a - b)) {
    if (end <= from || end >= bytes.length) continue;
    yield bytes.subarray(from, end);
    from = end;
  }
  yield bytes.subarray(from);
}

async function read(text: string | Buffer, ends: number[] = []): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const some of elementsOf(cut(Buffer.from(text as string), ends))) found.push(...some);
  return found;
}

const everyByte = (text: string | Buffer) =>
  Array.from({ length: Buffer.from(text as string).length }, (_each, at) => at);

describe('a list', () => {
  test('is what it would be as a whole, wherever it is cut', async () => {
    const lists = fc.array(fc.jsonValue(), { maxLength: 8 });
    const property = fc.asyncProperty(lists, fc.nat(4), fc.array(fc.nat(400)), async (list, indent, ends) => {
      const text = JSON.stringify(list, null, indent);
      expect(await read(text, ends)).toEqual(JSON.parse(text));
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test.each([
    ['escapes', String.raw`["a\"]", "\\", "\\\"," , "\u005d"]`],
    ['brackets in texts', '[{"a":"]}"},["[{"],{"}":"{"}]'],
    ['numbers and words', '[ 1,-2.5e3 ,true,false , null\n]\t'],
    ['characters of several bytes', '["日本","😀",{"é":"ü"}]'],
    ['nothing', ' [ ] '],
  ])('%s, byte by byte', async (_what, text) => {
    expect(await read(text, everyByte(text))).toEqual(JSON.parse(text));
  });

  test('may begin with a byte order mark', async () => {
    const text = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('[1]')]);
    expect(await read(text)).toEqual([1]);
    expect(await read(text, everyByte(text))).toEqual([1]);
  });

  test.each<[what: string, text: string | Buffer]>([
    ['nothing at all', ''],
    ['an object', '{}'],
    ['a text', '"[]"'],
    ['no end', '[1,2'],
    ['an open element', '[{"a":1'],
    ['a comma too many', '[1,]'],
    ['a comma too few', '[1 2]'],
    ['a comma first', '[,1]'],
    ['something after it', '[1] 2'],
    ['another list', '[][]'],
    ['a word that is none', '[tru]'],
    ['brackets of two kinds', '[{]}]'],
    ['half a character', Buffer.from([0x5b, 0x22, 0xc3, 0x22, 0x5d])],
    ['an element without end', `["${'x'.repeat(1100 * 1024)}`],
    ['a long element', `["${'x'.repeat(1100 * 1024)}"]`],
  ])('is not: %s', async (_what, text) => {
    await expect(read(text)).rejects.toThrow(NotAList);
    await expect(read(text, [1, 2, 3, 65_536, 131_072])).rejects.toThrow(NotAList);
  });
});
