// Tests: `sallyport/testing` as Node finds it has every name of the harness, and its declared types are those of the harness.
import { expect, expectTypeOf, test } from 'vitest';
import * as entry from '#server/testing/entry.js';
import * as harness from '#server/testing/testing.ts';

test('the entry has every name of the harness', () => {
  expect(Object.keys(entry).sort()).toEqual(Object.keys(harness).sort());
  // Checked by the compiler: what is declared takes and gives what the harness does.
  expectTypeOf<typeof entry>().toEqualTypeOf<typeof harness>();
});
