// Tests: the map of the house cannot lie for long. The rules of `docs/architecture.md` are read against the import
// lines of every file, and each rule is shown to catch what it forbids.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inspectDocument, inspectHouse, type PackageHomes } from './kit/house-rules.ts';

const ROOT = join(import.meta.dirname, '..');

/** Each npm package is named by one folder: whoever wants to replace it looks there and nowhere else. */
const HOMES: PackageHomes = {
  'isolated-vm': ['runtime/sandbox/cell/'],
  esbuild: ['runtime/sandbox/', 'runtime/builds/process/'],
  '@npmcli/arborist': ['runtime/builds/process/install.ts'],
  '@npmcli/config': ['runtime/builds/process/install.ts'],
  'web-streams-polyfill': ['actions/prelude/'],
  buffer: ['actions/prelude/node/'],
  events: ['actions/prelude/node/'],
  'path-browserify': ['actions/prelude/node/'],
  'querystring-es3': ['actions/prelude/node/'],
  'readable-stream': ['actions/prelude/node/'],
  string_decoder: ['actions/prelude/node/'],
  url: ['actions/prelude/node/'],
  hono: ['server/'],
  '@hono/node-server': ['server/'],
  '@fastify/busboy': ['server/management/upload.ts'],
  diff: ['server/management/', 'server/deploy/show-changes.ts'],
  microdiff: ['server/management/diff.ts'],
  'zod-openapi': ['server/management/openapi.ts'],
  jose: ['server/oauth/', 'server/push/', 'runtime/delivery/gateway-token.ts'],
  'web-push': ['runtime/delivery/'],
  pino: ['server/'],
  qr: ['server/hosted/'],
  nodemailer: ['runtime/delivery/smtp.ts'],
  ajv: ['runtime/interactions/request-schema.ts'],
  'ajv-formats': ['runtime/interactions/request-schema.ts'],
  jsonpathly: ['runtime/interactions/json-path.ts'],
  re2js: ['runtime/interactions/'],
  liquidjs: ['runtime/bounded-liquid.ts', 'server/hosted/page-template.ts', 'runtime/delivery/liquid.ts'],
  '@simplewebauthn/browser': ['server/hosted/'],
  kysely: ['storage/'],
  'better-sqlite3': ['storage/'],
  pg: ['storage/'],
  '@node-rs/bcrypt': ['runtime/factors/'],
  otplib: ['runtime/factors/'],
  'libphonenumber-js': ['runtime/factors/', 'runtime/delivery/'],
  '@simplewebauthn/server': ['runtime/factors/'],
  'mmdb-lib': ['runtime/risk/'],
  undici: ['runtime/egress/'],
  // Its types alone: the author's own is given.
  // It reads scripts where they are judged and counted, and nothing of ours is made of what it read.
  acorn: ['server/lint/', 'server/project/mark-text.ts', 'server/deploy/plain-script.ts'],
  yaml: ['server/migration/read-export.ts'],
  'magic-string': ['server/project/mark-text.ts'],
  // Projects are tested with it; what `init` writes names it too.
  vitest: ['server/project/run-tests.ts', 'server/cli/template/'],
  sallyport: ['server/cli/template/'],
  'fast-check': ['server/testing/'],
  // It parses at every wall.
  zod: ['server/', 'runtime/transaction/snapshot.ts', 'runtime/pipeline/', 'runtime/sandbox/', 'runtime/egress/'],
};

const DOCUMENTS = [
  'README.md',
  'README.ja.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe('the house', () => {
  test('holds to its plan', () => {
    expect(inspectHouse(ROOT, HOMES)).toEqual([]);
  });

  test('is described as it is', () => {
    expect(DOCUMENTS.flatMap((path) => inspectDocument(ROOT, path))).toEqual([]);
  });

  test('shows scripts that are run by tests: each in a document is one of the library, the guide or a new project', () => {
    const scripts = SCRIPT_FOLDERS.flatMap(textsOf);
    const shown = blocksOf('js');
    expect(shown).not.toEqual([]);
    expect(shown.filter(({ code }) => !scripts.some((script) => script.includes(code)))).toEqual([]);
  });

  test('shows tests that are run: each in a document is a piece of one', () => {
    const flat = (code: string) => code.replaceAll(/^ +/gm, '');
    const tests = TEST_FOLDERS.flatMap(textsOf).map(flat);
    const shown = blocksOf('ts').filter(({ code }) => code.includes('simulateLogin'));
    expect(shown.length).toBeGreaterThan(20);
    expect(shown.filter(({ code }) => !tests.some((text) => text.includes(flat(code))))).toEqual([]);
  });

  test('says the same in both languages where it shows code', () => {
    const twins = DOCUMENTS.filter((path) => path.endsWith('.ja.md') && path !== 'README.ja.md');
    const shown = (path: string) =>
      [...readFileSync(join(ROOT, path), 'utf8').matchAll(/```(?:js|ts)\n.*?```/gs)].map(String);
    expect(twins).not.toEqual([]);
    for (const twin of twins)
      expect({ twin, shown: shown(twin) }).toEqual({ twin, shown: shown(twin.replace('.ja.', '.')) });
  });
});

