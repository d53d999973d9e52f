// What a tenant says the body of an interaction must look like: a part of JSON Schema (idp-server reference, §2.1). Other
// keywords say nothing here: a schema is a tenant's text, so it may neither fetch another one nor take long to judge.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import ajvFormats from 'ajv-formats';
import type { Json, JsonObject } from '#storage/records.ts';
import { type Budget, createBudget } from './budget.ts';
import { isObject } from './json-bounds.ts';
import { compileRegex, matchesWhole } from './linear-regex.ts';
import { canJudge } from './schema-cost.ts';

/** Levels of `properties` and `items`. */
const DEEPEST = 10;
const LARGEST_SCHEMA = 64 * 1024;
/** Schemas inside of one, itself included. */
const MOST_PARTS = 500;
/** What is told of one body: a list of a thousand wrong entries is not told a thousand times. */
const MOST_MESSAGES = 50;
const LONGEST_MESSAGE = 500;
/** Schemas that are kept compiled, of all tenants together. */
const MOST_KEPT = 200;

const JUDGED = [
  'minLength',
  'maxLength',
  'enum',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'uniqueItems',
  'required',
] as const;
const TYPES: readonly Json[] = ['object', 'string', 'boolean', 'integer', 'number', 'array'];

/**
 * @param budget of patterns, which take their time to be compiled.
 * @returns why the schema cannot be used; undefined where it can.
 */
export function checkSchema(schema: Json, budget: Budget = createBudget()): string | undefined {
  try {
    compiled(schema, budget);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/**
 * @returns what is wrong with the body, such as `username is missing`; empty where nothing is. A schema that cannot be used,
 * which nobody can have written, lets nothing pass.
 */
export function checkBody(schema: Json | undefined, body: JsonObject): string[] {
  if (schema === undefined) return [];
  if (checkSchema(schema) !== undefined) return ['the schema of the interaction cannot be used'];
  const { validate, read } = compiled(schema, createBudget());
  if (!canJudge(read, body)) return ['the request is too large to be judged'];
  if (validate(body)) return [];
  return (validate.errors ?? []).slice(0, MOST_MESSAGES).map((error) => messageOf(error).slice(0, LONGEST_MESSAGE));
}

/** `read`: what counts of it. */
type Compiled = { validate: ValidateFunction; read: JsonObject };
const kept = new Map<string, Compiled>();

/** @throws where the schema is none. */
function compiled(schema: Json, budget: Budget): Compiled {
  const text = JSON.stringify(schema);
  if (text.length > LARGEST_SCHEMA) throw new Error(`the schema is larger than ${LARGEST_SCHEMA} characters`);
  const found = kept.get(text);
  if (found) return found;
  const read = understood(schema, 1, { left: MOST_PARTS, budget });
  const made = { validate: newAjv().compile(read), read };
  const [oldest] = kept.keys();
  if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(text, made);
  return made;
}

/** One for each schema: an instance keeps whatever it has compiled. */
function newAjv(): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    meta: false,
    validateSchema: false,
    logger: false,
    code: { regExp: Object.assign((pattern: string) => wholeMatch(pattern), { code: 'wholeMatch' }) },
  });
  return ajvFormats.default(ajv);
}

/** Linear in the length of the text, whatever the pattern is. */
function wholeMatch(pattern: string, budget?: Budget): { test(text: string): boolean } {
  if (!compileRegex(pattern, '', budget)) throw new Error(`the pattern ${pattern.slice(0, 100)} cannot be used`);
  return { test: (text) => matchesWhole(pattern, text) };
}

/** The keywords that count, and nothing else of it. */
function understood(
  schema: Json | undefined,
  depth: number,
  all: { /** Parts that may still come. */ left: number; budget: Budget },
): JsonObject {
  if (!isObject(schema)) throw new Error('a schema must be an object');
  if (all.left-- <= 0) throw new Error(`the schema has more than ${MOST_PARTS} parts`);
  if (depth > DEEPEST) throw new Error(`the schema is deeper than ${DEEPEST} levels`);
  const { type, properties, items, pattern, format } = schema;
  const made = new Map<string, Json>();
  for (const keyword of JUDGED) {
    const value = schema[keyword];
    if (value !== undefined) made.set(keyword, value);
  }
  if (type !== undefined) {
    if (typeof type !== 'string') throw new Error('type must be a string');
    // A type that nobody knows is met by everything.
    if (TYPES.includes(type)) made.set('type', type);
  }
  if (pattern !== undefined) {
    if (typeof pattern !== 'string') throw new Error('pattern must be a string');
    wholeMatch(pattern, all.budget);
    made.set('pattern', pattern);
  }
  if (typeof format === 'string' && FORMATS.includes(format)) made.set('format', format);
  if (properties !== undefined) {
    if (!isObject(properties)) throw new Error('properties must be an object');
    const each = Object.entries(properties).map(([name, value]) => [name, understood(value, depth + 1, all)] as const);
    made.set('properties', Object.fromEntries(each));
  }
  if (items !== undefined) made.set('items', understood(items, depth + 1, all));
  return Object.fromEntries(made);
}

const FORMATS = ['uri', 'uuid', 'email', 'date', 'date-time', 'time', 'ipv4', 'ipv6', 'hostname'];

function messageOf({ instancePath, keyword, params }: ErrorObject): string {
  const place = instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
  const given: Record<string, Json> = params;
  if (keyword === 'required') {
    const missing = String(given.missingProperty);
    return `${place === '' ? missing : `${place}.${missing}`} is missing`;
  }
  const name = place === '' ? 'the request' : place;
  const value = given.limit ?? given.type ?? given.format ?? given.pattern ?? given.allowedValues;
  if (value === undefined) return `${name} ${keyword} is not met`;
  return `${name} ${keyword} is ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}
