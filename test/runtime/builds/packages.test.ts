// Longer than 300 lines because the packages that are made up stand beside what becomes of each.
// Builds of scripts with packages: real ones from our own tree, fetched from a registry on loopback, and made-up ones that
// try what packages must not do.

import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BuildRequest, Builds } from '#runtime/builds/builds.ts';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { count, draw } from '#test/kit/counts.ts';
import { type MadeUpPackage, type Registry, startRegistry } from '#test/kit/registry.ts';
import { evaluate, placeOf, refusal, request, requiring, take, thrownBy } from './kit.ts';

const SECRET_FILE = join(tmpdir(), `sallyport-secret-${process.pid}.js`);
const made = (name: string, files: Record<string, string>, more: Record<string, unknown> = {}): MadeUpPackage => ({
  manifest: { name, version: '1.0.0', ...more },
  files,
});
const climb = '../'.repeat(20);

const MADE_UP: MadeUpPackage[] = [
  made('plain', { 'index.js': 'exports.one = 1;', 'sub/path.js': 'module.exports = "sub";' }),
  made('@scope/plain', { 'index.js': 'exports.two = 2;', 'sub.js': 'module.exports = "scoped sub";' }),
  made('versions', { 'index.js': 'module.exports = "1.0.0";' }),
  made('versions', { 'index.js': 'module.exports = "1.5.0";' }, { version: '1.5.0' }),
  made('versions', { 'index.js': 'module.exports = "2.0.0-beta.1";' }, { version: '2.0.0-beta.1' }),
  made(
    'esm-only',
    { 'index.js': 'export default 1; export const two = 2;' },
    { type: 'module', exports: './index.js' },
  ),
  made('node-only', { 'index.js': 'module.exports = "node";' }, { exports: { node: './index.js' } }),
  made('needs-plain', { 'index.js': 'module.exports = require("plain");' }, { dependencies: { plain: '^1.0.0' } }),
  made('wants-optional', {
    'index.js': 'try { require("not-there") } catch (error) { exports.code = error.code }',
  }),
  made('wants-late', { 'index.js': 'exports.x = () => require("not-there");' }),
  made('uses-fs', {
    'index.js': `
      const fs = require('fs'); const { Socket } = require('node:net'); const { promisify } = require('fs');
      exports.Own = class extends Socket {};
      exports.read = () => fs.readFileSync('x'); exports.member = promisify; exports.json = String(Object.keys(fs));`,
  }),
  made(
    'imports-fs',
    {
      'index.mjs': `
      import fs, { readFileSync } from 'fs'; import * as all from 'node:fs';
      export const read = () => readFileSync('x'), fromDefault = () => fs.readFileSync('x'), fromAll = () => all.readFileSync('x');`,
    },
    { main: 'index.mjs' },
  ),
  made('throws', { 'index.js': '\n\nmodule.exports = () => { throw new Error("deep") };' }),
  // What a package must not reach.
  made('reads-files', { 'index.js': `module.exports = require(${JSON.stringify(SECRET_FILE)});` }),
  made('climbs', { 'index.js': `module.exports = require("${climb}${SECRET_FILE.slice(1)}");` }),
  made('climbs-by-main', {}, { main: `${climb}${SECRET_FILE.slice(1)}` }),
  made('follows-maps', { 'index.js': `exports.x = "//# sourceMappingURL=y";\n//# sourceMappingURL=${climb}dev/zero` }),
  made('has-git', { 'index.js': '' }, { dependencies: { x: 'git+https://127.0.0.1:9/x.git' } }),
  made('has-remote', { 'index.js': '' }, { dependencies: { x: 'http://127.0.0.1:9/x.tgz' } }),
  made('has-file', { 'index.js': '' }, { dependencies: { x: `file:${climb}etc` } }),
  made('has-deep-git', { 'index.js': '' }, { dependencies: { 'has-git': '1' } }),
  made('has-native', { 'index.js': 'require ("./build/Release/x.node");' }),
  made('has-gyp', { 'index.js': '', 'binding.gyp': '{}' }),
  made('has-gypfile', { 'index.js': '' }, { gypfile: true }),
  made(
    'has-scripts',
    { 'index.js': 'exports.x = 1' },
    { scripts: { install: `node -e "require('fs').writeFileSync('${SECRET_FILE}.ran', '')"` } },
  ),
  made('unreached-gyp', { 'index.js': 'exports.x = 1' }, { dependencies: { 'has-gyp': '1' } }),
  made(
    'has-optional',
    { 'index.js': 'try { require("has-gyp") } catch { exports.x = 1 }' },
    { optionalDependencies: { 'has-gyp': '1' } },
  ),
  made('large', { 'index.js': `module.exports = "${'x'.repeat(7_000_000)}";` }),
];

let registry: Registry;
let builds: Builds;

