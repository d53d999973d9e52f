// `sallyport import auth0`: exports in both formats of the deploy tool become a project that can be read; `sallyport convert
// rules` beside it, since an export holds those too.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCommand } from '#server/cli/run-command.ts';
import { readProject } from '#server/project/read-project.ts';
import { keptTerminal } from '#test/kit/terminal.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-import-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

function folder(files: Record<string, unknown>): string {
  const made = join(root, String(count++));
  mkdirSync(made);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(made, path)), { recursive: true });
    writeFileSync(join(made, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return made;
}

async function run(cwd: string, ...args: string[]) {
  const terminal = keptTerminal({ cwd });
  const code = await runCommand(args, terminal);
  return { code, ...terminal.said };
}
const importOf = (cwd: string, ...args: string[]) => run(cwd, 'import', 'auth0', ...args);

const CODE =
  "exports.onExecutePostLogin = async (event, api) => {\n  api.authentication.challengeWith({ type: 'otp' });\n};\n";
const HOOKED = 'exports.onExecuteCredentialsExchange = async (event, api) => {};\n';
const EXPORT = {
  'export/actions/Phone first.json': {
    name: 'Phone first',
    code: './actions/Phone first/code.js',
    runtime: 'node18',
    dependencies: [{ name: 'axios', version: '1.7.0' }],
    secrets: [{ name: 'API_KEY', value: '_VALUE_NOT_SHOWN_' }],
    supported_triggers: [{ id: 'post-login', version: 'v3' }],
    deployed: true,
  },
  'export/actions/Phone first/code.js': CODE,
  'export/actions/machines.json': {
    name: 'machines',
    code: 'somewhere/actions/machines/current.js',
    runtime: 'node12',
    supported_triggers: [{ id: 'credentials-exchange', version: 'v1' }],
    deployed: false,
  },
  'export/actions/machines/current.js': HOOKED,
  'export/actions/other.json': {
    name: 'other',
    code: './x.js',
    supported_triggers: [{ id: 'login-post-identifier', version: 'v1' }],
  },
  'export/x.js': 'x',
  'export/triggers/triggers.json': {
    'post-login': [
      { action_name: 'Phone first', display_name: 'x' },
      { action_name: 'gone', display_name: 'gone' },
    ],
    'credentials-exchange': [{ action_name: 'machines', display_name: 'machines' }],
    'login-post-identifier': [],
  },
  'export/clients/Shop.json':
    '{"name": "Shop", "callbacks": ["https://##ENV##.example.com/cb", "https://shop.example.com/cb"], "jwt": @@LIFETIME@@}',
  'export/clients/All.json': { name: 'All Applications', global: true },
  'export/roles/Admin.json': { name: 'Admin', description: 'May all' },
  'export/databases/Users.v2/database.json': { name: 'Users.v2', options: { customScripts: { login: './login.js' } } },
  'export/guardian/factors/otp.json': { name: 'otp', enabled: true },
  'export/guardian/factors/sms.json': { name: 'sms', enabled: false },
  'export/tenant.json': { customize_mfa_in_postlogin_action: true, session_lifetime: 24, flags: { a: true } },
  'export/emails/welcome_email.json': {},
  'export/rules/old.json': { name: 'old', script: './old.js', enabled: false },
  'export/rules/old.js': 'function (user, context, callback) {\n  callback(null, user, context);\n}',
};

test('an export in folders becomes a project', async () => {
  const cwd = folder(EXPORT);
  const { code, out, err } = await importOf(cwd, 'export', '--into', 'project');
  expect({ code, err }).toEqual({ code: 0, err: [] });
  expect(out).toEqual([
    '✓ sallyport.json',
    '✓ actions/Phone-first.js',
    '✓ actions/machines.js',
    'Taken:',
    '  Action Phone first as Phone-first',
    '  Action machines',
    '  post-login: Phone-first',
    '  credentials-exchange: machines',
    '  2 factor switches',
    'Left:',
    expect.stringContaining('  Action other (actions/other.json): Trigger "login-post-identifier" is not supported'),
    '  binding of gone to post-login: the Action is not in the project',
    '  settings flags: a project names those of logins alone',
    '  emails: there is nothing in a project for it',
    '  x.js: there is nothing in a project for it',
    '  1 roles: --to-tenant makes them at a tenant',
    '  2 applications: --to-tenant makes them at a tenant',
    '  1 connections: --to-tenant makes them at a tenant',
    'For a human:',
    '  secrets of Phone-first: an export has no values: give API_KEY when you deploy',
    '  Action machines: was written for node12; it runs on node22',
    '  Action machines: was not deployed as it stands',
    '  1 Rules: they ended on 18 November 2026: sallyport convert rules <export>/rules',
    '  ##ENV##: a placeholder of the deploy tool, kept in clients/Shop.json: write its value',
    '  @@LIFETIME@@: a placeholder of the deploy tool, kept in clients/Shop.json: write its value',
  ]);
  const read = await readProject(join(cwd, 'project'));
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const { project } = read;
  expect(project.actions).toMatchObject([
    {
      name: 'Phone-first',
      trigger: 'post-login',
      runtime: 'node18',
      secrets: ['API_KEY'],
      dependencies: [{ name: 'axios', version: '1.7.0' }],
    },
    { name: 'machines', trigger: 'credentials-exchange', runtime: 'node22' },
  ]);
  expect(project.bindings).toEqual({ 'post-login': ['Phone-first'], 'credentials-exchange': ['machines'] });
  expect(project.factors).toEqual({ otp: true, sms: false });
  expect(project.settings).toEqual({ customize_mfa_in_postlogin_action: true, session_lifetime: 24 });
  expect(project.fixtures.clients).toEqual({ Shop: { callbacks: ['https://shop.example.com/cb'] } });
  expect(readFileSync(join(cwd, 'project/actions/Phone-first.js'), 'utf8')).toBe(CODE);

  const again = await importOf(cwd, 'export', '--into', 'project', '--json');
  expect([
    again.code,
    (JSON.parse(again.out[0] ?? '') as { files: { state: string }[] }).files.map(({ state }) => state),
  ]).toEqual([0, ['same', 'same', 'same']]);
  writeFileSync(join(cwd, 'project/actions/machines.js'), 'mine');
  const third = await importOf(cwd, 'export', '--into', 'project');
  expect([third.code, third.out[2]]).toEqual([1, '✗ actions/machines.js: there already']);
  expect(readFileSync(join(cwd, 'project/actions/machines.js'), 'utf8')).toBe('mine');
});

test('an export in YAML becomes the same', async () => {
  const cwd = folder({
    'tenant.yaml': `actions:
  - name: otp-first
    code: ./actions/otp-first.js
    runtime: node22
    secrets: [{ name: KEY, value: x }]
    supported_triggers: [{ id: post-login, version: v3 }]
triggers:
  post-login:
    - actionName: otp-first
guardianFactors:
  - { name: otp, enabled: true }
clients:
  - name: Shop
    lifetime: @@LIFETIME@@
pages: []
`,
    'actions/otp-first.js': CODE,
  });
  const { code, out } = await importOf(cwd, 'tenant.yaml', '--into', 'project', '--json');
  expect(code).toBe(0);
  const { notes } = JSON.parse(out[0] ?? '') as { notes: { what: string }[] };
  expect(notes.map(({ what }) => what)).toEqual(expect.arrayContaining(['Action otp-first', 'pages', '@@LIFETIME@@']));
  const read = await readProject(join(cwd, 'project'));
  expect(read).toMatchObject({
    ok: true,
    project: { bindings: { 'post-login': ['otp-first'] }, factors: { otp: true } },
  });
});

test('reads nothing outside of the export, and goes on', async () => {
  const cwd = folder({
    'secret.js': 'SECRET',
    'export/actions/up.json': { name: 'up', code: '../secret.js' },
    'export/actions/link.json': { name: 'link', code: './actions/link/code.js' },
    'export/actions/fine.json': { name: 'fine', code: './actions/fine/code.js' },
    'export/actions/fine/code.js': CODE,
    'export/actions/link/x': '',
    'export/actions/broken.json': '{',
    'export/actions/odd.json': {
      name: 'odd',
      code: './actions/odd/code.js',
      supported_triggers: [null],
      modules: [null],
      secrets: [null, 5],
      dependencies: [null, 'x'],
    },
    'export/actions/odd/code.js': CODE,
    'export/triggers/triggers.json': { 'post-login': [null, { action_name: 'odd' }] },
  });
  execFileSync('mkfifo', [join(cwd, 'export/actions/pipe.json')]);
  symlinkSync(join(cwd, 'secret.js'), join(cwd, 'export/actions/link/code.js'));
  const { code, out } = await importOf(cwd, 'export', '--into', 'project');
  expect([code, out.filter((line) => line.startsWith('✓'))]).toEqual([
    0,
    ['✓ sallyport.json', '✓ actions/fine.js', '✓ actions/odd.js'],
  ]);
  expect(out).toEqual(
    expect.arrayContaining([
      '  actions/up.json: its text is not there (actions/up/code.js)',
      '  actions/broken.json: is no JSON',
      '  actions/pipe.json: is no file',
      '  post-login: odd',
    ]),
  );
});

test.each([
  ['no YAML', 'actions: [', 'tenant.yaml cannot be read: it is no YAML ('],
  ['aliases', 'a: &a [x]\nactions: *a\n', 'Alias resolution is disabled'],
  ['a number', '5', 'it names no actions'],
  ['a list', '- 1', 'it names no actions'],
  ['too deep', `actions: ${'['.repeat(20_000)}`, 'it is no YAML ('],
])('a tenant.yaml that is %s makes no empty project', async (_what, text, says) => {
  const cwd = folder({ 'export/tenant.yaml': text });
  const { code, out, err } = await importOf(cwd, 'export', '--into', 'project');
  expect([code, out, err.length]).toEqual([1, [], 1]);
  expect(err[0]).toContain(says);
});

describe('wrong use', () => {
  const empty = folder({ 'a.txt': '' });
  test.each<[args: string[], code: number, says: string]>([
    [['import'], 2, 'say where it comes from'],
    [['import', 'okta', 'x'], 2, 'say where it comes from'],
    [['import', 'auth0'], 2, 'name one folder'],
    [['import', 'auth0', 'nowhere'], 1, 'nowhere is no export'],
    [['import', 'auth0', '.'], 1, '. is no export'],
    [['import', 'auth0', '.', '--tenant', 'A B'], 2, '--tenant takes'],
    [['convert'], 2, 'say what is to be converted'],
    [['convert', 'rules'], 2, 'name a folder or files'],
    [['convert', 'rules', 'nowhere'], 1, 'there is no nowhere'],
    [['convert', 'rules', '.'], 1, '. holds no .js files'],
    [['convert', 'rules', '.', '--trigger', 'x'], 2, '--trigger takes one of credentials-exchange'],
  ])('%j', async (args, code, says) => {
    const answer = await run(empty, ...args);
    expect([answer.code, answer.out]).toEqual([code, []]);
    expect(answer.err[0]).toContain(says);
  });
});

test('Rules and Hooks of a folder become Actions, with what the deploy tool wrote beside them', async () => {
  const cwd = folder({
    'rules/Add roles!.js':
      "function (user, context, callback) {\n  context.idToken['https://x.example/r'] = context.sso;\n  callback(null, user, context);\n}",
    'rules/Add roles!.json': { name: 'Add roles!', enabled: false },
    'rules/broken.js': 'function (user,',
    'hooks/hi.js': 'module.exports = (user, context, cb) => cb();',
    'hooks/hi.json': { name: 'hi', triggerId: 'post-change-password' },
  });
  const rules = await run(cwd, 'convert', 'rules', 'rules');
  expect([rules.code, rules.out.slice(0, 3)]).toEqual([
    1,
    [
      '✓ rules/Add roles!.js → actions/Add-roles.js (post-login, was switched off)',
      '     line 2: context.sso has no counterpart in the event of an Action.',
      '✗ rules/broken.js: line 2: Unexpected token',
    ],
  ]);
  expect(readFileSync(join(cwd, 'actions/Add-roles.js'), 'utf8')).toContain('// Converted from the Rule Add roles!.');
  const hooks = await run(cwd, 'convert', 'rules', 'hooks/hi.js', '--json', '--dry-run');
  expect([hooks.code, JSON.parse(hooks.out[0] ?? '')]).toEqual([
    0,
    {
      ok: true,
      scripts: [
        {
          from: 'hooks/hi.js',
          to: 'actions/hi.js',
          state: 'not written',
          kind: 'post-change-password',
          trigger: 'post-change-password',
          dependencies: [],
          secrets: [],
          human: [],
        },
      ],
    },
  ]);
});
