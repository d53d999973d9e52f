// Management: the one place where zod's findings become the texts API clients know. Nothing else in the house words a
// validation error. Source of the texts: mfa-wire reference, sections 3 and 4.2.
import type { z } from 'zod';
import { type Refusal, refuse } from './answer.ts';

const PLACES = {
  payload: { name: 'Payload', errorCode: 'invalid_body' },
  query: { name: 'Query', errorCode: 'invalid_query_string' },
  path: { name: 'Path', errorCode: 'invalid_uri' },
} as const;
export type Place = keyof typeof PLACES;

/** The refusal for a finding that needs no schema. `path` as in a[0].b; empty for the whole. */
export function invalid(place: Place, reason: string, path = ''): Refusal {
  const { name, errorCode } = PLACES[place];
  return refuse(400, `${name} validation error: '${reason}'${path === '' ? '' : ` on property ${path}`}.`, errorCode);
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

export function parse<T>(place: Place, schema: z.ZodType<T>, input: unknown): Parsed<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return { ok: true, value: parsed.data };
  const { issues } = parsed.error;
  // A property nobody knows is the likeliest reason for one that is missing, so it is named first.
  const issue = issues.find(({ code, path }) => code === 'unrecognized_keys' && path.length === 0) ?? issues[0];
  if (!issue) throw new Error('zod refused without a finding');
  const { reason, path } = describe(issue, input);
  return { ok: false, refusal: invalid(place, reason, pathText(path)) };
}

const CODES: { readonly [Code in z.core.$ZodIssue['code']]: string } = {
  unrecognized_keys: 'OBJECT_ADDITIONAL_PROPERTIES',
  invalid_type: 'INVALID_TYPE',
  invalid_value: 'ENUM_MISMATCH',
  too_small: 'TOO_SMALL',
  too_big: 'TOO_BIG',
  invalid_format: 'INVALID_FORMAT',
  invalid_union: 'ONE_OF_MISSING',
  not_multiple_of: 'MULTIPLE_OF',
  invalid_key: 'INVALID_KEY',
  invalid_element: 'INVALID_ELEMENT',
  custom: 'INVALID_VALUE',
};

/** All findings of a schema, as jobs list them. `shown` is the input where its values may be read. */
export function complaints(
  { issues }: z.ZodError,
  input: unknown,
  shown = input,
): { code: string; message: string; path?: string }[] {
  return issues.map((issue) => {
    const { reason: message, path } = describe(issue, QUOTING.has(issue.code) ? shown : input);
    return { code: CODES[issue.code], message, ...(path.length === 0 ? {} : { path: pathText(path) }) };
  });
}

/** Findings whose texts quote the value; others tell its type or its length. */
const QUOTING: ReadonlySet<string> = new Set(['invalid_value', 'invalid_format']);

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

function describe(issue: Issue, input: unknown): { reason: string; path: Path } {
  const { path } = issue;
  const value = at(input, path);
  if (issue.code !== 'unrecognized_keys' && value === undefined && path.length > 0) {
    return { reason: `Missing required property: ${String(path.at(-1))}`, path: path.slice(0, -1) };
  }
  return { reason: reasonOf(issue, value), path };
}

/** A refusal is to be read: what was sent may be as long as a body. */
const QUOTED_CHARS = 500;
const quoted = (text: string): string =>
  text.length <= QUOTED_CHARS ? text : `${text.slice(0, QUOTED_CHARS).toWellFormed()}… (${text.length} chars)`;

function reasonOf(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `Additional properties not allowed: ${quoted(issue.keys.join(','))}`;
    case 'invalid_type':
      return `Expected type ${expectedType(issue)} but found type ${typeOf(value)}`;
    case 'invalid_value':
      return `No enum match for: ${quoted(JSON.stringify(value) ?? '')}`;
    case 'too_small':
    case 'too_big':
      return outOfBounds(issue, value);
    case 'invalid_format':
      return issue.format === 'regex'
        ? `String does not match pattern ${issue.pattern ?? ''}: ${quoted(String(value))}`
        : `Object didn't pass validation for format ${issue.format}: ${quoted(String(value))}`;
    case 'invalid_union':
      return "Data does not match any schemas from 'oneOf'";
    case 'not_multiple_of':
      return `Value ${String(value)} is not a multiple of ${issue.divisor}`;
    case 'invalid_key':
      return 'Invalid property name';
    case 'invalid_element':
      return 'Invalid element';
    case 'custom':
      return issue.message;
  }
}

/** Zod's names of types, where the wire has others. A whole number is a `number` to zod until it is one. */
const TYPE_NAMES: Record<string, string> = { int: 'integer', record: 'object' };

function expectedType(issue: Extract<Issue, { code: 'invalid_type' }>): string {
  return issue.message === WHOLE ? 'integer' : (TYPE_NAMES[issue.expected] ?? issue.expected);
}

/** The message by which `wholeNumber` marks its findings. */
export const WHOLE = 'a whole number is expected';

function outOfBounds(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, value: unknown): string {
  const [limit, short, small] =
    issue.code === 'too_small'
      ? [`minimum ${issue.minimum}`, 'short', 'less']
      : [`maximum ${issue.maximum}`, 'long', 'greater'];
  if (issue.origin === 'string') return `String is too ${short} (${String(value).length} chars), ${limit}`;
  if (Array.isArray(value)) return `Array is too ${short} (${value.length}), ${limit}`;
  return `Value ${String(value)} is ${small} than ${limit}`;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function at(input: unknown, path: Path): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function pathText(path: Path): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}
