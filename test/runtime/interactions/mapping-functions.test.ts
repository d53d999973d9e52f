// Mapping functions: a row for each behaviour, and bounds that none of them passes.
import { describe, expect, test } from 'vitest';
import { createBudget } from '#runtime/interactions/budget.ts';
import { sizeOf } from '#runtime/interactions/json-bounds.ts';
import { applyFunction } from '#runtime/interactions/mapping-functions/all-functions.ts';
import type { Means } from '#runtime/interactions/mapping-functions/mapping-function.ts';
import { createRandom } from '#runtime/random.ts';
import type { Json, JsonObject } from '#storage/records.ts';
import { draw } from '#test/kit/counts.ts';
import { cpuTimeOf } from './cpu-time.ts';

const NOW = Date.UTC(2026, 0, 15, 12, 30, 45, 67);
const means = (): Means => ({ now: () => NOW, random: createRandom(), budget: createBudget() });
const apply = (name: string, input: Json, args: JsonObject) => applyFunction(name, input, args, means());

/** As it is parsed: an object of our own may not have a `then`. */
const choice = (condition: string, then: Json, otherwise?: Json): JsonObject => {
  const given = [
    ['condition', condition],
    ['then', then],
  ];
  return Object.fromEntries(otherwise === undefined ? given : [...given, ['else', otherwise]]);
};

