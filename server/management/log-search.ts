// Management: what a search of logs means: the fields of the reference (actions-api, section 7.2), case and all. What is not
// understood is refused and never passed over.
import type { LogFilter, LogText } from '#storage/log-filter.ts';
import type { Refusal } from './answer.ts';
import { type Bound, type Match, parseSearch, refuseSearch, type Search } from './search-language.ts';

const FIELDS: Readonly<Record<string, LogText>> = {
  client_id: 'clientId',
  client_name: 'clientName',
  connection: 'connection',
  connection_id: 'connectionId',
  description: 'description',
  hostname: 'hostname',
  ip: 'ip',
  log_id: 'id',
  _id: 'id',
  organization_id: 'organizationId',
  strategy: 'strategy',
  strategy_type: 'strategyType',
  type: 'type',
  user_agent: 'userAgent',
  user_id: 'userId',
  user_name: 'userName',
};
/** What a word without a field is looked for in. */
const UNNAMED: readonly LogText[] = ['clientName', 'connection', 'description', 'ip', 'id', 'type', 'userName'];

/** A wildcard before the end needs so many letters beside it, or every line would have to be read for nearly nothing. */
const LETTERS_BESIDE_STAR = 3;

/** The conditions of `q`, or why they cannot be searched for. */
export function readLogSearch(q: string): { ok: true; where: LogFilter } | Refusal {
  const parsed = parseSearch(q);
  if (!parsed.ok) return parsed;
  const where = filterOf(parsed.search);
  return typeof where === 'string' ? refuseSearch(where) : { ok: true, where };
}

/** A text says why not. */
function filterOf(search: Search): LogFilter | string {
  switch (search.kind) {
    case 'all':
    case 'any': {
      const of = search.of.map(filterOf);
      const fault = of.find((each) => typeof each === 'string');
      return fault ?? { kind: search.kind, of: of as LogFilter[] };
    }
    case 'not': {
      const of = filterOf(search.of);
      return typeof of === 'string' ? of : { kind: 'not', of };
    }
    case 'condition':
      return conditionOf(search.field, search.match);
  }
}

function conditionOf(field: string | undefined, match: Match): LogFilter | string {
  if (field === 'date') return timeOf(match);
  const of = field === undefined || !Object.hasOwn(FIELDS, field) ? undefined : FIELDS[field];
  if (field !== undefined && of === undefined) {
    return `logs are not searched by ${field.slice(0, 100)}; they are by ${[...Object.keys(FIELDS), 'date'].join(', ')}.`;
  }
  const places = of === undefined ? UNNAMED : [of];
  switch (match.kind) {
    case 'text':
      return oneOf(places, (place) => ({ kind: 'text', of: place, is: match.text }));
    case 'exists':
      return oneOf(places, (place) => ({ kind: 'given', of: place }));
    case 'pattern': {
      const isOpen = match.texts.slice(0, -1).join('').length >= LETTERS_BESIDE_STAR || match.texts.length === 2;
      const isLeading = match.texts[0] === '' && match.texts.join('').length < LETTERS_BESIDE_STAR;
      if (!isOpen || isLeading) return `a wildcard before the end needs ${LETTERS_BESIDE_STAR} letters beside it.`;
      return oneOf(places, (place) => ({ kind: 'like', of: place, texts: match.texts }));
    }
    case 'range': {
      if (of !== 'id') return 'ranges are searched for in date and log_id.';
      return idRange(match.from, match.to);
    }
  }
}

function oneOf(places: readonly LogText[], each: (place: LogText) => LogFilter): LogFilter {
  const [only, ...others] = places;
  return only !== undefined && others.length === 0 ? each(only) : { kind: 'any', of: places.map(each) };
}

function idRange(from: Bound | undefined, to: Bound | undefined): LogFilter | string {
  if ([from, to].some((bound) => bound && !/^\d+$/.test(bound.text))) return 'a log_id is a number.';
  const edge = (bound: Bound | undefined): LogFilter[] =>
    bound && !bound.inclusive ? [{ kind: 'not', of: { kind: 'text', of: 'id', is: bound.text } }] : [];
  const ids: LogFilter = { kind: 'ids', ...(from ? { from: from.text } : {}), ...(to ? { to: to.text } : {}) };
  const edges = [...edge(from), ...edge(to)];
  return edges.length === 0 ? ids : { kind: 'all', of: [ids, ...edges] };
}

const BAD_DATE = 'a date is written as 2026-01-31, or as 2026-01-31T10:20:30.000Z in quotes.';

function timeOf(match: Match): LogFilter | string {
  switch (match.kind) {
    case 'exists':
      return { kind: 'all', of: [] };
    case 'text': {
      const span = spanOf(match.text);
      return span ? { kind: 'time', from: span.first, to: span.last } : BAD_DATE;
    }
    case 'pattern': {
      const [begin = '', end, ...more] = match.texts;
      const span = end === '' && more.length === 0 ? spanOf(begin.replace(/-$/, '')) : undefined;
      return span ? { kind: 'time', from: span.first, to: span.last } : BAD_DATE;
    }
    case 'range': {
      const [from, to] = [match.from && spanOf(match.from.text), match.to && spanOf(match.to.text)];
      if ((match.from && !from) || (match.to && !to)) return BAD_DATE;
      return {
        kind: 'time',
        ...(match.from && from ? { from: match.from.inclusive ? from.first : from.last + 1 } : {}),
        ...(match.to && to ? { to: match.to.inclusive ? to.last : to.first - 1 } : {}),
      };
    }
  }
}

const DAY = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/;

/** The first and last millisecond of a year, a month, a day or a moment, in UTC unless it says otherwise. */
function spanOf(text: string): { first: number; last: number } | undefined {
  const [day, year, month, date] = DAY.exec(text) ?? [];
  if (day !== undefined) {
    const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(date ?? 1)];
    const first = Date.UTC(y, m, d);
    const isThere = new Date(first).toISOString().startsWith(text);
    const next = Date.UTC(y + (month ? 0 : 1), m + (month && !date ? 1 : 0), d + (date ? 1 : 0));
    return isThere ? { first, last: next - 1 } : undefined;
  }
  if (!MOMENT.test(text)) return undefined;
  const at = Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : { first: at, last: at };
}
