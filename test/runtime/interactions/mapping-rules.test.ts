// Mapping rules: what a list of them makes of a context, and that no list throws, hangs or reaches what it should not.
import { describe, expect, test } from 'vitest';
import type { MappingRule } from '#runtime/interactions/interaction.ts';
import { applyRules } from '#runtime/interactions/mapping-rules.ts';
import { createRandom } from '#runtime/random.ts';
import type { Json, JsonObject } from '#storage/records.ts';

const means = { now: () => Date.UTC(2026, 0, 15), random: createRandom() };
const CONTEXT: JsonObject = {
  request_body: { phone_number: '+81-90', template: 'registration', nested: { list: [1, { a: 2 }] } },
  interaction: { transaction_id: 'tx' },
};
const parsed = (text: string) => JSON.parse(text) as JsonObject;

describe('make', () => {
  test.each<[string, MappingRule[], Json]>([
    ['everything of a body', [{ from: '$.request_body', to: '*' }], CONTEXT.request_body ?? null],
    ['a value at a name', [{ from: '$.interaction.transaction_id', to: 'id' }], { id: 'tx' }],
    ['a static value', [{ static_value: { a: [1] }, to: 'x' }], { x: { a: [1] } }],
    ['a static value before a path', [{ static_value: 1, from: '$.interaction', to: 'x' }], { x: 1 }],
    ['null of what is missing', [{ from: '$.no.such', to: 'x' }], { x: null }],
    ['null of a path that is none', [{ from: '][', to: 'x' }], { x: null }],
    ['null of nothing', [{ to: 'x' }], { x: null }],
    ['nothing of null at *', [{ from: '$.no', to: '*' }], {}],
    ['nothing of a text at *', [{ static_value: 'x', to: '*' }], {}],
    ['nothing of a list at *', [{ static_value: ['x'], to: '*' }], {}],
    [
      'objects and lists',
      [
        { static_value: 1, to: 'a.b.0.c' },
        { static_value: 2, to: 'a.b.2.c' },
      ],
      {
        a: { b: [{ c: 1 }, null, { c: 2 }] },
      },
    ],
    [
      'a later value at the same place',
      [
        { static_value: 1, to: 'a' },
        { static_value: 2, to: 'a' },
      ],
      { a: 2 },
    ],
    [
      'a value inside what came by *',
      [
        { from: '$.request_body', to: '*' },
        { static_value: 1, to: 'nested.x' },
      ],
      {
        phone_number: '+81-90',
        template: 'registration',
        nested: { list: [1, { a: 2 }], x: 1 },
      },
    ],
    [
      'a later whole over an earlier part',
      [
        { static_value: 1, to: 'a.b' },
        { static_value: 2, to: 'a' },
      ],
      { a: 2 },
    ],
    [
      'an object over a text',
      [
        { static_value: 'x', to: 'a' },
        { static_value: 1, to: 'a.b' },
      ],
      { a: { b: 1 } },
    ],
    [
      'an object over a list',
      [
        { static_value: [1], to: 'a' },
        { static_value: 1, to: 'a.b' },
      ],
      { a: { b: 1 } },
    ],
    [
      'an entry of a list',
      [
        { static_value: [1, 2], to: 'a' },
        { static_value: 3, to: 'a.1' },
      ],
      { a: [1, 3] },
    ],
    [
      'a number as a name',
      [
        { static_value: 1, to: '0' },
        { static_value: 2, to: 'a' },
      ],
      { 0: 1, a: 2 },
    ],
    ['split names that came by *', [{ static_value: { 'a.b': 1 }, to: '*' }], { a: { b: 1 } }],
    [
      'nothing at a large index',
      [
        { static_value: 1, to: 'a.1001' },
        { static_value: 1, to: 'b.99999999999' },
      ],
      {},
    ],
    ['nothing at too deep a place', [{ static_value: 1, to: 'a.'.repeat(30) }], {}],
    [
      'what a condition lets through',
      [
        {
          static_value: 1,
          to: 'a',
          condition: { operation: 'eq', path: '$.request_body.template', value: 'registration' },
        },
        { static_value: 2, to: 'b', condition: { operation: 'missing', path: '$.request_body.template' } },
      ],
      { a: 1 },
    ],
    [
      'what functions make, from left to right',
      [
        {
          from: '$.request_body.phone_number',
          to: 'x',
          functions: [
            { name: 'replace', args: { target: '-', replacement: '' } },
            { name: 'no_such_function' },
            { name: 'format', args: { template: 'tel:{{value}}' } },
          ],
        },
      ],
      { x: 'tel:+8190' },
    ],
    [
      'arguments that are paths',
      [
        { to: 'x', functions: [{ name: 'format', args: { template: '$.request_body.template' } }] },
        { to: 'y', functions: [{ name: 'concat', args: { values: ['$.interaction.transaction_id', ':', '$.no'] } }] },
      ],
      { x: 'registration', y: 'tx:' },
    ],
    ['the time', [{ to: 'at', functions: [{ name: 'now' }] }], { at: '2026-01-15T00:00:00.000Z' }],
    ['nothing without a place', [{ static_value: 1 } as unknown as MappingRule], {}],
  ])('%s', (_name, rules, expected) => {
    expect(applyRules(rules, CONTEXT, means)).toEqual(expected);
  });

  test('nothing else of the context: it is as it was', () => {
    const before = JSON.stringify(CONTEXT);
    const rules = [
      { from: '$.request_body', to: 'a' },
      { static_value: 'changed', to: 'a.phone_number' },
      { static_value: 'changed', to: 'a.nested.list.1.a' },
      { from: '$.request_body.nested', to: '*' },
      { static_value: 'changed', to: 'list.0' },
    ];
    expect(applyRules(rules, CONTEXT, means)).toMatchObject({
      a: { phone_number: 'changed' },
      list: ['changed', { a: 2 }],
    });
    expect(JSON.stringify(CONTEXT)).toBe(before);
  });

  test.each<[string, MappingRule[], JsonObject]>([
    [
      'a rule',
      [
        { static_value: 'x', to: '__proto__.polluted' },
        { static_value: 'x', to: 'constructor.prototype.polluted' },
      ],
      {},
    ],
    ['a body', [{ from: '$.b', to: '*' }], { b: parsed('{"__proto__":{"polluted":"x"},"__proto__.polluted":"x"}') }],
    [
      'a value',
      [
        { static_value: parsed('{"__proto__":{"polluted":"x"}}'), to: 'a' },
        { static_value: 1, to: 'a.b' },
      ],
      {},
    ],
    [
      'fields',
      [
        {
          static_value: {},
          to: 'a',
          functions: [{ name: 'reshape', args: { fields: parsed('{"__proto__":{"polluted":1}}') } }],
        },
      ],
      {},
    ],
  ])('no prototype by %s', (_name, rules, context) => {
    const made = applyRules(rules, context, means);
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    for (const value of Object.values(made)) expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test('nothing that nests deeper than can be walked', () => {
    let deep: Json = 1;
    for (let level = 0; level < 50_000; level++) deep = level % 2 ? [deep] : { a: deep };
    const rules = [
      { from: '$.request_body', to: '*' },
      { to: 'x', from: '$.request_body', functions: [{ name: 'format', args: { template: '{{value}}' } }] },
    ];
    expect(() => JSON.stringify(applyRules(rules, { request_body: { deep } }, means))).not.toThrow();
  });
});
