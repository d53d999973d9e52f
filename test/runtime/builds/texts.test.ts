// Longer than 300 lines because every text is a row of one table.
// Builds of texts without packages: what is a script, what its author hears, what runs in the end.

import { afterAll, describe, expect, test } from 'vitest';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { draw } from '#test/kit/counts.ts';
import { evaluate, placeOf, refusal, request, take, thrownBy } from './kit.ts';

const builds = createBuilds();
afterAll(() => builds.close());

const ESM = /Scripts are CommonJS modules: use exports\.onExecutePostLogin.*or name the Action action\.ts/;

test.each(
  draw(
    [
      ['exports.onExecutePostLogin = async (event, api) => { api.access.deny("x") };'],
      ['// nothing but a comment'],
      [''],
      ['with (Math) { exports.x = max(1, 010) }'],
      ['if (0) return; // a module is the body of a function'],
      ['exports.exported = 1; exports.important = "import x from y"'],
      ['exports.x = () => import("fs"); // refused when it runs'],
      ['exports.x = (name) => require(name); // refused when it runs'],
    ],
    6,
  ),
)('%j is a script', async (source) => {
  const built = await take(builds, request(source));
  expect(built).toMatchObject({ fileName: 'action.js', dependencies: [] });
  evaluate(built);
});

test.each(
  draw<[source: string, id: string, place: string, says: RegExp]>(
    [
      ['const a = ;', 'syntax_error', '1:11', /^Unexpected/],
      ['// é\n  /* é */ const é = ;', 'syntax_error', '2:21', /^Unexpected/],
      ['}); (function () {', 'syntax_error', '1:1', /^Unexpected/],
      ['import x from "y"', 'syntax_error', '1:8', ESM],
      ['const a = 1;\nexport default a', 'syntax_error', '2:1', ESM],
      ['const a = await 0', 'syntax_error', '1:11', /await/],
      ['const a = 1; a = 2', 'syntax_error', '1:14', /constant/],
      ['\n const _ = require("lodash")', 'module_not_found', '2:20', /'lodash': declare it as a dependency/],
      ['import("lodash")', 'module_not_found', '1:8', /'lodash'/],
      ['require("/etc/hostname")', 'module_not_found', '1:9', /a script is one file/],
      ['require ("../../package.json")', 'module_not_found', '1:10', /a script is one file/],
      ['require ("..\\\\x")', 'module_not_found', '1:10', /a script is one file/],
      ['require("C:/x")', 'module_not_found', '1:9', /a script is one file/],
      ['require("file:///etc/hostname")', 'module_not_found', '1:9', /Cannot find module/],
      ['require("esbuild")', 'module_not_found', '1:9', /'esbuild'/],
      ['require("constructor")', 'module_not_found', '1:9', /'constructor'/],
      ['require("start"); require("author")', 'module_not_found', '1:9', /'start'/],
      ['require("actions:other")', 'module_not_found', '1:9', /no shared module/],
      ['require("")', 'module_not_found', '1:9', /Cannot find module ''/],
    ],
    6,
  ),
)('%j is refused', async (source, id, place, says) => {
  const [fault] = await refusal(builds, request(source));
  expect(fault?.id).toBe(id);
  const prefix = `action.js:${place}: `;
  expect(fault?.message.slice(0, prefix.length)).toBe(prefix);
  expect(fault?.message.slice(prefix.length)).toMatch(says);
});

test('ten faults are enough', async () => {
  const source = Array.from({ length: 30 }, (_, i) => `require("x${i}");`).join('\n');
  expect(await refusal(builds, request(source))).toHaveLength(10);
});

describe('what is exported', () => {
  test.each(
    draw<[source: string, expected: unknown]>(
      [
        ['module.exports = { a: 1 }', { a: 1 }],
        ['exports.a = 1; exports.b = this === exports', { a: 1, b: true }],
        ['module.exports = null', null],
        ['exports.a = typeof require + typeof module + typeof __dirname', { a: 'functionobjectundefined' }],
        ['exports.a = (function () { return this === undefined })()', { a: false }],
        ['"use strict"; exports.a = (function () { return this === undefined })()', { a: true }],
      ],
      6,
    ),
  )('%j', async (source, expected) => {
    expect(evaluate(await take(builds, request(source)))).toEqual(expected);
  });

  test('is the very function, when it is one', async () => {
    expect(evaluate(await take(builds, request('module.exports = () => {}')))).toBeTypeOf('function');
  });

  test('holds native async functions, of TypeScript too', async () => {
    const exported = [
      await take(builds, request('exports.x = async () => {}')),
      await take(builds, request('export const x = async (e: unknown): Promise<void> => {}', { fileName: 'a.ts' })),
      await take(builds, request('export async function x() { for await (const y of []) y; }', { fileName: 'a.ts' })),
    ].map((built) => (evaluate(built) as { x: unknown }).x?.constructor.name);
    expect(exported).toEqual(['AsyncFunction', 'AsyncFunction', 'AsyncFunction']);
  });
});