const SCRIPT_FOLDERS = [
  'actions/library',
  'test/docs/guide/actions',
  'test/docs/guide/modules',
  'server/cli/template/javascript',
];
const TEST_FOLDERS = ['test/docs', 'test/docs/guide', 'server/cli/template'];

function textsOf(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder)).filter((name) => /\.[jt]s$/.test(name));
  return files.map((name) => readFileSync(join(ROOT, folder, name), 'utf8'));
}

function blocksOf(language: string): { path: string; code: string }[] {
  const fence = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs');
  return DOCUMENTS.flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(fence)].map(([, code]) => ({ path, code: code ?? '' })),
  );
}

describe('the clients', () => {
  test('are shown as tests run them: each line in the document is of an example program', () => {
    const folder = join(ROOT, 'test/clients/programs');
    const flat = (code: string) => code.trim().replaceAll(/^\s+/gm, '');
    const programs = readdirSync(folder).map((name) => flat(readFileSync(join(folder, name), 'utf8')));
    const document = readFileSync(join(ROOT, 'docs/clients.md'), 'utf8');
    const shown = [...document.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => flat(code ?? ''));
    expect(shown).not.toEqual([]);
    expect(shown.filter((code) => !programs.some((program) => program.includes(code)))).toEqual([]);
  });

  test('are shown files that tests import', () => {
    const file = readFileSync(join(ROOT, 'test/clients/fixtures/tenant/tenant.yaml'), 'utf8');
    const shown = blocksOf('yaml').filter(({ path }) => path === 'docs/configuration-as-code.md');
    expect(shown.map(({ code }) => file.includes(code))).toEqual([true, true, true]);
  });
});

