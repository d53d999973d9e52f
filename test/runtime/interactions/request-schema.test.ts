// What tenants may say of bodies: the keywords that count, those that say nothing, and schemas that cannot be used.
import { describe, expect, test } from 'vitest';
import { checkBody, checkSchema } from '#runtime/interactions/request-schema.ts';
import type { Json, JsonObject } from '#storage/records.ts';
import { cpuTimeOf } from './cpu-time.ts';

const body = (properties: JsonObject, required: string[] = []): JsonObject => ({
  type: 'object',
  required,
  properties,
});

describe('a body', () => {
  test.each<[string, JsonObject, JsonObject, string[]]>([
    ['what is required', body({ a: {} }, ['a', 'b']), { a: 1 }, ['b is missing']],
    [
      'types',
      body({ a: { type: 'string' }, b: { type: 'integer' } }),
      { a: 1, b: 1.5 },
      ['a type is string', 'b type is integer'],
    ],
    [
      'lengths',
      body({ a: { minLength: 1 }, b: { maxLength: 2 } }),
      { a: '', b: 'abc' },
      ['a minLength is 1', 'b maxLength is 2'],
    ],
    ['numbers', body({ a: { minimum: 1 }, b: { maximum: 2 } }), { a: 0, b: 3 }, ['a minimum is 1', 'b maximum is 2']],
    [
      'lists',
      body({ a: { minItems: 1 }, b: { uniqueItems: true } }),
      { a: [], b: [1, 1] },
      ['a minItems is 1', 'b uniqueItems is not met'],
    ],
    ['choices', body({ a: { enum: ['x', 'y'] } }), { a: 'z' }, ['a enum is ["x","y"]']],
    [
      'formats',
      body({ a: { format: 'email' }, b: { format: 'uuid' } }),
      { a: 'x', b: 'x' },
      ['a format is email', 'b format is uuid'],
    ],
    ['what is inside', body({ a: { items: body({}, ['x']) } }), { a: [{ x: 1 }, {}] }, ['a.1.x is missing']],
    ['the whole of a text', body({ a: { pattern: '[0-9]{6}' } }), { a: '1234567' }, ['a pattern is [0-9]{6}']],
  ])('is judged by %s', (_name, schema, given, told) => {
    expect(checkBody(schema, given)).toEqual(told);
  });

  test.each<[string, Json]>([
    ['other keywords', { additionalProperties: false, oneOf: [], not: {}, if: false, $ref: '#/nowhere' }],
    ['a type that there is not', body({ a: { type: 'weird' } })],
    ['a format that there is not', body({ a: { format: 'weird' } })],
    ['nothing', {}],
  ])('is not judged by %s', (_name, schema) => {
    expect([checkSchema(schema), checkBody(schema, { a: 'anything', b: 1 })]).toEqual([undefined, []]);
  });

  test('takes no longer for a pattern that would hold other engines', () => {
    const schema = body({ a: { pattern: '(a+)+$' } });
    const began = performance.now();
    expect(checkBody(schema, { a: `${'a'.repeat(10_000)}!` })).toEqual(['a pattern is (a+)+$']);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

/** A list of so many. */
const times = <T>(length: number, make: (at: number) => T): T[] => Array.from({ length }, (_none, at) => make(at));
const inList = (items: JsonObject) => body({ a: { items } });
const named = (length: number, schema: JsonObject) =>
  body(Object.fromEntries(times(length, (at) => [`p${at}`, schema])));

test.each<[string, JsonObject, JsonObject]>([
  ['choices', inList({ enum: times(10_000, (at) => at) }), { a: times(20_000, () => -1) }],
  ['names', inList({ required: times(5_000, (at) => `k${at}`) }), { a: times(20_000, () => ({})) }],
  ['entries to compare', body({ a: { uniqueItems: true } }), { a: times(20_000, (at) => at) }],
  ['objects to compare', body({ a: { uniqueItems: true } }), { a: times(5_000, (at) => ({ at })) }],
  [
    'texts for patterns',
    named(200, { pattern: '(?:\\pL?){990}' }),
    Object.fromEntries(times(200, (at) => [`p${at}`, 'é'.repeat(300)])),
  ],
])('a body of too many %s is refused, and holds nobody up', (_name, schema, given) => {
  expect(checkSchema(schema)).toBeUndefined();
  const took = cpuTimeOf(() => expect(checkBody(schema, given)).toEqual(['the request is too large to be judged']));
  expect(took).toBeLessThan(1_000);
});

test('what is told of a body is short', () => {
  const told = checkBody(inList({ enum: ['x'.repeat(1_000)] }), { a: times(1_000, () => 'y') });
  expect([told.length, Math.max(...told.map(({ length }) => length))]).toEqual([50, 500]);
});

test('patterns that take long to compile are refused in bounded time', () => {
  const slow = (at: number) => `(?i:${'\\PL'.repeat(300)})${at}`;
  const schema = body(Object.fromEntries(times(40, (at) => [`p${at}`, { pattern: slow(at) }])));
  const took = cpuTimeOf(() => expect(checkSchema(schema)).toContain('cannot be used'));
  expect(took).toBeLessThan(1_500);
});

const nested = (depth: number): JsonObject => (depth === 0 ? {} : { properties: { a: nested(depth - 1) } });

test.each<[string, Json]>([
  ['a text', 'x'],
  ['a list', []],
  ['a length that is no number', { minLength: '1' }],
  ['no choice', { enum: [] }],
  ['names that are no texts', { required: 'a' }],
  ['a list of properties', { properties: [] }],
  ['a property that is no schema', { properties: { a: true } }],
  ['two types', { type: ['string', 'null'] }],
  ['half a pattern', { pattern: '(' }],
  ['a pattern that looks behind', { pattern: '(?<=a)b' }],
  ['a pattern of any length', { pattern: 'a'.repeat(1001) }],
  ['a schema of any depth', nested(11)],
  ['a schema of any number of parts', named(500, {})],
  ['a schema of any size', { enum: ['x'.repeat(70_000)] }],
])('%s is no schema, and lets nothing pass', (_name, schema) => {
  expect(checkSchema(schema)).toEqual(expect.any(String));
  expect(checkBody(schema, {})).toEqual(['the schema of the interaction cannot be used']);
});
