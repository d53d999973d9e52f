// Server, command line: what a tenant tells of its logins, from its two sources: runs of Actions, and lines of the tenant's
// log. Past ones are read by pages; new ones come by the live console, or are asked for again and again.
import { type Remote, RemoteRefusal } from './remote.ts';
import { readEvents } from './server-sent-events.ts';

/** As the Management API shows a run. */
export type RunResult = {
  action_name: string;
  action_id?: string;
  version_id?: string;
  version_number?: number;
  started_at: string;
  duration_ms?: number;
  commands?: { name: string; args?: unknown[] }[];
  logs?: { level: string; text: string; at?: string }[];
  error?: { id?: string; name?: string; msg?: string; at?: string; stack?: string[] };
};
export type Run = RunResult & {
  execution_id: string;
  trigger_id?: string;
  transaction_id?: string;
  user_id?: string;
  /** Runs before this one that were too many to be told. */
  dropped?: number;
};
export type LogLine = {
  log_id: string;
  date: string;
  type: string;
  description?: string | null;
  user_id?: string;
  user_name?: string;
  client_name?: string;
  ip?: string;
  details?: Record<string, unknown>;
};
export type Entry = { kind: 'run'; at: string; run: Run } | { kind: 'log'; at: string; line: LogLine };

export type Wanted = {
  /** By its id; undefined: all. */
  actionId: string | undefined;
  actionName: string | undefined;
  userId: string | undefined;
  runs: boolean;
  /** Undefined: no lines at all. */
  isWanted: ((type: string) => boolean) | undefined;
};

/** So many of each source are read back at most. */
export const MOST_PAST = 1000;
const PAGE = 100;

type WireExecution = {
  id: string;
  trigger_id?: string;
  transaction_id?: string;
  user_id?: string;
  results?: RunResult[];
};

const filtersOf = ({ actionId, userId }: Wanted): string => {
  const query = new URLSearchParams();
  if (actionId !== undefined) query.set('action_id', actionId);
  if (userId !== undefined) query.set('user_id', userId);
  return [...query].length === 0 ? '' : `&${query}`;
};

/** Runs that began after `since` (ISO 8601), oldest first. */
export async function pastRuns(remote: Remote, wanted: Wanted, since: string): Promise<Entry[]> {
  const found: Entry[] = [];
  let from = '';
  for (let read = 0; read < MOST_PAST; read += PAGE) {
    const path = `/actions/executions?take=${PAGE}${filtersOf(wanted)}${from}`;
    const page = await remote.call<{ executions: WireExecution[]; next?: string }>('GET', path);
    for (const { id, results = [], ...execution } of page.executions) {
      const { trigger_id, transaction_id, user_id } = execution;
      for (const result of results) {
        if (wanted.actionId !== undefined && result.action_id !== wanted.actionId) continue;
        const ids = { execution_id: id, trigger_id, transaction_id, user_id } as Partial<Run>;
        found.push(runEntry({ ...result, ...(ids as Pick<Run, 'execution_id'>) }));
      }
    }
    const oldest = page.executions.at(-1)?.results?.[0]?.started_at;
    if (page.next === undefined || oldest === undefined || oldest < since) break;
    from = `&from=${encodeURIComponent(page.next)}`;
  }
  return found.filter(({ at }) => at >= since).reverse();
}

/** Lines after `since` (ISO 8601), oldest first. */
export async function pastLines(remote: Remote, wanted: Wanted, since: string): Promise<Entry[]> {
  const found: Entry[] = [];
  const user =
    wanted.userId === undefined ? '' : `&q=${encodeURIComponent(`user_id:${JSON.stringify(wanted.userId)}`)}`;
  for (let page = 0; page * PAGE < MOST_PAST; page += 1) {
    const path = `/logs?per_page=${PAGE}&page=${page}&sort=date:-1${user}`;
    const lines = await remote.call<LogLine[]>('GET', path);
    found.push(...lines.filter((line) => line.date >= since && takes(wanted, line)).map(lineEntry));
    const oldest = lines.at(-1);
    if (lines.length < PAGE || !oldest || oldest.date < since) break;
  }
  return found.reverse();
}

/** Runs as they end, until the connection does. `begun` is called once the tenant listens. */
export async function* liveRuns(remote: Remote, wanted: Wanted, begun: () => void): AsyncGenerator<Entry> {
  const path = `/actions/executions/live${wanted.actionId === undefined ? '' : `?action_id=${encodeURIComponent(wanted.actionId)}`}`;
  // The tenant says something every 15 seconds.
  const chunks = await remote.stream(path, 'text/event-stream', 60_000);
  begun();
  for await (const { event, data } of readEvents(chunks)) {
    if (event !== 'run') continue;
    const run = JSON.parse(data) as Run;
    if (wanted.userId === undefined || run.user_id === wanted.userId) yield runEntry(run);
  }
}

/** Where the log ends now: what `newLines` goes on from. */
export async function lastLine(remote: Remote): Promise<string | undefined> {
  return (await remote.call<LogLine[]>('GET', '/logs?per_page=1&page=0&sort=date:-1'))[0]?.log_id;
}

/** What has joined since `after`, oldest first, and where it ends now. */
export async function newLines(
  remote: Remote,
  wanted: Wanted,
  after: string | undefined,
): Promise<{ entries: Entry[]; last: string | undefined }> {
  const entries: Entry[] = [];
  let last = after;
  for (;;) {
    const lines = await remote.call<LogLine[]>('GET', `/logs?take=${PAGE}${last === undefined ? '' : `&from=${last}`}`);
    entries.push(...lines.filter((line) => takes(wanted, line)).map(lineEntry));
    last = lines.at(-1)?.log_id ?? last;
    if (lines.length < PAGE) return { entries, last };
  }
}

/** Undefined: there is none of that name. */
export async function findActionId(remote: Remote, name: string): Promise<string | undefined> {
  const path = `/actions/actions?actionName=${encodeURIComponent(name)}`;
  const actions = await remote.list<{ id: string; name: string }>(path, 'actions');
  return actions.find((action) => action.name === name)?.id;
}

/** An id as it is, an address as the id of its user; undefined where there is none. */
export async function findUserId(remote: Remote, user: string): Promise<string | undefined> {
  if (!user.includes('@') || user.includes('|')) return user;
  const users = await remote.call<{ user_id: string }[]>('GET', `/users-by-email?email=${encodeURIComponent(user)}`);
  return users[0]?.user_id;
}

/** A line tells of an Action in its details alone. */
function takes({ isWanted, actionName, userId }: Wanted, line: LogLine): boolean {
  if (isWanted?.(line.type) !== true) return false;
  if (userId !== undefined && line.user_id !== userId) return false;
  return actionName === undefined || line.details?.action_name === actionName;
}

const runEntry = (run: Run): Entry => ({ kind: 'run', at: run.started_at, run });
const lineEntry = (line: LogLine): Entry => ({ kind: 'log', at: line.date, line });

/** The same run or line, from whichever source it came. */
export const keyOf = (entry: Entry): string =>
  entry.kind === 'log'
    ? entry.line.log_id
    : `${entry.run.execution_id} ${entry.run.version_id} ${entry.run.started_at}`;

/** It may be well again in a while: the server was away, or is starting. */
export const isPassing = (error: unknown): boolean =>
  error instanceof RemoteRefusal && (error.status >= 500 || error.status === 429);
