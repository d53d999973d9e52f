// Tests: what a folder has to hold to be a project, and what is said of one that does not.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { projectSchema } from '#server/project/project-file.ts';
import { describeProjectFault, findProject, readProject } from '#server/project/read-project.ts';

const ROOT = realpathSync(mkdtempSync(join(tmpdir(), 'sallyport-project-')));
afterAll(() => rmSync(ROOT, { recursive: true }));

let count = 0;
function write(files: Record<string, string>): string {
  const folder = join(ROOT, `${count++}`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function faultsOf(files: Record<string, string>): Promise<string[]> {
  const read = await readProject(write(files));
  return read.ok ? [] : read.faults.map(describeProjectFault);
}

const json = (more: object) => ({ 'sallyport.json': JSON.stringify({ tenant: 'dev', ...more }) });
const ONE = { 'actions/one.js': '' };

describe('a project', () => {
  test('may be a name alone', async () => {
    const folder = write(json({}));
    expect(await readProject(folder)).toEqual({
      ok: true,
      project: {
        folder,
        tenant: 'dev',
        factors: {},
        settings: {},
        actions: [],
        modules: [],
        bindings: { 'post-login': [] },
        fixtures: { users: {}, organizations: {}, clients: {}, secrets: {} },
      },
    });
  });

  test('says everything of its Actions, those without an entry too', async () => {
    const folder = write({
      ...json({
        runtime: 'node18',
        actions: { b: { dependencies: { axios: '1.2.3' }, secrets: ['KEY'], modules: ['shared'], runtime: 'node22' } },
        modules: { shared: { dependencies: { ms: '2.1.3' } } },
        bindings: { 'post-login': ['b', 'a'] },
        factors: { otp: true },
        fixtures: { users: { ana: { factors: ['phone'] } }, organizations: { acme: { members: { ana: ['owner'] } } } },
      }),
      'actions/a.ts': '',
      'actions/b.js': '',
      'actions/b.test.ts': '',
      'actions/notes.md': '',
      'actions/globals.d.ts': '',
      'modules/shared.js': '',
    });
    const plain = { trigger: 'post-login', dependencies: [], secrets: [], modules: [] };
    expect(await readProject(folder)).toMatchObject({
      ok: true,
      project: {
        actions: [
          { ...plain, name: 'a', path: join(folder, 'actions/a.ts'), runtime: 'node18' },
          {
            name: 'b',
            runtime: 'node22',
            dependencies: [{ name: 'axios', version: '1.2.3' }],
            secrets: ['KEY'],
            modules: ['shared'],
          },
        ],
        modules: [{ name: 'shared', dependencies: [{ name: 'ms', version: '2.1.3' }] }],
        bindings: { 'post-login': ['b', 'a'] },
        fixtures: { users: { ana: { factors: ['phone'] } } },
      },
    });
  });

  test('is found from a folder inside it, and nowhere else', () => {
    const folder = write({ ...json({}), 'a/b/c.txt': '' });
    expect(findProject(join(folder, 'a/b'))).toBe(folder);
    expect(findProject(ROOT)).toBeUndefined();
  });

  test.each<[name: string, files: Record<string, string>, faults: string[]]>([
    [
      'no file',
      ONE,
      ['sallyport.json: is not there: a project is a folder with this file; `sallyport init` writes one'],
    ],
    ['what is no JSON', { 'sallyport.json': '{' }, [expect.stringMatching(/^sallyport\.json: is not JSON: /)]],
    ['a list', { 'sallyport.json': '[]' }, ['sallyport.json: an object is expected']],
    ['no tenant', { 'sallyport.json': '{}' }, ['sallyport.json: tenant: a text is expected']],
    ['a tenant in capitals', json({ tenant: 'Dev' }), [expect.stringContaining('tenant: lower-case letters')]],
    ['a key that nobody knows', json({ binding: [] }), ['sallyport.json: binding: is not known here']],
    [
      'two faults at once',
      json({ factors: { opt: true }, settings: 1 }),
      [expect.stringContaining('factors.opt'), 'sallyport.json: settings: an object is expected'],
    ],
    [
      'a factor that a person cannot have',
      json({ fixtures: { users: { ana: { factors: ['sms'] } } } }),
      [expect.stringMatching(/fixtures\.users\.ana\.factors\.0: one of otp, phone, .* is expected/)],
    ],
    ['bindings that are a text', json({ bindings: 'one' }), [expect.stringContaining('bindings: an array of names')]],
    [
      'an unknown trigger',
      { ...json({ actions: { one: { trigger: 'pre-login' } } }), ...ONE },
      [expect.stringContaining('actions.one.trigger: one of post-login, ')],
    ],
    ['an entry without a file', json({ actions: { x: {} } }), [expect.stringContaining('there is no actions/x.js')]],
    ['a binding without a file', json({ bindings: ['x'] }), [expect.stringContaining('bindings.0: there is no')]],
    [
      'a binding of another trigger',
      { ...json({ bindings: { 'credentials-exchange': ['one'] } }), ...ONE },
      [
        'sallyport.json: bindings.credentials-exchange.0: one is an Action of post-login and cannot be bound to credentials-exchange',
      ],
    ],
    ['a binding twice', { ...json({ bindings: ['one', 'one'] }), ...ONE }, [expect.stringContaining('bound twice')]],
    [
      'a module without a file',
      { ...json({ actions: { one: { modules: ['x'] } } }), ...ONE },
      ['sallyport.json: actions.one.modules.0: there is no modules/x.js or .ts'],
    ],
    [
      'two files of one name',
      { ...json({}), ...ONE, 'actions/one.ts': '' },
      ['actions/one.ts: actions/one.js has the same name; keep one of them'],
    ],
    [
      'a name that is none',
      { ...json({}), 'actions/one two.js': '' },
      [expect.stringContaining('actions/one two.js: cannot be a name')],
    ],
    ['another kind of file', { ...json({}), 'actions/one.mjs': '' }, [expect.stringContaining('.js or .ts')]],
    ['a folder of Actions', { ...json({}), 'actions/x/one.js': '' }, [expect.stringContaining('holds files only')]],
    [
      'a member who is nobody',
      json({ fixtures: { organizations: { acme: { members: { bo: [] } } } } }),
      [expect.stringContaining('members.bo: there is no user of this name')],
    ],
    [
      'secrets of no Action',
      json({ fixtures: { secrets: { x: {} } } }),
      [expect.stringContaining('fixtures.secrets.x: there is no Action')],
    ],
    [
      'a name that every object has',
      { 'sallyport.json': '{"tenant":"dev","bindings":["constructor"]}' },
      [expect.stringContaining('bindings.0: there is no actions/constructor.js')],
    ],
  ])('refuses %s', async (_name, files, faults) => {
    expect(await faultsOf(files)).toEqual(faults);
  });

  test('is described to editors as it is read', () => {
    const file = new URL('../../../server/project/sallyport.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(projectSchema())));
  });
});
