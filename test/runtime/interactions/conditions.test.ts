// Comparisons: every operation against every kind of value, and conditions inside conditions.
import { describe, expect, test } from 'vitest';
import { compare, holds } from '#runtime/interactions/conditions.ts';
import type { MappingCondition } from '#runtime/interactions/interaction.ts';
import type { Json } from '#storage/records.ts';
import { cpuTimeOf } from './cpu-time.ts';

describe('compares', () => {
  test.each<[actual: Json, operation: string, wanted: Json | undefined, held: boolean]>([
    [1, 'eq', 1, true],
    [1, 'EQ', 1, true],
    [1, 'eq', '1', false],
    [1, 'eq', true, false],
    [null, 'eq', null, true],
    [null, 'eq', undefined, true],
    [{ a: 1, b: [2] }, 'eq', { b: [2], a: 1 }, true],
    [{ a: 1 }, 'eq', { a: 1, b: 2 }, false],
    [[1, 2], 'eq', [2, 1], false],
    [1, 'ne', 2, true],
    [null, 'ne', 1, true],
    [2, 'gt', 1, true],
    [1, 'gt', 1, false],
    [1, 'gte', 1, true],
    ['2', 'gte', 1, true],
    ['1.5e1', 'lt', 16, true],
    [' 3 ', 'lte', '3', true],
    [null, 'gte', 0, false],
    [null, 'lt', 1, false],
    ['a', 'gt', 1, false],
    [true, 'gte', 0, false],
    [[], 'gte', 0, false],
    ['0x10', 'gt', 1, false],
    ['', 'gte', 0, false],
    ['Infinity', 'gt', 1, false],
    ['a', 'in', ['a', 'b'], true],
    ['c', 'in', ['a', 'b'], false],
    ['a', 'in', 'abc', false],
    ['c', 'nin', ['a', 'b'], true],
    ['a', 'nin', ['a'], false],
    ['c', 'nin', 'abc', false],
    [0, 'exists', undefined, true],
    [false, 'exists', undefined, true],
    [null, 'exists', undefined, false],
    [null, 'missing', undefined, true],
    ['', 'missing', undefined, false],
    [['a', 1], 'contains', 1, true],
    [['a', 1], 'contains', '1', false],
    ['abc', 'contains', 'b', true],
    ['abc', 'contains', 1, false],
    [{ a: 1 }, 'contains', 'a', false],
    [null, 'contains', 'a', false],
    ['+81', 'regex', '\\+\\d+', true],
    ['x+81', 'regex', '\\+\\d+', false],
    ['a', 'regex', '[', false],
    ['a', 'regex', '(?=a)a', false],
    ['a', 'regex', 'a'.repeat(1001), false],
    [1, 'regex', '1', false],
    ['a', 'regex', undefined, false],
    [1, 'near', 1, false],
    [1, 'constructor', 1, false],
    [1, '', 1, false],
  ])('%j %s %j: %s', (actual, operation, wanted, held) => {
    expect(compare(operation, actual, wanted)).toBe(held);
  });

  test('in time linear to the text, whatever the pattern', () => {
    const took = cpuTimeOf(() => {
      expect(compare('regex', `${'a'.repeat(9_500)}!`, '(a+)+(a|aa)+(a*)*')).toBe(false);
      expect(compare('regex', 'a'.repeat(1_000_000), 'a+')).toBe(false);
    });
    expect(took).toBeLessThan(1_000);
  });
});

const context = { a: 1, list: ['x'] };
const yes: MappingCondition = { operation: 'eq', path: '$.a', value: 1 };
const no: MappingCondition = { operation: 'eq', path: '$.a', value: 2 };
const nested = (levels: number): MappingCondition =>
  levels === 1 ? yes : { operation: 'allOf', value: [nested(levels - 1)] };

describe('holds', () => {
  test.each<[string, MappingCondition, boolean]>([
    ['one', yes, true],
    ['one that does not', no, false],
    ['all of them', { operation: 'allOf', value: [yes, yes] }, true],
    ['not all of them', { operation: 'allOf', value: [yes, no] }, false],
    ['any of them', { operation: 'ANYOF', value: [no, yes] }, true],
    ['none of them', { operation: 'anyOf', value: [no, no] }, false],
    ['all of none', { operation: 'allOf', value: [] }, true],
    ['any of none', { operation: 'anyOf', value: [] }, false],
    ['no list', { operation: 'allOf', value: 'x' }, false],
    ['something that is no condition', { operation: 'allOf', value: [1] }, false],
    ['ten levels', nested(10), true],
    ['eleven levels', nested(11), false],
    ['no path', { operation: 'missing' }, true],
    ['no operation', {} as MappingCondition, false],
    ['a path that is none', { operation: 'exists', path: '][' }, false],
  ])('%s', (_name, condition, held) => {
    expect(holds(condition, context)).toBe(held);
  });

  test('no more conditions than the budget pays for', () => {
    const many: MappingCondition = { operation: 'allOf', value: Array.from({ length: 100_000 }, () => ({ ...yes })) };
    expect(holds(many, context)).toBe(false);
  });
});
