// Management: what a search may ask about users, and what each field of theirs is kept as. A field that is not here is
// refused: nobody shall take users that were not looked at for users that are not there.
import type { UserDocument, UserFilter, UserFlag, UserNumber, UserOrder, UserText } from '#storage/user-filter.ts';
import type { Refusal } from './answer.ts';
import { type Bound, type Match, parseSearch, refuseSearch, type Search } from './search-language.ts';

type Field =
  | { kind: 'text'; of: UserText }
  | { kind: 'flag'; of: UserFlag }
  | { kind: 'count'; of: UserNumber }
  | { kind: 'time'; of: UserNumber }
  | { kind: 'domain' }
  | { kind: 'organization' }
  | { kind: 'document'; of: UserDocument; path: readonly string[] };

const text = (of: UserText): Field => ({ kind: 'text', of });
const time = (of: UserNumber): Field => ({ kind: 'time', of });
const flag = (of: UserFlag): Field => ({ kind: 'flag', of });
const identity = (...path: string[]): Field => ({ kind: 'document', of: 'identities', path });

const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['user_id', text('id')],
  ['email', text('email')],
  ['email.domain', { kind: 'domain' }],
  ['email_verified', flag('email_verified')],
  ['username', text('username')],
  ['phone_number', text('phone_number')],
  ['phone_verified', flag('phone_verified')],
  ['name', text('name')],
  ['nickname', text('nickname')],
  ['given_name', text('given_name')],
  ['family_name', text('family_name')],
  ['picture', text('picture')],
  ['blocked', flag('blocked')],
  ['logins_count', { kind: 'count', of: 'logins_count' }],
  ['last_ip', text('last_ip')],
  ['last_login', time('last_login_at')],
  ['last_password_reset', time('password_changed_at')],
  ['created_at', time('created_at')],
  ['updated_at', time('updated_at')],
  ['identities.connection', identity('connection')],
  ['identities.provider', identity('provider')],
  ['identities.user_id', identity('userId')],
  ['identities.isSocial', identity('isSocial')],
  ['organization_id', { kind: 'organization' }],
]);

/** What a condition without a field looks at. */
const ANYWHERE: readonly UserText[] = [
  'id',
  'email',
  'username',
  'phone_number',
  'name',
  'nickname',
  'given_name',
  'family_name',
];

/** A wildcard in front costs the reading of everybody, so that it has to say something. */
const SHORTEST_ENDING = 3;

type Read<T> = { ok: true; value: T } | Refusal;

type Query = { q?: string | undefined; connection?: string | undefined; sort?: string | undefined };

/** What a query asks for; neither a condition nor an order when it is everybody, as they came. */
export function readUserSearch({ q, connection, sort }: Query): Read<{ where?: UserFilter; order?: UserOrder }> {
  const order = sort === undefined ? undefined : readOrder(sort);
  if (order && !order.ok) return order;
  const parsed = q === undefined || q.trim() === '' ? undefined : parseSearch(q);
  if (parsed && !parsed.ok) return parsed;
  const where = parsed && filterOf(parsed.search);
  if (where && !where.ok) return where;
  const of: UserFilter[] = [
    ...(where ? [where.value] : []),
    ...(connection === undefined ? [] : [{ kind: 'text', of: 'connection', is: connection } as const]),
  ];
  return {
    ok: true,
    value: {
      ...(of.length === 0 ? {} : { where: { kind: 'all', of } }),
      ...(order ? { order: order.value } : {}),
    },
  };
}

/** `field:1`, and `field:-1` for the other way round. */
function readOrder(sort: string): Read<UserOrder> {
  const [, name = '', sign] = /^([a-z_]+):(-?1)$/.exec(sort) ?? [];
  const field = FIELDS.get(name);
  if (!field || !('of' in field) || field.kind === 'document') {
    return refuseSearch('sort is a field of the profile with its direction, such as created_at:-1.');
  }
  return { ok: true, value: { by: field.of, descending: sign === '-1' } };
}