beforeAll(async () => {
  writeFileSync(SECRET_FILE, 'module.exports = "a secret of this server";');
  registry = await startRegistry({ extra: MADE_UP });
  builds = createBuilds({ registry: registry.address });
});
afterAll(async () => {
  await builds.close();
  await registry.close();
  rmSync(SECRET_FILE);
});

describe('real packages are bundled', () => {
  // Those that differ most come first; each of them is also built and run in a cell by test/runtime/sandbox/node.
  const PACKAGES = [
    'jsonwebtoken',
    'jose',
    'node-fetch',
    'axios',
    'jwks-rsa',
    'auth0',
    'uuid',
    'lodash',
    'twilio',
    'stripe',
    '@sendgrid/mail',
  ];
  test.each(PACKAGES.slice(0, count(1, PACKAGES.length)))(
    '%s',
    async (name) => {
      const stages: string[] = [];
      const result = await builds.build(requiring(name), (stage) => stages.push(stage));
      if (!result.ok) throw new Error(JSON.stringify(result.faults));
      expect(stages).toEqual(['resolving', 'fetching', 'bundling']);
      expect(result.dependencies).toEqual([{ name, version: expect.stringMatching(/^\d+\.\d+\.\d+$/) }]);
      expect(result.script.length).toBeLessThan(4 * 1024 * 1024);
      expect(result.map).not.toContain(tmpdir());
    },
    110_000,
  );

  test('@xmldom/xmldom and xpath, together and at work', async () => {
    const source = `
      const { DOMParser } = require('@xmldom/xmldom'); const { select } = require('xpath'); const _ = require('lodash@4.17.21');
      exports.x = _.capitalize(select('string(/a/b)', new DOMParser().parseFromString('<a><b>c</b></a>', 'text/xml')));`;
    const dependencies = ['@xmldom/xmldom', 'xpath', 'lodash'].map((name) => ({ name, version: 'latest' }));
    expect(evaluate(await take(builds, request(source, { dependencies })))).toEqual({ x: 'C' });
  });
});

describe('what a package gives', () => {
  test.each(
    draw<[require: string, expected: unknown]>(
      [
        ['plain', { one: 1 }],
        ['plain/sub/path', 'sub'],
        ['@scope/plain', { two: 2 }],
        ['@scope/plain/sub.js', 'scoped sub'],
        ['@scope/plain@1.0.0/sub', 'scoped sub'],
        ['needs-plain', { one: 1 }],
        ['node-only', 'node'],
        ['wants-optional', { code: 'MODULE_NOT_FOUND' }],
        ['has-scripts', { x: 1 }],
        ['unreached-gyp', { x: 1 }],
        ['has-optional', { x: 1 }],
        ['follows-maps', { x: '//# sourceMappingURL=y' }],
      ],
      2,
    ),
  )('%s', async (specifier, expected) => {
    const name = /^(?:@\w+\/)?[\w-]+/.exec(specifier)?.[0] ?? '';
    const source = `exports.it = require(${JSON.stringify(specifier)});`;
    const built = await take(builds, request(source, { dependencies: [{ name, version: '1' }] }));
    expect(evaluate(built)).toEqual({ it: expected });
  });

  test('ES modules: its namespace', async () => {
    expect(evaluate(await take(builds, requiring('esm-only')))).toMatchObject({ it: { default: 1, two: 2 } });
  });

  test.each(
    draw(
      [
        ['latest', '1.5.0'],
        ['^1.0.0', '1.5.0'],
        ['1.0.0', '1.0.0'],
        ['>=1 <1.5', '1.0.0'],
        ['*', '1.5.0'],
        ['2.0.0-beta.1', '2.0.0-beta.1'],
      ],
      1,
    ),
  )('the version that %s means is written down', async (version, taken) => {
    const built = await take(builds, requiring('versions', version));
    expect(built.dependencies).toEqual([{ name: 'versions', version: taken }]);
    expect(evaluate(built)).toEqual({ it: taken });
  });

  test('its own errors stand in its own file', async () => {
    const built = await take(builds, requiring('throws'));
    const { it } = evaluate(built) as { it: () => void };
    expect(placeOf(built, thrownBy(it))).toBe('node_modules/throws/index.js:3:32');
  });

  test('an error when it requires in earnest what is not there', async () => {
    const { it } = evaluate(await take(builds, requiring('wants-late'))) as { it: { x(): void } };
    expect(thrownBy(it.x)).toMatchObject({ code: 'MODULE_NOT_FOUND' });
  });

  test('functions of absent modules can be taken and extended, not called', async () => {
    const { it } = evaluate(await take(builds, requiring('uses-fs'))) as {
      it: { Own: new () => object; read(): void; member: unknown; json: string };
    };
    expect(it.member).toBeTypeOf('function');
    expect(it.json).toBe('');
    expect(thrownBy(it.read)).toMatchObject({ message: "Cannot use module 'fs': scripts have no file system" });
    expect(thrownBy(() => new it.Own())).toMatchObject({ code: 'ERR_NOT_AVAILABLE' });
    const imported = evaluate(await take(builds, requiring('imports-fs'))) as { it: Record<string, () => void> };
    for (const name of ['read', 'fromDefault', 'fromAll']) {
      expect(thrownBy(() => imported.it[name]?.())).toMatchObject({ code: 'ERR_NOT_AVAILABLE' });
    }
  });

  test('one version to the Action and another to a shared module, when they declare so', async () => {
    const asked = request('exports.x = [require("versions"), require("actions:other")]', {
      dependencies: [{ name: 'versions', version: '1.5.0' }],
      modules: [
        {
          name: 'other',
          source: 'module.exports = require("versions")',
          dependencies: [{ name: 'versions', version: '1.0.0' }],
        },
      ],
    });
    const built = await take(builds, asked);
    expect(evaluate(built)).toEqual({ x: ['1.5.0', '1.0.0'] });
    expect(built.dependencies).toEqual([{ name: 'versions', version: '1.5.0' }]);
  });

  test('nothing to a text that has not declared it', async () => {
    const dependencies = [{ name: 'needs-plain', version: '1.0.0' }];
    expect(await refusal(builds, request('require("plain")', { dependencies }))).toEqual([
      { id: 'module_not_found', message: expect.stringContaining("1:9: Cannot find module 'plain'") },
    ]);
    const modules = [{ name: 'other', source: 'require("needs-plain")', dependencies: [] }];
    const source = 'require("actions:other"); require("needs-plain")';
    expect(await refusal(builds, request(source, { dependencies, modules }))).toEqual([
      {
        id: 'module_not_found',
        message: expect.stringMatching(/^actions\/other\.js:1:9: Cannot find module 'needs-plain'/),
      },
    ]);
  });
});

