// Storage: log lines by conditions. Those on indexed columns, and times, are asked of an index; for anything else lines are
// read some at a time, in their order: nobody else waits for longer than one of these steps takes, and a search
// that takes too long ends.
import { setImmediate as pause } from 'node:timers/promises';
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { indexed, parse } from '../columns.ts';
import { type Database, first, rows } from '../database.ts';
import type { LogFilter, LogText } from '../log-filter.ts';
import type { LogRecord } from '../records.ts';
import type { LogSearch } from '../store.ts';
import type { Tables } from '../tables.ts';

type Of = ExpressionBuilder<Tables, 'logs'>;

const COLUMNS = { id: 'id', type: 'type', userId: 'user_key', clientId: 'client_key' } as const;
/** What finds fewest lines first. */
const BEST_FIRST = ['userId', 'clientId', 'type'] as const;

const STEP_MS = 10;
const FIRST_STEP = 500;
const LONGEST_STEP = 10_000;
/** What an index finds at most to be taken for one that finds few. */
const FEW = 5000;
/** Above that a search is given up. */
const SEARCH_MS = 4000;

export async function searchLogs(
  db: Database,
  tenantId: string,
  { where, order, page }: LogSearch,
): Promise<LogRecord[] | 'too-slow'> {
  const { build, run } = db;
  const { bounds, either, candidates, rest } = planOf(where);
  const direction = order === 'newest' ? 'desc' : 'asc';
  const all = build.selectFrom('logs').where('tenant_id', '=', tenantId).orderBy('id', direction);
  const { from: lowest, to: highest } = bounds;
  const within = all
    .$if(lowest !== undefined, (query) => query.where('id', '>=', lowest ?? ''))
    .$if(highest !== undefined, (query) => query.where('id', '<=', highest ?? ''));
  const by = (one: ByColumn) => within.where(COLUMNS[one.of], '=', keyOf(one));

  /** Of several, one that finds few. */
  const best = async (): Promise<ByColumn | undefined> => {
    const [first_, ...others] = candidates;
    if (others.length === 0) return first_;
    for (const each of candidates) {
      if ((await run(() => first(by(each).select('id').offset(FEW).limit(1)))) === undefined) return each;
    }
    return first_;
  };
  const chosen = await best();
  const ordered = chosen ? by(chosen) : within;
  const left = [
    ...candidates.filter((each) => each !== chosen).map((each) => ({ kind: 'text' as const, ...each })),
    ...rest,
  ];
  const wanted = page.offset + page.limit;

  if (either && !chosen && left.length === 0) {
    const found = new Map<string, string>();
    for (const each of either) {
      const some = await run(() => rows(by(each).select(['id', 'doc']).limit(wanted)));
      for (const { id, doc } of some) found.set(id, doc);
    }
    const ids = [...found.keys()].sort();
    if (order === 'newest') ids.reverse();
    return ids.slice(page.offset, wanted).map((id) => parse<LogRecord>(found.get(id) ?? ''));
  }
  const conditions: LogFilter[] = either
    ? [...left, { kind: 'any', of: either.map((each) => ({ kind: 'text' as const, ...each })) }]
    : left;
  if (conditions.length === 0) {
    const found = await run(() => rows(ordered.select('doc').limit(page.limit).offset(page.offset)));
    return found.map(({ doc }) => parse<LogRecord>(doc));
  }

  const found: string[] = [];
  const ended = performance.now() + SEARCH_MS;
  let size = FIRST_STEP;
  for (let after: string | undefined = ''; after !== undefined && found.length < wanted; ) {
    const began = performance.now();
    if (began > ended) return 'too-slow';
    const from: string = after;
    const behind = from === '' ? ordered : ordered.where('id', order === 'newest' ? '<' : '>', from);
    const last: { id: string } | undefined = await run(() =>
      first(
        behind
          .select('id')
          .offset(size - 1)
          .limit(1),
      ),
    );
    const until = last?.id;
    const step = until === undefined ? behind : behind.where('id', order === 'newest' ? '>=' : '<=', until);
    const matching = step.select('doc').where((eb) => eb.and(conditions.map((each) => condition(db, eb, each))));
    found.push(...(await run(() => rows(matching.limit(wanted - found.length)))).map(({ doc }) => doc));
    after = until;
    const fitting = Math.round((size * STEP_MS) / Math.max(performance.now() - began, 0.1));
    size = Math.min(Math.max(fitting, Math.round(size / 4), 10), size * 2, LONGEST_STEP);
    await pause();
  }
  return found.slice(page.offset).map((doc) => parse<LogRecord>(doc));
}

