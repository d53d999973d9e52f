// Server, command line: what a replay found, in words. Everything a tenant said is a stranger's: it is printed without what
// would steer a terminal.
import { type Paints, paints } from './paints.ts';
import { printable } from './printable.ts';

/** As `POST /api/v2/actions/replay` answers, several pages put together. */
export type ReplayReport = {
  since: string;
  until: string;
  logins: number;
  logins_changed: number;
  not_recorded: number;
  runs: number;
  same: number;
  changed: Record<string, number>;
  not_reached: number;
  unknown: number;
  unbound: string[];
  changes: ReplayRow[];
  changes_left_out?: number;
  /** False: there are older logins than were looked at. */
  complete: boolean;
};

export type ReplayRow = {
  transaction_id: string;
  user_id?: string;
  at: string;
  action: string;
  change: string;
  before?: unknown;
  after?: unknown;
  reason?: string;
  calls?: string[];
};

const WORDS: Readonly<Record<string, string>> = {
  denied: 'denied now',
  no_longer_denied: 'no longer denied',
  denied_differently: 'denied in other words',
  fails: 'the script fails',
  no_longer_fails: 'the script no longer fails',
  fails_differently: 'the script fails otherwise',
  challenged_differently: 'asked for other factors',
  enrolls_differently: 'other enrollments',
  redirected_differently: 'sent elsewhere',
  claims_changed: 'other claims',
  scopes_changed: 'other scopes',
  metadata_changed: 'other metadata',
  otherwise_changed: 'differs otherwise',
  unrecorded_call: 'calls what was not recorded',
  not_reached: 'not reached any more',
  unknown: 'not known',
};
const GRAVE = new Set(['denied', 'fails', 'fails_differently']);

/** Rows that are printed; `--json` has them all. */
const ROWS = 40;
const WIDEST = 70;

export function replayLines(report: ReplayReport, colours: boolean): string[] {
  const paint = paints(colours);
  const { logins, changes, same, unknown, not_reached: notReached, not_recorded: notRecorded } = report;
  const period = `${minute(report.since)} to ${minute(report.until)}`;
  if (logins === 0) return [`No login of this time (${period}) has a record of Actions.`];
  const sums = Object.entries({ ...report.changed, not_reached: notReached, unknown }).filter(([, count]) => count > 0);
  return [
    `${count(logins, 'login')}, ${period}`,
    '',
    ...sums.map(([change, number]) => `  ${String(number).padStart(6)}  ${wordOf(change, paint)}`),
    `  ${String(same).padStart(6)}  ${paint.green(same === 1 ? 'run as before' : 'runs as before')}`,
    ...(changes.length === 0 ? [] : ['', ...tableOf(changes.slice(0, ROWS), paint)]),
    ...more(report),
    ...(notRecorded === 0 ? [] : ['', `${count(notRecorded, 'login')} could not be replayed: not recorded.`]),
  ];
}

function more({ changes, changes_left_out: leftOut = 0, complete }: ReplayReport): string[] {
  const hidden = Math.max(0, changes.length - ROWS) + leftOut;
  return [
    ...(hidden === 0 ? [] : [`  … and ${hidden} more; --json has them.`]),
    ...(complete ? [] : ['', 'There are older logins of this time; --limit takes more of them.']),
  ];
}

function tableOf(rows: readonly ReplayRow[], paint: Paints): string[] {
  const columns = rows.map((row) => [minute(row.at), printable(row.user_id ?? ''), printable(row.action)] as const);
  const widths = [0, 1, 2].map((index) => Math.max(...columns.map((cells) => cells[index]?.length ?? 0)));
  return rows.map((row, index) => {
    const cells = (columns[index] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    const detail = detailOf(row);
    return `  ${cells}  ${wordOf(row.change, paint)}${detail === '' ? '' : `: ${detail}`}`;
  });
}

function wordOf(change: string, paint: Paints): string {
  const word = WORDS[change] ?? printable(change.replaceAll('_', ' '));
  if (GRAVE.has(change)) return paint.red(word);
  return change === 'unknown' || change === 'not_reached' ? paint.dim(word) : paint.yellow(word);
}

function detailOf({ before, after, reason, calls }: ReplayRow): string {
  if (reason !== undefined) return printable(reason);
  if (calls) return calls.map(printable).join(', ');
  if (before === null || before === undefined) return short(after);
  return after === null ? `was ${short(before)}` : `${short(before)} → ${short(after)}`;
}

function short(value: unknown): string {
  const text = printable(textOf(value));
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

/** The word of a denial or an error is what people look for; of anything else its JSON says most. */
function textOf(value: unknown): string {
  const { reason, message } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof reason === 'string') return reason;
  if (typeof message === 'string') return message;
  return JSON.stringify(value) ?? '';
}

const minute = (time: string): string => printable(time.slice(0, 16).replace('T', ' '));

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
