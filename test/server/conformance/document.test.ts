// docs/conformance.md is held to what is tested: each module that it names is a test or a block of tests under that name,
// each such test is in it, and so is each difference from the certified library.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DIFFERENCES } from '../oracle/differences.ts';

const ROOT = join(import.meta.dirname, '../../..');
const document = readFileSync(join(ROOT, 'docs/conformance.md'), 'utf8');

/** First cells of the document's tables. */
const cells = [...document.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell);

test('each module of the document is a test, and each test stands in the document', () => {
  const folder = join(ROOT, 'test/server');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts'));
  const titles = files.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/\b(?:test|describe)\(\s*'(oidcc-[a-z0-9-]+)'/g)].map(
      ([, title = '']) => title,
    ),
  );
  const modules = cells.flatMap((cell) => /^`(oidcc-[a-z0-9-]+)`$/.exec(cell)?.slice(1) ?? []);
  expect(modules.length).toBeGreaterThan(50);
  expect([...titles].sort()).toEqual([...modules].sort());
});

test('each difference stands in the document, with its reason', () => {
  for (const { name, reason, reference } of DIFFERENCES) {
    expect(document).toContain(`| ${name} | ${reason} | ${reference} |`);
  }
  const told = document.split('| difference |')[1]?.split('\n\n')[0]?.split('\n').slice(2) ?? [];
  expect(told.length).toBe(DIFFERENCES.length);
});