describe('the inspector', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-layout-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  let count = 0;
  function inspect(files: Record<string, string>): string[] {
    const root = join(folder, String(count++));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return inspectHouse(root, HOMES);
  }
  const law = '// A law.\n';

  test('is content with a house that holds to its plan', () => {
    const files = {
      'actions/trigger.ts': `${law}export type Trigger = string;\n`,
      'runtime/advance.ts': `${law}import { select } from './factors/select.ts';\nimport type { Store } from '#storage/store.ts';\n`,
      'runtime/factors/select.ts': `${law}import type { Trigger } from '#actions/trigger.ts';\nimport type { Sandbox } from '../sandbox/sandbox.ts';\n`,
      'server/app.ts': `${law}import {\n  Hono,\n} from 'hono';\nimport type { Trigger } from '#actions/trigger.ts';\nimport { OpenError } from '#storage/open.ts';\n`,
      'storage/open.ts': `${law}import { existsSync } from 'node:fs';\nimport pg from 'pg';\n`,
      'README.md': 'Anything.',
    };
    expect(inspect(files)).toEqual([]);
  });

  test.each<[name: string, path: string, text: string, says: string]>([
    ['a leaf that knows another room', 'storage/open.ts', `import { x } from '#runtime/codes.ts';`, 'is in a leaf'],
    [
      'a leaf that knows a type of another room',
      'actions/trigger.ts',
      `import type { X } from '#storage/records.ts';`,
      'is in a leaf',
    ],
    [
      'an import over many lines',
      'storage/open.ts',
      `import {\n  x,\n  y,\n} from '#runtime/codes.ts';`,
      'is in a leaf',
    ],
    ['an export from another room', 'storage/open.ts', `export { x } from '#runtime/codes.ts';`, 'is in a leaf'],
    ['a type of another room in passing', 'storage/open.ts', `let x: import('#runtime/codes.ts').X;`, 'is in a leaf'],
    ['a room that is imported when it is needed', 'storage/open.ts', `await import('#server/app.ts');`, 'is in a leaf'],
    [
      'runtime that knows the server',
      'runtime/advance.ts',
      `import type { Deps } from '#server/deps.ts';`,
      'from above',
    ],
    [
      'runtime that takes a value of storage',
      'runtime/advance.ts',
      `import { x } from '#storage/store.ts';`,
      'only types',
    ],
    [
      'runtime that takes a type by a value import',
      'runtime/advance.ts',
      `import { type X } from '#storage/store.ts';`,
      'only types',
    ],
    [
      'runtime that knows how storage works',
      'runtime/advance.ts',
      `import type { X } from '#storage/tables.ts';`,
      'only types',
    ],
    ['the server that runs a script itself', 'server/app.ts', `import { x } from '#actions/trigger.ts';`, 'only types'],
    [
      'the product that needs its tests',
      'server/app.ts',
      `import { x } from '#test/kit/counts.ts';`,
      'not part of the product',
    ],
    ['a way out of the room by dots', 'server/app.ts', `import { x } from '../runtime/codes.ts';`, 'leaves its room'],
    ['a room that calls itself by name', 'server/app.ts', `import { x } from '#server/door.ts';`, 'its own room'],
    [
      'a core that knows a factor',
      'runtime/transaction/transition.ts',
      `import type { X } from '../factors/factor.ts';`,
      'is pure',
    ],
    [
      'a core that knows the face of the room',
      'runtime/transaction/transition.ts',
      `import type { X } from '../runtime.ts';`,
      'only its types',
    ],
    [
      'a sibling that knows the inside of another',
      'runtime/pipeline/event.ts',
      `import { x } from '../factors/otp.ts';`,
      'only its contract',
    ],
    ['a sibling that calls upwards', 'runtime/factors/otp.ts', `import { x } from '../advance.ts';`, 'further up'],
    ['a loop that knows who turns it', 'runtime/advance.ts', `import { x } from './create-runtime.ts';`, 'further up'],
    ['a package far from home', 'server/app.ts', `import pg from 'pg';`, 'its home is storage/'],
    [
      'a part of a package far from home',
      'runtime/advance.ts',
      `import { html } from 'hono/html';`,
      'its home is server/',
    ],
    [
      'a package in a factory of requires',
      'runtime/sandbox/cells.ts',
      `const ivm = require('isolated-vm');`,
      'its home is',
    ],
    ['a package that nobody gave a home', 'server/app.ts', `import x from 'left-pad';`, 'no home'],
    ['guest code that wants Node', 'actions/prelude/main.ts', `import { x } from 'node:fs';`, 'has no Node'],
    ['a ready script that imports', 'actions/library/x.js', `const x = require('./y.js');`, 'is a ready script'],
    ['a second reader of the environment', 'server/app.ts', 'const port = process.env.PORT;', 'reads process.env'],
    ['a name that says nothing', 'server/utils.ts', '', 'says nothing'],
    ['a folder that says nothing', 'server/helpers/x.ts', '', 'says nothing'],
    ['a name that says nothing at its end', 'server/login-service.ts', '', 'says nothing'],
    ['a name in another case', 'server/loginPage.ts', '', 'kebab-case'],
    [
      'a second place that opens the database',
      'server/boot.ts',
      `import { openStore } from '#storage/open.ts';`,
      'wires the house',
    ],
    ['a file without its extension', 'server/app.ts', `import { x } from './door';`, 'without its extension'],
    ['a file that is too long', 'server/app.ts', 'x;\n'.repeat(300), 'gives no reason'],
    ['a leftover', 'server/app.ts', `// ${'TO'}DO later`, 'contains TO'],
    ['a way out of the project', 'server/app.ts', `const x = '${'..'}/shared/x';`, 'reaches out'],
    ['a room that is not on the plan', 'tools/x.ts', '', 'no room of the house'],
  ])('finds %s', (_name, path, text, says) => {
    expect(inspect({ [path]: `${law}${text}\n` })).toEqual([expect.stringContaining(says)]);
  });

  test('finds a file that does not say what it is', () => {
    expect(inspect({ 'server/app.ts': 'export const x = 1;\n' })).toEqual([expect.stringContaining('does not begin')]);
  });

  test('takes a reason for a long file', () => {
    const long = `${law}// Longer than 300 lines because it is one table.\n${'x;\n'.repeat(300)}`;
    expect(inspect({ 'server/app.ts': long })).toEqual([]);
  });

  test('reads code, not what comments say about it', () => {
    const talk = `${law}// Nobody may import { x } from '#runtime/codes.ts' or read process.env here.\n/* import('pg') */\n`;
    expect(inspect({ 'storage/open.ts': talk })).toEqual([]);
  });

  test('finds a document that names what is not there', () => {
    writeFileSync(join(folder, 'plan.md'), 'See `server/app.ts`, [this](docs/x.md) and [that](https://example.com/x).');
    expect(inspectDocument(folder, 'plan.md')).toEqual([
      'plan.md: names server/app.ts, which does not exist',
      'plan.md: names docs/x.md, which does not exist',
    ]);
  });
});