describe('what is refused', () => {
  test.each(
    draw<[what: string, asked: () => BuildRequest, id: string, says: RegExp]>(
      [
        [
          'compiled code',
          () => requiring('better-sqlite3'),
          'native_addon',
          /^action\.js:1:22: The package better-sqlite3 needs/,
        ],
        [
          'a compiled file',
          () => requiring('has-native'),
          'native_addon',
          /index\.js:1:10: The package has-native needs/,
        ],
        ['a build file', () => requiring('has-gyp'), 'native_addon', /The package has-gyp needs/],
        ['a word that there is one', () => requiring('has-gypfile'), 'native_addon', /The package has-gypfile needs/],
        [
          'a package that is not there',
          () => requiring('not-there'),
          'dependency_not_found',
          /no package not-there@latest/,
        ],
        ['a version that is not there', () => requiring('versions', '9'), 'dependency_not_found', /matches versions@9/],
        [
          'a tag that is not there',
          () => requiring('versions', 'next'),
          'dependency_not_found',
          /matches versions@next/,
        ],
        [
          'a file that the package does not have',
          () => file('plain', 'plain/none'),
          'module_not_found',
          /no such file/,
        ],
        ['a file of the server, by dots', () => requiring('climbs'), 'dependency_refused', /./],
        ['a file of the server, by a manifest', () => requiring('climbs-by-main'), 'module_not_found', /./],
        [
          'a file of the server, by the author',
          () => file('plain', `plain/${climb}${SECRET_FILE.slice(1)}`),
          'module_not_found',
          /./,
        ],
        ['a Git repository', () => requiring('has-git'), 'dependency_refused', /not a package of the registry/],
        [
          'a Git repository further down',
          () => requiring('has-deep-git'),
          'dependency_refused',
          /not a package of the reg/,
        ],
        ['an address', () => requiring('has-remote'), 'dependency_refused', /not a package of the registry/],
        ['a path', () => requiring('has-file'), 'dependency_refused', /not a package of the registry/],
        ['too much of everything', () => requiring('large'), 'bundle_too_large', /The largest: large \(6,836 KB\)/],
      ],
      4,
    ),
  )('%s', async (_what, asked, id, says) => {
    const faults = await refusal(builds, asked());
    expect(faults).toEqual([{ id, message: expect.stringMatching(says) }]);
    expect(faults[0]?.message).not.toContain(registry.address);
    expect(faults[0]?.message).not.toContain('a secret');
  });

  test('a file of the server is not there for a package that names it', async () => {
    const built = await take(builds, requiring('reads-files'));
    expect(built.script).not.toContain('a secret');
    expect(thrownBy(() => evaluate(built))).toMatchObject({ code: 'MODULE_NOT_FOUND' });
  });

  test('scripts of packages are not run', async () => {
    await take(builds, requiring('has-scripts', '1.0.0'));
    expect(() => rmSync(`${SECRET_FILE}.ran`)).toThrow('ENOENT');
  });
});

const file = (name: string, specifier: string): BuildRequest =>
  request(`require(${JSON.stringify(specifier)})`, { dependencies: [{ name, version: 'latest' }] });