describe('gives', () => {
  test.each<[name: string, input: Json, args: JsonObject, output: Json]>([
    ['format', 'abc', { template: '<{{value}}{{value}}>' }, '<abcabc>'],
    ['format', 1, { template: 'n{{value}}' }, 'n1'],
    ['format', null, { template: 'x{{value}}' }, 'x'],
    ['format', '$&', { template: '{{value}}' }, '$&'],
    ['format', 'abc', {}, null],
    ['exists', null, {}, false],
    ['exists', 0, {}, true],
    ['replace', '+81-90-1', { target: '-', replacement: '' }, '+81901'],
    ['replace', 'aAa', { target: 'A', replacement: 'x', ignoreCase: true }, 'xxx'],
    ['replace', 'aaa', { target: 'a', replacement: 'b', replaceFirst: true }, 'baa'],
    ['replace', 'a.b', { target: '.', replacement: '$1', ignoreCase: true }, 'a$1b'],
    ['replace', null, { target: 'a' }, null],
    ['regex_replace', '+81-90', { pattern: '[^0-9]', replacement: '' }, '8190'],
    ['regex_replace', 'ab', { pattern: '(a)(b)', replacement: `$2\${1}\\$` }, 'ba$'],
    ['regex_replace', 'AbA', { pattern: 'a', replacement: 'x', flags: 'i', replaceFirst: true }, 'xbA'],
    ['regex_replace', 'ab', { pattern: '[', replacement: '' }, null],
    ['regex_replace', 'ab', { pattern: '', replacement: '-' }, '-a-b-'],
    ['case', 'hello world', { mode: 'upper' }, 'HELLO WORLD'],
    ['case', 'İSTANBUL', { mode: 'lower', locale: 'tr' }, 'istanbul'],
    ['case', 'HELLO', { mode: 'lower', locale: 'no such language' }, 'hello'],
    ['case', 'hello-WORLD x', { mode: 'title' }, 'Hello-World X'],
    ['case', 'Hello big_world', { mode: 'camel' }, 'helloBigWorld'],
    ['case', 'hello-world', { mode: 'pascal' }, 'HelloWorld'],
    ['case', 'a,b c', { mode: 'pascal', delimiter: ',' }, 'AB c'],
    ['case', 'a', { mode: 'sideways' }, null],
    ['substring', 'hello world', { start: 0, end: 5 }, 'hello'],
    ['substring', 'hello', { start: -3 }, 'llo'],
    ['substring', 'hello', { start: 1, length: 3 }, 'ell'],
    ['substring', 'hello', { start: 1, end: -1 }, 'ell'],
    ['substring', 'hello', { start: 9 }, ''],
    ['substring', 'hello', { start: -99, end: 99 }, 'hello'],
    ['trim', '  a  b ', {}, 'a  b'],
    ['trim', ' a ', { mode: 'start' }, 'a '],
    ['trim', ' a ', { mode: 'end' }, ' a'],
    ['trim', '..a..', { chars: '.', whitespace: false }, 'a'],
    ['trim', ' a\t b ', { normalize: true }, 'a b'],
    ['trim', 'a', { mode: 'middle' }, null],
    ['split', 'a,b,c', {}, ['a', 'b', 'c']],
    ['split', ' a , b ', { trim: true }, ['a', 'b']],
    ['split', 'a||b||', { separator: '||' }, ['a', 'b']],
    ['split', 'k:v:w', { separator: ':', limit: 2 }, ['k', 'v:w']],
    ['split', 'a  b', { separator: '\\s+', regex: true }, ['a', 'b']],
    ['split', 'a,,b', { removeEmpty: true }, ['a', 'b']],
    ['split', '', {}, []],
    ['join', ['a', null, 'b'], {}, 'a,b'],
    ['join', ['a', null, ''], { skipNull: false, skipEmpty: true, separator: '-' }, 'a'],
    ['join', [1, true], { separator: '+', prefix: '<', suffix: '>' }, '<1+true>'],
    ['concat', 'ignored', { values: ['a', 1, null], separator: '-' }, 'a-1-'],
    ['concat', null, { values: ['a', null, ''], skipNull: true, skipEmpty: true, separator: '-' }, 'a'],
    ['concat', null, {}, null],
    ['if', null, choice('null', 'yes', 'no'), 'yes'],
    ['if', 'admin', choice('equals:admin', 1), 1],
    ['if', 'other', choice('equals:admin', 1), 'other'],
    ['if', [], choice('empty', 'none', 'some'), 'none'],
    ['if', 'x', choice('not_equals:y', 'z'), 'z'],
    ['if', 'x', choice('sometimes', 'z'), null],
    ['switch', 'a', { cases: { a: 1 } }, 1],
    ['switch', 'A', { cases: { a: 1 }, ignoreCase: true }, 1],
    ['switch', 'b', { cases: { a: 1 }, default: 2 }, 2],
    ['switch', 'b', { cases: { a: 1 } }, 'b'],
    ['switch', 'constructor', { cases: { a: 1 }, default: 2 }, 2],
    ['switch', null, { cases: {}, default: 2 }, 2],
    ['map', ['a', 'b'], { function: 'case', function_args: { mode: 'upper' } }, ['A', 'B']],
    ['map', 'a', { function: 'format', function_args: { template: '[{{value}}]' } }, ['[a]']],
    ['map', [' a '], { function: 'trim' }, ['a']],
    ['map', ['a'], { function: 'nothing' }, null],
    ['map', null, { function: 'trim' }, null],
    ['filter', ['a', 'guest'], { condition: "{{value}} != 'guest'" }, ['a']],
    ['filter', ['', 'a', null], { condition: "{{value}} != null && {{value}} != ''" }, ['a']],
    ['filter', ['role_a', 'b'], { condition: "{{value}} contains 'role'", negate: true }, ['b']],
    ['filter', ['abc', 'a'], { condition: "({{value}} length > 2 || {{value}} == 'x') && true" }, ['abc']],
    ['filter', [{ k: 'a' }, { k: 'b' }], { condition: "{{value}} == 'a'", field: 'k' }, [{ k: 'a' }]],
    // A value is never read as a part of the condition.
    ['filter', ["' || true || '"], { condition: "{{value}} == 'x'" }, []],
    ['filter', ['a'], { condition: "{{value}} = 'x'" }, null],
    ['filter', ['a'], { condition: "({{value}} == 'x'" }, null],
    ['append', ['a'], { value: 'b' }, ['a', 'b']],
    ['append', null, { value: 1 }, [1]],
    ['append', 'a', { value: { b: 1 } }, ['a', { b: 1 }]],
    ['merge', ['a'], { source: ['a', 'b'] }, ['a', 'a', 'b']],
    ['merge', ['a', { x: 1, y: 2 }], { source: ['a', { y: 2, x: 1 }], distinct: true }, ['a', { x: 1, y: 2 }]],
    ['merge', [{ k: 1, v: 1 }], { source: [{ k: 1, v: 2 }, { k: 2 }], key: 'k' }, [{ k: 1, v: 2 }, { k: 2 }]],
    ['merge', null, { source: null }, []],
    ['remove', ['a', 'b', 'a'], { value: 'a' }, ['b']],
    ['remove', [{ id: 1 }, { id: 2 }], { field: 'id', value: 2 }, [{ id: 1 }]],
    ['remove', ['a'], { value: null }, ['a']],
    ['pluck', [{ a: 1 }, { b: 2 }], { field: 'a' }, [1, null]],
    ['pluck', [{ a: 1 }, { b: 2 }], { field: 'a', skipNull: true }, [1]],
    ['reshape', { a: { b: 1 } }, { fields: { x: '$.a.b', y: 'fixed', z: '$.no' } }, { x: 1, y: 'fixed', z: null }],
    ['reshape', 'text', { fields: {} }, null],
    ['normalize', 'ｶﾞ１', {}, 'ガ1'],
    ['normalize', 'é', { form: 'nfd' }, 'e\u0301'],
    ['normalize', 'a', { form: 'x' }, null],
    ['kana', 'やまだ ー', {}, 'ヤマダ ー'],
    ['kana', 'ヤマダ', { to: 'hiragana' }, 'やまだ'],
    ['date', '１９９０／4/1', {}, '1990-04-01'],
    ['date', '1990年4月1日', { format: 'uuuu/MM/dd' }, '1990/04/01'],
    ['date', '1990-02-30', {}, null],
    ['date', 'H2.4.1', {}, null],
    ['base64', 'id:secret', {}, 'aWQ6c2VjcmV0'],
    ['base64', 'ÿþ', { url_safe: true, padding: false }, 'w7_Dvg'],
    ['base64', 'ÿþ', { padding: true }, 'w7/Dvg=='],
    ['base64', 'ÿ', { charset: 'ISO-8859-1' }, '/w=='],
    ['base64', 'a', { charset: 'nothing' }, null],
    ['mimeEncodedWord', '日本語サービス', {}, '=?UTF-8?B?5pel5pys6Kqe44K144O844OT44K5?='],
    ['mimeEncodedWord', 'Example', {}, 'Example'],
    ['mimeEncodedWord', 'é a', { encoding: 'Q' }, '=?UTF-8?Q?=C3=A9_a?='],
    ['uuid5', null, { namespace: 'DNS', name: 'example.com' }, 'cfbff0d1-9375-5685-968c-48ce8b15ae17'],
    [
      'uuid5',
      'example.com',
      { namespace: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' },
      'cfbff0d1-9375-5685-968c-48ce8b15ae17',
    ],
    ['uuid5', 'x', { namespace: 'nothing' }, null],
    ['now', null, {}, '2026-01-15T12:30:45.067Z'],
    ['now', null, { zone: 'Asia/Tokyo' }, '2026-01-15T21:30:45.067+09:00'],
    ['now', null, { zone: 'America/St_Johns', pattern: "yyyyMMdd'T'HHmmssXXX" }, '20260115T090045-03:30'],
    ['now', null, { pattern: "EEEE d MMM uu, h:mm a 'o''clock' SSS" }, "Thursday 15 Jan 26, 12:30 PM o'clock 067"],
    ['now', null, { zone: 'Nowhere/Land' }, null],
    ['now', null, { pattern: 'qq' }, null],
    ['now', null, { pattern: "'open" }, null],
    ['convert_type', ' 12 ', { type: 'integer' }, 12],
    ['convert_type', '12.5', { type: 'integer' }, null],
    ['convert_type', '99999999999', { type: 'integer' }, null],
    ['convert_type', '99999999999', { type: 'long' }, 99_999_999_999],
    ['convert_type', 'x', { type: 'integer', onError: 'default', default: 0 }, 0],
    ['convert_type', '1e3', { type: 'double' }, 1000],
    ['convert_type', 'YES', { type: 'boolean' }, true],
    ['convert_type', 'off', { type: 'boolean' }, false],
    ['convert_type', 5, { type: 'string' }, '5'],
    ['convert_type', '2026-01-15T12:00:00+09:00', { type: 'datetime' }, '2026-01-15T03:00:00.000Z'],
    ['convert_type', 'soon', { type: 'datetime' }, null],
    ['convert_type', 'a', { type: 'colour' }, 'a'],
    ['convert_type', null, { type: 'string' }, null],
    ['random_string', null, { length: 0 }, null],
    ['uuid_short', null, { length: 2 }, null],
    // Unknown ones are passed over.
    ['nothing', 'a', {}, 'a'],
    ['constructor', 'a', {}, 'a'],
  ])('%s of %j with %j', (name, input, args, output) => {
    expect(apply(name, input, args)).toEqual(output);
  });

  test.each<[string, JsonObject, RegExp]>([
    ['uuid4', {}, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/],
    ['random_string', {}, /^[A-Za-z0-9]{16}$/],
    ['random_string', { length: 5, charset: 'xyz' }, /^[xyz]{5}$/],
    ['uuid_short', {}, /^[a-km-np-z2-9]{8}$/],
    ['uuid_short', { length: 32, uppercase: true, exclude_ambiguous: false }, /^[A-Z0-9]{32}$/],
  ])('%s with %j, out of nothing', (name, args, pattern) => {
    expect(apply(name, null, args)).toMatch(pattern);
    expect(apply(name, null, args)).not.toBe(apply(name, null, { ...args, length: 12 }));
  });

  test('words of mail that are no longer than a line may be, and no half letters', () => {
    const words = String(apply('mimeEncodedWord', '認証コードをお送りします'.repeat(10), {})).split(' ');
    expect(words.length).toBeGreaterThan(3);
    for (const word of words) {
      expect(word.length).toBeLessThanOrEqual(75);
      expect(Buffer.from(word.split('?')[3] ?? '', 'base64').toString()).not.toContain('\ufffd');
    }
  });
});

describe('never comes to more than a megabyte, nor takes long', () => {
  const long = 'a'.repeat(900_000);
  const list = Array.from({ length: 50_000 }, () => 'abcdefgh');

  const rows: [name: string, input: Json, args: JsonObject][] = [
    ['format', long, { template: '{{value}}'.repeat(1_000) }],
    ['replace', long, { target: 'a', replacement: long }],
    ['replace', 'a'.repeat(9_500), { target: 'A', replacement: long, ignoreCase: true }],
    ['regex_replace', 'a'.repeat(9_500), { pattern: '(a)', replacement: '$1'.repeat(490) }],
    ['regex_replace', 'a'.repeat(9_500), { pattern: '(a*)*(a|aa)+b', replacement: '' }],
    ['join', list, { separator: 'x'.repeat(1_000) }],
    ['concat', null, { values: [long, long] }],
    ['split', long, { separator: 'a' }],
    ['split', ','.repeat(900_000), {}],
    ['merge', list, { source: list, distinct: true }],
    ['merge', list, { source: list, key: 'k' }],
    ['map', list, { function: 'format', function_args: { template: 'x'.repeat(1_000) } }],
    ['map', list, { function: 'random_string', function_args: { length: 10_000 } }],
    ['map', list, { function: 'now', function_args: { zone: 'Asia/Tokyo', pattern: 'EEEE' } }],
    ['filter', list, { condition: `${'('.repeat(20)}{{value}} == 'x'${')'.repeat(20)}` }],
    ['normalize', '\ufdfa'.repeat(100_000), {}],
    ['case', 'ŉ'.repeat(400_000), { mode: 'upper' }],
    ['mimeEncodedWord', 'é'.repeat(400_000), { encoding: 'Q' }],
    ['base64', long, {}],
    ['reshape', { long }, { fields: Object.fromEntries(list.map((_name, at) => [`k${at}`, '$.long'])) }],
  ];
  test.each(draw(rows, 8))('%s', (name, input, args) => {
    let output: Json = null;
    const took = cpuTimeOf(() => {
      output = apply(name, input, args);
    });
    expect(took).toBeLessThan(2_000);
    expect(sizeOf(output)).toBeLessThanOrEqual(1_000_000);
  });
});