describe('TypeScript', () => {
  test.each(
    draw<[name: string, fileName: string, source: string, becomes: string]>(
      [
        ['by its name', 'action.ts', 'export const x = 1', 'action.ts'],
        ['by its types', 'action.js', 'const x: number = 1; exports.x = x', 'action.ts'],
        ['with types and module syntax', 'action.js', 'type T = number; export const x: T = 1', 'action.ts'],
        ['CommonJS', 'action.ts', 'exports.x = <number>1', 'action.ts'],
        ['an import beside CommonJS', 'action.ts', 'import { one } from "actions:one"; exports.x = one', 'action.ts'],
        ['an enum', 'action.ts', 'enum E { one = 1 } export const x = E.one', 'action.ts'],
        [
          'import and export by assignment',
          'action.ts',
          'import m = require("actions:one"); export = { x: m.one }',
          'action.ts',
        ],
      ],
      6,
    ),
  )('%s', async (_name, fileName, source, becomes) => {
    const modules = [{ name: 'one', source: 'exports.one = 1', dependencies: [] }];
    const built = await take(builds, request(source, { fileName, modules }));
    expect(built.fileName).toBe(becomes);
    expect(evaluate(built)).toMatchObject({ x: 1 });
  });

  test('faults are told at the place the author wrote', async () => {
    const source = 'type A = { b: string };\n\nexport const x: A = ;';
    expect(await refusal(builds, request(source, { fileName: 'action.ts' }))).toEqual([
      { id: 'syntax_error', message: 'action.ts:3:21: Unexpected ";"' },
    ]);
    const missing = 'type A = { b: string };\n\nimport y from "lodash"; export const x = y;';
    expect(await refusal(builds, request(missing, { fileName: 'action.ts' }))).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^action\.ts:3:15: Cannot find module 'lodash'/) }),
    ]);
  });

  test('neither language: the faults are those of JavaScript', async () => {
    const [fault] = await refusal(builds, request('const x: = 1'));
    expect(fault?.message).toBe('action.js:1:8: Expected ";" but found ":"');
  });
});

describe('the map', () => {
  test.each(
    draw<[name: string, fileName: string, source: string, place: string]>(
      [
        [
          'a script',
          'action.js',
          '\n// é\nexports.x = () => {\n  const é = "é"; throw new Error(é)\n};',
          'action.js:4:24',
        ],
        ['the first line', 'action.js', 'exports.x = () => { throw new Error() }', 'action.js:1:27'],
        [
          'TypeScript',
          'action.ts',
          'type T = {\n a: 1 };\nexport const x = (t: T): void => {\n  throw new Error();\n};',
          'action.ts:4:9',
        ],
        [
          'a map of its own is not followed',
          'action.js',
          'exports.x = () => { throw new Error() }\n//# sourceMappingURL=data:application/json,{"version":3,"sources":["lie.js"],"mappings":"AAAA"}',
          'action.js:1:27',
        ],
        ['another text', 'action.js', 'exports.x = require("actions:other")', 'actions/other.js:2:31'],
        ['a text with `actions`', 'action.js', 'exports.x = require("actions:own")', 'actions/own.js:3:32'],
        ['the first line with `actions`', 'action.js', 'exports.x = require("actions:first")', 'actions/first.js:1:51'],
        ['TypeScript with `actions`', 'action.js', 'exports.x = require("actions:typed").x', 'actions/typed.ts:3:9'],
      ],
      6,
    ),
  )('leads to %s', async (_name, fileName, source, place) => {
    const throwing = 'module.exports = () => { throw new Error(actions.secrets.OF) };';
    const sources = {
      other: '\nmodule.exports = () => {throw new Error()}',
      own: `const key = () => actions;\n// é\n${throwing}`,
      first: `const a = actions; ${throwing}`,
      typed: 'type A = {\n a: 1 }; export const x = (a: A): void => {\n  throw new Error(actions.secrets.OF);\n};',
    };
    const modules = Object.entries(sources).map(([name, text]) => ({ name, source: text, dependencies: [] }));
    const built = await take(builds, request(source, { fileName, modules }));
    const { x } = evaluate(built) as { x: () => void };
    expect(placeOf(built, thrownBy(x))).toBe(place);
  });

  test('holds the texts of authors and no path of this machine', async () => {
    const built = await take(builds, request('exports.x = require("fs")'));
    const { sources, sourcesContent } = JSON.parse(built.map);
    expect(sources).toEqual(['sallyport/fs', 'action.js', expect.stringContaining('sallyport/')]);
    expect(sourcesContent).toEqual([null, 'exports.x = require("fs")', null]);
  });
});

