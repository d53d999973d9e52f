// Tests of log streams: every type of log line has one category, and the table of the documentation says which.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LOG_TYPES } from '#runtime/codes.ts';
import { isAskedFor, LOG_CATEGORIES, SECURITY } from '#server/log-streams/categories.ts';

const TYPES = Object.keys(LOG_TYPES);

test('every type is in one category, and without filters every line is asked for', () => {
  for (const type of TYPES) {
    expect([type, LOG_CATEGORIES.filter((category) => isAskedFor(type, [category])).length]).toEqual([type, 1]);
    expect([isAskedFor(type, undefined), isAskedFor(type, []), isAskedFor(type, [...LOG_CATEGORIES])]).toEqual([
      true,
      true,
      true,
    ]);
  }
  expect(isAskedFor('unheard_of', ['other'])).toBe(true);
});

test.each([...LOG_CATEGORIES, SECURITY])('docs/messages.md says what %s holds', (category) => {
  const text = readFileSync(new URL('../../../docs/messages.md', import.meta.url), 'utf8');
  const row = text.split('\n').find((line) => line.startsWith(`| \`${category}\` |`)) ?? '';
  const told = [...(row.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, type]) => type);
  expect(told.toSorted()).toEqual(TYPES.filter((type) => isAskedFor(type, [category])).toSorted());
});
