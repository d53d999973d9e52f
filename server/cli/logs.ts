// Server, command line: `sallyport logs`: what Actions did and what became of logins, past and as it happens. A connection that
// breaks is made again, and what was missed meanwhile is read; nothing is told twice.
import { readArguments } from './arguments.ts';
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';
import { Unreachable } from './exchange.ts';
import {
  type Entry,
  findActionId,
  findUserId,
  isPassing,
  keyOf,
  lastLine,
  liveRuns,
  MOST_PAST,
  newLines,
  pastLines,
  pastRuns,
  type Wanted,
} from './log-entries.ts';
import { paints } from './paints.ts';
import { pause } from './pause.ts';
import { jsonLine } from './printable.ts';
import { openRemote, REMOTE_OPTIONS, REMOTE_USAGE, type Remote } from './remote.ts';
import { dayOf, showEntry } from './show-log-entry.ts';

const USAGE = `Usage: sallyport logs [options]

Runs of Actions, with what they commanded and printed, and the lines of the tenant's log that tell of logins.

  --follow, -f     goes on with what happens from now on; Ctrl-C ends it
  --since <time>   from when on: 30s, 10m, 2h, 7d, or a date (1h; with --follow from now)
  --action <name>  of this Action alone
  --user <id>      of this person alone, by id or address of mail
  --type <type>    these alone: run, or types of the log such as f or mfar; may be repeated
                   (run and everything that tells of a login)
  --json           one JSON object a line instead of words

${REMOTE_USAGE}

At Auth0 there are lines of the log alone: its API tells nothing of what Actions print and command.

Examples:
  sallyport logs --follow --action phone-first
  sallyport logs --since 2h --type f --type w
  sallyport logs --since 1d --user ana@example.com --json | jq .

Exit codes: 0 done; 1 it failed; 2 wrong use.`;

const OPTIONS = {
  ...REMOTE_OPTIONS,
  follow: { type: 'boolean', short: 'f', default: false },
  since: { type: 'string' },
  action: { type: 'string' },
  user: { type: 'string' },
  type: { type: 'string', multiple: true, default: [] as string[] },
  json: { type: 'boolean', default: false },
} as const;

/** What tells of somebody who wants in. Exchanges of codes, writes of the Management API and such do not. */
const OF_LOGINS = /^(s|ss|ssa|f|fp|fu|fs|fsa|w|mfar|fn|depnote|slo|limit_\w+|gd_\w+|actions_execution_failed|fe\w*)$/;
const SALLYPORT_POLL_MS = 1000;
/** Its limits count every call. */
const AUTH0_POLL_MS = 5000;
const LONGEST_BACKOFF_MS = 15_000;
const KEYS_KEPT = 10_000;

export const logs: Command = {
  summary: 'what Actions did and what became of logins, past and as it happens',
  usage: USAGE,
  run: async (args, terminal) => {
    const { values: options } = readArguments(args, OPTIONS);
    const { follow, json, type: types } = options;
    const now = Date.now();
    const since = options.since === undefined ? (follow ? now : now - 3_600_000) : readSince(options.since, now);
    const remote = await openRemote(options, terminal);
    const wanted = await readWanted(remote, { action: options.action, user: options.user, types });
    if (remote.kind === 'auth0') sayWhatIsMissing(terminal, types);
    const tell = teller(terminal, json);

    const from = follow ? await lastLineOf(remote, wanted) : undefined;
    const past = follow && options.since === undefined ? [] : await readPast(remote, wanted, since, terminal);
    tell(past);
    if (!follow) {
      if (past.length === 0 && !json) terminal.err('Nothing in that time.');
      return 0;
    }
    if (!json) terminal.err(`Following ${remote.origin}; Ctrl-C ends it.`);
    // One that cannot go on ends the other too.
    const failed = new AbortController();
    const ended = AbortSignal.any([terminal.ended, failed.signal]);
    const following = [followLines(remote, wanted, from, { terminal, ended, tell })];
    if (wanted.runs) following.push(followRuns(remote, wanted, since, { terminal, ended, tell }));
    await Promise.all(
      following.map((one) =>
        one.catch((error: unknown) => {
          failed.abort();
          if (!terminal.ended.aborted) throw error;
        }),
      ),
    );
    return 0;
  },
};

/** Milliseconds since 1970. Throws `UsageError`. */
export function readSince(typed: string, now: number): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(typed) ?? [];
  const length = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as 's' | 'm' | 'h' | 'd'];
  const at =
    length === undefined
      ? /^\d{4}-\d{2}-\d{2}/.test(typed)
        ? Date.parse(typed)
        : Number.NaN
      : now - Number(count) * length;
  if (Number.isNaN(at)) {
    throw new UsageError(
      `--since is ${JSON.stringify(typed)}; expected 30s, 10m, 2h, 7d or a date such as 2026-01-31T12:00Z.`,
    );
  }
  return at;
}

