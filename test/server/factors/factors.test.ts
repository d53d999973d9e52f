// Every factor through everything, at both doors: each cell of the table is a test, or says why there is none.
// A run takes some cells of each factor, `npm run test:long` all.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { draw } from '#test/kit/counts.ts';
import { BAD_INPUT } from './bad-input.ts';
import { type Cell, COLUMNS, DOORS, type RowName } from './columns.ts';
import { type FactorDesk, openFactorDesk } from './desk.ts';
import { reasonLines, tableLines } from './document.ts';
import { TABLE } from './table.ts';

let desk: FactorDesk;
beforeAll(async () => {
  desk = await openFactorDesk();
}, 60_000);
afterAll(() => desk.close());

type Run = Exclude<Cell, { never: string }>;

describe.each(Object.keys(TABLE) as RowName[])('%s', (name) => {
  const cells = COLUMNS.flatMap((column) =>
    DOORS.flatMap((door): [title: string, run: Run][] => {
      const cell = TABLE[name][column][door];
      return 'never' in cell ? [] : [[`${column}, ${door}`, cell]];
    }),
  );
  test.each(draw(cells, 5))('%s', (_title, run) => run(desk));
});

describe('what should not come', () => {
  test.each(draw(BAD_INPUT, 12))('%s', (_what, run) => run(desk));
});

test('the document shows this table, and gives its reasons', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/factors.md'), 'utf8');
  const [, shown = ''] = /\| \| enroll .*\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(text) ?? [];
  expect(shown.trimEnd().split('\n')).toEqual(tableLines());
  const [, reasons = ''] = /there can be no such thing:\n\n((?:- .*\n)+)/.exec(text) ?? [];
  expect(reasons.trimEnd().split('\n')).toEqual(reasonLines());
});