function filterOf(search: Search): Read<UserFilter> {
  if (search.kind === 'condition') return condition(search.field, search.match);
  if (search.kind === 'not') {
    const inner = filterOf(search.of);
    return inner.ok ? is({ kind: 'not', of: inner.value }) : inner;
  }
  const of: UserFilter[] = [];
  for (const each of search.of) {
    const read = filterOf(each);
    if (!read.ok) return read;
    of.push(read.value);
  }
  return is({ kind: search.kind, of });
}

const is = (value: UserFilter): Read<UserFilter> => ({ ok: true, value });
const EVERYBODY: UserFilter = { kind: 'all', of: [] };

function condition(name: string | undefined, match: Match): Read<UserFilter> {
  if (name === undefined) return anywhere(match);
  const field = FIELDS.get(name) ?? metadataField(name);
  if (!field) return refuseSearch(`${name} is not searched for.`);
  switch (field.kind) {
    case 'text':
      return ofText(name, field.of, match);
    case 'domain':
      return ofDomain(name, match);
    case 'flag':
      return ofFlag(name, field.of, match);
    case 'count':
      return ofCount(name, field.of, match);
    case 'time':
      return ofTime(name, field.of, match);
    case 'organization':
      return match.kind === 'text'
        ? is({ kind: 'member', organizationId: match.text })
        : refuseSearch(`${name} is searched for by its whole value.`);
    case 'document':
      return ofDocument(name, field, match);
  }
}

function anywhere(match: Match): Read<UserFilter> {
  if (match.kind === 'exists') return is(EVERYBODY);
  const of: UserFilter[] = [];
  for (const each of ANYWHERE) {
    const read = ofText('a range', each, match);
    if (!read.ok) return read;
    of.push(read.value);
  }
  return is({ kind: 'any', of });
}

function metadataField(name: string): Field | undefined {
  const [of, ...path] = name.split('.');
  if (of !== 'user_metadata' && of !== 'app_metadata') return undefined;
  return path.every((key) => key !== '') ? { kind: 'document', of, path } : undefined;
}

function ofText(name: string, of: UserText, match: Match): Read<UserFilter> {
  switch (match.kind) {
    case 'text':
      return is({ kind: 'text', of, is: match.text });
    case 'pattern': {
      const [start = '', ...rest] = match.texts;
      if (start === '' && rest.every((each) => each.length < SHORTEST_ENDING)) {
        return refuseSearch(`after a wildcard in front come ${SHORTEST_ENDING} characters at least.`);
      }
      return is({ kind: 'like', of, texts: match.texts });
    }
    case 'exists':
      return is({ kind: 'given', of });
    case 'range':
      return refuseSearch(`${name} has no ranges; numbers and times have.`);
  }
}

/** Behind the last part of an address that has one @. */
function ofDomain(name: string, match: Match): Read<UserFilter> {
  if (match.kind === 'text') return is({ kind: 'like', of: 'email', texts: ['', `@${match.text}`] });
  if (match.kind === 'exists') return is({ kind: 'given', of: 'email' });
  if (match.kind === 'range') return ofText(name, 'email', match);
  const [start = '', ...rest] = match.texts;
  const texts = start === '' ? ['', '@', ...rest] : ['', `@${start}`, ...rest];
  const checked = ofText(name, 'email', match);
  return checked.ok ? is({ kind: 'like', of: 'email', texts }) : checked;
}

function ofFlag(name: string, of: UserFlag, match: Match): Read<UserFilter> {
  if (match.kind === 'exists') return is(EVERYBODY);
  const value = match.kind === 'text' ? match.text : '';
  if (value !== 'true' && value !== 'false') return refuseSearch(`${name} is true or false.`);
  return is({ kind: 'flag', of, is: value === 'true' });
}

