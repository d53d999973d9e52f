// JSONPath: what a path reads, what it cannot reach, and that no path takes long.
import { describe, expect, test } from 'vitest';
import { checkPath, readPath } from '#runtime/interactions/json-path.ts';
import type { Json } from '#storage/records.ts';
import { cpuTimeOf } from './cpu-time.ts';

const DOCUMENT: Json = {
  'password-authentication': { success_count: 1, 'a.b': 2 },
  'step-2': { '2fa': 'yes' },
  list: [
    { x: 1, y: 'p', roles: ['admin'] },
    { x: 2, y: 'q' },
  ],
  user: { 電話: '090', 'Content-Type': 'json', nothing: null },
  text: 'abc',
};

describe('reads', () => {
  test.each<[string, Json]>([
    ['$.password-authentication.success_count', 1],
    ["$['password-authentication']['a.b']", 2],
    ['$.step-2.2fa', 'yes'],
    ['$.list[0].x', 1],
    ['$.list[-1].x', 2],
    ['$.list.1.x', 2],
    ['$.user.電話', '090'],
    ['$.user.Content-Type', 'json'],
    [' $.text ', 'abc'],
    ['$', DOCUMENT],
    ['$.list[*].x', [1, 2]],
    ['$..x', [1, 2]],
    ['$.list[0:1].x', [1]],
    ['$.list[?(@.x == 2)].y', ['q']],
    ['$.list[?(@.x == 9)]', []],
    ['$.list[?(@.x in [2, 3])].x', [2]],
    ["$.list[?('admin' in @.roles)].x", [1]],
    ['$.nope[*]', []],
    // Nothing is there.
    ['$.nope', null],
    ['$.nope.deeper[3]', null],
    ['$.user.nothing', null],
    ['$.text.length', null],
    ['$.text[0]', null],
    ['$.list[9]', null],
    ['$.list.x', null],
    // What every object has is nothing of the document's.
    ['$.constructor', null],
    ['$.__proto__', null],
    ["$['__proto__']['toString']", null],
    ['$.list.length', null],
    ['$.user.hasOwnProperty', null],
    ['$..constructor', null],
    ['$.list[?(@.toString)]', null],
    // No paths.
    ['', null],
    ['x', null],
    ['$.', null],
    ['$.list[', null],
  ])('%s', (path, value) => {
    expect(readPath(DOCUMENT, path)).toEqual(value);
  });

  test.each<[Json]>([[null], [1], ['text'], [[]]])('nothing out of %j', (document) => {
    expect(readPath(document, '$.a.b')).toBeNull();
  });
});

describe('is told what is wrong with', () => {
  test.each<[string, string | undefined]>([
    ['$.fine-name[0]', undefined],
    ['$..one', undefined],
    ['list', 'is no JSONPath'],
    ['$.list[?(@.y =~ /(p+)+$/)]', 'holds a regular expression'],
    ["$.list[?(search(@.y, '(p+)+$'))]", 'holds a regular expression'],
    ["$.list[?(match(@.y, 'p'))]", 'holds a regular expression'],
    ['$..a..b', 'holds more than one ..'],
    ['$.list[?(@..x)]', 'looks for many places inside a filter'],
    ['$.list[?(@[?(@.x)])]', 'looks for many places inside a filter'],
    ['$.a[?(@.x)].b[?(@.x)].c[?(@.x)]', 'holds more than two filters'],
    ["$['a','b']['a','b']['a','b']", 'holds too many lists of names'],
    [`$.${'a'.repeat(500)}`, 'is longer than 500 characters'],
    ['$.a[0:1].constructor', 'names what every object has'],
  ])('%s', (path, wrong) => {
    if (wrong === undefined) expect(checkPath(path)).toBeUndefined();
    else expect(checkPath(path)).toContain(wrong);
  });
});

describe('takes no time', () => {
  const long: Json = Array.from({ length: 100_000 }, (_none, at) => ({ at, inner: [{ at }] }));
  let deep: Json = 1;
  for (let level = 0; level < 5_000; level++) deep = { a: deep, b: [deep === 1 ? 1 : 2] };

  test.each([
    ['$..*', long],
    ['$..at', long],
    ['$[*].inner[*].at', long],
    ['$[*].at', long.slice(0, 15_000)],
    ['$[0:100000:1]', long.slice(0, 15_000)],
    ["$[*]['at','at','at']", long.slice(0, 15_000)],
    [`$[?(${'('.repeat(240)}`, long],
    ['$[?(@.at == 3)]', long],
    ['$..[?(@.at == 3)]', long],
    ['$..a', deep],
    ['$..*', deep],
    ['$.a.a.a.a', deep],
    [`$${'[?('.repeat(40)}@.a${')]'.repeat(40)}`, long],
    [`$[?(${'('.repeat(100)}@.a${')'.repeat(100)})]`, long],
    [`$[?(${'!'.repeat(400)}@.a)]`, long],
  ])('%s', (path, document) => {
    expect(cpuTimeOf(() => readPath(document, path))).toBeLessThan(1_000);
  });
});