type ByColumn = { of: (typeof BEST_FIRST)[number]; is: string };
/** `candidates`: each must hold, and has an index. `either`: one of these must, and each has one. */
type Plan = { bounds: { from?: string; to?: string }; candidates: ByColumn[]; either?: ByColumn[]; rest: LogFilter[] };

/** What must hold in any case, taken apart: what the indexes answer, and what each line is asked. */
function planOf(where: LogFilter | undefined): Plan {
  const plan: Plan = { bounds: {}, candidates: [], rest: [] };
  for (const each of conjuncts(where)) {
    const ids = each.kind === 'time' ? idsOf(each) : each.kind === 'ids' ? each : undefined;
    const column = byColumn(each);
    const either = each.kind === 'any' ? each.of.map(byColumn) : [];
    if (ids) {
      const { from, to } = plan.bounds;
      if (ids.from !== undefined && (from === undefined || ids.from > from)) plan.bounds.from = ids.from;
      if (ids.to !== undefined && (to === undefined || ids.to < to)) plan.bounds.to = ids.to;
    } else if (column) plan.candidates.push(column);
    else if (!plan.either && either.length > 0 && either.every((one) => one !== undefined)) plan.either = either;
    else plan.rest.push(each);
  }
  plan.candidates.sort((one, other) => BEST_FIRST.indexOf(one.of) - BEST_FIRST.indexOf(other.of));
  return plan;
}

function byColumn(filter: LogFilter): ByColumn | undefined {
  const of = filter.kind === 'text' ? BEST_FIRST.find((column) => column === filter.of) : undefined;
  return of && filter.kind === 'text' ? { of, is: filter.is } : undefined;
}

function conjuncts(filter: LogFilter | undefined): LogFilter[] {
  if (!filter) return [];
  return filter.kind === 'all' ? filter.of.flatMap(conjuncts) : [filter];
}

/** An id begins with the time of its line: `900` and seventeen digits. */
function idsOf({ from, to }: { from?: number; to?: number }): { from?: string; to?: string } {
  const stamp = (at: number) => `900${new Date(sortable(at)).toISOString().replaceAll(/\D/g, '').slice(0, 17)}`;
  return {
    ...(from === undefined ? {} : { from: stamp(from) }),
    // Behind every id of that millisecond.
    ...(to === undefined ? {} : { to: `${stamp(to)}${'9'.repeat(36)}` }),
  };
}

/** Years of other than four digits would not sort. */
const sortable = (at: number): number => Math.min(Math.max(at, EARLIEST), LATEST);
const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

const keyOf = ({ of, is }: ByColumn): string => (of === 'type' ? is : indexed(is));

/** Never null: what a line does not have is an empty text, as lists show it. */
function condition(db: Database, eb: Of, filter: LogFilter): Expression<SqlBool> {
  const inner = (each: LogFilter) => condition(db, eb, each);
  switch (filter.kind) {
    case 'all':
      return eb.and(filter.of.map(inner));
    case 'any':
      return eb.or(filter.of.map(inner));
    case 'not':
      return eb.not(inner(filter.of));
    case 'text':
      return eb(text(db, eb, filter.of), '=', isKey(filter.of) ? indexed(filter.is) : filter.is);
    case 'like':
      return db.search.like(text(db, eb, filter.of), filter.texts);
    case 'given':
      return eb(text(db, eb, filter.of), '<>', '');
    case 'ids':
    case 'time': {
      const { from, to } = filter.kind === 'time' ? idsOf(filter) : filter;
      const bounds: Expression<SqlBool>[] = [];
      if (from !== undefined) bounds.push(eb('id', '>=', from));
      if (to !== undefined) bounds.push(eb('id', '<=', to));
      return eb.and(bounds);
    }
  }
}

const isKey = (of: LogText): boolean => of === 'userId' || of === 'clientId';

/** As an expression, so that no index is used for it: the step is bounded by another one. */
function text(db: Database, eb: Of, of: LogText): Expression<string> {
  const value = of in COLUMNS ? eb.ref(COLUMNS[of as keyof typeof COLUMNS]) : db.search.textAt(eb.ref('doc'), of);
  return sql<string>`coalesce(${value}, '')`;
}
