// Tests: a project's script is built as a tenant builds it, in this process, with the packages that the project has.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BuildRequest } from '#runtime/builds/builds.ts';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { type ActionBuild, buildAction, buildText } from '#server/project/build-action.ts';

const ROOT = realpathSync(mkdtempSync(join(tmpdir(), 'sallyport-build-')));
const PROJECT = join(ROOT, 'above/project');
const FILES: Record<string, string> = {
  'above/node_modules/hoisted/package.json': '{"name":"hoisted","version":"2.0.0","main":"main.js"}',
  'above/node_modules/hoisted/main.js': 'module.exports = "hoisted";',
  'above/project/node_modules/plain/package.json': '{"name":"plain","version":"1.2.3"}',
  'above/project/node_modules/plain/index.js': 'module.exports = "plain";',
  'above/project/secret.js': 'module.exports = "of the project";',
  'above/project/modules/shared.js': 'exports.word = () => "shared";',
  'above/project/actions/main.js':
    'const { word } = require("actions:shared"); exports.onExecutePostLogin = async () => word();',
};

beforeAll(() => {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
});
afterAll(() => rmSync(ROOT, { recursive: true }));

const messages = (build: ActionBuild) => (build.ok ? [] : build.faults.map(({ id, message }) => [id, message]));

describe('a build', () => {
  test('is what a tenant gets, byte for byte', async () => {
    const builds = createBuilds();
    const texts: BuildRequest[] = [
      {
        fileName: 'a.js',
        source: 'exports.onExecutePostLogin = async (e) => { Buffer.from(e); };',
        dependencies: [],
        modules: [],
      },
      {
        fileName: 'b.ts',
        source: 'export const onExecutePostLogin = async (e: object) => e;',
        dependencies: [],
        modules: [],
      },
      { fileName: 'c.js', source: "require('fs-extra');", dependencies: [], modules: [] },
      { fileName: 'd.js', source: 'const x = ;', dependencies: [], modules: [] },
    ];
    try {
      for (const request of texts) {
        const { fileName, source } = request;
        expect(await buildText({ folder: PROJECT, fileName, source })).toEqual(await builds.build(request));
      }
    } finally {
      await builds.close();
    }
  });

  test('takes packages of the project and of folders above, and says their versions', async () => {
    const source = 'exports.x = [require("plain"), require("hoisted")];';
    const dependencies = [
      { name: 'plain', version: '1.2.3' },
      { name: 'hoisted', version: '^2.0.0' },
    ];
    const build = await buildText({ folder: PROJECT, fileName: 'a.js', source, dependencies });
    expect(build).toMatchObject({
      ok: true,
      dependencies: [dependencies[0], { name: 'hoisted', version: '2.0.0' }],
    });
    expect(build.ok && build.script).toMatch(/"plain"[\s\S]*"hoisted"/);
  });

  test.each<[name: string, version: string, remedy: string]>([
    ['absent', '3.1.0', 'absent@3.1.0 is declared, and the project has not installed it: npm install absent@3.1.0'],
    ['absent', 'latest', 'absent@latest is declared, and the project has not installed it: npm install absent'],
    ['plain', '1.2.4', 'plain@1.2.4 is declared, and the project has installed 1.2.3: npm install plain@1.2.4'],
  ])('refuses %s@%s, which is not there', async (name, version, remedy) => {
    const build = await buildText({ folder: PROJECT, fileName: 'a.js', source: '', dependencies: [{ name, version }] });
    expect(messages(build)).toEqual([['dependency_not_found', remedy]]);
  });

  test.each<[what: string, source: string, says: string]>([
    ['a file beside it', "require('../secret.js');", "Cannot find module '../secret.js': a script is one file"],
    ['a package that is not declared', "require('plain');", 'declare it as a dependency of the Action'],
    ['a module that is not listed', "require('actions:shared');", 'no shared module of that name is bound'],
  ])('refuses %s', async (_what, source, says) => {
    const [fault] = messages(await buildText({ folder: PROJECT, fileName: 'a.js', source }));
    expect(fault).toEqual(['module_not_found', expect.stringContaining(says)]);
    expect(fault?.[1]).toMatch(/^a\.js:1:\d+: /);
  });

  test('is made once of equal texts, and anew of a changed module', async () => {
    const path = join(PROJECT, 'modules/shared.js');
    const project = { folder: PROJECT, modules: [{ name: 'shared', path, dependencies: [] }] };
    const action = { path: join(PROJECT, 'actions/main.js'), dependencies: [], modules: ['shared'] };
    const first = await buildAction(project, action);
    expect(await buildAction(project, action)).toBe(first);
    writeFileSync(path, 'exports.word = () => "other";');
    expect(await buildAction(project, action)).toMatchObject({ ok: true, script: expect.stringContaining('"other"') });
  });
});