/** It is not shown of those who never signed in. */
function ofCount(name: string, of: UserNumber, match: Match): Read<UserFilter> {
  if (match.kind === 'exists') return is({ kind: 'number', of, from: 1 });
  const whole = (written: string) =>
    /^-?\d{1,15}$/.test(written) ? { from: Number(written), to: Number(written) } : undefined;
  return ofSpan(match, of, whole) ?? refuseSearch(`${name} is a whole number.`);
}

function ofTime(name: string, of: UserNumber, match: Match): Read<UserFilter> {
  if (match.kind === 'exists') return is({ kind: 'number', of });
  return ofSpan(match, of, spanOf) ?? refuseSearch(`${name} is a time such as 2026-01-31 or 2026-01-31T10:00:00Z.`);
}

type Span = { from: number; to: number };

/** What is written as a day stands for all of it: after it is after its end. */
function ofSpan(
  match: Match,
  of: UserNumber,
  read: (written: string) => Span | undefined,
): Read<UserFilter> | undefined {
  if (match.kind === 'text') {
    const span = read(match.text);
    return span && is({ kind: 'number', of, ...span });
  }
  if (match.kind !== 'range') return undefined;
  const from = boundOf(match.from, read);
  const to = boundOf(match.to, read);
  if (from === 'wrong' || to === 'wrong') return undefined;
  return is({
    kind: 'number',
    of,
    ...(from ? { from: match.from?.inclusive ? from.from : from.to + 1 } : {}),
    ...(to ? { to: match.to?.inclusive ? to.to : to.from - 1 } : {}),
  });
}

const boundOf = (bound: Bound | undefined, read: (written: string) => Span | undefined): Span | undefined | 'wrong' =>
  bound && (read(bound.text) ?? 'wrong');

/** ISO 8601, as short as a year; without a zone it is UTC. */
const TIME =
  /^(?<year>\d{4})(?:-(?<month>\d\d)(?:-(?<day>\d\d)(?:T(?<clock>\d\d:\d\d)(?::(?<second>\d\d)(?:[.](?<part>\d{1,9}))?)?(?<zone>Z|[+-]\d\d:?\d\d)?)?)?)?$/;

function spanOf(written: string): Span | undefined {
  const { year, month, day, clock, second, part, zone = 'Z' } = TIME.exec(written)?.groups ?? {};
  if (year === undefined) return undefined;
  const milliseconds = (part ?? '').padEnd(3, '0').slice(0, 3);
  const from = Date.parse(
    `${year}-${month ?? '01'}-${day ?? '01'}T${clock ?? '00:00'}:${second ?? '00'}.${milliseconds}${zone}`,
  );
  if (Number.isNaN(from) || !isDayOf(year, month, day)) return undefined;
  if (month === undefined) return { from, to: Date.UTC(Number(year) + 1, 0) - 1 };
  if (day === undefined) return { from, to: Date.UTC(Number(year), Number(month)) - 1 };
  const length = clock === undefined ? 86_400_000 : second === undefined ? 60_000 : part === undefined ? 1000 : 1;
  return { from, to: from + length - 1 };
}

/** February has no 31st, though a clock would go on counting. */
function isDayOf(year: string, month = '01', day = '01'): boolean {
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
}

/** What is written means a text, and what else it may be in JSON. */
function ofDocument(
  name: string,
  { of, path }: { of: UserDocument; path: readonly string[] },
  match: Match,
): Read<UserFilter> {
  if (match.kind === 'exists') return is({ kind: 'document', of, path });
  if (match.kind !== 'text') return refuseSearch(`${name} has no wildcards and no ranges.`);
  if (path.length === 0) return refuseSearch(`${name} is searched for by its properties, such as ${name}.plan.`);
  const number = /^-?\d{1,15}(\.\d{1,15})?$/.test(match.text) ? [Number(match.text)] : [];
  const truth = match.text === 'true' ? [true] : match.text === 'false' ? [false] : [];
  return is({ kind: 'document', of, path, values: [match.text, ...number, ...truth] });
}
