// Server, project: what tests of a project have run of each script: lines and ways of decisions, from the counts that its
// scripts left behind in the sandbox.
import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { coverageKey } from './coverage-counts.ts';
import { type CountedPlace, markText } from './mark-text.ts';
import type { Project } from './project.ts';

export type Share = { covered: number; total: number };

export type ScriptCoverage = {
  /** `actions/phone-first.js` */
  path: string;
  /**
   * `run`: a test ran it to the end of a handler. `idle`: none did. `unmeasured`: it has no counters, for it
   * cannot be read, or is TypeScript with more than types, such as an enum.
   */
  state: 'run' | 'idle' | 'unmeasured';
  /** Lines on which a statement begins. */
  lines: Share;
  branches: Share;
  /** Lines that never ran, in order. */
  uncoveredLines: readonly number[];
  /** Lines with a decision of which one way was never taken, in order; without those that never ran. */
  uncoveredBranches: readonly number[];
};

/** 0 to 100; of nothing all is covered. */
export const percent = ({ covered, total }: Share): number => (total === 0 ? 100 : (100 * covered) / total);

/** Every Action of a project, then every module. @param counts by key, as they were read after the run. */
export function coverageOf(
  { folder, actions, modules }: Pick<Project, 'folder' | 'actions' | 'modules'>,
  counts: ReadonlyMap<string, readonly number[]>,
): Promise<ScriptCoverage[]> {
  return Promise.all(
    [...actions, ...modules].map(async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return scriptCoverage(relative(folder, path).replaceAll(sep, '/'), source, counts);
    }),
  );
}

function scriptCoverage(path: string, source: string, counts: ReadonlyMap<string, readonly number[]>): ScriptCoverage {
  // A text may be TypeScript whatever its name is; only how its types are written differs.
  const places = markText(source, path, '', '') ?? markText(source, 'script.ts', '', '');
  const nothing = { covered: 0, total: 0 };
  if (places === undefined) {
    return { path, state: 'unmeasured', lines: nothing, branches: nothing, uncoveredLines: [], uncoveredBranches: [] };
  }
  const hits = counts.get(coverageKey(path, source));
  const taken = ({ counter }: CountedPlace): boolean => (hits?.[counter] ?? 0) > 0;
  const lines = new Map<number, boolean>();
  for (const place of places.statements) lines.set(place.line, lines.get(place.line) === true || taken(place));
  const uncoveredLines = inOrder([...lines].filter(([, ran]) => !ran).map(([line]) => line));
  const ways = places.branches.flat();
  const open = ways.filter((way) => !taken(way)).map(({ line }) => line);
  return {
    path,
    state: hits === undefined ? 'idle' : 'run',
    lines: { covered: lines.size - uncoveredLines.length, total: lines.size },
    branches: { covered: ways.filter(taken).length, total: ways.length },
    uncoveredLines,
    uncoveredBranches: inOrder(open.filter((line) => !uncoveredLines.includes(line))),
  };
}

const inOrder = (lines: readonly number[]): number[] => [...new Set(lines)].sort((a, b) => a - b);

/** `4, 7-9`; the first `most` runs of lines, and how many there are besides. */
export function describeLines(lines: readonly number[], most = 8): string {
  const runs: [first: number, last: number][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run && run[1] === line - 1) run[1] = line;
    else runs.push([line, line]);
  }
  const shown = runs.slice(0, most).map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  return `${shown.join(', ')}${runs.length > most ? ` and ${runs.length - most} more` : ''}`;
}
