// Tests: what the package shows to projects is what it has, in names and in types, by whichever door it is reached.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as shown from 'sallyport/testing';
import { expect, test } from 'vitest';
import * as own from '#server/testing/testing.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** They are compared when types are checked: each has to do for the other. */
const declared: typeof shown = own;
const there: typeof own = shown;

test('sallyport/testing is the harness', () => {
  expect(Object.keys(shown).sort()).toEqual(Object.keys(own).sort());
  expect(there.simulateLogin).toBe(declared.simulateLogin);
});

test('the package holds what its doors lead to', () => {
  const { bin, exports: doors, files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const leads = [bin.sallyport, ...Object.values(doors['./testing'])].map((path) => String(path).replace('./', ''));
  for (const path of leads) {
    expect(files.some((folder: string) => path.startsWith(`${folder}/`))).toBe(true);
    expect(readFileSync(join(ROOT, path), 'utf8')).toMatch(/^(?:#!.*\n)?\/\/ Server/);
  }
});
