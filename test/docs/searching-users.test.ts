// The page about searching users: each of its queries is one, and each field it names is searched for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readUserSearch } from '#server/management/user-search.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/searching-users.md'), 'utf8');
const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, each = '']) => each.replaceAll('\\|', '|'));
const ROWS = PAGE.split('\n').filter((line) => line.startsWith('| `'));

test.each(ROWS.flatMap((row) => quoted(row.split(/(?<!\\)\|/)[1] ?? '')))('%s', (q) => {
  expect(readUserSearch({ q })).toMatchObject({ ok: true });
});

test('its fields are those there are', () => {
  const [, fields = ''] = PAGE.match(/^Fields: ([\s\S]+?)\nA word/m) ?? [];
  const named = quoted(fields).map((field) =>
    field.startsWith('.') ? `identities${field}` : field.replace(/\.…$/, '.plan'),
  );
  expect(named.length).toBeGreaterThan(20);
  for (const field of named)
    expect(readUserSearch({ q: `_exists_:${field}` }), field).toMatchObject(
      field === 'organization_id' ? { ok: false } : { ok: true },
    );
});
