// The summary of a run of the corpus, as text that says by itself what was tried, what became of it and what it cost others.

import { ATTACK_CLASSES } from './attack.ts';
import { isHard, type Report } from './run-corpus.ts';

/** What the design promises, in milliseconds of added waiting for others. */
const GOALS = { soft: 35, hard: 120 };

export type Tally = {
  reports: readonly Report[];
  /** Attacks under which the process that runs the sandbox itself ended. */
  aborts: readonly string[];
  quietMs: number;
  cells: number;
  seed?: number;
  /** Attacks that were chosen but not run, because somebody stopped it. */
  left: number;
};

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

// Not `Math.max(...values)`: a run of the corpus has more logins than a call may have arguments.
const worst = (reports: readonly Report[]): number =>
  reports.reduce((most, { victimAddedMs }) => victimAddedMs.reduce((a, b) => Math.max(a, b), most), 0);

const ms = (value: number, of: readonly Report[]): string => (of.length === 0 ? '–' : value.toFixed(0));

/** The attacks by which others lost most, beyond what the design promises. */
function dearest(reports: readonly Report[]): string[] {
  const dear = reports
    .map((report) => ({ id: report.id, cost: worst([report]), goal: isHard(report) ? GOALS.hard : GOALS.soft }))
    .filter(({ cost, goal }) => cost > goal)
    .sort((a, b) => b.cost - a.cost)
    .slice(0, 8);
  if (dear.length === 0) return [];
  return [`Dearest to others: ${dear.map(({ id, cost }) => `${id} ${cost.toFixed(0)} ms`).join(', ')}.`];
}

const HEAD = ['class', 'attacks', 'wrong', 'soft', 'hard', 'logins', 'p99', 'worst soft', 'worst hard'];

function row(name: string, reports: readonly Report[]): string[] {
  const soft = reports.filter((report) => !isHard(report));
  const hard = reports.filter(isHard);
  return [
    name,
    `${reports.length}`,
    `${reports.filter(({ complaints }) => complaints.length > 0).length}`,
    `${soft.length}`,
    `${hard.length}`,
    `${reports.reduce((sum, { victimLogins }) => sum + victimLogins, 0)}`,
    percentile(
      reports.flatMap(({ victimAddedMs }) => victimAddedMs),
      0.99,
    ).toFixed(0),
    ms(worst(soft), soft),
    ms(worst(hard), hard),
  ];
}

function table(rows: readonly string[][]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

const met = (value: number, goal: number): string =>
  `${value.toFixed(0)} ms (goal ≤ ${goal} ms${value <= goal ? '' : ', missed'})`;

function ends(reports: readonly Report[]): string {
  const counts = new Map<string, number>();
  for (const { end } of reports) counts.set(end, (counts.get(end) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([end, count]) => `${end} ${count}`)
    .join(', ');
}

function findings({ reports, aborts }: Tally): string[] {
  return [
    ...aborts.map((id) => `${id}: the process that runs the sandbox ended`),
    ...reports.flatMap(({ id, complaints }) => complaints.map((complaint) => `${id}: ${complaint}`)),
    ...reports.flatMap(({ id, victimProblems }) =>
      [...new Set(victimProblems)].map((problem) => `${id}: another tenant was ${problem}`),
    ),
  ];
}

/** True when nothing escaped, nobody else was hurt and the sandbox's own process lived through it all. */
export const isClean = (tally: Tally): boolean => tally.reports.length > 0 && findings(tally).length === 0;

/** The whole summary, lines without colours. */
export function summarize(tally: Tally): string {
  const { reports, aborts, quietMs, cells, seed, left } = tally;
  const classes = ATTACK_CLASSES.flatMap((name) => {
    const own = reports.filter((report) => report.class === name);
    return own.length === 0 ? [] : [row(name, own)];
  });
  const soft = reports.filter((report) => !isHard(report));
  const hard = reports.filter(isHard);
  const logins = reports.reduce((sum, { victimLogins }) => sum + victimLogins, 0);
  const hurt = reports.reduce((sum, { victimProblems }) => sum + victimProblems.length, 0);
  const lostCells = reports.reduce((sum, { cellsLost }) => sum + cellsLost, 0);
  const lostQuarantine = reports.reduce((sum, { quarantineLost }) => sum + quarantineLost, 0);
  const found = findings(tally);
  return [
    '',
    ...table([HEAD, ...classes, ...(classes.length > 1 ? [row('all', reports)] : [])]),
    '',
    'soft: no script host was lost. hard: one had to be ended and was replaced. p99 and worst: milliseconds that logins of',
    `other tenants took longer than when nothing happens (then they take ${quietMs.toFixed(1)} ms).`,
    '',
    `Ends: ${ends(reports)}.`,
    `Script hosts replaced: ${lostCells} of the ${cells} for everybody, ${lostQuarantine} in quarantine.`,
    `Aborts of the sandbox's own process: ${aborts.length}.`,
    `Wrong, lost or wrongly blamed logins of other tenants: ${hurt} of ${logins}.`,
    ...(soft.length > 0 ? [`Worst added waiting, soft attacks: ${met(worst(soft), GOALS.soft)}.`] : []),
    ...(hard.length > 0 ? [`Worst added waiting, hard attacks: ${met(worst(hard), GOALS.hard)}.`] : []),
    ...dearest(reports),
    ...(seed === undefined ? [] : [`Seed of the sample: ${seed}.`]),
    ...(left > 0 ? [`Stopped early: ${left} attacks were not run.`] : []),
    '',
    found.length === 0 ? `The wall held: ${reports.length} attacks, nothing to report.` : `The wall did not hold:`,
    ...found.map((line) => `  ${line}`),
  ].join('\n');
}