async function readWanted(
  remote: Remote,
  { action, user, types }: { action: string | undefined; user: string | undefined; types: readonly string[] },
): Promise<Wanted> {
  const odd = types.find((type) => !/^[a-z][a-z0-9_]*$/.test(type));
  if (odd !== undefined)
    throw new UsageError(`--type is ${JSON.stringify(odd)}; expected run, or a type of the log such as f.`);
  const lines = types.filter((type) => type !== 'run');
  const isSallyport = remote.kind === 'sallyport';
  const runs = isSallyport && (types.length === 0 || types.includes('run'));
  const withLines = types.length === 0 || lines.length > 0;
  remote.need([...(runs || action !== undefined ? ['read:actions'] : []), ...(withLines ? ['read:logs'] : [])]);
  const actionId = action === undefined ? undefined : await findActionId(remote, action);
  if (action !== undefined && actionId === undefined)
    throw new CommandError(`the tenant has no Action ${JSON.stringify(action)}.`);
  const userId = user === undefined ? undefined : await findUserId(remote, user);
  if (user !== undefined && userId === undefined)
    throw new CommandError(`the tenant has no user ${JSON.stringify(user)}.`);
  return {
    actionId,
    actionName: action,
    userId,
    runs,
    isWanted: withLines ? (type) => (lines.length === 0 ? OF_LOGINS.test(type) : lines.includes(type)) : undefined,
  };
}

function sayWhatIsMissing(terminal: Terminal, types: readonly string[]): void {
  if (types.length > 0 && !types.includes('run')) return;
  terminal.err('Auth0 tells nothing of what Actions print and command: these are lines of its log alone.');
}

const lastLineOf = async (remote: Remote, { isWanted }: Wanted) => (isWanted ? lastLine(remote) : undefined);

async function readPast(remote: Remote, wanted: Wanted, since: number, terminal: Terminal): Promise<Entry[]> {
  terminal.progress(`Reading ${remote.origin} …`);
  const begin = new Date(since).toISOString();
  const [runs, lines] = await Promise.all([
    wanted.runs ? pastRuns(remote, wanted, begin) : [],
    wanted.isWanted ? pastLines(remote, wanted, begin) : [],
  ]);
  terminal.progress('');
  if (runs.length >= MOST_PAST || lines.length >= MOST_PAST) {
    terminal.err(`These are the newest ${MOST_PAST} alone; narrow them with --since, --action or --user.`);
  }
  return [...runs, ...lines].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

type Following = { terminal: Terminal; ended: AbortSignal; tell: (entries: readonly Entry[]) => void };

async function followLines(
  remote: Remote,
  wanted: Wanted,
  from: string | undefined,
  following: Following,
): Promise<void> {
  if (!wanted.isWanted) return;
  const every = remote.kind === 'sallyport' ? SALLYPORT_POLL_MS : AUTH0_POLL_MS;
  let last = from;
  await again(following, every, async (well) => {
    const found = await newLines(remote, wanted, last);
    last = found.last;
    well();
    following.tell(found.entries);
  });
}

async function followRuns(remote: Remote, wanted: Wanted, since: number, following: Following): Promise<void> {
  const { tell } = following;
  let known = since;
  await again(following, SALLYPORT_POLL_MS, async (well) => {
    const from = known;
    let missed: Promise<unknown> = Promise.resolve();
    const begun = () => {
      well();
      // What ended between two connections was told to nobody. The clock there may be a little behind ours.
      missed = pastRuns(remote, wanted, new Date(from - 5000).toISOString()).then((runs) =>
        tell(runs.filter(({ at }) => Date.parse(at) >= since)),
      );
      missed.catch(() => {});
    };
    for await (const entry of liveRuns(remote, wanted, begun)) {
      tell([entry]);
      known = Math.max(known, Date.parse(entry.at));
    }
    await missed;
  });
}

/**
 * Does it again and again until it is ended. Where it fails for a while it says so once, and waits longer each time, until
 * `work` says that all is well.
 */
async function again(
  { terminal, ended }: Pick<Following, 'terminal' | 'ended'>,
  every: number,
  work: (well: () => void) => Promise<void>,
): Promise<void> {
  let failures = 0;
  const well = () => {
    if (failures > 0) terminal.err('It answers again.');
    failures = 0;
  };
  while (!ended.aborted) {
    try {
      await work(well);
    } catch (error) {
      if (ended.aborted) return;
      if (!(error instanceof Unreachable) && !isPassing(error)) throw error;
      if (failures === 0) terminal.err(`${(error as Error).message} Trying again …`);
      failures += 1;
    }
    // Ended meanwhile: the next look at `ended` sees it.
    await pause(Math.min(LONGEST_BACKOFF_MS, every * 2 ** Math.min(failures, 5)), ended).catch(() => {});
  }
}

/** Tells each entry once. */
function teller(terminal: Terminal, json: boolean): (entries: readonly Entry[]) => void {
  const told = new Set<string>();
  const inks = paints(terminal.colours);
  let day = '';
  return (entries) => {
    for (const entry of entries) {
      const key = keyOf(entry);
      if (told.has(key)) continue;
      told.add(key);
      if (told.size > KEYS_KEPT) told.delete(told.values().next().value as string);
      if (json) {
        const { kind, at } = entry;
        terminal.out(jsonLine({ kind, at, ...(entry.kind === 'run' ? entry.run : entry.line) }));
        continue;
      }
      if (dayOf(entry) !== day) {
        day = dayOf(entry);
        terminal.out(inks.dim(`${day} (UTC)`));
      }
      for (const line of showEntry(entry, inks)) terminal.out(line);
    }
  };
}
