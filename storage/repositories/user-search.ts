// Storage: users by conditions. What an index finds is asked for at once. For anything else the tenant's users are read
// some at a time: nobody else waits for longer than one of these steps takes, and a search that takes too long ends.
import { setImmediate as pause } from 'node:timers/promises';
import { type Expression, type ExpressionBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { indexed } from '../columns.ts';
import { type Database, first, rows } from '../database.ts';
import type { UserRecord } from '../records.ts';
import type { Listed, UserSearch } from '../store.ts';
import type { Tables, UserRow } from '../tables.ts';
import type { UserFilter, UserOrder, UserText } from '../user-filter.ts';
import { notLinked } from './not-linked.ts';
import { foldEmail, toUser, userColumns } from './user-row.ts';

type Of = ExpressionBuilder<Tables, 'users'>;

/** Where the text of a column is kept in the form it is looked up by, and how a text gets into that form. */
const KEYS: {
  readonly [Text in UserText]?: { column: keyof UserRow; perConnection?: true; of(text: string): string };
} = {
  id: { column: 'id', of: (text) => text },
  email: { column: 'email_key', of: foldEmail },
  username: { column: 'username_key', perConnection: true, of: indexed },
  phone_number: { column: 'phone_key', perConnection: true, of: indexed },
};
const FOLDED: ReadonlySet<string> = new Set(['email', 'name', 'nickname', 'given_name', 'family_name']);

/** A step takes about so many milliseconds, whatever it asks of a row. */
const STEP_MS = 8;
const FIRST_STEP = 200;
const LONGEST_STEP = 16_000;
/** Above that a search is given up. */
const SEARCH_MS = 4000;
/** An index is asked for so many values of one search. */
const MOST_LOOK_UPS = 50;

type Found = { seq: number; key: string | number | null };

export async function searchUsers(
  db: Database,
  tenantId: string,
  { where, order, page, totals }: UserSearch,
): Promise<Listed<UserRecord> | 'too-slow'> {
  const { build, run } = db;
  const ofTenant = build.selectFrom('users').where('tenant_id', '=', tenantId);
  const lookUps = where && lookUpsOf(db, tenantId, where);
  const listed =
    lookUps && lookUps.length <= MOST_LOOK_UPS
      ? ofTenant
          .where(
            'id',
            'in',
            lookUps.reduce((all, each) => all.unionAll(each)),
          )
          .where(notLinked)
      : ofTenant.where('linked_to', 'is', null);
  const wanted = page.offset + page.limit;
  const keyed = listed.select([
    'seq',
    order ? sql<Found['key']>`${sql.ref(order.by)}`.as('key') : sql<null>`null`.as('key'),
  ]);
  const matching = where === undefined ? keyed : keyed.where((eb) => condition(db, tenantId, eb, where));

  let found: Found[] = [];
  let total = 0;
  const keep = (more: Found[]) => {
    total += more.length;
    if (found.length < wanted || order) found = found.concat(more);
    if (order) found.sort(comparing(order));
    found.length = Math.min(found.length, wanted);
  };

  if (lookUps && lookUps.length <= MOST_LOOK_UPS) {
    keep((await run(() => rows(matching.orderBy('seq')))).map(toFound));
  } else {
    const ended = performance.now() + SEARCH_MS;
    let size = FIRST_STEP;
    for (let after: number | undefined = 0; after !== undefined && (totals || order || found.length < wanted); ) {
      const began = performance.now();
      if (began > ended) return 'too-slow';
      const from: number = after;
      const rest = listed.select('seq').where('seq', '>', from).orderBy('seq');
      const last: { seq: number } | undefined = await run(() => first(rest.offset(size - 1).limit(1)));
      const step = matching
        .where('seq', '>', from)
        .$if(last !== undefined, (query) => query.where('seq', '<=', last?.seq ?? 0));
      keep((await run(() => rows(step.orderBy('seq')))).map(toFound));
      after = last && Number(last.seq);
      size = nextSize(size, performance.now() - began);
      await pause();
    }
  }
  const seqs = found.slice(page.offset).map(({ seq }) => seq);
  if (seqs.length === 0) return { records: [], total };
  const shown = await run(() => rows(listed.select([...userColumns, 'seq']).where('seq', 'in', seqs)));
  const bySeq = new Map(shown.map((row) => [Number(row.seq), row]));
  // Whoever went in between is not shown.
  const records = seqs.flatMap((seq) => bySeq.get(seq) ?? []).map(toUser);
  return { records, total };
}

const toFound = ({ seq, key }: { seq: number; key: Found['key'] }): Found => ({ seq: Number(seq), key });

function nextSize(size: number, took: number): number {
  const fitting = Math.round((size * STEP_MS) / Math.max(took, 0.1));
  // What came late for another reason says little about the rows.
  return Math.min(Math.max(fitting, Math.round(size / 4), 10), size * 4, LONGEST_STEP);
}

/** Those without a value come last, those with the same in the order of creation. */
function comparing({ by, descending }: UserOrder): (one: Found, other: Found) => number {
  const sign = descending ? -1 : 1;
  const value = ({ key }: Found) => (typeof key === 'string' && FOLDED.has(by) ? key.toLowerCase() : key);
  return (one, other) => {
    const [left, right] = [value(one), value(other)];
    if (left === right) return one.seq - other.seq;
    if (left === null) return 1;
    if (right === null) return -1;
    return left < right ? -sign : sign;
  };
}

type LookUp = SelectQueryBuilder<Tables, 'users' | 'members', { id: string }>;

/** Selects of the ids among which everybody is who is asked for, each by an index; undefined: there are none such. */
function lookUpsOf(db: Database, tenantId: string, filter: UserFilter): LookUp[] | undefined {
  const inner = (each: UserFilter) => lookUpsOf(db, tenantId, each);
  switch (filter.kind) {
    case 'text': {
      const key = KEYS[filter.of];
      if (!key) return undefined;
      // These keys are one's own within a connection, and so are their indexes.
      const names = db.build.selectFrom('connections').select('key').where('tenant_id', '=', tenantId);
      const all = db.build.selectFrom('users').select('id').where('tenant_id', '=', tenantId);
      const ids = key.perConnection ? all.where('connection', 'in', names.$castTo<{ key: string }>()) : all;
      return [ids.where(key.column, '=', key.of(filter.is)) as LookUp];
    }
    case 'member': {
      const ids = db.build.selectFrom('members').select('user_id as id').where('tenant_id', '=', tenantId);
      return [ids.where('organization_id', '=', filter.organizationId) as LookUp];
    }
    case 'all':
      return filter.of.map(inner).find((each) => each !== undefined);
    case 'any': {
      const each = filter.of.map(inner);
      return each.length > 0 && each.every((one) => one !== undefined) ? each.flat() : undefined;
    }
    default:
      return undefined;
  }
}

/** Never null: what is absent is not like anything, and what is not like it includes it. */
function condition(db: Database, tenantId: string, eb: Of, filter: UserFilter): Expression<SqlBool> {
  const inner = (each: UserFilter) => condition(db, tenantId, eb, each);
  switch (filter.kind) {
    case 'all':
      return eb.and(filter.of.map(inner));
    case 'any':
      return eb.or(filter.of.map(inner));
    case 'not':
      return eb.not(inner(filter.of));
    case 'text': {
      const key = KEYS[filter.of];
      if (key) return eb.and([eb(key.column, 'is not', null), eb(key.column, '=', key.of(filter.is))]);
      return eb.and([eb(filter.of, 'is not', null), eb(text(db, eb, filter.of), '=', folded(filter.of, filter.is))]);
    }
    case 'like': {
      const texts = filter.texts.map((each) => folded(filter.of, each));
      return eb.and([eb(filter.of, 'is not', null), db.search.like(text(db, eb, filter.of), texts)]);
    }
    case 'given':
      return eb(filter.of, 'is not', null);
    case 'number': {
      const bounds: Expression<SqlBool>[] = [eb(filter.of, 'is not', null)];
      if (filter.from !== undefined) bounds.push(eb(filter.of, '>=', filter.from));
      if (filter.to !== undefined) bounds.push(eb(filter.of, '<=', filter.to));
      return eb.and(bounds);
    }
    case 'flag':
      return eb(filter.of, '=', filter.is ? 1 : 0);
    case 'document':
      return db.search.leadsTo(eb.ref(filter.of), filter.path, filter.values);
    case 'member':
      return eb.exists(
        eb
          .selectFrom('members')
          .select('members.user_id')
          .where('members.tenant_id', '=', tenantId)
          .where('members.organization_id', '=', filter.organizationId)
          .whereRef('members.user_id', '=', 'users.id'),
      );
  }
}

const text = (db: Database, eb: Of, of: UserText): Expression<string | null> =>
  FOLDED.has(of) ? db.search.folded(eb.ref(of)) : eb.ref(of);

const folded = (of: UserText, value: string): string => (FOLDED.has(of) ? value.toLowerCase() : value);