describe('modules', () => {
  test('shared ones are evaluated once', async () => {
    const modules = [
      { name: 'counter', source: 'let n = 0; exports.next = () => ++n;', dependencies: [] },
      { name: 'user', source: 'require("actions:counter").next();', dependencies: [] },
    ];
    const source = 'require("actions:user"); exports.n = require("actions:counter").next();';
    expect(evaluate(await take(builds, request(source, { modules })))).toEqual({ n: 2 });
  });

  test.each(
    draw<[what: string, source: string, expected: unknown]>(
      [
        ['its own', 'exports.x = actions.secrets.OF', 'the one'],
        ['its own, in TypeScript', 'export const x: string = actions.secrets.OF', 'the one'],
        ['what it declares', 'const actions = { secrets: { OF: "me" } }; exports.x = actions.secrets.OF', 'me'],
        ['a parameter', 'exports.x = ((actions) => actions)(7)', 7],
        ['a property', 'exports.x = { actions: 1 }.actions', 1],
        ['a word', 'exports.x = "actions"', 'actions'],
      ],
      6,
    ),
  )('`actions` in a shared one is %s', async (_what, source, expected) => {
    const modules = [
      { name: 'another', source: 'exports.x = actions.secrets.OF', dependencies: [] },
      { name: 'the one', source, dependencies: [] },
    ];
    const author =
      'exports.x = require("actions:the one").x; exports.y = require("actions:another").x; exports.z = typeof actions';
    expect(evaluate(await take(builds, request(author, { modules })))).toEqual({
      x: expected,
      y: 'another',
      z: 'undefined',
    });
  });

  test('strict mode of a shared one stays, with `actions` in it', async () => {
    const source = '"use strict"; exports.x = (function () { return this === undefined && actions.secrets.OF })()';
    const modules = [{ name: 'strict', source, dependencies: [] }];
    expect(evaluate(await take(builds, request('exports.x = require("actions:strict").x', { modules })))).toEqual({
      x: 'strict',
    });
  });

  test('of Node that scripts cannot have say why, when they are required', async () => {
    const built = await take(builds, request('exports.x = (y) => y ? require("node:fs") : require("fs/promises")'));
    const { x } = evaluate(built) as { x: (y: boolean) => void };
    expect(thrownBy(() => x(true))).toMatchObject({
      message: "Cannot use module 'fs': scripts have no file system",
      code: 'ERR_NOT_AVAILABLE',
    });
    expect(thrownBy(() => x(false)).message).toBe("Cannot use module 'fs/promises': scripts have no file system");
  });

  test('named by a variable are not there', async () => {
    const built = await take(
      builds,
      request('exports.x = (name) => require(name); exports.y = (name) => import(name)'),
    );
    const { x, y } = evaluate(built) as { x: (name: string) => void; y: (name: string) => Promise<unknown> };
    expect(thrownBy(() => x('lodash'))).toMatchObject({
      message: expect.stringMatching(/^Cannot find module 'lodash': a script can only require/),
      code: 'MODULE_NOT_FOUND',
    });
    await expect(y('lodash')).rejects.toThrow(/^Cannot find module 'lodash'/);
  });
});

describe('sizes', () => {
  test('a script that mentions nothing carries nothing', async () => {
    const source = 'exports.onExecutePostLogin = async (event, api) => { api.access.deny(event.user.name) };';
    expect((await take(builds, request(source))).script.length).toBeLessThan(source.length + 600);
  });

  test('200 KB of text', async () => {
    const source = `exports.x = "${'é'.repeat(100_000)}";`;
    expect(evaluate(await take(builds, request(source)))).toEqual({ x: 'é'.repeat(100_000) });
  });

  test('nesting without end', async () => {
    await take(builds, request('if(1)'.repeat(40_000).concat(';')));
    await take(builds, request(`exports.x=${'['.repeat(50_000)}${']'.repeat(50_000)}`));
  });

  test('a text that unfolds to gigabytes ends its build, and nothing else', async () => {
    const bomb = `const enum E { a = "${'x'.repeat(100_000)}" }\n${'E.a;'.repeat(20_000)}`;
    const [fault, other] = await Promise.all([
      refusal(builds, request(bomb, { fileName: 'bomb.ts' })),
      take(builds, request('exports.x = 1')),
    ]);
    expect(fault).toEqual([{ id: 'bundle_too_large', message: expect.stringContaining('more memory') }]);
    expect(evaluate(other)).toEqual({ x: 1 });
  }, 60_000);

  test('more than 6 MB', async () => {
    // What is only long when it is printed: each use of an enum's member is its text.
    const source = `const enum E { a = "${'x'.repeat(10_000)}" }\nexports.x = [${'E.a,'.repeat(700)}]`;
    expect(await refusal(builds, request(source, { fileName: 'long.ts' }))).toEqual([
      {
        id: 'bundle_too_large',
        message: expect.stringMatching(/come to 6,\d{3} KB; 6,144 KB are possible.*itself \(6,/),
      },
    ]);
  });
});
