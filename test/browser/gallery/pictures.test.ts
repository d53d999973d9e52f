// Test: every page has its pictures, and the documentation shows them all.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PICTURES, PICTURES_PAGE, picturesOf, picturesPage } from './pictures.ts';
import { SCENES } from './scenes.ts';

const LARGEST_BYTES = 60 * 1024;
const files = readdirSync(PICTURES);

test('there is each picture that there should be, and no other', () => {
  expect(files.toSorted()).toEqual(
    SCENES.flatMap(picturesOf)
      .map(({ file }) => file)
      .sort(),
  );
});

test('no picture is large', () => {
  expect(files.filter((file) => statSync(join(PICTURES, file)).size > LARGEST_BYTES)).toEqual([]);
});

test('the documentation shows them', () => {
  expect(readFileSync(PICTURES_PAGE, 'utf8')).toBe(picturesPage(SCENES));
});
