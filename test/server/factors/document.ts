// The table of factors as the documents show it: a row for each factor, the doors in each cell, and why a door is missing.
import { COLUMNS, DOORS, type RowName } from './columns.ts';
import { TABLE } from './table.ts';

const ROWS = Object.keys(TABLE) as RowName[];

/** Lines of Markdown. */
export function tableLines(): string[] {
  return ROWS.map((name) => {
    const cells = COLUMNS.map((column) => DOORS.filter((door) => !('never' in TABLE[name][column][door])));
    return `| ${name} | ${cells.map((doors) => doors.join(', ') || '—').join(' | ')} |`;
  });
}

/** Lines of a list: each reason once, with the factors and the columns that it is about. */
export function reasonLines(): string[] {
  const about = new Map<string, { factors: Set<string>; columns: Set<string>; doors: Set<string> }>();
  for (const name of ROWS) {
    for (const column of COLUMNS) {
      for (const door of DOORS) {
        const cell = TABLE[name][column][door];
        if (!('never' in cell)) continue;
        const { factors, columns, doors } = about.get(cell.never) ?? {
          factors: new Set(),
          columns: new Set(),
          doors: new Set(),
        };
        about.set(cell.never, { factors: factors.add(name), columns: columns.add(column), doors: doors.add(door) });
      }
    }
  }
  return [...about].map(([reason, { factors, columns, doors }]) => {
    const what = columns.size === COLUMNS.length ? 'everything' : [...columns].join(', ');
    return `- ${[...factors].join(', ')}; ${what}; ${[...doors].join(', ')}: ${reason}.`;
  });
}
